"""From a number back to its rows and records."""

from __future__ import annotations

import pytest

from remit import analysis
from remit.analysis import Selection
from remit.analysis.trace import selected
from remit.errors import InputError
from rooms.analysis import small_trial as small

TABLES = small.tables()
RESULTS = analysis.all(small.protocol(), TABLES)


def trace(id: str) -> analysis.Trace:
    return analysis.trace(analysis.result_by_id(RESULTS, id), TABLES)


def test_a_proportion_shows_who_counted_and_who_could_have() -> None:
    found = trace("efficacy/doris-2021/over-6-months/proportion")

    counted, population = found.parts
    assert (counted.role, counted.table, counted.rows["USUBJID"].to_list()) == ("counted", "adeff", ["S1"])
    assert (population.role, population.rows["USUBJID"].to_list()) == ("population", ["S1", "S2"])
    assert found.record_ids == ("RS/S1/1", "RS/S2/1")
    assert counted.rows.columns == ["USUBJID", "LEVEL", "SENTENCE", "sources"]


def test_a_zero_still_leads_to_the_records_of_its_denominator() -> None:
    found = trace("safety/infection/count")

    assert [part.rows.height for part in found.parts] == [0, 6]
    assert "DM/S1" in found.record_ids


def test_only_the_worst_grade_of_a_subject_is_behind_its_count() -> None:
    # S1 had grade 1 and grade 2: behind "worst grade 1" there is nobody
    assert [part.rows.height for part in trace("safety/crs/grade-1/count").parts] == [0, 6]
    assert trace("safety/crs/grade-2/count").record_ids[0] == "AE/S1/2"


def test_an_unknown_value_is_not_among_the_rows_of_a_median() -> None:
    counted = trace("baseline/disease-duration-years/median").parts[0]

    assert "S3" not in counted.rows["USUBJID"].to_list()


@pytest.mark.parametrize(
    ("where", "subjects"),
    [
        ((), {"S1", "S3", "S4", "S5"}),
        ((("AETOXGRN", 1),), {"S1", "S3", "S4"}),
        ((("AETOXGRN", None),), {"S3"}),
        ((("AETOXGRN", (2, None)),), {"S1", "S3", "S5"}),
        ((("AETOXGRN", ()),), set()),
        ((("INTEREST", "rash"),), {"S5"}),
        ((("INTEREST", ("rash", "crs")), ("LEVEL", "dl1")), {"S1"}),
        ((("TERM", "no such term"),), set()),
    ],
)
def test_a_filter_is_equality_one_of_null_or_holding(where: tuple[tuple[str, object], ...], subjects: set[str]) -> None:
    rows = selected(Selection("counted", "adae", where), TABLES)  # type: ignore[arg-type]

    assert set(rows["USUBJID"].to_list()) == subjects


def test_a_misspelt_id_names_the_nearest() -> None:
    with pytest.raises(InputError, match='Did you mean "safety/infection/count"'):
        analysis.result_by_id(RESULTS, "safety/infections/count")
