"""BILAG letters: entered ones stand, computed ones need a signature, and a difference is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from remit.cli.trial import open_trial
from remit.derive.assessments import BILAG
from remit.derive.letters import letter_findings
from remit.errors import ProtocolError
from remit.exchange.protocol_yaml import read_protocol
from remit.instruments import bilag_items
from remit.protocol import InstrumentChoice, Protocol
from remit.records import bilag_names
from remit.records.rating_codes import BILAG_ITEMS
from rooms.derive.small import CUT, ROOT, day, derived, only, rated, records, seed_protocol, steroid

STEROID = {"CM": [steroid(5, "2023-01-01")]}
CODE = {item.name: item.code for item in BILAG_ITEMS.items}
CLOSED = {"BILC0101": "Y", "BILC0102": "Y"}


def using(letters: str = "entered", signed_off_by: str | None = None) -> Protocol:
    signed = {} if signed_off_by is None else {"signed_off_by": signed_off_by}
    choice = InstrumentChoice(options={"letters": letters, **signed})
    return seed_protocol().model_copy(update={"instruments": {"bilag-2004": choice}})


def entered(on: int, **graded: str) -> list[dict[str, Any]]:
    said = {code: graded.get(code[4:], "E") for code in BILAG}
    return [_row(on, "BILAG-2004", code, letter) for code, letter in said.items() if letter]


def form(on: int, closed: dict[str, str] = CLOSED, **found: Any) -> list[dict[str, Any]]:
    said = {CODE[name]: value for name, value in found.items()} | closed
    return [_row(on, BILAG_ITEMS.category, code, value) for code, value in said.items()]


def _row(on: int, category: str, code: str, said: Any) -> dict[str, Any]:
    number = {"RSSTRESN": said} if isinstance(said, int) else {}
    return {"RSCAT": category, "RSTESTCD": code, "RSORRES": said, "RSSTRESC": said, "RSDTC": day(on), **number}


def rows(frame: pl.DataFrame, on: int, system: str) -> dict[str, Any]:
    return only(frame, PARAMCD=f"BILG{system}", VARIANT="computed", APROTDY=on)


def test_both_rooms_know_the_same_items() -> None:
    # records may not import instruments, so the names stand twice
    for system in bilag_items.SYSTEMS:
        asked = bilag_names.SCORED[system] + bilag_names.YES_NO.get(system, ())
        assert asked == tuple(name for name in bilag_items.ITEMS[system] if name not in bilag_items.MEASURES)
    assert bilag_names.SYSTEMS == bilag_items.SYSTEMS
    assert len(BILAG_ITEMS.codes) == len(set(BILAG_ITEMS.codes)) == 84 + 1 + 9 + 2


def test_score_and_systems_with_a_and_b_by_visit() -> None:
    given = records(RS=[*rated(84), *entered(84, MUC="A", MSK="B", HAE="C", REN="D")], **STEROID)

    adrs = derived(given, CUT, using())["adrs"]
    values = {code: only(adrs, PARAMCD=code, APROTDY=84)["AVAL"] for code in ("BILAGN", "BILAGA", "BILAGB", "BILAGC")}
    assert values == {"BILAGN": 21, "BILAGA": 1, "BILAGB": 1, "BILAGC": 1}


def test_a_missing_letter_leaves_the_score_open() -> None:
    given = records(RS=[*rated(84), *entered(84, MUC="A", MSK="")], **STEROID)

    row = only(derived(given, CUT, using())["adrs"], PARAMCD="BILAGN", APROTDY=84)
    assert row["AVAL"] is None
    assert row["BECAUSE"][0] == "unknown: a letter is missing, 12 to 24"


def test_no_number_where_the_protocol_does_not_use_the_index() -> None:
    given = records(RS=[*rated(84), *entered(84, MUC="A")], **STEROID)
    without = seed_protocol().model_copy(update={"instruments": {}})

    assert derived(given, CUT, without)["adrs"].filter(pl.col("INSTRUMENT") == "bilag-2004").is_empty()


def test_an_entered_letter_stands_and_the_difference_is_a_finding() -> None:
    given = records(RS=[*rated(84), *entered(84, MSK="C"), *form(84, arthritis_severe=4)], **STEROID)

    adrs = derived(given, CUT, using("computed", "A clinician"))["adrs"]
    assert rows(adrs, 84, "MSK")["BECAUSE"][:2] == ["computed A", "entered C stands, differs"]
    assert only(adrs, PARAMCD="BILAGN", APROTDY=84)["AVAL"] == 1
    (finding,) = letter_findings(given)
    assert (finding.rule, finding.severity) == ("RS-LETTER", "warning")
    assert finding.what == "The letter is C; the items of that day give A."
    assert given.record(str(finding.record))["RSTESTCD"] == "BILGMSK"


def test_letters_that_agree_are_no_finding() -> None:
    given = records(RS=[*rated(84), *entered(84, MSK="A"), *form(84, arthritis_severe=4)], **STEROID)

    assert letter_findings(given) == []


@pytest.mark.parametrize(("signed", "score", "why"), [
    ("A clinician", 12, "counts, item rules signed off"),
    (None, None, "does not count, item rules not signed off"),
])  # fmt: skip
def test_a_computed_letter_fills_a_gap_only_behind_a_signature(signed: str | None, score: int | None, why: str) -> None:
    given = records(RS=[*rated(84), *entered(84, MSK=""), *form(84, arthritis_severe=4)], **STEROID)

    adrs = derived(given, CUT, using("computed" if signed else "entered", signed))["adrs"]
    assert only(adrs, PARAMCD="BILAGN", APROTDY=84)["AVAL"] == score
    assert rows(adrs, 84, "MSK")["BECAUSE"][:3] == ["computed A", "not entered", why]


def test_a_response_reads_computed_letters_behind_a_signature() -> None:
    before = [*rated(-8, ["arthritis"], pga=1.5), *form(-8, arthritis_severe=4, low_counts_attributed="N")]
    now = [*rated(84), *form(84, arthritis_mild=1, low_counts_attributed="N")]
    kidney = [
        {"LBTESTCD": code, "LBTEST": code, "LBORRES": value, "LBSTRESC": value, "LBSTRESN": value, "LBSTRESU": unit,
         "LBDTC": day(on)}
        for code, value, unit in (("PROTCRT", 0.1, "g/g"), ("CREAT", 60, "umol/L"))
        for on in (-8, 84)
    ]  # fmt: skip
    given = records(RS=[*before, *now], LB=kidney, **STEROID)
    signed = derived(given, CUT, using("computed", "A clinician"))["adrs"]
    unsigned = derived(given, CUT, using())["adrs"]

    found = [only(adrs, PARAMCD="BICLA", VARIANT="default", APROTDY=84) for adrs in (signed, unsigned)]
    assert found[0]["BECAUSE"] == ["unknown: no treatment failure"]
    assert "unknown: every baseline A now B, C or D" in found[1]["BECAUSE"]
    items = set(given.table("RS").filter(pl.col("RSTESTCD") == CODE["arthritis_mild"])["record_id"])
    assert items <= set(found[0]["sources"])
    assert not items & set(found[1]["sources"])


def test_an_open_form_leaves_its_letters_open() -> None:
    given = records(RS=[*rated(84), *form(84, closed={}, arthritis_mild=2)], **STEROID)

    row = rows(derived(given, CUT, using())["adrs"], 84, "MSK")
    assert row["AVAL"] is None
    assert row["BECAUSE"][:3] == ["computed ?", "not entered", "unknown"]


def test_a_low_count_that_nobody_attributed_is_unknown_and_one_of_a_drug_is_none() -> None:
    def letter(said: str | None) -> Any:
        known = {} if said is None else {"low_counts_attributed": said}
        labs = [
            {"LBTESTCD": code, "LBTEST": code, "LBORRES": value, "LBSTRESC": value, "LBSTRESN": value,
             "LBSTRESU": "10^9/L", "LBDTC": day(84)}
            for code, value in (("PLAT", 40), ("WBC", 5), ("NEUT", 3), ("LYM", 1.5))
        ]  # fmt: skip
        hemoglobin = {**labs[0], "LBTESTCD": "HGB", "LBORRES": 130, "LBSTRESC": 130, "LBSTRESN": 130, "LBSTRESU": "g/L"}
        given = records(RS=[*rated(84), *form(84, **known)], LB=[*labs, hemoglobin], **STEROID)
        return rows(derived(given, CUT, using())["adrs"], 84, "HAE")["BECAUSE"][0]

    assert [letter(said) for said in ("Y", "N", None)] == ["computed B", "computed E", "computed ?"]


def test_who_was_ever_active_is_carried_on() -> None:
    forms = [*form(-8, arthritis_moderate=2), *form(84), *form(168)]
    given = records(RS=[*rated(-8), *rated(84), *rated(168), *forms], **STEROID)

    adrs = derived(given, CUT, using())["adrs"]
    assert [rows(adrs, on, "MSK")["BECAUSE"][0] for on in (-8, 84, 168)] == ["computed B", "computed D", "computed D"]
    assert rows(adrs, 168, "OPH")["BECAUSE"][0] == "computed E"


@pytest.mark.parametrize(("options", "said"), [
    ("{letters: computed}", "computed letters need the name of the clinician who compared the item rules"),
    ("{letters: guessed}", 'must be "entered" or "computed"; got "guessed"'),
    ("{lettres: entered}", '"lettres" is not an option of bilag-2004'),
])  # fmt: skip
def test_a_protocol_without_a_signature_is_refused_in_one_sentence(options: str, said: str, tmp_path: Path) -> None:
    text = (ROOT / "examples" / "kn5501-sle" / "protocol.yaml").read_text("utf-8")
    old = "bilag-2004: {variant: numeric, options: {letters: entered}}"
    assert old in text
    text = text.replace("  - path: instruments/bilag-2004/options/letters\n", "  - path: instruments/bilag-2004\n")
    (tmp_path / "protocol.yaml").write_text(text.replace(old, f"bilag-2004: {{options: {options}}}"), "utf-8")

    with pytest.raises(ProtocolError) as refused:
        read_protocol(tmp_path / "protocol.yaml")
    assert said in str(refused.value)
    assert str(refused.value).count("\n") == 0


def test_the_seed_trial_has_items_that_give_its_letters() -> None:
    trial = open_trial(ROOT / "examples" / "kn5501-sle")

    assert not [finding for finding in trial.findings if finding.rule == "RS-LETTER"]
    assert trial.records.table("RS")["RSTESTCD"].is_in(BILAG_ITEMS.codes).sum() > 100
