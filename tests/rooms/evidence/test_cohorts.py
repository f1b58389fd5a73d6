"""Drawing cohorts: what is drawn, what is refused, and what questions to the draws answer."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from remit.errors import InputError, NotDerivable
from remit.evidence.asked import ask, question
from remit.evidence.broken import _KINDS, broken
from remit.evidence.cohorts import draw, slice_of
from remit.evidence.kinds import KINDS
from remit.exchange.claims_yaml import parse_claims

SCORES = """
n: 6
groups: {treated: {where: "arm = A"}}
statements:
  - {id: arm, kind: partition, of: all, parts: {A: 4, B: 2}}
  - {id: s, kind: summary, variable: sledai, of: all, min: 0, max: 8, mean: "3.5"}
  - {id: r, kind: count, of: treated, event: responder, count: 3}
assumptions: {rounding: rounded}
"""


def test_every_kind_of_statement_can_be_kept() -> None:
    assert set(_KINDS) == set(KINDS)


def test_a_draw_depends_on_its_number_and_on_no_other_draw() -> None:
    claims = parse_claims(SCORES)
    three, later = draw(claims, 3, seed=4), draw(claims, 2, seed=4, first=3)

    assert three.frame().filter(draw=3).equals(later.frame().filter(draw=3))
    assert slice_of(three, 2, 3).frame().equals(later.frame().filter(draw=3))
    assert not draw(claims, 3, seed=5).frame().equals(three.frame())


def test_draws_keep_every_statement() -> None:
    claims = parse_claims(SCORES)
    cohorts = draw(claims, 30, seed=2, most_counted=0)

    for statement in claims.statements:
        assert not broken(cohorts.tables, statement, claims.readings("rounded")).any()
    for _, one in cohorts.frame().group_by("draw"):
        assert 3.45 <= one["sledai"].mean() <= 3.55
        assert sorted(one["arm"].to_list()) == ["A"] * 4 + ["B"] * 2
        assert one.filter(arm="A")["responder"].sum() == 3


def test_patients_of_separate_parts_meet_by_chance_alone() -> None:
    # 2 of 4 have the one and 2 of 4 the other: both have it in 0, 1 or 2 with chances 1/6, 4/6, 1/6
    claims = parse_claims(
        "n: 4\nstatements:\n  - {id: a, kind: count, event: a, count: 2}\n"
        "  - {id: b, kind: count, event: b, count: 2}\n"
    )
    cohorts = draw(claims, 3000, seed=8)

    both = (cohorts.tables.event("a") & cohorts.tables.event("b")).sum(axis=1)
    shares = np.bincount(both, minlength=3) / 3000
    # four standard errors of a share
    assert np.abs(shares - np.array([1, 4, 1]) / 6).max() < 4 * np.sqrt(0.25 / 3000)


def test_the_cut_is_drawn_where_dates_leave_it_open_and_kept_where_it_is_known() -> None:
    claims = parse_claims(
        """
publication: {printed: 2024-10-24}
n: 3
statements:
  - {id: f, kind: summary, variable: follow_up_months, of: all, min: 2, max: 6}
  - {id: w, kind: time, of: infusion, first: 2024-04-01, last: 2024-08-01}
"""
    )
    known = draw(claims, 3, seed=1, cut=datetime.date(2024, 10, 1))
    free = draw(claims, 20, seed=1)

    assert known.cut == (datetime.date(2024, 10, 1),) * 3
    assert free.cut is not None
    assert max(free.cut) <= datetime.date(2024, 10, 24)
    assert len(set(free.cut)) > 5
    for cohorts in (known, free):
        days = cohorts.follow_up_days()
        assert days is not None
        assert cohorts.cut is not None
        for cut, followed in zip(cohorts.cut, days.tolist(), strict=True):
            first = [cut - datetime.timedelta(days=int(day)) for day in followed]
            assert datetime.date(2024, 4, 1) <= min(first)
            assert max(first) <= datetime.date(2024, 8, 1)
    with pytest.raises(NotDerivable, match="not a day on which"):
        draw(claims, 1, seed=1, cut=datetime.date(2026, 1, 1))


def test_numbers_that_cannot_hold_together_are_named() -> None:
    claims = parse_claims(
        "n: 5\nstatements:\n  - {id: a, kind: count, event: e, count: 3}\n"
        "  - {id: b, kind: count, event: e, count: 2}\n"
        "  - {id: c, kind: count, event: other, count: 1}\n"
    )
    with pytest.raises(NotDerivable, match="a, b cannot hold together"):
        draw(claims, 1)


def test_a_variable_without_a_limit_is_refused_by_name() -> None:
    claims = parse_claims("n: 5\nstatements:\n  - {id: f, kind: summary, variable: weight, of: all, median: 60}\n")
    with pytest.raises(InputError, match=r"weight: nothing in the document limits it from (below|above)"):
        draw(claims, 1)


def test_what_is_not_done_in_time_is_said() -> None:
    claims = parse_claims(SCORES)
    with pytest.raises(NotDerivable, match=r"in 0\.01 s; give --limit more seconds"):
        draw(claims, 5, limit=0.01, most_counted=0)


def test_a_question_gets_the_draws_and_the_exact_range_beside_them() -> None:
    claims = parse_claims(SCORES)
    cohorts = draw(claims, 200, seed=6)

    others = ask(cohorts, question(claims, "Responder at b"))
    assert set(others.values.tolist()) == {0.0, 1.0, 2.0}
    assert others.possible == (0, 2)
    assert others.open  # nothing is printed of the others
    treated = ask(cohorts, question(claims, "responder in treated"))
    assert set(treated.values.tolist()) == {3.0}
    assert treated.possible == (3, 3)
    assert not treated.open
    most = ask(cohorts, question(claims, "max sledai"))
    assert (set(most.values.tolist()), most.possible) == ({8.0}, (8, 8))
    high = ask(cohorts, question(claims, "sledai > 4 among not responder"))
    low_end, high_end = high.possible or (1, 0)
    assert low_end <= high.values.min() <= high.values.max() <= high_end


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("respondr at A", 'Did you mean "responder"'),
        ("responder at treatd", 'Did you mean "treated"'),
        ("sledai at A", "is a number, not an event"),
        ("median responder", "has no median"),
        ("sledai > ", "is not a condition"),
    ],
)
def test_a_question_in_other_words_is_refused_with_the_nearest(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        question(parse_claims(SCORES), text)
