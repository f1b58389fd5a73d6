"""Allocations beside a design, against every sequence of cohorts sent one by one through `designs.replay`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from remit import designs
from remit.designs import Cohort
from remit.evidence.courses import courses

FIXED = {"descend": True, "confirm_top": True, "most_of_six": 1}


def sequences(levels: int, most: int) -> Iterator[tuple[Cohort, ...]]:
    """Every sequence of at most so many whole cohorts of three."""
    kinds = [Cohort(level, 3, dlts) for level in range(1, levels + 1) for dlts in range(4)]
    for length in range(1, most + 1):
        yield from product(kinds, repeat=length)


def enumerated(levels: int, most: int) -> dict[tuple[int, ...], set[tuple[tuple[int, ...], bool]]]:
    """For each count of treated: the DLTs with which a 3+3 allows it, and whether it is then over."""
    design = designs.build("3+3", {"levels": levels, **FIXED})
    found: dict[tuple[int, ...], set[tuple[tuple[int, ...], bool]]] = {}
    for cohorts in sequences(levels, most):
        answer = designs.replay(design, cohorts)
        if answer.allowed:
            treated = tuple(sum(c.treated for c in cohorts if c.level == k + 1) for k in range(levels))
            dlts = tuple(sum(c.dlts for c in cohorts if c.level == k + 1) for k in range(levels))
            found.setdefault(treated, set()).add((dlts, answer.finished))
    return found


def test_every_allocation_of_a_small_3_plus_3_is_found() -> None:
    # four cohorts are all that two levels can take
    expected = enumerated(2, 4)

    for treated in product((0, 3, 6), repeat=2):
        if treated == (0, 0):
            continue
        reached = courses("3+3", FIXED, treated, (None, None))
        assert {(end.dlts, end.finished) for end in reached.ends} == expected.get(treated, set()), treated


@pytest.mark.parametrize(
    ("treated", "dlts", "possible"),
    [
        ((3, 3), (0, 2), True),
        ((3, 3), (2, 0), False),  # two of three at level 1 end it there
        ((3, 6), (0, 1), True),
        ((6, 3), (1, 0), True),
        ((6, 3), (0, 0), False),  # none of three goes up, so level 1 has six only after a DLT at level 2
        ((6, 3), (0, 3), True),
        ((3, 4), (0, 0), True),  # a cohort that is still being filled
        ((3, 7), (0, 0), False),
        ((4, 3), (0, 0), False),
    ],
)
def test_dlts_that_are_printed_narrow_the_courses(
    treated: tuple[int, ...], dlts: tuple[int, ...], possible: bool
) -> None:
    assert bool(courses("3+3", FIXED, treated, dlts).ends) is possible


def test_the_total_of_dlts_alone_narrows_too() -> None:
    ends = courses("3+3", FIXED, (3, 6), (None, None), total=2).ends

    assert {sum(end.dlts) for end in ends} == {2}
