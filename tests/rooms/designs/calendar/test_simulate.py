"""Simulated trials are tied to their place, two designs meet the same subjects, and what cannot be is refused."""

import math
import subprocess
import sys

import numpy as np
import pytest

from remit.designs.calendar import Calendar, Truth, build, calendar_of, course, numbers, simulate
from remit.errors import InputError

RATES = (0.05, 0.15, 0.30, 0.45, 0.60)
TITE = {"levels": 5, "target": 0.3}
CALENDAR = Calendar(window_days=28, per_month=2, not_evaluable=0.1, manufacturing_failure=0.05)


def test_fewer_trials_are_the_first_of_more() -> None:
    design, truth = build("tite-boin", TITE), Truth(RATES)
    courses = [course(design, CALENDAR, truth, trial, seed=9) for trial in range(600)]
    found = simulate(design, CALENDAR, truth, 600, seed=9)

    assert found.selected == tuple(sum(one.level == level for one in courses) / 600 for level in range(1, 6))
    assert found.duration_days == pytest.approx(math.fsum(one.days for one in courses) / 600, rel=1e-12)
    assert found.replaced == sum(s.outcome == "not evaluable" for one in courses for s in one.subjects) / 600
    assert found.failed == sum(s.outcome == "no cells" for one in courses for s in one.subjects) / 600


def test_the_numbers_of_a_candidate_do_not_depend_on_how_many_are_drawn() -> None:
    assert np.array_equal(numbers.draw(4, 2, 1), numbers.draw(4, 2, 3)[:, : numbers.CANDIDATES])
    assert not np.array_equal(numbers.draw(4, 2, 1), numbers.draw(4, 3, 1))
    assert not np.array_equal(numbers.draw(4, 2, 1), numbers.draw(5, 2, 1))


def test_a_trial_that_needs_more_candidates_starts_with_the_same_subjects() -> None:
    few, many = (Calendar(28, 8, while_closed="leave", manufacturing_failure=share) for share in (0.0, 0.3))
    design = build("boin", TITE | {"cohorts": 4})
    one, other = (course(design, calendar, Truth(RATES), 3) for calendar in (few, many))

    assert max(s.candidate for s in other.subjects) > numbers.CANDIDATES
    assert one.subjects[0].enrolled_day == other.subjects[0].enrolled_day


def test_two_designs_meet_the_same_subjects() -> None:
    # Everybody waits in line, so candidate j arrives on the same day, and has a DLT at a level under both or neither.
    calendar, truth = Calendar(28, 0.9), Truth((0.3,) * 5)
    for trial in range(50):
        courses = [course(build(key, TITE), calendar, truth, trial) for key in ("boin", "tite-crm")]
        first, second = ({s.candidate: s.outcome for s in one.subjects} for one in courses)
        assert all(first[candidate] == second[candidate] for candidate in first.keys() & second.keys())


def test_a_caller_hears_of_every_block() -> None:
    heard: list[tuple[int, int]] = []

    simulate(
        build("3+3", {"levels": 5}), CALENDAR, Truth(RATES), 1100, report=lambda done, all_: heard.append((done, all_))
    )

    assert heard == [(512, 1100), (1024, 1100), (1100, 1100)]


def test_shares_and_counts_add_up() -> None:
    found = simulate(build("bf-boin", TITE), CALENDAR, Truth(RATES, (0.3,) * 5), 2000)

    assert sum(found.selected) + found.none_selected == pytest.approx(1)
    assert found.overdosed == pytest.approx(sum(found.treated[3:]) / found.subjects)
    assert all(filled <= all_ for filled, all_ in zip(found.backfilled, found.treated, strict=True))
    assert sum(found.backfilled) > 1
    assert list(found.duration_quantiles) == sorted(found.duration_quantiles)


def test_standard_errors_are_those_of_repeated_simulation() -> None:
    design, runs = build("tite-boin", TITE), 60
    found = [simulate(design, CALENDAR, Truth(RATES), 200, seed=seed) for seed in range(runs)]

    for name in ("duration_days", "overdosed", "replaced"):
        seen = np.std([getattr(one, name) for one in found], ddof=1)
        said = np.mean([getattr(one, f"{name}_error") for one in found])
        # a standard deviation from 60 runs is known to about 9 %; four of those
        assert seen == pytest.approx(said, rel=4 / math.sqrt(2 * (runs - 1)))


def test_windows_that_need_no_waiting_shorten_the_trial() -> None:
    calendar = Calendar(window_days=84, per_month=4)
    tite, waiting = (simulate(build(key, TITE), calendar, Truth(RATES), 1000) for key in ("tite-boin", "boin"))

    assert tite.duration_days < waiting.duration_days - 100


