"""Every analysis on a trial that can be counted by eye."""

from __future__ import annotations

import json

import polars as pl
import pytest

from remit import analysis
from remit.analysis import Result
from rooms.analysis import small_trial as small


def results(**frames: pl.DataFrame) -> dict[str, Result]:
    return {r.id: r for r in analysis.all(small.protocol(), {**small.tables(), **frames})}


FOUND = results()


@pytest.mark.parametrize(
    ("id", "value", "text"),
    [
        ("disposition/screened/count", 7, "7"),
        ("disposition/enrolled/count", 6, "6"),
        ("disposition/infused/count", 6, "6"),
        ("disposition/dlt-evaluable/count", 5, "5"),
        ("disposition/not-enrolled/screen-failure/count", 1, "1"),
        ("disposition/ongoing/count", 6, "6"),
        ("disposition/died/count", 0, "0"),
        ("exposure/dl1/count", 2, "2"),
        ("exposure/dl2/count", 4, "4"),
        ("exposure/infusions-2/count", 6, "6/6 (100.0 %; 95 % CI 54.1–100.0)"),
        ("exposure/cells-total/dl1/min", 1.5, "1.5"),
        ("exposure/cells-total/dl2/median", 4, "4"),
        ("exposure/percent-of-plan/min", 75, "75"),
        ("exposure/fludarabine-mg/dl1/median", 41, "41"),
        ("baseline/age-years/median", 37, "37"),
        ("baseline/disease-duration-years/median", 8, "8"),
        ("baseline/disease-duration-years/n", 5, "5"),
        ("baseline/sex/m/count", 1, "1/6 (16.7 %; 95 % CI 0.4–64.1)"),
        ("baseline/dsdna-raised/count", 5, "5/5 (100.0 %; 95 % CI 47.8–100.0)"),
        ("follow-up/months/median", 6, "6"),
        ("follow-up/months/min", 0.6, "1"),
        ("follow-up/months/max", 12, "12"),
        ("follow-up/person-months/total", 36.5, "36.5"),
        ("safety/teae/any/count", 3, "3/6 (50.0 %; 95 % CI 11.8–88.2)"),
        ("safety/teae/any/events", 6, "6"),
        ("safety/sae/any/proportion", 1 / 6, "1/6 (16.7 %; 95 % CI 0.4–64.1)"),
        ("safety/grade-3-or-more/any/count", 1, "1/6 (16.7 %; 95 % CI 0.4–64.1)"),
        ("safety/teae/term/nausea/all/count", 1, "1/6 (16.7 %; 95 % CI 0.4–64.1)"),
        ("safety/teae/term/nausea/all/events", 2, "2"),
        ("safety/teae/term/nausea/grade-3/all/count", 1, "1/6 (16.7 %; 95 % CI 0.4–64.1)"),
        ("safety/teae/term/rash/dl1/count", 0, "0/2 (0.0 %; 95 % CI 0.0–84.2)"),
        ("safety/crs/any/count", 2, "2/6 (33.3 %; 95 % CI 4.3–77.7)"),
        ("safety/crs/grade-1/count", 0, "0/6 (0.0 %; 95 % CI 0.0–45.9)"),
        ("safety/crs/grade-2/count", 1, "1/6 (16.7 %; 95 % CI 0.4–64.1)"),
        ("safety/crs/grade-2-or-more/count", 1, "1/6 (16.7 %; 95 % CI 0.4–64.1)"),
        ("safety/crs/grade-unknown/count", 1, "1/6 (16.7 %; 95 % CI 0.4–64.1)"),
        ("safety/crs/onset-day/max", 1, "1"),
        ("safety/crs/duration-days/max", 5, "5"),
        ("safety/rash/any/count", 1, "1/6 (16.7 %; 95 % CI 0.4–64.1)"),
        ("safety/infection/count", 0, "0/6 (0.0 %; 95 % CI 0.0–45.9)"),
        ("safety/dlt/count", 1, "1/5 (20.0 %; 95 % CI 0.5–71.6)"),
        ("safety/dlt/dl2/proportion", 1 / 3, "1/3 (33.3 %; 95 % CI 0.8–90.6)"),
        ("safety/dlt/open-windows/count", 1, "1"),
        ("safety/labs/platelets/grade-3/count", 1, "1/4 (25.0 %; 95 % CI 0.6–80.6)"),
        ("safety/labs/platelets/shift/0-to-3/all/count", 1, "1/4 (25.0 %; 95 % CI 0.6–80.6)"),
        ("safety/labs/platelets/shift/missing-to-2/all/count", 1, "1/4 (25.0 %; 95 % CI 0.6–80.6)"),
        ("safety/labs/platelets/low/count", 3, "3/4 (75.0 %; 95 % CI 19.4–99.4)"),
        ("efficacy/over-6-months/count", 3, "3"),
        ("efficacy/over-6-months/not-in-group/count", 3, "3"),
        ("efficacy/over-6-months/dl2/count", 1, "1"),
        ("efficacy/doris-2021/over-6-months/proportion", 0.5, "1/2 (50.0 %; 95 % CI 1.3–98.7)"),
        ("efficacy/doris-2021/over-6-months/not-evaluable", 1, "1"),
        ("efficacy/doris-2021/over-6-months/pga-le/proportion", 1, "3/3 (100.0 %; 95 % CI 29.2–100.0)"),
        ("efficacy/doris-2021/last/proportion", 0.5, "2/4 (50.0 %; 95 % CI 6.8–93.2)"),
        ("efficacy/doris-2021/last/proportion-nri", 0.4, "2/5 (40.0 %; 95 % CI 5.3–85.3)"),
        ("efficacy/doris-2021/last/proportion-worst-case", 1 / 3, "2/6 (33.3 %; 95 % CI 4.3–77.7)"),
        ("efficacy/doris-2021/week-12/proportion-nri", 0.5, "2/4 (50.0 %; 95 % CI 6.8–93.2)"),
        ("activity/prednisone-mg/week-12/median", 5, "5"),
        ("activity/prednisone-mg-change/last/median", -10, "-10"),
        ("steroid/steroid-free/last/proportion", 1 / 3, "1/3 (33.3 %; 95 % CI 0.8–90.6)"),
        ("steroid/at-most-5-mg/last/count", 2, "2/3 (66.7 %; 95 % CI 9.4–99.2)"),
        ("b-cells/depleted/proportion", 1, "4/4 (100.0 %; 95 % CI 39.8–100.0)"),
        ("b-cells/depletion-day/median", 3, "3"),
        ("b-cells/reconstitution-months/max", 70 / 30.4375, "2"),
        ("b-cells/returned/proportion", 0.75, "3/4 (75.0 %; 95 % CI 19.4–99.4)"),
        ("kinetics/carcopy/cmax/median", 900, "900"),
        ("kinetics/carcopy/cmax/n", 1, "1"),
        ("kinetics/carcopy/tmax-day/median", 1, "1"),
        ("time-to/first-doris/events", 2, "2/4"),
        ("time-to/first-doris/at-risk/3", 2, "2"),
        ("time-to/b-cell-return/turnbull/median-high", 70 / 30.4375, "2.3"),
    ],
)  # fmt: skip
def test_a_number_is_what_the_eye_counts(id: str, value: float, text: str) -> None:
    assert (FOUND[id].value, FOUND[id].text) == (pytest.approx(value), text)


