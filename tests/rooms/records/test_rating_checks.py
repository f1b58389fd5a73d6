"""Findings about rating forms: the record that is meant, and what is no finding."""

from __future__ import annotations

from typing import Any

import pytest

from remit.records import Finding, checks
from remit.records.rating_codes import FORMS
from remit.records.sponsor_codes import SPONSOR_CODES
from rooms.records.plants import PROTOCOL, admitted, clean

CATEGORY = {code: form.category for form in FORMS for code in form.codes}


def findings(*rows: dict[str, Any]) -> list[Finding]:
    """What is found in the clean trial with these RS rows more, while reading and after."""
    given = clean()
    for number, row in enumerate(rows, start=101):
        stem = {"STUDYID": "S", "DOMAIN": "RS", "USUBJID": "S-001", "RSSEQ": number, "RSTEST": "x", "VISITNUM": 1}
        given["RS"].append({**stem, "RSCAT": CATEGORY.get(row["RSTESTCD"]), "RSDTC": "2024-01-10", **row})
    records, about_reading = admitted(given)
    return [*about_reading, *checks.all(PROTOCOL, records)]


def rules(*rows: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(finding.rule, finding.record) for finding in findings(*rows)]


def test_an_item_of_another_form_is_found_by_its_category() -> None:
    assert rules({"RSTESTCD": "CLAS0103", "RSCAT": "SDI", "RSORRES": "1"}) == [("RS-ITEM", "RS/S-001/101")]


def test_every_form_declares_each_code_once() -> None:
    codes = [code for form in FORMS for code in form.codes]

    assert len(codes) == len(set(codes)) == len([one for one in SPONSOR_CODES if one.code in set(codes)])
    assert all(len(one.test) <= 40 for one in SPONSOR_CODES if one.code in set(codes))


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"RSTESTCD": "CLAS0103", "RSORRES": "4"}, "RS-POINTS"),
        ({"RSTESTCD": "CLAS0103", "RSORRES": "red"}, "RS-POINTS"),
        ({"RSTESTCD": "CLAS0155", "RSORRES": "2", "RSSTRESN": 2}, "RS-POINTS"),
        ({"RSTESTCD": "CLAS0103", "RSORRES": "1", "RSSTRESN": 2}, "RS-RESULT"),
        ({"RSTESTCD": "EACR0123", "RSORRES": "-80", "RSSTRESN": None}, "RS-POINTS"),
        ({"RSTESTCD": "JNTT0101", "RSORRES": "SOMEWHAT"}, "RS-ANSWER"),
        ({"RSTESTCD": "SFLR0117", "RSORRES": "PRESENT"}, "RS-ANSWER"),
        ({"RSTESTCD": "CLAS0161", "RSORRES": "71"}, "RS-POINTS"),
    ],
    ids=["beyond", "a word", "a point there is not", "two values", "negative", "no answer", "wrong words", "total"],
)
def test_a_value_off_its_scale_is_found_at_its_record(row: dict[str, Any], rule: str) -> None:
    assert rules(row) == [(rule, "RS/S-001/101")]


def test_a_standardized_value_off_its_scale_is_found_while_reading() -> None:
    assert ("RS-RANGE", "RS/S-001/101") in rules({"RSTESTCD": "CLAS0103", "RSSTRESN": 7})


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (({"RSTESTCD": "CLAS0103", "RSORRES": "3"}, {"RSTESTCD": "CLAS0161", "RSORRES": "2"}), True),
        (({"RSTESTCD": "CLAS0103", "RSORRES": "3"}, {"RSTESTCD": "CLAS0161", "RSORRES": "20"}), False),
        (
            (
                {"RSTESTCD": "CLAS0103", "RSORRES": "3"}, {"RSTESTCD": "CLAS0159", "RSORRES": "Y"},
                {"RSTESTCD": "CLAS0161", "RSORRES": "4"},
            ),
            True,
        ),
        (({"RSTESTCD": "CLAS0130", "RSORRES": "1"}, {"RSTESTCD": "CLAS0160", "RSORRES": "Y"},
          {"RSTESTCD": "CLAS0162", "RSORRES": "2"}), False),
    ],
    ids=["below its items", "items incomplete", "above all items", "pigment may count twice"],
)  # fmt: skip
def test_a_typed_total_must_be_what_its_items_allow(rows: tuple[dict[str, Any], ...], found: bool) -> None:
    total = [finding for finding in findings(*rows) if finding.rule == "RS-TOTAL"]

    assert bool(total) is found
    assert all(finding.record == f"RS/S-001/{100 + len(rows)}" for finding in total)


def test_damage_may_rise_and_an_open_form_heals_nothing() -> None:
    later = {"VISITNUM": 2, "RSDTC": "2024-02-22"}

    assert rules({"RSTESTCD": "SDIN0102", "RSORRES": "1", **later}) == []
    # the clean trial has a cataract at both visits; closing a form that lists it is right
    assert rules({"RSTESTCD": "SDIN0142", "RSORRES": "Y", **later}) == []


def test_damage_that_a_closing_question_leaves_out_is_found_at_that_question() -> None:
    earlier = {"RSTESTCD": "SDIN0102", "RSORRES": "1"}
    closing = {"RSTESTCD": "SDIN0142", "RSORRES": "Y", "VISITNUM": 2, "RSDTC": "2024-02-22"}

    assert rules(earlier, closing) == [("RS-HEALED", "RS/S-001/102")]
