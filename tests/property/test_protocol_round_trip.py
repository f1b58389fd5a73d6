"""Whatever text and numbers a protocol holds, writing and reading it gives the same protocol."""

from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from remit.exchange.protocol_yaml import parse_protocol, read_protocol, scalar, to_yaml
from remit.protocol import DataCut, Dose

SEED = read_protocol(Path(__file__).resolve().parents[2] / "examples/kn5501-sle/protocol.yaml")

plain = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)
tricky = st.sampled_from(
    [
        "no",
        "on",
        "null",
        "~",
        "1.0",
        "7.5e8",
        "2024-10-01",
        "007",
        "# x",
        "a: b",
        "- x",
        "&a",
        "*a",
        "!x",
        "'",
        '"',
        "{",
        "a\nb",
    ]
)
words = st.one_of(plain, tricky).map(str.strip).filter(bool)


@settings(max_examples=50, deadline=None)
@given(
    title=words,
    version=words,
    amount=st.floats(0, 1e12, allow_nan=False),
    day=st.dates(date(1990, 1, 1), date(2090, 1, 1)),
)
def test_a_written_protocol_reads_back_the_same(title: str, version: str, amount: float, day: date) -> None:
    levels = tuple(level.model_copy(update={"dose": Dose(amount=amount, unit=title)}) for level in SEED.levels)
    protocol = SEED.model_copy(
        update={
            "title": title,
            "version": version,
            "levels": levels,
            "product": SEED.product.model_copy(update={"dose_unit": title}),
            "cuts": (DataCut(key="acr-2024", label=title, date=day),),
        }
    )

    assert parse_protocol(to_yaml(protocol)) == protocol


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_unquoted_word_has_a_meaning(word: str) -> None:
    assert scalar(word) is None or isinstance(scalar(word), bool | int | float | str | date)
