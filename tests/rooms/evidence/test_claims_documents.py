"""Forty claims documents written so that half can be true and half cannot, each with the arithmetic that says so."""

from __future__ import annotations

import pytest

from remit.evidence import check_claims
from remit.exchange.claims_yaml import parse_claims

COUNTS = 'first: {count: 8, n: 12}, second: {count: 2, n: 11}'
MEANS = 'first: {mean: "10.6", sd: "4.2", n: 12}, second: {mean: "14.0", sd: "5.0", n: 13}'
APART = 'first: {mean: "31.3", sd: "2.2", n: 4}, second: {mean: "5.4", sd: "1.1", n: 5}'

# Each row: n, groups, statements (one a line, without `- {id: x, …}`); ids are a, b, c …
POSSIBLE: dict[str, tuple[int, str, str]] = {
    "1 + 1 + 5 + 13 treated, titrated, expanded": (20, "", """
        kind: allocation, design: titration-3+3-expansion, levels: {DL1: 1, DL2: 1, DL3: 5, DL4: 13}"""),
    "3, 3, 6, 6 without DLTs below the third level": (18, "", """
        kind: allocation, design: "3+3", levels: {DL1: 3, DL2: 3, DL3: 6, DL4: 6}, dlts: {DL1: 0, DL2: 0, DL3: 1}"""),
    "a cohort half filled": (10, "", """
        kind: allocation, design: "3+3", levels: {DL1: 3, DL2: 6, DL3: 1}, finished: false"""),
    "levels of an allocation are the levels of a partition": (9, "", """
        kind: allocation, design: "3+3", levels: {low: 3, high: 6}
        kind: partition, parts: {low: 3, high: 6}"""),
    "8/12 against 2/11 by Fisher": (23, "", "kind: comparison, " + COUNTS + ', test: fisher, p: "0.036"'),
    "one-sided p where the sides are not said": (23, "", "kind: comparison, " + COUNTS + ', test: fisher, p: "0.026"'),
    "means by a t-test": (25, "", "kind: comparison, " + MEANS + ', test: t, p: "0.08"'),
    "p below a bound": (25, "", "kind: comparison, " + APART + ', test: welch, p: "<0.001"'),
    "log-rank cannot be computed again": (25, "", """
        kind: comparison, first: {n: 12}, second: {n: 13}, test: log-rank, p: "0.99\""""),
    "mean of 47 ages": (47, "", """
        kind: summary, variable: age, integer: true, mean: "34.49", sd: "9.12", median: 33, min: 18, max: 62"""),
    "scores of two groups and of all": (20, "renal: {where: renal, count: 8}", """
        kind: summary, variable: score, integer: true, mean: "10.00", min: 0, max: 24
        kind: summary, variable: score, of: renal, integer: true, mean: "20.00\""""),
    "median by halves": (8, "", """
        kind: summary, variable: sledai, median: "9.5", min: 4, max: 16"""),
    "remission needs a score of at most 4": (10, "", """
        kind: count, event: doris, count: 6
        kind: count, event: "sledai > 4", count: 4
        kind: summary, variable: sledai, min: 0, max: 20"""),
    "a clinical score 4 below the total": (3, "", """
        kind: patient, values: {sledai: 8, csledai: 4}"""),
    "overlap of two groups": (20, "old: {where: old, count: 12}, renal: {where: renal, count: 13}", """
        kind: count, of: old, event: renal, count: 5"""),
    "30.8 % of an unknown group": (30, "seen: {where: seen}", """
        kind: proportion, of: seen, event: e, percent: "30.8\""""),
    "three patients described": (4, "", """
        kind: patient, values: {crs: true, score: 8}
        kind: patient, values: {crs: true, score: 12}
        kind: patient, values: {crs: false, score: 8}
        kind: count, event: crs, count: 2"""),
    "a cut a year after the first": (10, "", """
        kind: summary, variable: follow_up_months, median: 6, min: 2, max: 12
        kind: time, of: infusion, first: 2023-01-10
        kind: time, of: cut, first: 2024-01-05, last: 2024-01-31"""),
    "levels in order within a year": (10, "", """
        kind: partition, parts: {DL1: 3, DL2: 3, DL3: 4}
        kind: order, levels: [DL1, DL2, DL3], dlt-window-days: 28
        kind: summary, variable: follow_up_months, min: 4, max: 10"""),
    "a statement's own n": (40, "", """
        kind: summary, variable: score, n: 39, integer: true, mean: "7.03", min: 0, max: 20
        kind: count, event: "score > 12", n: 39, count: 10"""),
}  # fmt: skip

