from __future__ import annotations

import polars as pl
import pytest

from remit.records import Records, checks
from remit.records.checks import CHECKING, RULES
from rooms.records.plants import CHECK_PLANTS, PROTOCOL, admitted, clean, put


def test_a_clean_trial_has_no_finding():
    records, about_reading = admitted(clean())

    assert about_reading == []
    assert checks.all(PROTOCOL, records) == []


@pytest.mark.parametrize("kind", CHECK_PLANTS)
def test_a_planted_problem_is_found_with_its_severity_and_a_remedy(kind):
    expected, spoil = CHECK_PLANTS[kind]
    rows = clean()
    spoil(rows)

    records, about_reading = admitted(rows)
    found = [finding for finding in checks.all(PROTOCOL, records) if finding.rule == expected]

    rule = next(rule for rule in CHECKING if rule.id == kind)
    assert not [finding for finding in about_reading if finding.severity == "error"]
    assert found
    assert all(finding.severity == rule.severity and finding.what and finding.remedy for finding in found)
    assert all(records.record(finding.record) for finding in found if finding.record)


def test_records_made_by_a_program_are_checked_for_ids_and_subjects():
    records, _ = admitted(clean())
    twice = pl.concat([records.table("AE"), records.table("AE")])
    stranger = records.table("VS").with_columns(pl.lit("S-999").alias("USUBJID"))
    made = Records({**records.tables, "AE": twice, "VS": stranger})

    rules = {finding.rule for finding in checks.all(PROTOCOL, made)}

    assert {"AE-SAME-ID", "VS-UNKNOWN-SUBJECT"} <= rules


def test_every_rule_between_records_is_planted():
    # letters are compared in derive, which knows the rules from items to letters: rooms/derive/test_letters.py
    planted = {*CHECK_PLANTS, "SAME-ID", "UNKNOWN-SUBJECT", "LETTER"}

    assert planted == {rule.id for rule in CHECKING}


def test_rule_ids_are_unique():
    ids = [rule.id for rule in RULES]

    assert len(ids) == len(set(ids))


def test_two_answers_about_one_dose_limiting_toxicity_contradict_each_other():
    rows = clean()
    # the same event, pointed at under two names of its number, so that neither row is a duplicate
    rows["SUPPAE"].append(rows["SUPPAE"][0] | {"IDVARVAL": "01", "QVAL": "Y"})

    records, _ = admitted(rows)

    assert "SUPPAE-DLT" in {finding.rule for finding in checks.all(PROTOCOL, records)}


def test_a_low_count_after_conditioning_may_be_scored_absent():
    rows = clean()
    late = {"VISITNUM": 2, "LBDTC": "2024-02-22", "LBSEQ": 3, "LBSTRESN": 1.5, "LBORRES": "1.5"}
    rows["LB"].append(rows["LB"][1] | late)
    rows["RS"].append(rows["RS"][23] | {"RSSEQ": 40, "VISITNUM": 2, "RSDTC": "2024-02-22"})
    before = clean()
    put("LB", 1, "LBSTRESN", 1.5)(before)
    put("LB", 1, "LBORRES", "1.5")(before)

    after_treatment = checks.all(PROTOCOL, admitted(rows)[0])
    before_treatment = checks.all(PROTOCOL, admitted(before)[0])

    assert after_treatment == []
    assert [finding.rule for finding in before_treatment] == ["RS-ITEM-LAB"]


def test_a_temperature_that_lost_its_decimal_point_comes_with_a_guess_and_stays_as_it_is():
    rows = clean()
    put("VS", 0, "VSSTRESN", 386)(rows)
    put("VS", 0, "VSORRES", "386")(rows)

    records, _ = admitted(rows)
    (finding,) = [one for one in checks.all(PROTOCOL, records) if one.rule == "VS-PLAUSIBLE"]

    assert "38.6 C may be meant" in finding.what
    assert records.table("VS")["VSSTRESN"].to_list() == [386.0]


def test_an_unfinished_set_of_items_is_a_lower_bound_of_the_total():
    higher, lower = clean(), clean()
    for one, total in ((higher, 10), (lower, 0)):
        one["RS"][0] |= {"RSORRES": None, "RSSTRESN": None}
        one["RS"][24] |= {"RSSTRESN": total, "RSORRES": str(total)}
        one["RS"].pop(27)

    assert "RS-TOTAL" not in {finding.rule for finding in checks.all(PROTOCOL, admitted(higher)[0])}
    assert "RS-TOTAL" in {finding.rule for finding in checks.all(PROTOCOL, admitted(lower)[0])}


def _rules(rows, protocol=PROTOCOL):
    return {finding.rule for finding in checks.all(protocol, admitted(rows)[0])}


