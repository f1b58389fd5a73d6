"""`remit call` given what it cannot use: exit 2 and one line that names the key and what is allowed, never a traceback.

One object: {"error": …} on standard output, the same line on standard error. An array: {"error": …} in place.
"""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest

from remit.cli.app import run

REMISSION = '{"csledai": 0, "pga": 0.2, "pred_mg": 5, "is_stable": true, "is_any": true, "biologic_any": false}'


class Call:
    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, sent: str | bytes, *arguments: str) -> tuple[int, str, str]:
        raw = sent if isinstance(sent, bytes) else sent.encode("utf-8")
        self._monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        code = run(["call", *arguments])
        out, err = self._capsys.readouterr()
        return code, out, err


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    return Call(monkeypatch, capsys)


# name, variant, what is sent, what the message says
REFUSED = [
    # wrong type
    ("sledai-2k", None, '{"active": "rash"}', '"active" must be an array or null.'),
    ("sledai-2k", None, '{"active": {"rash": 1}}', '"active" must be an array or null.'),
    ("sledai-2k", None, '{"active": [1]}', '"active" must be one of seizure, '),
    ("sledai-2k", None, '{"active": [["rash"]]}', '"active" must be one of seizure, '),
    ("doris", None, '{"pga": "0.2"}', '"pga" must be a number from 0 to 3, or null.'),
    ("doris", None, '{"pga": true}', '"pga" must be a number from 0 to 3, or null.'),
    ("doris", None, '{"pga": [0.2]}', '"pga" must be a number from 0 to 3, or null.'),
    ("doris", None, '{"pga": {}}', '"pga" must be a number from 0 to 3, or null.'),
    ("doris", None, '{"is_any": 1}', '"is_any" must be true, false or null.'),
    ("doris", None, '{"is_any": "yes"}', '"is_any" must be true, false or null.'),
    ("dlt", None, '{"event": []}', '"event" must be an object or null.'),
    ("sri", None, '{"bilag": ["A"]}', '"bilag" must be an object or null.'),
    ("icaht", None, '{"anc_per_ul_by_day": [1, 2]}', '"anc_per_ul_by_day" must be an object or null.'),
    ("b-cells", None, '{"cd19_per_ul": [0, 200]}', '"cd19_per_ul" must be an array of [day, cells per µL] pairs'),
    ("lldas", None, '{"investigational": true}', '"investigational" must be "none", '),
    # a key nobody reads, a code nobody knows
    ("sledai-2k", None, '{"actve": []}', '"actve" is not a key of sledai-2k default. Did you mean "active"?'),
    ("sledai-2k", None, '{"active": ["rsh"]}', '"active": "rsh" is not known. Did you mean "rash"?'),
    ("sledai-2k", "lab_item", '{"item": "fever", "value": {"wbc_e9_l": 2}}', '"value": "wbc_e9_l" is not a key.'),
    ("crs-astct", None, '{"oxygen": "cannula"}', '"oxygen": "cannula" is not known.'),
    ("sri", None, '{"bilag": {"muc": "a"}}', '"bilag.muc": "a" is not known. Allowed: A, B, C, D, E.'),
    ("pga", None, '{"value": 1, "scale": "0-5"}', '"scale": "0-5" is not known.'),
    ("prednisone-equivalent", None, '{"drug": "budesonide", "mg": 3}', '"budesonide" is not a known glucocorticoid.'),
    ("doris", "doris_2020", "{}", '"doris_2020" is not a variant. Did you mean "doris_2021"?'),
    ("ldas", None, "{}", '"ldas" is not an instrument or method. Did you mean "lldas"?'),
    # out of range, not finite, too large
    ("doris", None, '{"sledai": -1}', '"sledai" must be a whole number from 0 to 105, or null.'),
    ("doris", None, '{"sledai": 2.5}', '"sledai" must be a whole number from 0 to 105, or null.'),
    ("pga", None, '{"value": 3.1, "scale": "0-3"}', '"value" must be a number from 0 to 3, or null.'),
    ("gvhd-magic", None, '{"upper_gi": 2}', '"upper_gi" must be a whole number from 0 to 1, or null.'),
    ("t-icaht", None, '{"days_below_50": -1}', '"days_below_50" must be a whole number from 0 to 31, or null.'),
    ("icaht", None, '{"anc_per_ul_by_day": {"0": -5}}', '"anc_per_ul_by_day.0" must be a number of at least 0'),
    ("ctcae-v5", "alt", '{"value_u_l": 10, "uln": 0}', '"uln" must be a number above 0, or null.'),
    ("doris", None, '{"pga": NaN}', '"pga" must be a number from 0 to 3, or null.'),
    ("doris", None, '{"pga": Infinity}', '"pga" must be a number from 0 to 3, or null.'),
    ("doris", None, '{"pred_mg": -Infinity}', '"pred_mg" must be a number of at least 0, or null.'),
    ("doris", None, '{"pred_mg": 1e400}', '"pred_mg" must be a number of at least 0 (at most 1e+15 in size), or null.'),
    ("doris", None, f'{{"pred_mg": 1{"0" * 400}}}', '"pred_mg" must be a number of at least 0 (at most 1e+15'),
    ("doris", None, f'{{"sledai": 1{"0" * 5000}}}', '"sledai" must be a whole number from 0 to 105, or null.'),
    (
        "prednisone-equivalent",
        None,
        '{"drug": "dexamethasone", "mg": 1e308}',
        '"mg" must be a number of at least 0 (at',
    ),
    ("bsa", "conditioning", '{"cm": 160, "kg": 50, "flu_mg_m2": 1e308, "days": 1e9}', '"flu_mg_m2" must be a number'),
    ("consistency", "grim", '{"mean": 1e308, "n": 9, "decimals": 2}', '"mean" must be a number (at most 1e+15'),
    ("interval", "wilson", '{"x": 1e308, "n": 1e308}', '"x" must be a number of at most 1e+15 in size, or null.'),
    ("interval", None, '{"x": 9, "n": 3}', "x: must not be above n."),
    # given twice: neither value may be dropped without a word
    ("sledai-2k", None, '{"active": ["rash"], "active": []}', '"active" is given twice; allowed is once.'),
    ("sri", None, '{"bilag": {"muc": "A", "muc": "C"}}', '"muc" is given twice; allowed is once.'),
    ("interval", None, '{"x": 0, "n": 3, "x": 3}', '"x" is given twice; allowed is once.'),
    # a word that would break the line or the terminal
    ("sledai-2k", None, '{"active": ["a\\nb"]}', '"active": "a\\nb" is not known.'),
    ("sledai-2k", None, '{"a\\r\\nb": 1}', '"a\\r\\nb" is not a key of sledai-2k default.'),
    ("sledai-2k", None, '{"active": ["\\ud800"]}', '"active": "\\ud800" is not known.'),
    ("sledai-2k", None, '{"active": ["\\u001b[31m"]}', '"active": "\\x1b[31m" is not known.'),
    ("sledai-2k", "a\nb", "{}", '"a\\nb" is not a variant.'),
]