def test_a_count_of_zero_says_what_it_still_allows() -> None:
    # 1 - 0.05 ** (1 / 6) = 0.393
    assert FOUND["safety/infection/count"].note == "none seen; one-sided 95 % upper bound 39.3 %"
    assert FOUND["safety/infection/proportion"].interval is not None


def test_a_subject_in_an_open_dlt_window_is_named_and_not_counted() -> None:
    found = FOUND["safety/dlt/proportion"]

    assert (found.denominator, found.population) == (5, "dlt-evaluable")
    assert found.note == "1 with an open window not counted"


def test_an_event_without_a_grade_is_never_graded_zero() -> None:
    graded = [
        r
        for r in FOUND.values()
        if r.id.startswith("safety/crs/grade-") and r.id.count("/") == 3 and r.id.endswith("/count")
    ]

    one_grade = [r for r in graded if "or-more" not in r.id]
    assert sum(r.n or 0 for r in one_grade) == FOUND["safety/crs/any/count"].n
    assert "grade unknown in 1" in FOUND["safety/crs/grade-2-or-more/count"].note
    assert FOUND["safety/teae/term/crs/grade-unknown/all/count"].n == 1


def test_an_event_before_treatment_is_not_counted() -> None:
    assert FOUND["safety/teae/term/nausea/all/count"].n == 1


def test_an_unanswered_subject_leaves_the_denominator_and_stays_counted() -> None:
    found = FOUND["efficacy/doris-2021/last/proportion"]

    assert (found.n, found.denominator) == (2, 4)
    assert found.note == "1 not evaluable, left out"
    assert FOUND["efficacy/doris-2021/last/not-evaluable"].n == 1


def test_not_there_yet_at_the_cut_is_told_from_missed() -> None:
    assert FOUND["efficacy/doris-2021/week-12/not-evaluable"].note == "1 of them not there yet at the data cut"
    assert FOUND["efficacy/doris-2021/last/not-evaluable"].note == ""


def test_a_non_responder_rule_counts_the_missed_as_not_met() -> None:
    endpoint = small.protocol().endpoints[0].model_copy(update={"missing": "non-responder"})
    protocol = small.protocol().model_copy(update={"endpoints": (endpoint,)})

    found = analysis.result_by_id(analysis.all(protocol, small.tables()), "efficacy/doris-2021/last/proportion")

    assert (found.n, found.denominator) == (2, 5)