def _without_definition():
    return PROTOCOL.model_copy(update={"dlt": None})


@pytest.mark.parametrize("column", ["AETOXGR", "AEREL"])
def test_nothing_is_asked_for_a_dlt_that_the_protocol_does_not_define(column):
    rows = clean()
    rows["AE"][0][column] = None
    rows["SUPPAE"][0]["QVAL"] = "Y"
    rows["EX"][1]["EXDOSE"] = 0.5

    asked = {"AE-NO-GRADE", "AE-NO-CAUSE", "AE-BEYOND-DLT", "EX-OTHER-DOSE"}
    assert not _rules(rows, _without_definition()) & asked


@pytest.mark.parametrize(("scale", "asked"), [("CTCAE 5.0", True), ("none recorded", False)])
def test_a_severity_word_is_a_grade_only_in_a_trial_that_records_none(scale, asked):
    rows = clean()
    for event in rows["AE"]:
        event |= {"AETOXGR": None, "AESEV": "MILD"}
    trial = PROTOCOL.model_copy(update={"safety": PROTOCOL.safety.model_copy(update={"toxicity_scale": scale})})

    assert ("AE-NO-GRADE" in _rules(rows, trial)) is asked


@pytest.mark.parametrize(
    ("start", "end", "asked"),
    [
        ("2024-01-10", "2024-01-11", set()),  # before any treatment
        ("2024-02-22", "2024-02-23", {"AE-NO-GRADE", "AE-NO-CAUSE"}),  # the window's last day
        ("2024-02-23", "2024-02-23", {"AE-NO-GRADE"}),  # after the window, still emergent
        ("2024-02", None, {"AE-NO-GRADE", "AE-NO-CAUSE"}),  # can lie in it
    ],
)
def test_grade_and_attribution_are_asked_where_they_matter(start, end, asked):
    rows = clean()
    rows["AE"][0] |= {"AETOXGR": None, "AEREL": None, "AESTDTC": start, "AEENDTC": end}

    assert _rules(rows) & {"AE-NO-GRADE", "AE-NO-CAUSE"} == asked


@pytest.mark.parametrize(
    ("cells", "beyond"),
    [
        ({"AETOXGR": "3"}, False),
        ({"AETOXGR": None}, False),  # an unknown grade contradicts nothing
        ({"AETOXGR": "3", "AEREL": "NOT RELATED"}, True),
        ({"AETOXGR": "3", "AEDECOD": "Headache"}, True),
        ({"AETOXGR": "3", "AEDECOD": None}, False),  # nobody coded it
        ({"AETOXGR": "3", "AESTDTC": "2024-03-01", "AEENDTC": "2024-03-02"}, True),
    ],
)
def test_a_recorded_dlt_is_held_against_the_definition(cells, beyond):
    rows = clean()
    rows["SUPPAE"][0]["QVAL"] = "Y"
    rows["AE"][0] |= cells

    assert ("AE-BEYOND-DLT" in _rules(rows)) == beyond


def _laddered(*doses):
    first = PROTOCOL.levels[0]
    levels = tuple(
        first.model_copy(
            update={
                "level": n, "key": f"dl{n}", "name": f"DL{n}", "arm": f"DL{n}",
                "dose": first.dose.model_copy(update={"amount": dose} if dose is not None else _TIERED),
            }
        )
        for n, dose in enumerate(doses, start=1)
    )  # fmt: skip
    return PROTOCOL.model_copy(update={"levels": levels})


_TIERED = {"amount": None, "basis": "weight-tier"}


@pytest.mark.parametrize(
    ("doses", "given", "rule", "names"),
    [
        ((1.0, 3.0), 0.81, None, None),
        ((1.0, 3.0), 0.79, "EX-OTHER-DOSE", None),
        ((1.0, 3.0), 3.0, "EX-DOSE", "DL2"),
        ((1.0, 1.5), 1.5, "EX-OTHER-DOSE", "DL2"),  # not far above, and yet another level's
        ((1.0, 1.0), 1.0, None, None),  # two levels of one dose
        ((0.0, 1.0), 0, None, None),  # placebo
        ((None, 1.0), 0.5, None, None),  # by weight
    ],
)
def test_a_dose_is_held_against_the_level_and_its_neighbors(doses, given, rule, names):
    rows = clean()
    rows["EX"][1]["EXDOSE"] = given

    found = [f for f in checks.all(_laddered(*doses), admitted(rows)[0]) if f.rule in ("EX-DOSE", "EX-OTHER-DOSE")]

    assert [f.rule for f in found] == ([rule] if rule else [])
    assert all((f"the dose of {names}" in f.remedy) == (names is not None) for f in found)
