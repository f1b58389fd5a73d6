"""Laws across instruments: what implies what, what never matters, what moves in one direction only."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from remit.instruments import (
    b_cells,
    bilag_2004,
    body_surface,
    crs_astct,
    ctcae,
    doris,
    gvhd_magic,
    icaht,
    lldas,
    sle_das,
    sledai_2k,
)
from remit.instruments.consistency import doris_total
from remit.instruments.investigational import NONE

QUICK = settings(max_examples=100, deadline=None)

pga = st.floats(0, 3)
dose = st.floats(0, 20)
codes = st.frozensets(st.sampled_from(sledai_2k.CODES), max_size=3)
quiet = st.sampled_from((frozenset[str](), frozenset(("low_complement",)), sledai_2k.SEROLOGY_ITEMS))


@QUICK
@given(quiet | codes, codes, pga, dose, st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_doris_implies_lldas_but_for_its_named_exceptions(
    active: frozenset[str],
    previous: frozenset[str],
    global_assessment: float,
    pred: float,
    anemia: bool,
    gut: bool,
    stable: bool,
    maintenance: bool,
) -> None:
    score = sledai_2k.score(active)
    remission = doris.judge(doris.DorisInput(score.clinical, global_assessment, pred, stable, True, False)).met
    low = lldas.judge(
        lldas.LldasInput(score.total, active, previous, global_assessment, pred, anemia, gut, maintenance, NONE)
    )

    if remission:
        excused = anemia or gut or not maintenance or bool(active - previous)
        assert low.met is not excused
        assert doris_total(True, score.total).met is False
        assert (low.parts[2], low.parts[3]) == (True, True)


@QUICK
@given(codes, codes, pga, dose, st.floats(0, 1), st.floats(0, 1))
def test_less_steroid_and_a_better_assessment_never_cost_low_disease_activity(
    active: frozenset[str], previous: frozenset[str], assessment: float, pred: float, better: float, less: float
) -> None:
    def met(global_assessment: float, prednisolone: float) -> bool | None:
        total = sledai_2k.score(active).total
        visit = lldas.LldasInput(total, active, previous, global_assessment, prednisolone, False, False, True, NONE)
        return lldas.judge(visit).met

    if met(assessment, pred):
        assert met(assessment * better, pred * less)


@QUICK
@given(codes, codes, st.sampled_from(sledai_2k.CODES))
def test_score_is_the_sum_of_weights_and_each_item_adds_its_own(
    active: frozenset[str], missing: frozenset[str], more: str
) -> None:
    score = sledai_2k.score(active, missing - active)

    assert score.low == sum(sledai_2k.WEIGHTS[code] for code in active)
    assert score.high == score.low + sum(sledai_2k.WEIGHTS[code] for code in missing - active)
    assert score.low - score.clinical_low == 2 * len(active & sledai_2k.SEROLOGY_ITEMS)
    added = sledai_2k.score(active | {more}).low - score.low
    assert added == (0 if more in active else sledai_2k.WEIGHTS[more])


@QUICK
@given(st.lists(st.sampled_from(sledai_2k.CODES)), st.integers(0, 1000))
def test_order_and_repetition_of_items_never_matter(active: list[str], seed: int) -> None:
    shuffled = [*active, *active]
    random.Random(seed).shuffle(shuffled)

    assert sledai_2k.score(shuffled) == sledai_2k.score(active)


samples = st.lists(
    st.builds(b_cells.Sample, st.integers(-7, 400), st.none() | st.floats(0, 300), st.none() | st.just(1.0)),
    unique_by=lambda sample: sample.day,
    max_size=8,
)


@QUICK
@given(samples, st.integers(0, 1000))
def test_order_of_b_cell_samples_never_matters_and_days_are_sampled_days(
    series: list[b_cells.Sample], seed: int
) -> None:
    course = b_cells.course(series)
    shuffled = list(series)
    random.Random(seed).shuffle(shuffled)

    assert b_cells.course(shuffled) == course
    days = {sample.day for sample in series}
    if course.depleted_day is not None:
        assert course.depleted_day in days
        assert (course.reconstituted_day is None) is (course.censor_day is not None)
    else:
        assert course.aplasia is None
    if course.interval is not None and course.depleted_day is not None:
        assert course.depleted_day <= course.interval[0] < course.interval[1]
        assert set(course.interval) <= days


@QUICK
@given(
    st.sampled_from(("neutrophils", "platelets", "lymphocytes", "leukocytes", "cd4", "anemia", "fibrinogen")),
    st.floats(0.01, 300),
    st.floats(0.01, 300),
    st.floats(0.1, 200),
)
def test_a_lower_count_never_has_a_lower_grade(term: str, one: float, other: float, lln: float) -> None:
    low, high = sorted((one, other))
    worse, milder = (ctcae.grade_lab(term, value, lln=lln) for value in (low, high))

    assert worse is not None
    assert milder is not None
    assert worse >= milder


@QUICK
@given(
    st.sampled_from(("alt", "ast", "bilirubin", "creatinine", "ck")),
    st.floats(0.01, 3000),
    st.floats(0.01, 3000),
    st.floats(1, 100),
    st.none() | st.floats(1, 300),
)
def test_a_higher_value_never_has_a_lower_grade(
    term: str, one: float, other: float, uln: float, baseline: float | None
) -> None:
    low, high = sorted((one, other))
    milder, worse = (ctcae.grade_lab(term, value, uln=uln, baseline=baseline) for value in (low, high))

    assert milder is not None
    assert worse is not None
    assert worse >= milder


@QUICK
@given(
    st.frozensets(st.sampled_from(crs_astct.VASOPRESSORS), max_size=3),
    st.sampled_from(crs_astct.VASOPRESSORS),
    st.sampled_from(tuple(crs_astct.OXYGEN)),
)
def test_one_more_vasopressor_never_lowers_crs(pressors: frozenset[str], more: str, oxygen: str) -> None:
    def grade(in_use: frozenset[str]) -> int:
        found = crs_astct.grade(crs_astct.CrsFacts(38.5, True, False, False, in_use, False, oxygen)).grade
        assert found is not None
        return found

    assert grade(pressors | {more}) >= grade(pressors)


@QUICK
@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 1), st.integers(0, 4))
def test_gvhd_range_holds_every_completion(skin: int, liver: int, upper: int, lower: int) -> None:
    whole = gvhd_magic.overall(skin, liver, upper, lower).grade
    assert whole is not None

    for known in ((None, liver, upper, lower), (skin, None, upper, lower), (skin, liver, None, None)):
        found = gvhd_magic.overall(*known)
        assert found.low <= whole <= found.high


@QUICK
@given(
    st.sampled_from(("mucocutaneous", "musculoskeletal", "constitutional", "ophthalmic")),
    st.data(),
)
def test_bilag_unknown_item_gives_a_range_that_holds_the_letter(system: str, data: st.DataObject) -> None:
    items = {item: data.draw(st.integers(0, 4)) for item in bilag_2004.ITEMS[system][:6]}
    letter = bilag_2004.grade_system(system, items, False).grade
    forgotten = data.draw(st.sampled_from(sorted(items)))

    found = bilag_2004.grade_system(system, {**items, forgotten: None}, False)

    assert letter is not None
    assert found.grade in (letter, None)
    assert found.worst <= letter <= found.best


@QUICK
@given(st.dictionaries(st.integers(0, 30), st.floats(0, 3000), min_size=20), st.integers(0, 30), st.booleans())
def test_icaht_range_holds_the_grade_of_a_forgotten_day(by_day: dict[int, float], day: int, longest: bool) -> None:
    full = {**dict.fromkeys(range(31), 2000.0), **by_day}
    whole = icaht.early(full, longest).grade
    assert whole is not None

    lengthened = icaht.early({**full, day: 0.0}, longest).grade

    assert lengthened is not None
    assert lengthened >= whole


@QUICK
@given(st.frozensets(st.sampled_from(tuple(sle_das.WEIGHTS)), max_size=4), st.integers(0, 28))
def test_sle_das_never_falls_below_its_intercept_and_grows_with_joints(flags: frozenset[str], joints: int) -> None:
    fewer = sle_das.score(flags, joints, 0, 250, 6).score
    more = sle_das.score(flags, joints + 1, 0, 250, 6).score

    assert fewer is not None
    assert more is not None
    assert sle_das.INTERCEPT <= fewer < more


@QUICK
@given(st.floats(100, 220), st.floats(20, 200))
def test_body_surface_scales_with_the_root(cm: float, kg: float) -> None:
    assert abs(body_surface.mosteller(cm, 4 * kg) - 2 * body_surface.mosteller(cm, kg)) < 1e-9
