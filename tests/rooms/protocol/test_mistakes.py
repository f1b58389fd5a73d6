"""Each kind of mistake in a protocol gives one sentence: file, line, path, what is wrong, what is allowed."""

# ruff: noqa: E501  (one mistake a row reads better than one over five lines)

from pathlib import Path

import pytest

from remit.errors import ProtocolError
from remit.exchange.protocol_yaml import MAXIMUM_BYTES, parse_protocol, read_protocol

ROOT = Path(__file__).resolve().parents[3]
SEED = (ROOT / "examples/kn5501-sle/protocol.yaml").read_text("utf-8")


def sentence(text: str) -> str:
    with pytest.raises(ProtocolError) as caught:
        parse_protocol(text)
    return str(caught.value)


def changed(old: str, new: str) -> tuple[str, int]:
    """The seed protocol with one piece of text replaced, and the line where the piece stood."""
    assert old in SEED
    return SEED.replace(old, new, 1), SEED[: SEED.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("design: titration", "desing: titration", 'escalation › desing: not a field. Did you mean "design"? Fields: design, start,'),
        ("kind: state\n", "kind: stat\n", 'endpoints › doris-2021 › kind: "stat" is not one of its words. Did you mean "state"? Allowed: state,'),
        ("window_days: 28\n", "window_days: four\n", 'dlt › window_days: "four" is text, but a whole number is wanted.'),
        ("window_days: 28\n", "window_days: 28.5\n", "dlt › window_days: 28.5 is a number, but a whole number is wanted."),
        ("window_days: 28\n", "window_days: '28'\n", 'dlt › window_days: "28" is text, but a whole number is wanted.'),
        ("window_days: 28\n", "window_days: 0\n", "dlt › window_days: 0: input should be greater than or equal to 1."),
        ("window_days: 28\n", "window_days:\n", "dlt › window_days: empty, but a whole number is wanted."),
        ("version: '1.0'\n", "version: 1.0\n", "version: 1.0 is a number, but text is wanted. Put it in quotes"),
        ("date: 2024-10-01}", "date: 2024-02-30}", 'cuts › acr-2024 › date: "2024-02-30" is not a date. Write the day as'),
        ("date: 2024-10-01}", "date: soon}", 'cuts › acr-2024 › date: "soon" is not a date.'),
        ("id: kn5501-sle", "id: KN5501 SLE", 'id: "KN5501 SLE" is not a key.'),
        ("flag: ENRLFL", "flag: enrolled", 'analysis_sets › enrolled › flag: "enrolled" is not a code.'),
        ("treatments: [KN5501]", "treatments: KN5501", 'product › treatments: "KN5501" is text, but a list is wanted.'),
        ("treatments: [KN5501]", "treatments: []", "product › treatments: empty, but something must be here."),
        ("disease:\n  name: Systemic lupus erythematosus\n", "disease:\n", "disease › name: missing, and it has no default."),
        ("  anchor: first-infusion\n", "", "dlt › anchor: missing, and it has no default. Allowed: first-infusion, last-infusion."),
        ("population: efficacy-evaluable", "population: efficacy", 'endpoints › doris-2021 › population: "efficacy" is not an analysis set. Did you mean'),
        ("timepoints: [week-12,", "timepoints: [week-13,", 'endpoints › doris-2021 › timepoints › 1: "week-13" is not a visit or "last". Did you mean "week-'),
        ("groups: [over-6-months]", "groups: [over-6-month]", 'groups › 1: "over-6-month" is not a group. Did you mean "over-6-months"?'),
        ("arm: DL1, schedule: every-7-days", "arm: DL1, schedule: every-9-days", 'levels › dl1 › schedule: "every-9-days" is not a schedule. Did you mean "every-7-days"? Schedules: every-7-days.'),
        ("arm: DL2", "arm: DL1", 'levels › dl2 › arm: "DL1" is there already; each arm is used once.'),
        ("key: dl2,", "key: dl1,", 'levels › dl1 › key: "dl1" is there already; each key is used once.'),
        ("level: 3,", "level: 2,", "levels › dl3 › level: 2 comes after 2; levels rise in the order written."),
        ("day: 28, window: [21, 35]", "day: 28, window: [35, 21]", "visits › week-4 › window: the window ends (day 21) before it starts (day 35)."),
        ("day: 28, window: [21, 35]", "day: 40, window: [21, 35]", "visits › week-4 › day: day 40 is outside the window, day 21 to 35."),
        ("day: 28, window: [21, 35]", "day: 28, window: [21]", "visits › week-4 › window › 2: missing"),
        ("day: 28, window: [21, 35]", "day: 28, window: [21, 28, 35]", "visits › week-4 › window: too many values: 3 where 2 are allowed."),
        ("cut: acr-2024,", "cut: acr,", 'analyses › acr-2024 › cut: "acr" is not a data cut.'),
        ("interest: crs,", "interest: crz,", 'dlt › definition › crs › interest: "crz" is not an event of interest. Did you mean "crs"?'),
        ("start: 1\n", "start: 7\n", "escalation › start: 7 is not a level there. Levels: 1, 2, 3, 4."),
        ("above: 6}", "above: 6, at_least: 6}", 'groups › over-6-months: give exactly one of "above" and "at_least".'),
        ("variants: [gc_lt5,", "variants: [doris_2021,", 'variants › 1: "doris_2021" is the default already; name only the others.'),
        ("treatment: FLUDARABINE", "treatment: KN5501", 'conditioning › fludarabine › treatment: "KN5501" is study product as well'),
        ("basis: flat}}", "basis: weight-tier}}", "levels › dl1 › dose › amount: the tiers give the amount;"),
        ("amount: 0.75, unit: 10^9 cells, basis: flat", "unit: 10^9 cells", 'levels › dl1 › dose › amount: missing: the basis "flat" needs an amount.'),
        ("path: dlt/anchor", "path: dlt/anker", 'path: "dlt/anker" leads to nothing in this document'),
        ("op: at_least, value: 18,", "op: at_least, value: young,", 'eligibility › inclusion › age › when › all_of › 1: "at_least" needs a number as "value".'),
        ("op: at_least, value: 18,", "op: atleast, value: 18,", 'all_of › 1 › op: "atleast" is not one of its words. Did you mean "at_least"?'),
        ("treatment_emergent_from: conditioning", "treatment_emergent_from: no", 'rules › treatment_emergent_from: "no" is not one of its words.'),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_path(old: str, new: str, expected: str) -> None:
    text, line = changed(old, new)

    said = sentence(text)

    assert expected in said
    assert said.startswith("protocol.yaml line ")
    assert 0 <= line - int(said.split()[2]) <= 2  # a removed field is reported on the line of its owner
    assert "\n" not in said


def test_a_misspelt_field_is_reported_on_its_own_line() -> None:
    text, line = changed("  design: titration", "  desing: titration")

    assert sentence(text).startswith(f"protocol.yaml line {line} › escalation › desing: not a field.")


def test_a_field_written_twice_is_refused_with_both_lines() -> None:
    said = sentence("contract: protocol/1\nid: a\nversion: '1'\nid: b\n")

    assert said == 'protocol.yaml line 4: "id" is written twice here, first in line 2; keep one.'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [1, 2\nb: 3\n", "protocol.yaml line 2: not readable as YAML:"),
        ("a:\n\t- 1\n", "protocol.yaml line 2: not readable as YAML:"),
        ("", "protocol.yaml: the file is empty"),
        ("# only a comment\n", "protocol.yaml: the file is empty"),
        ("just words\n", "protocol.yaml line 1: this must be a mapping of fields. Fields: contract,"),
        ("a: 1\n---\nb: 2\n", "protocol.yaml line 2: a second document starts here"),
        ("a: &x [1]\nb: 2\n", "protocol.yaml line 1: an anchor (&) is not allowed"),
        ("a: 1\nb: *x\n", "protocol.yaml line 2"),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", "protocol.yaml line 2: a tag (!) is not allowed"),
        ("? [a, b]\n: 1\n", "protocol.yaml line 1: a field name must be a word"),
        ("a: 1\nb: \x00\n", "protocol.yaml line 2: "),
        ("a: " + "[" * 100_000, "protocol.yaml line 1: nested more than 40 deep"),
    ],
)
def test_text_that_is_no_plain_yaml_is_refused_in_a_sentence(text: str, expected: str) -> None:
    assert sentence(text).startswith(expected)


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x, x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(20)
    )

    assert "an anchor (&) is not allowed" in sentence(bomb)


def test_a_file_of_ten_megabytes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "protocol.yaml"
    path.write_bytes(b"#" * 10_000_000)

    with pytest.raises(
        ProtocolError, match=r"protocol.yaml: 10.0 MB is too large for a protocol; at most 1 MB is read"
    ):
        read_protocol(path)
    assert MAXIMUM_BYTES == 1_000_000


def test_a_file_that_is_not_utf8_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "protocol.yaml"
    path.write_bytes("contract: protocol/1\ntitle: Haus für Lupus\n".encode("latin-1"))

    with pytest.raises(ProtocolError, match=r"^protocol.yaml line 2: not UTF-8 text; save the file as UTF-8.$"):
        read_protocol(path)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match=r"^protocol.yaml: there is no such file in the folder"):
        read_protocol(tmp_path / "protocol.yaml")