IMPOSSIBLE: dict[str, tuple[int, str, str, str]] = {
    "1 + 1 + 5 + 13 as a 3+3": (20, "", """
        kind: allocation, design: "3+3", levels: {DL1: 1, DL2: 1, DL3: 5, DL4: 13}""", "a"),
    "two of three, and still higher": (9, "", """
        kind: allocation, design: "3+3", levels: {DL1: 3, DL2: 3, DL3: 3}, dlts: {DL1: 2, DL2: 0, DL3: 0}""", "a"),
    "a cohort half filled, said to be finished": (10, "", """
        kind: allocation, design: "3+3", levels: {DL1: 3, DL2: 6, DL3: 1}, finished: true""", "a"),
    "levels of an allocation against a partition": (9, "", """
        kind: allocation, design: "3+3", levels: {low: 3, high: 6}
        kind: partition, parts: {low: 6, high: 3}""", "ab"),
    "8/12 against 2/11 is not 0.0036": (23, "", "kind: comparison, " + COUNTS + ', test: fisher, p: "0.0036"', "a"),
    "two-sided p that only one side gives": (
        23, "", "kind: comparison, " + COUNTS + ', test: fisher, sides: 2, p: "0.026"', "a"),
    "means whose t-test gives 0.08": (25, "", "kind: comparison, " + MEANS + ', test: t, p: "0.02"', "a"),
    "p not below the bound": (25, "", """
        kind: comparison, first: {count: 3, n: 12}, second: {count: 2, n: 13}, test: chi-square, p: "<0.05\"""", "a"),
    "13 of 12": (25, "", """
        kind: comparison, first: {count: 13, n: 12}, second: {count: 2, n: 13}""", "a"),
    "mean of 47 ages": (47, "", """
        kind: summary, variable: age, integer: true, mean: "34.50\"""", "a"),
    "8 with a mean of 20 are more than all scores together": (20, "renal: {where: renal, count: 8}", """
        kind: summary, variable: score, integer: true, mean: "7.50", min: 0, max: 24
        kind: summary, variable: score, of: renal, integer: true, mean: "20.00\"""", "ab"),
    "the mean below what median and range allow": (9, "", """
        kind: summary, variable: sledai, median: 12, min: 4, max: 16, mean: "6.0\"""", "a"),
    "six in remission and six above 4": (10, "", """
        kind: count, event: doris, count: 6
        kind: summary, variable: sledai, min: 0, max: 20
        kind: count, event: "sledai > 4", count: 6""", "ac"),
    "a clinical score 6 below the total": (3, "", """
        kind: patient, values: {sledai: 8, csledai: 2}""", "a"),
    "overlap too small": (20, "old: {where: old, count: 12}, renal: {where: renal, count: 13}", """
        kind: count, of: old, event: renal, count: 4""", "a"),
    "no group of at most twelve has 30.8 % but 13": (12, "seen: {where: seen}", """
        kind: proportion, of: seen, event: e, percent: "30.8\"""", "a"),
    "three described with CRS, two counted": (5, "", """
        kind: patient, values: {crs: true, score: 8}
        kind: patient, values: {crs: true, score: 12}
        kind: patient, values: {crs: true, score: 9}
        kind: count, event: crs, count: 2""", "abcd"),
    "a year of follow-up ten months after the first": (10, "", """
        kind: summary, variable: follow_up_months, median: 6, min: 2, max: 12
        kind: time, of: infusion, first: 2023-01-10
        kind: time, of: cut, last: 2023-11-10""", "abc"),
    "levels in order want more time": (10, "", """
        kind: partition, parts: {DL1: 3, DL2: 3, DL3: 4}
        kind: order, levels: [DL1, DL2, DL3], dlt-window-days: 90
        kind: summary, variable: follow_up_months, min: 5, max: 9""", "abc"),
    "more than its own n": (40, "", """
        kind: count, event: e, n: 39, count: 40""", "a"),
}  # fmt: skip


def document(n: int, groups: str, statements: str) -> str:
    lines = [line.strip() for line in statements.strip().splitlines()]
    written = [f"  - {{id: {name}, {line}}}" for name, line in zip("abcdefgh", lines, strict=False)]
    return "\n".join([f"n: {n}", f"groups: {{{groups}}}", "statements:", *written])


@pytest.mark.parametrize("name", POSSIBLE)
def test_it_can_be_true(name: str) -> None:
    found = check_claims(parse_claims(document(*POSSIBLE[name])))

    assert (found.verdict, found.conflict, found.truncated) == ("possible", (), ()), found.why


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_it_cannot_be_true(name: str) -> None:
    *text, conflict = IMPOSSIBLE[name]

    found = check_claims(parse_claims(document(*text)))  # type: ignore[arg-type]

    assert (found.verdict, "".join(found.conflict)) == ("impossible", conflict), found.why


def test_half_of_them_are_possible() -> None:
    assert len(POSSIBLE) == len(IMPOSSIBLE) >= 15
