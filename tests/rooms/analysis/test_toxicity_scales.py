"""Toxicity by scale: counts by grade and level, what is open, what was not collected, and the trace of each number."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from remit import analysis, derive
from remit.analysis import Result
from remit.analysis.study import Study
from remit.analysis.toxicity_scales import toxicity_scales
from remit.records import Records
from rooms.derive.small import CUT, Row, conditioning, day, infusions, records, seed_protocol

CRS = "Cytokine release syndrome"
SIGNS = {"FEVER": "Y", "HYPOTN": "Y", "HYPOXIA": "N", "PRESSOR": "N", "OXYGEN": "N", "TRANSGR": "0", "CREATGR": "0",
         "ORGANGR": "0", "HOSPCRS": "N"}  # fmt: skip
LOW_DAYS = {"S1": 0, "S2": 8, "S3": 15}
"""Days at 400/µL; S4 has no count at all."""


def _neutrophils(who: str, low: int) -> list[Row]:
    return [
        {"USUBJID": who, "LBTESTCD": "NEUT", "LBSTRESN": 0.4 if 5 <= d < 5 + low else 2.0, "LBSTRESU": "10^9/L",
         "LBSTNRLO": 1.8, "LBDTC": day(d)}
        for d in range(36)
    ]  # fmt: skip


@cache
def trial() -> Records:
    people = ("S1", "S2", "S3", "S4")
    pneumonia = {"AETERM": "Pneumonia", "AEDECOD": "Pneumonia", "AESOC": "Infections and infestations"}
    liver = {"ALT": (200.0, 40.0), "BILI": (50.0, 20.0), "ALP": (80.0, 100.0), "IGG": (3.5, None)}
    event = {"AEDECOD": CRS, "AETERM": CRS, "AETOXGR": "1", "AESTDTC": day(3), "AEENDTC": day(4)}
    return records(
        DM=[{"USUBJID": who, "ARMCD": "DL4" if who < "S3" else "DL3", "ACTARMCD": "DL4" if who < "S3" else "DL3"}
            for who in people],
        EX=[{"USUBJID": who, **one} for who in people for one in (*conditioning(), *infusions())],
        LB=[
            *(row for who, low in LOW_DAYS.items() for row in _neutrophils(who, low)),
            *({"USUBJID": "S1", "LBTESTCD": code, "LBSTRESN": value, "LBSTRESU": "g/L" if code == "IGG" else "U/L",
               "LBSTNRHI": high, "LBSTNRLO": 7 if code == "IGG" else None, "LBDTC": day(14)}
              for code, (value, high) in liver.items()),
        ],
        FA=[{"USUBJID": "S2", "FACAT": "CRS", "FAOBJ": CRS, "FASPID": "C1", "FATESTCD": code, "FASTRESC": said,
             "FADTC": day(3)} for code, said in SIGNS.items()],
        AE=[
            {"USUBJID": "S2", **event},
            {"USUBJID": "S3", **event},
            *({"USUBJID": "S1", **pneumonia, "AESTDTC": day(start), "AETOXGR": grade}
              for start, grade in ((20, "3"), (60, "2"))),
            {"USUBJID": "S4", "AETERM": "felt hot and unwell", "AESTDTC": day(2), "AETOXGR": "1"},
        ],
        SUPPAE=[{"USUBJID": "S1", "IDVARVAL": 1, "QNAM": name, "QLABEL": name, "QVAL": said}
                for name, said in (("INFSITE", "LOWER RESPIRATORY"), ("INFORG", "RSV"), ("INFTRT", "IV ANTIBIOTIC"))],
    )  # fmt: skip


@cache
def tables() -> Mapping[str, Any]:
    return derive.all(seed_protocol(), trial(), CUT)


@cache
def found() -> Mapping[str, Result]:
    return {result.id: result for result in analysis.all(seed_protocol(), tables())}


@pytest.mark.parametrize(
    ("id", "n", "denominator"),
    [
        ("toxicity/icaht-early/grade-0/count", 1, 3),
        ("toxicity/icaht-early/grade-2/count", 1, 3),
        ("toxicity/icaht-early/grade-2/dl4/count", 1, 2),
        ("toxicity/icaht-early/grade-3/count", 1, 3),
        ("toxicity/icaht-early/grade-3/dl3/count", 1, 1),
        ("toxicity/icaht-early/grade-unknown/count", 1, 4),
        ("toxicity/icaht-early/not-assessed/count", 1, 4),
        ("toxicity/icaht-early/grade-3-or-more/proportion", 1, 3),
        ("toxicity/icaht-early/longest-run/grade-3-or-more/proportion", 1, 3),
        ("toxicity/crs/astct-2019/grade-2/count", 1, 3),
        ("toxicity/crs/penn/grade-3/count", 1, 3),
        ("toxicity/crs/astct-2019/grade-unknown/count", 1, 4),
        ("toxicity/crs/differs/count", 1, 4),
        ("toxicity/crs/penn/differs-from-astct/count", 1, 4),
        ("toxicity/crs/lee-2014/differs-from-astct/count", 0, 4),
        ("toxicity/hys-law/count", 1, 1),
        ("toxicity/hys-law/dl3/count", None, None),
        ("toxicity/edish/hys-law/count", 1, 1),
        ("toxicity/hypogammaglobulinemia/severe/count", 1, 1),
        ("toxicity/hypogammaglobulinemia/unknown/count", 3, 4),
        ("toxicity/hypogammaglobulinemia/unknown/dl3/count", 2, 2),
        ("toxicity/infection/count", 1, 4),
        ("toxicity/infection/site/lower-respiratory/rsv/count", 1, 4),
        ("toxicity/infection/site/unknown/unknown/count", 1, 4),
        ("toxicity/infection/grade-3-or-more/proportion", 1, 4),
    ],
)
def test_subjects_are_counted_by_grade_scale_and_level(id: str, n: int, denominator: int) -> None:
    assert (found()[id].n, found()[id].denominator) == (n, denominator)


def test_events_are_counted_by_kind_and_grade() -> None:
    for id, value in (
        ("toxicity/infection", 2),
        ("toxicity/infection/kind/viral", 1),
        ("toxicity/infection/grade/2", 1),
    ):
        assert found()[f"{id}/events"].value == value


def test_an_open_grade_is_said_beside_the_count_that_it_could_raise() -> None:
    severe = found()["toxicity/icaht-early/grade-3-or-more/proportion"]

    assert "the grade of 1 more is open and may be that high" in severe.note


def test_a_count_of_a_grade_is_among_those_of_whom_it_is_known() -> None:
    none, fever = found()["toxicity/icaht-early/grade-0/count"], found()["toxicity/crs/penn/grade-3/count"]

    assert "unknown in 1, left out" in none.note
    assert "unknown in 1, left out" in fever.note
    left_out = {"icaht-early": "S4", "crs/penn": "S3"}
    for stem, result in zip(left_out, (none, fever), strict=True):
        population = next(one for one in result.behind if one.role == "population")
        assert left_out[stem] not in dict(population.where)["USUBJID"]


def test_hys_law_above_3_is_no_where_no_enzyme_was_ever_raised() -> None:
    liver = {"ALT": (30.0, 40.0), "AST": (30.0, 40.0), "BILI": (10.0, 20.0), "ALP": (80.0, 100.0)}
    rows = [{"LBTESTCD": code, "LBSTRESN": value, "LBSTRESU": "U/L", "LBSTNRHI": high, "LBDTC": day(14)}
            for code, (value, high) in liver.items()]  # fmt: skip

    quiet = {one.id: one for one in analysis.all(seed_protocol(), derive.all(seed_protocol(), records(LB=rows), CUT))}

    for stem in ("hys-law", "hys-law/above-3"):
        result = quiet[f"toxicity/{stem}/count"]
        assert (result.n, result.denominator) == (0, 1)


def test_what_was_not_collected_says_so() -> None:
    for scale in ("t-icaht-early", "t-icaht-late", "gvhd-magic", "licats", "iec-hs", "iec-hs-alert"):
        result = found()[f"toxicity/{scale}/count"]
        assert (result.value, result.note) == (None, "not collected")


def test_every_number_traces_to_its_rows_and_records() -> None:
    known = {record for frame in trial().tables.values() for record in frame["record_id"]}
    for result in found().values():
        if not result.id.startswith("toxicity/"):
            continue
        traced = analysis.trace(result, tables()).record_ids
        assert len(traced) == result.sources, result.id
        assert set(traced) <= known
    severe = analysis.trace(found()["toxicity/icaht-early/grade-3-or-more/count"], tables())
    assert any(record.startswith("LB/S3/") for record in severe.record_ids)


def test_an_uncoded_event_is_said_beside_a_count_of_cytokine_release() -> None:
    note = found()["safety/crs/any/count"].note

    assert found()["safety/crs/any/count"].n == 2
    assert "an event of 1 more is not coded and may belong here" in note
    assert "not coded" in found()["safety/icans/any/proportion"].note
    # a term and a body system are looked for: S4's event has neither
    assert "not coded" in found()["safety/infection/count"].note


def test_nothing_is_said_where_the_tables_were_made_without_the_scales() -> None:
    lean = {name: frame for name, frame in tables().items() if name != "adtox"}

    assert list(toxicity_scales(Study(seed_protocol(), lean))) == []
