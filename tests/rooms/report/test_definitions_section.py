"""The section on other definitions: two responses side by side, who is asked, and who flips by which line."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from remit import analysis, derive
from remit.analysis import trace
from remit.cli.trial import cutoff_of, open_trial
from remit.protocol import Protocol
from remit.report.material import Material
from remit.report.sections.definitions import DEFINITIONS, contents
from remit.report.shelf import Shelf
from remit.report.tables import Table
from rooms.derive.small import ROOT


@cache
def seed() -> Any:
    """Material of the seed trial, its derived tables and its results."""
    trial = open_trial(ROOT / "examples" / "kn5501-sle")
    derived = derive.all(trial.protocol, trial.records, cutoff_of(trial.protocol, trial.records, None))
    results = analysis.all(trial.protocol, derived)
    stamp: Any = None
    return Material(trial.protocol, derived, Shelf(results), (), stamp), derived, results


@pytest.fixture(scope="module")
def tables() -> dict[str, Table]:
    return {table.key: table for table in contents(seed()[0])["tables"]}


def text(cell: Any) -> str:
    return re.sub(r"<[^>]+>", "", str(getattr(cell, "content", cell)))


def row(table: Table, head: str) -> list[str]:
    return next([text(c) for c in one.cells] for one in table.rows if text(one.head) == head)


def test_two_responses_stand_side_by_side(tables: dict[str, Table]) -> None:
    table = tables["beside"]

    assert list(table.head)[0::3] == ["SRI-4 met", "BICLA met"]
    assert row(table, "Week 12")[0::3] == ["11/12 (91.7 %)", "12/12 (100.0 %)"]
    assert row(tables["agreement"], "BICLA only") == ["1/14 (7.1 %)"]


def test_letters_from_items_are_called_so_once_they_count(tables: dict[str, Table]) -> None:
    material = seed()[0]
    chosen = {"variant": "numeric", "options": {"letters": "computed", "signed_off_by": "A clinician"}}
    protocol = material.protocol.model_dump(mode="json")
    protocol["instruments"]["bilag-2004"] = chosen
    signed = replace(material, protocol=Protocol.model_validate(protocol))

    assert "as the investigator entered them. " in text(tables["bilag"].foot)
    other = next(table for table in contents(signed)["tables"] if table.key == "bilag")
    assert "entered them, and computed from items where none was entered. " in text(other.foot)


def test_a_renal_response_is_asked_of_who_had_proteinuria(tables: dict[str, Table]) -> None:
    table = tables["rules-renal-response"]

    assert row(table, "PERR (BLISS-LN)")[-2] == "2/6 (33.3 %)"
    assert "with proteinuria at baseline (6); not applicable to 14" in text(table.foot)


def test_every_subject_has_an_answer_or_is_not_asked(tables: dict[str, Table]) -> None:
    table = tables["answers"]
    place = list(table.head).index("Renal response (PERR)")

    signs = [text(one.cells[place]) for one in table.rows]
    assert len(signs) == 20
    assert signs.count("n/anot applicable") == 14
    assert signs.count("○not met") + signs.count("●met") == 6


def test_who_flips_is_named_with_the_line_that_decides(tables: dict[str, Table]) -> None:
    flipped = [[text(one.head), *map(text, one.cells)] for one in tables["flipped"].rows]

    # the subject whose global assessment is exactly 0.5, and one on exactly 5 mg of prednisone
    assert ["CH01-007", "Week 24", "DORIS 2021", "○not met", "PGA 0.5 or less", "●met", "PGA < 0.5"] in flipped
    assert [
        "CH01-006", "Week 36", "DORIS 2021", "●met", "prednisolone below 5 mg/d", "○not met", "prednisolone < 5 mg/d",
    ] in flipped  # fmt: skip


def test_flips_in_the_table_are_those_in_the_results(tables: dict[str, Table]) -> None:
    _, _, results = seed()
    found = {result.id: result for result in results}

    for variant, said in (("pga-le", "PGA 0.5 or less"), ("drug-free", "drug-free")):
        rows = [one for one in tables["flipped"].rows if [text(c) for c in one.cells][1:4:2] == ["DORIS 2021", said]]
        subjects = {text(one.head) for one in rows}
        assert found[f"definitions/doris-2021/{variant}/differs-ever/proportion"].n == len(subjects)


def test_letters_from_items_are_counted(tables: dict[str, Table]) -> None:
    assert "180 letters were computed from items; 180 are the entered ones" in text(tables["letters"].foot)


def test_a_number_of_the_section_opens_down_to_its_records() -> None:
    _, derived, results = seed()
    result = next(r for r in results if r.id == "definitions/sri-4-beside-bicla/second-only/proportion")

    opened = trace(result, derived)
    (counted,) = (part.rows for part in opened.parts if part.role == "counted")
    assert counted["USUBJID"].to_list() == ["CH01-001"]
    assert {"RS/CH01-001/30", "CM/CH01-001/1"} <= set(opened.record_ids)


def test_a_trial_without_definitions_has_no_such_section() -> None:
    material, _, _ = seed()

    assert DEFINITIONS.applies(material)
    assert not DEFINITIONS.applies(Material(material.protocol, {}, Shelf(()), (), material.stamp))
