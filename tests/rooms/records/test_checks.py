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
    planted = {*CHECK_PLANTS, "SAME-ID", "UNKNOWN-SUBJECT"}

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
