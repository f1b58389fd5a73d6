"""Names that other rooms give meaning to are checked from above, with the line of the document."""

# ruff: noqa: E501  (one mistake a row reads better than one over five lines)

from pathlib import Path

import pytest

from remit.errors import ProtocolError
from remit.exchange.protocol_yaml import parse_protocol, read_protocol
from remit.protocol import check_names

ROOT = Path(__file__).resolve().parents[3]
SEED = ROOT / "examples/kn5501-sle/protocol.yaml"
INSTRUMENTS = {
    "doris": ("doris_2021", "gc_lt5", "pga_le", "clinical_off", "drug_free", "drug_free_no_antimalarial"),
    "lldas": ("default", "clinical_items_vs_previous", "investigational_literal"),
    "sri": ("SRI-4", "SRI-5"),
    "sledai-2k": (),
    "bilag-2004": ("numeric",),
    "bicla": ("default", "max_new_b_0", "pga_le"),
    "renal-response": ("PERR_BLISSLN", "CRR_BLISSLN", "CRR_AURORA", "KDIGO_partial", "KDIGO_complete"),
    "serology": ("default",),
    "state-time": ("half_or_more",),
    "acr-1997": ("default",),
}
DESIGNS = ("3+3", "titration-3+3-expansion", "boin")


def said(text: str) -> str:
    with pytest.raises(ProtocolError) as caught:
        check_names(parse_protocol(text), INSTRUMENTS, DESIGNS)
    return str(caught.value)


def test_known_names_pass() -> None:
    protocol = read_protocol(SEED)

    check_names(protocol, INSTRUMENTS, DESIGNS)

    assert {endpoint.instrument for endpoint in protocol.endpoints if endpoint.instrument} <= set(INSTRUMENTS)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("instrument: doris", "instrument: dorris", 'endpoints › doris-2021 › instrument: "dorris" is not an instrument. Did you mean "doris"? Instruments: doris, lldas,'),
        ("variant: doris_2021", "variant: doris_2012", 'endpoints › doris-2021 › variant: "doris_2012" is not a variant of "doris". Did you mean "doris_2021"?'),
        ("variants: [gc_lt5,", "variants: [gc_lt6,", 'variants › 1: "gc_lt6" is not a variant of "doris". Did you mean "gc_lt5"?'),
        ("  sledai-2k: {options", "  sledai: {options", 'instruments › sledai: "sledai" is not an instrument. Did you mean "sledai-2k"?'),
        ("design: titration-3+3-expansion", "design: titration-3+3", 'escalation › design: "titration-3+3" is not a design. Did you mean'),
        ("classification: acr-1997", "classification: acr-1979", 'disease › classification: "acr-1979" is not an instrument. Did you mean "acr-1997"?'),
    ],
)  # fmt: skip
def test_an_unknown_name_is_refused_with_its_line(old: str, new: str, expected: str) -> None:
    text = SEED.read_text("utf-8")
    assert old in text
    # an assumption about an option cannot point at an instrument that is renamed
    text = text.replace("  - path: instruments/sledai-2k/options/window_days\n", "  - path: instruments\n")
    line = text[: text.index(old)].count("\n") + 1

    sentence = said(text.replace(old, new, 1))

    assert sentence.startswith(f"protocol.yaml line {line} › ")
    assert expected in sentence


def test_a_protocol_made_in_memory_is_checked_without_lines() -> None:
    protocol = read_protocol(SEED)
    made = type(protocol).model_validate(protocol.model_dump())

    with pytest.raises(ProtocolError, match=r'^protocol › disease › classification: "acr-1997" is not an instrument.'):
        check_names(made, {}, DESIGNS)
