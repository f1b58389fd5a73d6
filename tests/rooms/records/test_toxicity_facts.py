"""Answers about toxicity that no scale can read are findings; and both rooms know the same words."""

from __future__ import annotations

import pytest

from remit.instruments import crs_astct, ctcae, gvhd_magic, infection, licats
from remit.records import checks
from remit.records.sponsor_codes import SPONSOR_CODES
from remit.records.toxicity_codes import INFECTION_QUALIFIERS, OXYGEN, TOXICITY_FACTS, VASOPRESSORS
from rooms.derive.small import Row, day, records, seed_protocol


def found(rows: list[Row], qualifiers: list[Row] | None = None) -> list[str]:
    events = [{"AETERM": "Pneumonia", "AETOXGR": "2", "AEREL": "NOT RELATED", "AESTDTC": day(40)}]
    given = records(FA=rows, AE=events, SUPPAE=qualifiers or [])
    return [one.what for one in checks.all(seed_protocol(), given) if one.rule.endswith("-ANSWER")]


def fact(category: str, code: str, answer: str) -> Row:
    return {"FACAT": category, "FAOBJ": category, "FATESTCD": code, "FATEST": code, "FAORRES": answer,
            "FASTRESC": answer, "FADTC": day(3)}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (fact("CRS", "FEVER", "MAYBE"), 'FEVER is answered "MAYBE"; the form has Y, N.'),
        (fact("CRS", "PRESSOR", "NOREPINEPHRINE, TEA"), 'PRESSOR is answered "TEA"'),
        (fact("CRS", "OXYGEN", "snorkel"), 'OXYGEN is answered "snorkel"'),
        (fact("CRS", "FIO2", "18"), "FIO2 is 18; it runs from 21 to 100."),
        (fact("GVHD", "UGISTG", "2"), "UGISTG is 2; it runs from 0 to 1."),
        (fact("GVHD", "SKINSTG", "some"), 'SKINSTG is answered "some"; a number is asked for.'),
        (fact("LICATS", "HOSPITAL", "LONG"), 'HOSPITAL is answered "LONG"'),
    ],
)
def test_an_answer_that_no_scale_can_read_is_found(row: Row, said: str) -> None:
    assert [one for one in found([row]) if one.startswith(said)]


def test_answers_that_scales_can_read_are_not() -> None:
    good = [
        fact("CRS", "PRESSOR", "Norepinephrine; vasopressin"), fact("CRS", "OXYGEN", "high-flow cannula"),
        fact("CRS", "FEVER", "Y"), fact("GVHD", "LGISTG", "4"), fact("LICATS", "ORGAN", "anything"),
        fact("OTHER", "FEVER", "MAYBE"),
    ]  # fmt: skip

    assert found(good) == []


def test_the_words_of_an_infection_are_checked() -> None:
    def said(name: str, value: str) -> Row:
        return {"IDVARVAL": 1, "QNAM": name, "QLABEL": name, "QVAL": value, "QORIG": "CRF"}

    assert found([], [said("INFSITE", "URINARY"), said("INFORG", "Escherichia coli")]) == []
    assert found([], [said("INFORG", "A BUG")])[0].startswith('INFORG is "A BUG"; the form has CMV')


def test_both_rooms_know_the_same_words() -> None:
    # records may not import instruments, so the words stand twice; this is what keeps them one
    def plain(words: object) -> set[str]:
        return {str(word).replace("_", " ").upper() for word in words}  # type: ignore[attr-defined]

    by_code = {one.code: one for one in TOXICITY_FACTS}
    assert set(VASOPRESSORS) == plain(crs_astct.VASOPRESSORS)
    assert set(OXYGEN) == plain(crs_astct.OXYGEN) - {"NONE"}
    assert set(by_code["RESOLVED"].answers) == plain(licats.RESOLUTIONS)
    assert set(by_code["HOSPITAL"].answers) == plain(licats.HOSPITALISATIONS)
    assert [by_code[code].high for code in ("SKINSTG", "LIVERSTG", "UGISTG", "LGISTG")] == [*gvhd_magic.MOST.values()]
    assert set(INFECTION_QUALIFIERS["INFSITE"]) == plain(infection.SITES)
    assert set(INFECTION_QUALIFIERS["INFORG"]) == plain(infection.ORGANISMS) | {"NOT FOUND"}
    assert set(INFECTION_QUALIFIERS["INFTRT"]) == plain(ctcae.INFECTION_TREATMENT)


def test_every_fact_is_a_sponsor_code() -> None:
    codes = {(one.category, one.code) for one in SPONSOR_CODES if one.domain == "FA"}

    assert {(one.category, one.code) for one in TOXICITY_FACTS} <= codes
