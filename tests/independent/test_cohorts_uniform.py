"""Drawn cohorts against every cohort there is: all tables of a few patients, written down and counted one by one."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations, product

import numpy as np
import pytest
from scipy.stats import chisquare

from remit.evidence.cohorts import draw
from remit.exchange.claims_yaml import parse_claims

Patient = tuple[int, int]
Table = tuple[Patient, ...]

DRAWS = 3000
LEAST = 0.001  # a chi-square this unlikely by chance is no chance; seeds are fixed, so the tests never flicker


@dataclass(frozen=True)
class Small:
    """A document about so few patients that every table can be tried, and what it says, said again here."""

    statements: str
    patients: int
    highest: int
    holds: Callable[[Table], bool]

    @property
    def document(self) -> str:
        return f"n: {self.patients}\n{self.statements}\nassumptions: {{rounding: rounded}}\n"

    def tables(self) -> Iterator[Table]:
        rows = product(range(self.highest + 1), (0, 1))
        return (table for table in product(list(rows), repeat=self.patients) if self.holds(table))


def scores(table: Table) -> list[int]:
    return [score for score, _ in table]


def events(table: Table) -> int:
    return sum(event for _, event in table)


SMALL = {
    "mean, range, count and law": Small(
        """statements:
  - {id: s, kind: summary, variable: s, integer: true, min: 0, max: 3, mean: "1.5"}
  - {id: e, kind: count, event: e, count: 2}
  - {id: law, kind: implies, if: e, then: "s <= 2"}""",
        4,
        3,
        lambda t: (
            (min(scores(t)), max(scores(t))) == (0, 3)
            and 1.45 <= statistics.mean(scores(t)) <= 1.55
            and events(t) == 2
            and all(score <= 2 for score, event in t if event)
        ),
    ),
    "SD, a patient and a group": Small(
        """groups: {high: {where: "s >= 2"}}
statements:
  - {id: s, kind: summary, variable: s, integer: true, min: 0, max: 4, sd: "1.7"}
  - {id: p, kind: patient, values: {e: true, s: 4}}
  - {id: h, kind: count, of: high, event: e, count: 1}""",
        4,
        4,
        lambda t: (
            (min(scores(t)), max(scores(t))) == (0, 4)
            and 1.65 <= statistics.stdev(scores(t)) <= 1.75
            and (4, 1) in t
            and sum(event for score, event in t if score >= 2) == 1
        ),
    ),
    "median of an even number, percent of a group": Small(
        """groups: {high: {where: "s >= 2", count: 2}}
statements:
  - {id: s, kind: summary, variable: s, integer: true, min: 0, max: 4, median: "1.5"}
  - {id: p, kind: proportion, of: high, event: e, percent: "50"}""",
        4,
        4,
        lambda t: (
            (min(scores(t)), max(scores(t))) == (0, 4)
            and 1.45 <= statistics.median(scores(t)) <= 1.55
            and sum(score >= 2 for score in scores(t)) == 2
            and sum(event for score, event in t if score >= 2) == 1
        ),
    ),
    "two patients, no two of whom are one": Small(
        """statements:
  - {id: s, kind: summary, variable: s, integer: true, min: 0, max: 3}
  - {id: p, kind: patient, values: {e: true}}
  - {id: q, kind: patient, values: {s: 3}}
  - {id: few, kind: count, event: "s > 1", count: 1}""",
        3,
        3,
        lambda t: (
            (min(scores(t)), max(scores(t))) == (0, 3)
            and sum(score > 1 for score in scores(t)) == 1
            and any(t[a][1] == 1 and t[b][0] == 3 for a, b in permutations(range(3), 2))
        ),
    ),
}


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("counted", [True, False], ids=["counted", "walked"])
def test_every_table_that_fits_is_as_likely_as_every_other(name: str, counted: bool) -> None:
    small = SMALL[name]
    every = list(small.tables())
    cohorts = draw(parse_claims(small.document), DRAWS, seed=11, most_counted=40_000 if counted else 0)

    score, event = (np.asarray(cohorts.tables.columns[column]).astype(int) for column in ("s", "e"))
    seen = Counter(tuple(zip(a, b, strict=True)) for a, b in zip(score.tolist(), event.tolist(), strict=True))
    assert set(seen) <= set(every)
    assert chisquare([seen[table] for table in every]).pvalue > LEAST
    assert [how.tables for how in cohorts.how] == ([len(every)] if counted else [None])


def test_members_behind_an_own_n_are_drawn_with_the_rest() -> None:
    # whoever is counted in the two is a fact of its own: 12 ways for the two whose mean is 1 among scores of 0, 1 or 2
    document = """n: 3
statements:
  - {id: s, kind: summary, variable: s, integer: true, min: 0, max: 2}
  - {id: two, kind: summary, variable: s, integer: true, n: 2, mean: "1.0"}
assumptions: {rounding: rounded}
"""
    every = [
        (table, two)
        for table in product(range(3), repeat=3)
        for two in ((0, 1), (0, 2), (1, 2))
        if min(table) == 0 and max(table) == 2 and table[two[0]] + table[two[1]] == 2
    ]
    cohorts = draw(parse_claims(document), DRAWS, seed=3, most_counted=0)

    frame = cohorts.frame()
    score = frame["s"].to_numpy().reshape(-1, 3).astype(int).tolist()
    inside = frame["in two"].to_numpy().reshape(-1, 3)
    seen = Counter((tuple(a), tuple(np.flatnonzero(b).tolist())) for a, b in zip(score, inside, strict=True))
    assert set(seen) <= set(every)
    assert chisquare([seen[one] for one in every]).pvalue > LEAST


def test_dates_of_levels_that_open_in_order() -> None:
    # one month is 16 to 45 days, rounded; the second level opens 20 days after the first one's only patient
    document = """n: 2
statements:
  - {id: levels, kind: partition, of: all, parts: {A: 1, B: 1}}
  - {id: f, kind: summary, variable: follow_up_months, of: all, min: 1, max: 1}
  - {id: order, kind: order, levels: [A, B], dlt-window-days: 20}
assumptions: {rounding: rounded}
"""
    every = [(a, b) for a in range(16, 46) for b in range(16, 46) if a - b >= 20]
    cohorts = draw(parse_claims(document), 2 * DRAWS, seed=5)

    days = cohorts.follow_up_days()
    assert days is not None
    first = cohorts.tables.event("A")
    pairs = zip(days[first].tolist(), days[~first].tolist(), strict=True)
    seen = Counter(pairs)
    assert set(seen) <= set(every)
    assert chisquare([seen[one] for one in every]).pvalue > LEAST
    # numbered patients: the one at the first level is as often the first as the second
    assert abs(first[:, 0].mean() - 0.5) < 0.03
