"""Compiled decisions are those of the readable designs, whatever the counts; what every simulated trial keeps to."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from remit.designs import Boin, Outcomes
from remit.designs.calendar import Calendar, Truth, build, course
from remit.designs.calendar.rulings import boin, rolling_six, three_plus_three, tite_boin
from remit.designs.calendar.translation import translated
from remit.designs.three_plus_three import ThreePlusThree
from remit.designs.tite_boin import TiteBoin, TiteOutcomes

LEVELS = 4
EASY = settings(max_examples=100, deadline=None)


@st.composite
def counts(draw: st.DrawFn, most: int = 12) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    """Subjects and DLTs per level, and a current level that was treated."""
    treated = tuple(draw(st.lists(st.integers(0, most), min_size=LEVELS, max_size=LEVELS)))
    dlts = tuple(draw(st.integers(0, n)) for n in treated)
    level = draw(st.integers(1, LEVELS))
    assume(treated[level - 1] > 0 and sum(treated) < 60)
    return treated, dlts, level


@EASY
@given(counts(), st.floats(0.1, 0.4), st.sampled_from([0.25, 0.5, 1.0]), st.data())
def test_tite_boin_decides_as_the_readable_design(seen, target, most_pending, data) -> None:  # type: ignore[no-untyped-def]
    treated, dlts, level = seen
    n, y = treated[level - 1], dlts[level - 1]
    pending = data.draw(st.integers(0, n - y))
    followed = data.draw(st.floats(0, pending, allow_nan=False)) if pending else 0.0
    design = build("tite-boin", {"levels": LEVELS, "target": target, "cohorts": 20, "most_pending": most_pending})
    rule, tables = translated(design)
    open_, follow_up = [0] * LEVELS, [0.0] * LEVELS
    open_[level - 1], follow_up[level - 1] = pending, followed

    goal, _ = tite_boin(
        rule, tables.eliminated, level, np.array(treated), np.array(dlts), pending, followed, LEVELS + 1
    )
    readable = TiteBoin(Boin(LEVELS, target, cohorts=20), window=1.0, most_pending=most_pending)
    decision, waits = readable.rule(TiteOutcomes(Outcomes(treated, dlts, level), tuple(open_), tuple(follow_up)))

    assert goal == (-1 if waits else decision.level or 0)


@EASY
@given(counts(), st.sampled_from([None, 3, 9]), st.booleans(), st.booleans())
def test_boin_decides_as_the_readable_design(seen, early_stop, plain, extra_safe) -> None:  # type: ignore[no-untyped-def]
    treated, dlts, level = seen
    design = Boin(
        LEVELS, 0.3, cohorts=20, early_stop=early_stop, plain_early_stop=plain, extra_safe=extra_safe, offset=0.1
    )
    rule, tables = translated(design)
    boin_of = (rule, tables.move, tables.eliminated, tables.unsafe, level, np.array(treated), np.array(dlts))

    goal, _ = boin(*boin_of, LEVELS + 1)

    assert goal == (design.rule(Outcomes(treated, dlts, level)).level or 0)


@EASY
@given(counts(most=6), st.booleans(), st.booleans(), st.integers(1, 2))
def test_three_plus_three_decides_as_the_readable_design(seen, descend, confirm, most) -> None:  # type: ignore[no-untyped-def]
    treated, dlts, level = seen
    design = ThreePlusThree(LEVELS, descend=descend, confirm_top=confirm, most_of_six=most)
    assume(not any(design.too_toxic(*pair) for pair in zip(treated[: level - 1], dlts, strict=False)))
    rule, _ = translated(design)
    decision = design.rule(Outcomes(treated, dlts, level))

    goal = three_plus_three(rule, level, np.array(treated), np.array(dlts))

    assert goal == ((decision.level, decision.subjects) if decision.level else (0, 0))


@EASY
@given(counts(most=6), st.data())
def test_a_rolling_six_never_climbs_where_a_pending_dlt_would_forbid_it(seen, data) -> None:  # type: ignore[no-untyped-def]
    treated, dlts, level = seen
    pending = np.array([data.draw(st.integers(0, n - y)) for n, y in zip(treated, dlts, strict=True)])
    rule, _ = translated(build("rolling-six", {"levels": LEVELS}))
    n, y = np.array(treated), np.array(dlts)

    goal = rolling_six(rule, level, n, y, pending)

    if goal > level:
        worst = y.copy()
        worst[level - 1] += pending[level - 1]
        assert rolling_six(rule, level, n, worst, np.zeros(LEVELS, dtype=np.int64)) == goal


@EASY
@given(
    st.sampled_from(["tite-boin", "tite-crm", "rolling-six", "boin", "3+3"]),
    st.sampled_from(["wait", "pause", "leave"]),
    st.sampled_from(["first-infusion", "last-infusion", "each-infusion"]),
    st.sampled_from(["uniform", "weibull", "late"]),
    st.floats(0.3, 12),
    st.integers(0, 400),
)
def test_every_trial_keeps_its_calendar(key, closed, anchor, onset, per_month, trial) -> None:  # type: ignore[no-untyped-def]
    calendar = Calendar(
        28,
        per_month,
        while_closed=closed,
        anchor=anchor,
        onset=onset,
        infusion_days=(0, 7, 14),
        stagger_first_days=14,
        stagger_subjects_days=2,
        manufacturing_days=10,
        manufacturing_failure=0.1,
        not_evaluable=0.1,
    )
    found = course(
        build(key, {"levels": 3, **({} if key in ("rolling-six", "3+3") else {"target": 0.3})}),
        calendar,
        Truth((0.1, 0.3, 0.5)),
        trial,
        seed=3,
    )
    treated = [one for one in found.subjects if one.treated_day is not None]
    levels = {level: [one.treated_day for one in treated if one.level == level] for level in (1, 2, 3)}

    assert all(one.enrolled_day + 10 <= one.treated_day <= one.resolved_day for one in treated)
    assert all(later.treated_day - one.treated_day >= 2 - 1e-9 for one, later in pairwise(treated))
    assert all(days[1] - days[0] >= 14 - 1e-9 for days in levels.values() if len(days) > 1)
    assert all(one.resolved_day - one.treated_day <= calendar.watched_days + 1e-9 for one in treated)
    assert found.days == max(one.resolved_day for one in found.subjects)
    assert [one.candidate for one in found.subjects] == sorted({one.candidate for one in found.subjects})
    assert (found.turned_away == 0) or closed == "leave"
    assert found.level is None or levels[found.level]
    evaluable = [one for one in treated if one.outcome != "not evaluable"]
    if key in ("tite-boin", "tite-crm", "boin") and found.closed is None:
        assert len(evaluable) == 30


@pytest.mark.parametrize("onset", ["uniform", "weibull", "late"])
def test_dlts_come_late_in_the_window_as_often_as_said(onset: str) -> None:
    calendar = Calendar(30, 1, onset=onset, late_share=0.75)
    design, truth = build("3+3", {"levels": 2}), Truth((0.5, 0.5))
    after = [
        one.resolved_day - one.treated_day
        for trial in range(500)
        for one in course(design, calendar, truth, trial).subjects
        if one.outcome == "DLT" and one.treated_day is not None
    ]
    share = sum(days > 15 for days in after) / len(after)
    expected = 0.5 if onset == "uniform" else 0.75

    # four standard errors of a share among the DLTs seen
    assert abs(share - expected) < 4 * (expected * (1 - expected) / len(after)) ** 0.5
    assert min(after) >= 0
    assert max(after) <= 30
