from __future__ import annotations

import numpy as np
import pytest

from remit.errors import InputError
from remit.protocol import Protocol
from remit.virtual.course import CRS, CYTOPENIA, DIED, DLT, INFECTION, OTHER, Course
from remit.virtual.events import TERMS
from remit.virtual.fever import fever
from remit.virtual.scenario import Scenario
from remit.virtual.subjects import course
from rooms.virtual.enrolling import RATES, enrolled, scenario, with_sections


def share_with(found: Course, kind: int, rows: np.ndarray) -> float:
    has = np.zeros(len(found.end_day), dtype=bool)
    has[found.events.row[found.events.kind == kind]] = True
    return float(has[rows].mean())


def test_the_share_with_a_dose_limiting_toxicity_is_the_rate_of_the_level(hundred: Course) -> None:
    for level, rate in enumerate(RATES, 1):
        rows = hundred.enrolled.level == level
        assert abs(share_with(hundred, DLT, rows) - rate) < 4 * np.sqrt(rate * (1 - rate) / rows.sum())


def test_who_has_one_at_a_level_has_one_at_every_more_toxic_level(seed_protocol: Protocol) -> None:
    by_level = []
    for level in (1, 2, 3, 4):
        found = course(seed_protocol, scenario(), 5, enrolled(20, level=level))
        by_level.append(set(found.events.row[found.events.kind == DLT]))

    assert by_level[0] <= by_level[1] <= by_level[2] <= by_level[3]
    assert len(by_level[0]) < len(by_level[3])


def test_a_dose_limiting_event_meets_the_definition_of_the_protocol(seed_protocol: Protocol, hundred: Course) -> None:
    # the line other-grade-3: grade 3 or more, attributed to the cells, over 7 days, in none of the excluded families
    events = hundred.events
    toxic = events.kind == DLT
    cytopenia = next(one for one in seed_protocol.safety.interest if one.key == "cytopenia")

    assert (events.start[toxic] >= 1).all()
    assert (events.start[toxic] <= 28).all()
    assert set(events.grade[toxic]) == {3, 4}
    assert (events.end[toxic] - events.start[toxic] > 7).all()
    assert events.serious[toxic].all()
    assert events.related[toxic].all()
    assert events.dlt[toxic].all()
    for term in {TERMS[place] for place in events.term[toxic]}:
        assert term.decod not in cytopenia.terms
        assert term.body_system not in cytopenia.body_systems
    assert len({TERMS[place].decod for place in events.term[toxic]}) >= 5


def test_nothing_else_is_called_dose_limiting_but_a_death_in_the_window(seed_protocol: Protocol) -> None:
    found = course(seed_protocol, with_sections(events={"deaths_per_year": 2.0}), 4, enrolled(30))
    events = found.events
    called = events.dlt & (events.kind != DLT)

    assert called.any()
    assert (events.grade[called] == 5).all()
    assert (events.start[called] <= 28).all()
    fatal = events.grade == 5
    assert set(events.row[fatal]) == set(np.flatnonzero(found.end_reason == DIED))
    assert not events.related[fatal].any()


def test_cytokine_release_is_one_event_per_fever_graded_by_the_instrument(seed_protocol: Protocol) -> None:
    # ASTCT 2019: fever alone is grade 1, low blood pressure without vasopressors or low-flow oxygen is grade 2
    loud = Scenario.model_validate({
        "contract": "scenario/1", "key": "x", "title": "x", "dlt_rates": RATES, "parameters": {"sX": {"value": 12.0}},
    })  # fmt: skip
    found = course(seed_protocol, loud, 1, enrolled(50, level=4))
    events = found.events
    mine = events.kind == CRS
    row = events.row[mine]
    graver = found.hypotension | found.hypoxia

    assert sorted(row) == np.flatnonzero(found.fever_day >= 0).tolist()
    assert np.array_equal(events.start[mine], found.fever_day[row])
    assert np.array_equal(events.end[mine] - events.start[mine], found.fever_days[row])
    assert np.array_equal(events.grade[mine], np.where(graver[row], 2, 1))
    assert found.hypotension.any()
    assert found.hypoxia.any()
    assert {TERMS[place].decod for place in events.term[mine]} == {"Cytokine release syndrome"}
    assert {TERMS[place].toxicity_scale for place in events.term[mine]} == {"ASTCT 2019"}


def test_fever_starts_on_the_first_reading_above_the_limit_and_lasts_as_long_as_the_run() -> None:
    il6 = np.full((4, 12), 5.0)
    il6[0, 1:3] = 50.0
    il6[1, 2] = 43.0
    il6[2, [3, 5]] = [400.0, 60.0]
    il6[3, 4:] = 50.0

    found = fever(il6, np.full((4, 2), 0.9), np.array([100, 100, 100, 3]))

    assert found.day.tolist() == [1, -1, 3, -1]
    assert found.days.tolist() == [2, 0, 1, 0]
    assert found.grade.tolist() == [1, 0, 2, 0]
    assert found.hypotension.tolist() == [False, False, True, False]


def test_infections_come_at_the_rate_said_and_twice_as_often_at_first(hundred: Course) -> None:
    # 0.06 a month doubled for 90 days: 0.355 in the first 90 days, 0.177 in the next 90
    stayed = np.flatnonzero(hundred.end_day >= 180)
    mine = (hundred.events.kind == INFECTION) & np.isin(hundred.events.row, stayed)
    start = hundred.events.start[mine]
    early, later = (start < 90).sum() / len(stayed), ((start >= 90) & (start < 180)).sum() / len(stayed)

    assert abs(early - 0.12 * 90 / 30.4375) < 4 * np.sqrt(0.355 / len(stayed))
    assert abs(later - 0.06 * 90 / 30.4375) < 4 * np.sqrt(0.177 / len(stayed))
    assert (start >= 0).all()
    assert {TERMS[place].body_system for place in hundred.events.term[mine]} == {"Infections and infestations"}


def test_cytopenia_follows_the_conditioning_and_resolves(seed_protocol: Protocol, hundred: Course) -> None:
    events = hundred.events
    mine = events.kind == CYTOPENIA

    assert abs(share_with(hundred, CYTOPENIA, hundred.end_day > 10) - 0.5) < 4 * np.sqrt(0.25 / 2000)
    assert set(events.grade[mine]) == {3, 4}
    assert (events.end[mine] - events.start[mine] < 28).all()
    assert not events.related[mine].any()
    without = seed_protocol.model_copy(update={"conditioning": ()})
    assert share_with(course(without, scenario(), 1, enrolled(5)), CYTOPENIA, np.arange(100)) == 0


def test_a_rate_of_zero_brings_no_event(seed_protocol: Protocol) -> None:
    calm = with_sections(events={"infections_per_month": 0, "other_per_month": 0, "cytopenia": 0})
    found = course(seed_protocol, calm, 1, enrolled(10))

    assert not np.isin(found.events.kind, (INFECTION, OTHER, CYTOPENIA)).any()


def test_one_rate_per_level_is_needed(seed_protocol: Protocol) -> None:
    short = Scenario(contract="scenario/1", key="x", title="x", dlt_rates=(0.1, 0.2))

    with pytest.raises(InputError, match="scenario › dlt_rates: has 2 values; the protocol has 4 levels"):
        course(seed_protocol, short, 1, enrolled(1))


def test_every_term_has_a_body_system_and_a_kind_or_is_the_death() -> None:
    for term in TERMS[:-1]:
        assert term.kinds
        assert term.weight > 0
        assert term.body_system
    assert TERMS[-1].kinds == ()