@pytest.mark.parametrize(("name", "variant", "sent", "message"), REFUSED)
def test_one_malformed_object_gets_one_line_and_exit_2(
    call: Call, name: str, variant: str | None, sent: str, message: str
) -> None:
    code, out, err = call(sent, name, *(["--variant", variant] if variant else []))

    assert code == 2
    assert message in err
    assert len(err.splitlines()) == 1
    if out:
        assert json.loads(out) == {"error": err.rstrip("\n")}


@pytest.mark.parametrize(
    ("name", "variant", "sent", "message"), [row for row in REFUSED if row[0] != "ldas" and "\n" not in (row[1] or "")]
)
def test_a_malformed_element_gets_its_error_in_place(
    call: Call, name: str, variant: str | None, sent: str, message: str
) -> None:
    code, out, _ = call(f"[{{}}, {sent}, {{}}]", name, *(["--variant", variant] if variant else []))

    answers: list[dict[str, Any]] = json.loads(out)
    assert code == 2
    assert len(answers) == 3
    assert list(answers[1]) == ["error"]
    assert message in answers[1]["error"]
    assert len(answers[1]["error"].splitlines()) == 1
    if variant != "doris_2020":
        assert "error" not in answers[0]
        assert answers[0] == answers[2]


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("", "Standard input is not JSON: Expecting value at line 1, column 1."),
        (" \n ", "Standard input is not JSON: Expecting value"),
        ("remission", "Standard input is not JSON: Expecting value at line 1, column 1."),
        ("{", "Standard input is not JSON: "),
        ("{} {}", "Standard input is not JSON: Extra data"),
        ("{'pga': 1}", "Standard input is not JSON: "),
        ('{"pga": 0.2,}', "Standard input is not JSON: "),
        (b"\xff\xfe{}", "Standard input is not JSON: it must be UTF-8 text."),
        (b'{"drug": "\xff"}', "Standard input is not JSON: it must be UTF-8 text."),
        ("null", "Standard input must be one JSON object or an array of objects."),
        ("3", "Standard input must be one JSON object or an array of objects."),
        ('"rash"', "Standard input must be one JSON object or an array of objects."),
        ("[" * 100_000, "Standard input is nested too deeply"),
        ('{"active":' * 50_000, "Standard input is nested too deeply"),
    ],
    ids=range(14),
)
def test_what_is_not_an_object_or_an_array_gets_one_line_and_exit_2(
    call: Call, sent: str | bytes, message: str
) -> None:
    code, out, err = call(sent, "doris")

    assert (code, out) == (2, "")
    assert err.startswith(message)
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("element", ["[]", "[{}]", "3", "null", '"rash"', "true"])
def test_an_element_that_is_not_an_object_gets_its_error_in_place(call: Call, element: str) -> None:
    code, out, _ = call(f"[{REMISSION}, {element}]", "doris")

    first, second = json.loads(out)
    assert code == 2
    assert first["doris"] is True
    assert second == {"error": "Each element must be a JSON object."}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("[]", []),
        ("[{}]", [None]),
        (f"[{REMISSION}, {{}}, {REMISSION}]", [True, None, True]),
        (f"\ufeff[{REMISSION}]", [True]),  # the mark that some Windows programs put first
        (f"\n {REMISSION.replace('0.2', '-0.0')} \n", True),
        (REMISSION.replace('"pred_mg": 5', '"pred_mg": 5.0'), True),
        (REMISSION.replace('"pga": 0.2', '"pga": 2e-1'), True),
    ],
)
def test_every_lawful_spelling_is_answered(call: Call, sent: str, expected: Any) -> None:
    code, out, err = call(sent, "doris")

    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert ([one["doris"] for one in answer] if isinstance(answer, list) else answer["doris"]) == expected


def test_ten_thousand_elements_are_answered_in_order(call: Call) -> None:
    visits = [{**json.loads(REMISSION), "csledai": at % 2} for at in range(10_000)]

    code, out, _ = call(json.dumps(visits), "doris")

    assert code == 0
    assert [one["doris"] for one in json.loads(out)] == [True, False] * 5_000