def test_who_finds_no_place_is_lost_only_where_the_calendar_says_so() -> None:
    lost = {
        closed: simulate(build("boin", TITE), Calendar(28, 3, while_closed=closed), Truth(RATES), 200).turned_away
        for closed in ("wait", "pause", "leave")
    }

    assert lost["wait"] == lost["pause"] == 0 < lost["leave"]


def test_looking_at_calendar_designs_loads_no_compiler() -> None:
    code = "import sys, remit.designs.calendar, remit.designs.calls; print('numba' in sys.modules)"

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"per_month": -1}, "per_month: must be above 0"),
        ({"per_month": 0}, "per_month: must be above 0"),
        ({"per_month": math.nan}, "per_month: must be a finite number"),
        ({"window_days": -1}, "window_days: must be between 0"),
        ({"window_days": math.inf}, "window_days: must be a finite number"),
        ({"accrual": "poison"}, 'Did you mean "poisson"?'),
        ({"while_closed": "queue"}, "while_closed: allowed are wait, pause, leave"),
        ({"anchor": "last"}, "anchor: allowed are first-infusion"),
        ({"onset": "early"}, "onset: allowed are uniform, weibull, late"),
        ({"late_share": 1}, "late_share: must be between 0 and 1"),
        ({"infusion_days": [1, 2]}, "infusion_days: must start with 0 and rise"),
        ({"infusion_days": [0, 7, 7]}, "infusion_days: must start with 0 and rise"),
        ({"infusion_days": []}, "infusion_days: must start with 0 and rise"),
        ({"stagger_first_days": -3}, "stagger_first_days: must be between 0"),
        ({"manufacturing_failure": 1}, "manufacturing_failure: must be a probability"),
        ({"not_evaluable": -0.1}, "not_evaluable: must be a probability"),
        ({"manufacturing_day": 3}, 'Did you mean "manufacturing_days"?'),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_in_one_sentence(given: dict[str, object], says: str) -> None:
    with pytest.raises(InputError) as refused:
        calendar_of({"window_days": 28, "per_month": 2} | given)

    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Truth((0.3, 0.2)), "rates: rates must not fall"),
        (lambda: Truth((0.3, 1.2)), "every rate must be between 0 and 1"),
        (lambda: Truth((0.3, math.nan)), "must be a finite number"),
        (lambda: Truth((0.3,), (0.1, 0.2)), "responses: must have one rate for each of the 1 levels"),
        (lambda: Truth((0.3,), over=2.0), "over: must be between 0 and 1"),
        (lambda: build("tite", TITE), '"tite" is not a design in calendar time. Did you mean "tite-crm"?'),
        (lambda: build("tite-boin", TITE | {"most_pending": 2}), "most_pending: must be between 0 and 1"),
        (lambda: build("tite-boin", TITE | {"early_stop": 9}), "early_stop is not a parameter"),
        (lambda: build("tite-crm", TITE | {"scheme": "cubic"}), "scheme: allowed are linear, adaptive"),
        (lambda: build("rolling-six", {"levels": 5, "cohort": 3}), "cohort: a rolling six treats up to 6"),
        (lambda: build("bf-boin", TITE | {"prefer": "random"}), "prefer: allowed are highest, lowest"),
        (lambda: build("bf-boin", TITE | {"cap": 0}), "cap: must be 1 or more"),
        (lambda: simulate(build("boin", TITE), CALENDAR, Truth((0.1, 0.2))), "one rate for each of the 5 levels"),
        (lambda: simulate(build("boin", TITE), CALENDAR, Truth(RATES), 1), "trials: must be 2 to"),
        (lambda: simulate(build("tite-boin", TITE), Calendar(0, 2), Truth(RATES)), "window_days: must be above 0"),
        (lambda: simulate(build("bf-boin", TITE), CALENDAR, Truth(RATES)), "responses: bf-boin needs"),
        (lambda: simulate(build("boin", TITE), CALENDAR, Truth(RATES, RATES)), "responses: boin looks at no response"),
        (lambda: simulate(build("boin", TITE | {"titration": True}), CALENDAR, Truth(RATES)), "titration: boin in"),
        (
            lambda: simulate(build("boin", TITE), Calendar(365, 10_000, while_closed="leave"), Truth(RATES)),
            "per_month: a trial needs more than 4,096 arrivals",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused_in_one_sentence(make, says: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError) as refused:
        make()

    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
