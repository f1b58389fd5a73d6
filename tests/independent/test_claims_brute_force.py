"""The constraint model against every cohort there is: four patients, a score of 0 to 4, one event, one by one."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from itertools import combinations_with_replacement, product

import pytest

from remit.evidence import check_claims
from remit.exchange.claims_yaml import parse_claims

Patient = tuple[int, bool]
Cohort = tuple[Patient, ...]


def cohorts() -> Iterator[Cohort]:
    patients = list(product(range(5), (False, True)))
    yield from combinations_with_replacement(patients, 4)


def scores(cohort: Cohort) -> list[int]:
    return [score for score, _ in cohort]


FACTS: dict[str, tuple[str, Callable[[Cohort], bool]]] = {
    "mean-1.8": ('kind: summary, variable: s, mean: "1.8"', lambda c: 1.75 <= statistics.mean(scores(c)) <= 1.85),
    "mean-1.3": ('kind: summary, variable: s, mean: "1.3"', lambda c: 1.25 <= statistics.mean(scores(c)) <= 1.35),
    "median-2.5": ("kind: summary, variable: s, median: 2.5", lambda c: statistics.median(scores(c)) == 2.5),
    "range": ("kind: summary, variable: s, min: 0, max: 4", lambda c: (min(scores(c)), max(scores(c))) == (0, 4)),
    "sd-1.0": ('kind: summary, variable: s, sd: "1.0"', lambda c: 0.95 <= statistics.stdev(scores(c)) <= 1.05),
    "three-events": ("kind: count, event: e, count: 3", lambda c: sum(e for _, e in c) == 3),
    "one-high": ('kind: count, event: "s > 2", count: 1', lambda c: sum(s > 2 for s in scores(c)) == 1),
    "law": ('kind: implies, if: e, then: "s <= 2"', lambda c: all(s <= 2 for s, e in c if e)),
    "law-back": ('kind: implies, if: "s <= 2", then: e', lambda c: all(e for s, e in c if s <= 2)),
    "patient": ("kind: patient, values: {e: true, s: 4}", lambda c: (4, True) in c),
    "of-high": ("kind: count, of: high, event: e, count: 1", lambda c: sum(e for s, e in c if s >= 2) == 1),
    "median-high": ("kind: summary, of: high, n: 2, variable: s, median: 3", lambda c: any(
        (a + b) / 2 == 3 for i, a in enumerate(scores(c)) for b in scores(c)[i + 1:] if a >= 2 and b >= 2)),
    "two-of-three": ("kind: proportion, event: e, count: 2, n: 3", lambda c: 2 <= sum(e for _, e in c) <= 3),
}  # fmt: skip

SETS = [
    ("mean-1.8", "median-2.5"), ("mean-1.3", "median-2.5", "range"), ("range", "sd-1.0"), ("mean-1.8", "sd-1.0"),
    ("three-events", "law", "one-high"),
    ("three-events", "law", "mean-1.8"), ("law", "patient"),
    ("law-back", "patient"),
    ("of-high", "three-events", "law"),
    ("median-high", "one-high"),
    ("median-high", "median-2.5", "law", "three-events"),
    ("two-of-three", "law", "law-back"),
    ("two-of-three", "three-events", "patient"),
    ("sd-1.0", "median-2.5", "of-high"),
    ("mean-1.3", "one-high", "of-high", "patient"), ("law", "law-back", "one-high", "three-events", "range"),
]  # fmt: skip


def document(names: tuple[str, ...], asked: str = "") -> str:
    lines = ["n: 4", 'groups: {high: {where: "s >= 2"}}', "statements:"]
    lines += [
        '  - {id: floor, kind: count, event: "s < 0", count: 0}',
        '  - {id: top, kind: count, event: "s > 4", count: 0}',
    ]
    # every score is whole
    lines += ["  - {id: whole, kind: summary, variable: s, integer: true}"]
    lines += [f"  - {{id: {name}, {FACTS[name][0]}}}" for name in names]
    return "\n".join([*lines, asked])


def fitting(names: tuple[str, ...]) -> list[Cohort]:
    return [c for c in cohorts() if all(FACTS[name][1](c) for name in names)]


@pytest.mark.parametrize("names", SETS, ids="+".join)
def test_possible_exactly_when_some_cohort_fits(names: tuple[str, ...]) -> None:
    checked = check_claims(parse_claims(document(names) + "\nassumptions: {rounding: rounded}"))

    assert (checked.verdict == "possible") == bool(fitting(names))


@pytest.mark.parametrize("names", [names for names in SETS if fitting(names)], ids="+".join)
def test_ranges_are_those_of_the_cohorts_that_fit(names: tuple[str, ...]) -> None:
    asked = "  - {id: asked, kind: count, event: e}"
    checked = check_claims(parse_claims(document(names, asked) + "\nassumptions: {rounding: rounded}"))

    counts = [sum(e for _, e in cohort) for cohort in fitting(names)]
    assert {s.id: s.range for s in checked.statements}["asked"] == (min(counts), max(counts))


@pytest.mark.parametrize("names", [names for names in SETS if not fitting(names)], ids="+".join)
def test_a_conflict_is_smallest(names: tuple[str, ...]) -> None:
    checked = check_claims(parse_claims(document(names) + "\nassumptions: {rounding: rounded}"))

    sizes = [
        sum(kept)
        for kept in product((0, 1), repeat=len(names))
        if not fitting(tuple(name for name, keep in zip(names, kept, strict=True) if keep))
    ]
    conflict = [name for name in checked.conflict if name in FACTS]
    assert not fitting(tuple(conflict))
    assert len(conflict) == min(sizes)
