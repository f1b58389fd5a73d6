"""Subjects who join a cleared level beside the escalation: their DLTs count in the next decision."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from remit.derive.dose_decision import dose_decision
from remit.derive.outcomes import Treated
from remit.designs import Cohort, build, replay

DESIGN = build(
    "titration-3+3-expansion",
    {"levels": 4, "titration_through_level": 2, "expansion_subjects": 13, "trigger_grade": 2},
)  # fmt: skip
CLEARED = (Cohort(1, 1, 0), Cohort(2, 1, 0), Cohort(3, 3, 0))


@pytest.mark.parametrize(
    ("joined", "action", "level", "subjects", "said"),
    [
        # 0 DLTs in 2 who joined level 3: the escalation goes on, and the sentence tells of them
        (
            (Cohort(3, 1, 0), Cohort(3, 1, 0)),
            "escalate",
            4,
            3,
            "Beside the escalation: no DLTs in 2 subjects",
        ),
        # 1 in 5: the sixth is asked for before anyone goes higher
        ((Cohort(3, 1, 0), Cohort(3, 1, 1)), "stay", 3, 1, "1 DLT in 5 subjects at level 3: the six are not complete"),
        # 2 in 5: too toxic, back to level 2
        ((Cohort(3, 1, 1), Cohort(3, 1, 1)), "de-escalate", 2, 2, "2 DLTs in 5 subjects at level 3: too toxic"),
        # 1 in 6: tolerated
        ((Cohort(3, 1, 0), Cohort(3, 1, 0), Cohort(3, 1, 1)), "escalate", 4, 3, "Beside the escalation: 1 DLT in 3"),
    ],
)
def test_the_dlts_of_joined_subjects_count(
    joined: tuple[Cohort, ...], action: str, level: int, subjects: int, said: str
) -> None:
    followed = replay(DESIGN, [*CLEARED, *joined])

    assert followed.allowed
    decisions = [decision for _, decision in followed.readings]
    assert {(one.action, one.level, one.subjects) for one in decisions} == {(action, level, subjects)}
    assert all(said in one.reason for one in decisions)


def test_going_higher_after_two_joined_subjects_had_a_dlt_violates_the_design() -> None:
    followed = replay(DESIGN, [*CLEARED, Cohort(3, 1, 1), Cohort(3, 1, 1), Cohort(4, 3, 0)])

    assert not followed.allowed
    assert followed.cohort == 6


def test_an_expansion_goes_on_within_a_third_and_not_beyond() -> None:
    def after(*dlts: int) -> set[str]:
        return {one.action for _, one in replay(DESIGN, [*CLEARED, *(Cohort(3, 1, y) for y in dlts)]).readings}

    assert after(1, 0, 0, 1) == {"escalate"}  # 1 in 6 is tolerated, then 2 in 7 are within a third
    assert after(1, 0, 0, 1, 1) == {"de-escalate"}  # 3 in 8


def test_two_dlts_in_a_cohort_that_is_not_full_end_it() -> None:
    followed = replay(build("3+3", {"levels": 3}), [Cohort(1, 3, 0), Cohort(2, 2, 2)])

    assert [(one.action, one.level) for _, one in followed.readings] == [("de-escalate", 1)]


def test_one_dlt_in_two_of_three_waits_for_the_third_where_it_may_settle_it() -> None:
    # BOIN at 0.30: 1 in 2 would go down, but 1 in 3 stays
    followed = replay(build("boin", {"levels": 3, "target": 0.3}), [Cohort(1, 3, 0), Cohort(2, 2, 1)])

    assert followed.allowed
    assert followed.readings == ()


def _person(number: int, level: int, *, worst: int | None = None) -> Treated:
    return Treated(f"S{number}", date(2024, 1, 1) + timedelta(days=number), level, True, False, worst, False, "", ())


def test_a_trial_that_skips_the_fill_after_a_trigger_has_left_its_design() -> None:
    # grade 2 at level 2 ends the titration: two more there. The trial went to level 3 with three instead
    people = [_person(1, 1), _person(2, 2, worst=2), _person(3, 3), _person(4, 3), _person(5, 3)]

    at_trigger = dose_decision(DESIGN, people[:2])
    later = dose_decision(DESIGN, people)

    assert (at_trigger.action, at_trigger.decision.level, at_trigger.decision.subjects) == ("stay", 2, 2)
    assert later.action == "outside"
    assert "level 3" in later.reason