def test_whom_the_instrument_does_not_ask_is_no_worst_case_and_not_early() -> None:
    tables = dict(small.tables())
    unasked = pl.col("USUBJID").is_in(["S3", "S5"]) & pl.col("ANSWER").is_null()
    tables["adeff"] = tables["adeff"].with_columns(
        pl.when(~unasked).then("AVALNRI").alias("AVALNRI"),
        pl.when(unasked).then(pl.lit("N")).otherwise("APPLFL").alias("APPLFL"),
    )
    stem = "efficacy/doris-2021"

    found = {r.id: r for r in analysis.all(small.protocol(), tables)}

    assert FOUND[f"{stem}/last/proportion-worst-case"].denominator == 6
    assert found[f"{stem}/last/proportion-worst-case"].denominator == 5
    assert found[f"{stem}/last/proportion-worst-case"].note.endswith("1 left out, to whom the question does not apply")
    assert found[f"{stem}/week-12/not-evaluable"].note == ""


def test_no_adverse_event_table_is_not_no_adverse_event() -> None:
    tables = {name: frame for name, frame in small.tables().items() if name != "adae"}
    found = {r.id: r for r in analysis.all(small.protocol(), tables)}

    for id in ("safety/crs/any/count", "safety/infection/proportion", "safety/dlt/count", "safety/sae/any/count"):
        assert found[id].value is None
        assert found[id].note.startswith("not collected")


def test_a_measure_that_was_not_collected_is_one_null_row() -> None:
    found = FOUND["baseline/pga/median"]

    assert (found.value, found.text, found.note) == (None, "", "not collected")
    assert "baseline/pga/dl1/median" not in FOUND


def test_a_median_below_the_limit_of_quantification_has_a_text_and_no_value() -> None:
    lowest, middle = FOUND["b-cells/week-12/min"], FOUND["b-cells/week-12/median"]

    assert (lowest.value, lowest.text) == (None, "<1")
    assert (middle.value, middle.text) == (None, "<2.5")  # between a value below 1 and a 4
    assert FOUND["b-cells/week-12/max"].value == 6


def test_a_curve_step_carries_what_a_figure_needs() -> None:
    steps = [r for r in FOUND.values() if r.id.startswith("time-to/first-doris/curve/")]
    facts = [json.loads(r.note) for r in steps]

    assert [r.value for r in steps] == [1.0, 0.5, 0.5, 0.5]
    assert [(f["at_risk"], f["events"], f["censored"]) for f in facts] == [(4, 0, 0), (4, 2, 0), (2, 0, 1), (1, 0, 1)]


def test_the_reversed_curve_takes_the_end_of_follow_up_as_its_event() -> None:
    # nobody died: the middle of 5 and 7 months, where the curve lies flat at one half
    assert FOUND["follow-up/reverse-kaplan-meier-months/median"].value == pytest.approx(6.0, abs=0.02)


def test_an_unreached_median_is_null_and_says_so() -> None:
    nobody = FOUND["time-to/first-doris/q3"]
    assert (nobody.value, nobody.text, nobody.note) == (None, "not reached", "not reached")


def test_a_denominator_of_nobody_gives_null_and_the_reason() -> None:
    tables = small.tables()
    nobody = tables["adeff"].with_columns(IN=pl.lit("N"))

    found = results(adeff=nobody)["efficacy/doris-2021/over-6-months/proportion"]

    assert (found.value, found.denominator, found.note) == (None, 0, "no subject in the group")


def test_nobody_infused_gives_no_number_but_the_flow() -> None:
    screened = small.tables()["adsl"].with_columns(SAFFL=pl.lit("N"), LEVEL=pl.lit(None, pl.String))

    found = results(adsl=screened)

    assert found["disposition/infused/count"].value == 0
    assert not any(id.startswith(("safety/", "efficacy/")) for id in found)


def test_results_are_the_same_twice_and_ids_are_unique() -> None:
    first, second = (analysis.all(small.protocol(), small.tables()) for _ in range(2))

    assert first == second
    assert len({r.id for r in first}) == len(first)


def test_two_results_with_one_id_are_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = (analysis.ANALYSES[0], analysis.ANALYSES[0])
    monkeypatch.setattr("remit.analysis.analyses.ANALYSES", twice)

    with pytest.raises(RuntimeError, match="disposition/screened/count"):
        analysis.all(small.protocol(), small.tables())


def test_no_subject_at_all_is_a_flow_of_zeros() -> None:
    found = results(**{name: frame.clear() for name, frame in small.tables().items()})

    assert found["disposition/screened/count"].value == 0
    assert {id.partition("/")[0] for id in found} == {"disposition"}
    assert analysis.all(small.protocol(), {}) == ()
