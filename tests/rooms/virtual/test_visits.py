from __future__ import annotations

import numpy as np
import pytest

from remit.errors import InputError
from remit.protocol import Protocol
from remit.virtual.course import COMPLETED, DIED, DLT, LOST, ONGOING, WITHDRAWN, Course
from remit.virtual.subjects import course
from remit.virtual.visits import NEVER
from rooms.virtual.enrolling import enrolled, scenario, with_sections


def test_visits_lie_inside_their_windows_and_in_order(seed_protocol: Protocol, hundred: Course) -> None:
    windows = np.array([visit.window for visit in seed_protocol.visits])

    assert (hundred.visit_day >= windows[:, 0]).all()
    assert (hundred.visit_day <= windows[:, 1]).all()
    assert (np.diff(hundred.visit_day, axis=1) > 0).all()


def test_infusions_and_their_visits_are_on_the_day_planned(seed_protocol: Protocol, hundred: Course) -> None:
    given = hundred.infusion_day >= 0
    planned = np.array([0, 7, 14])

    assert (np.where(given, hundred.infusion_day, planned) == planned).all()
    places = [place for place, visit in enumerate(seed_protocol.visits) if "infusion" in visit.assessments]
    assert (hundred.visit_day[:, places] == planned).all()
    assert given[:, 0].all()


def test_a_failed_lot_delays_its_infusion_and_its_visit_by_two_days(seed_protocol: Protocol) -> None:
    found = course(seed_protocol, with_sections(enrolment={"failed_lots": 0.3}), 1, enrolled(50, level=1))
    second = found.infusion_day[:, 1]
    given = second >= 0
    place = [visit.key for visit in seed_protocol.visits].index("infusion-2")

    assert set(second[given]) == {7, 9}
    assert abs((second[given] == 9).mean() - 0.3) < 4 * np.sqrt(0.3 * 0.7 / given.sum())
    assert np.array_equal(found.visit_day[given, place], second[given])
    assert (np.diff(found.visit_day, axis=1) > 0).all()


def test_nothing_happens_after_the_end(hundred: Course) -> None:
    late = hundred.visit_day > hundred.end_day[:, None]

    assert late.any()
    assert not hundred.attended[late].any()
    assert np.isnan(hundred.b_cells[late]).all()
    assert np.isnan(hundred.pga[late]).all()
    assert not hundred.items[late].any()
    assert (hundred.infusion_day <= hundred.end_day[:, None]).all()
    assert (hundred.events.start <= hundred.end_day[hundred.events.row]).all()
    assert (hundred.fever_day <= hundred.end_day).all()
    assert (hundred.end_day <= hundred.enrolled.last_day).all()


def test_only_visits_after_the_last_infusion_are_missed_and_as_often_as_said(hundred: Course) -> None:
    under = hundred.visit_day <= hundred.end_day[:, None]
    missed = under & ~hundred.attended
    after = under & (hundred.visit_day > 14)

    assert not missed[hundred.visit_day <= 14].any()
    assert abs(missed.sum() / after.sum() - 0.03) < 4 * np.sqrt(0.03 * 0.97 / after.sum())


def test_subjects_leave_at_the_rates_said(seed_protocol: Protocol) -> None:
    often = with_sections(visiting={"withdrawn_per_year": 0.5, "lost_per_year": 0.3}, events={"deaths_per_year": 0.2})
    found = course(seed_protocol, often, 2, enrolled(100, last_day=364))
    reasons = np.bincount(found.end_reason, minlength=5) / 2000

    # competing exponentials over a year: 1 - exp(-1.0) leave, in proportion to the rates; half of those who stay have
    # had their last visit by day 364, the planned day of it
    left = 1 - np.exp(-1.0 * 364 / 365.25)
    for reason, rate in ((WITHDRAWN, 0.5), (LOST, 0.3), (DIED, 0.2)):
        assert abs(reasons[reason] - left * rate) < 0.05
    assert abs(reasons[COMPLETED] + reasons[ONGOING] - (1 - left)) < 0.05
    assert (found.end_day[found.end_reason == ONGOING] == 364).all()


def test_whoever_is_lost_was_last_seen_at_a_visit(seed_protocol: Protocol) -> None:
    found = course(seed_protocol, with_sections(visiting={"lost_per_year": 1.0}), 2, enrolled(30))
    lost = found.end_reason == LOST

    assert lost.any()
    assert ((found.visit_day == found.end_day[:, None]) & found.attended)[lost].any(axis=1).all()


def test_a_subject_who_died_has_no_visit_that_day(seed_protocol: Protocol) -> None:
    found = course(seed_protocol, with_sections(events={"deaths_per_year": 5.0}), 2, enrolled(30))
    died = found.end_reason == DIED

    assert died.mean() > 0.9
    assert not (found.attended & (found.visit_day == found.end_day[:, None]))[died].any()


def test_no_cells_are_given_after_a_dose_limiting_toxicity(hundred: Course) -> None:
    onset = np.full(len(hundred.end_day), NEVER)
    toxic = hundred.events.kind == DLT
    onset[hundred.events.row[toxic]] = hundred.events.start[toxic]

    assert (hundred.infusion_day <= onset[:, None]).all()
    stopped = (onset < 14) & (hundred.end_day > 14)
    assert stopped.any()
    assert (hundred.infusion_day[stopped, 2] == -1).all()


def test_more_infusions_than_lots_are_refused(seed_protocol: Protocol) -> None:
    with pytest.raises(InputError, match="scenario › enrolment › lots: 59 are too few for the 60 infusions planned"):
        course(seed_protocol, with_sections(enrolment={"lots": 59}), 1, enrolled(1))
    assert course(seed_protocol, with_sections(enrolment={"lots": 60}), 1, enrolled(1)).end_day.shape == (20,)


def test_a_level_that_the_protocol_lacks_is_refused(seed_protocol: Protocol) -> None:
    with pytest.raises(InputError, match="a level is not one of the protocol's: 1, 2, 3, 4"):
        course(seed_protocol, scenario(), 1, enrolled(1, level=5))


def test_a_visit_without_a_planned_day_is_never_attended(seed_protocol: Protocol) -> None:
    unplanned = seed_protocol.visits[-1].model_copy(
        update={"key": "unscheduled", "label": "Unscheduled", "number": 99.0, "day": None, "window": None}
    )
    found = course(
        seed_protocol.model_copy(update={"visits": (*seed_protocol.visits, unplanned)}), scenario(), 1, enrolled(2)
    )
    plain = course(seed_protocol, scenario(), 1, enrolled(2))

    assert (found.visit_day[:, -1] == NEVER).all()
    assert not found.attended[:, -1].any()
    assert np.isnan(found.activity[:, -1]).all()
    assert (found.end_day <= 378).all()
    assert found.activity.shape[1] == plain.activity.shape[1] + 1
