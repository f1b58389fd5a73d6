"""A document written from a real cohort is never impossible; a number of it pushed out of reach always is."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.evidence import check_claims
from remit.exchange.claims_yaml import parse_claims

RULES = {"up": ROUND_HALF_UP, "even": ROUND_HALF_EVEN, "cut": ROUND_DOWN}
QUANTILES = ("linear", "weibull", "hazen", "median_unbiased", "averaged_inverted_cdf", "inverted_cdf")


@dataclass(frozen=True)
class Cohort:
    """Patients as they are, and how the publication prints their numbers."""

    score: list[int]
    weight: list[float]
    days: list[int]
    event: list[bool]
    level: list[str]
    threshold: int
    rule: str
    decimals: int
    quantile: str

    @property
    def n(self) -> int:
        return len(self.score)


def printed(value: float, decimals: int, rule: str) -> str:
    exact = Decimal(repr(round(value, 12)))
    return f'"{exact.quantize(Decimal(1).scaleb(-decimals), rounding=RULES[rule]):f}"'


@st.composite
def cohorts(draw: st.DrawFn) -> Cohort:
    n = draw(st.integers(2, 9))

    def many(values: st.SearchStrategy) -> list:  # type: ignore[type-arg]
        return draw(st.lists(values, min_size=n, max_size=n))

    return Cohort(
        score=many(st.integers(0, 24)),
        weight=many(st.floats(-30, 90).map(lambda x: round(x, 4))),
        days=many(st.integers(5, 500)),
        event=many(st.booleans()),
        level=many(st.sampled_from(["DL1", "DL2", "DL3"])),
        threshold=draw(st.integers(0, 24)),
        rule=draw(st.sampled_from(sorted(RULES))),
        decimals=draw(st.integers(0, 2)),
        quantile=draw(st.sampled_from(QUANTILES)),
    )


def summary(cohort: Cohort, name: str, values: list[float], of: str, more: str = "") -> str:
    def text(value: float) -> str:
        return printed(value, cohort.decimals, cohort.rule)

    fields = [f"id: {name}", "kind: summary", f"of: {of}", f"mean: {text(math.fsum(values) / len(values))}"]
    fields += [f"median: {text(statistics.median(values))}", f"min: {text(min(values))}", f"max: {text(max(values))}"]
    if len(values) > 1:
        fields.append(f"sd: {text(statistics.stdev(values))}")
        for key, share in (("q1", 0.25), ("q3", 0.75)):
            fields.append(f"{key}: {text(float(np.quantile(values, share, method=cohort.quantile)))}")  # type: ignore[call-overload]
    return "  - {" + ", ".join([*fields, more]) + "}"


def document(cohort: Cohort) -> list[str]:
    months = [d / 30.4375 for d in cohort.days]
    high = [i for i in range(cohort.n) if cohort.score[i] > cohort.threshold]
    count = sum(cohort.event)
    of_high = sum(cohort.event[i] for i in high)
    cut = cohort.rule == "cut"
    at_risk = f"at: [{{t: 3, at-risk: {sum(m >= 3 for m in months)}}}]"
    parts = ", ".join(f"{x}: {cohort.level.count(x)}" for x in ("DL1", "DL2", "DL3"))
    lines = [
        f"n: {cohort.n}",
        f"assumptions: {{months: {'truncated' if cut else 'rounded'}}}",
        f'groups: {{high: {{where: "score > {cohort.threshold}", count: {len(high)}}}, '
        f'heavy: {{where: "weight >= 20", count: {sum(w >= 20 for w in cohort.weight)}}}}}',
        "statements:",
        f"  - {{id: levels, kind: partition, parts: {{{parts}}}}}",
        f"  - {{id: event, kind: proportion, event: event, count: {count}, "
        f"percent: {printed(100 * count / cohort.n, cohort.decimals, cohort.rule)}}}",
        f"  - {{id: event-high, kind: count, of: high, event: event, count: {of_high}}}",
        summary(cohort, "score", [float(x) for x in cohort.score], "all", "variable: score, integer: true"),
        summary(cohort, "weight", cohort.weight, "all", "variable: weight"),
        summary(cohort, "months", months, "all", "variable: follow_up_months"),
        f"  - {{id: curve, kind: curve, variable: follow_up_months, {at_risk}}}",
        f"  - {{id: one, kind: patient, values: {{event: {str(cohort.event[0]).lower()}, score: {cohort.score[0]}}}}}",
        f"  - {{id: two, kind: patient, values: {{score: {cohort.score[1]}, {cohort.level[1]}: true}}}}",
    ]
    if high:
        lines.append(summary(cohort, "score-high", [float(cohort.score[i]) for i in high], "high", "variable: score"))
        chosen = high[: max(1, len(high) - 1)]
        lines.append(
            summary(cohort, "some", [cohort.weight[i] for i in chosen], "high", f"variable: weight, n: {len(chosen)}")
        )
    if all(not e or s > 2 for e, s in zip(cohort.event, cohort.score, strict=True)):
        lines.append('  - {id: law, kind: implies, if: event, then: "score > 2"}')
    return lines


@settings(max_examples=12, deadline=None)
@given(cohorts())
def test_a_true_document_is_never_impossible(cohort: Cohort) -> None:
    checked = check_claims(parse_claims("\n".join(document(cohort))), limit=1.5)

    assert checked.verdict != "impossible", checked.why


@settings(max_examples=12, deadline=None)
@given(cohorts(), st.integers(0, 5))
def test_a_number_pushed_out_of_reach_is_impossible(cohort: Cohort, which: int) -> None:
    lines = document(cohort)
    n, events, top = cohort.n, sum(cohort.event), max(cohort.score)
    lies = [
        f"  - {{id: lie, kind: count, event: event, count: {n + 1}}}",
        f"  - {{id: lie, kind: count, event: event, count: {(events + 1) % (n + 1)}}}",
        f"  - {{id: lie, kind: summary, variable: score, mean: {top + 3}}}",
        f"  - {{id: lie, kind: summary, variable: score, max: {top + 2}}}",
        f"  - {{id: lie, kind: partition, parts: {{DL1: {n}, DL2: 1}}}}",
        f"  - {{id: lie, kind: patient, values: {{score: {top + 2}}}}}",
    ]
    lines.append(lies[which])

    checked = check_claims(parse_claims("\n".join(lines)))

    assert checked.verdict == "impossible"
    assert "lie" in checked.conflict
    assert len(checked.conflict) <= 2


@settings(max_examples=12, deadline=None)
@given(cohorts())
def test_ranges_hold_the_truth(cohort: Cohort) -> None:
    lines = [line for line in document(cohort) if not any(f"id: {x}," in line for x in ("event", "score", "some"))]
    lines.append("  - {id: asked, kind: count, event: event}")

    judged = {s.id: s for s in check_claims(parse_claims("\n".join(lines))).statements}["asked"]

    assert judged.range is not None
    assert judged.range[0] <= sum(cohort.event) <= judged.range[1]


@pytest.mark.slow
@pytest.mark.parametrize("n", [60])
def test_sixty_patients_are_decided_in_time(n: int) -> None:
    rng = np.random.default_rng(4)
    cohort = Cohort(
        score=[int(x) for x in rng.integers(0, 24, n)], weight=[round(float(x), 2) for x in rng.normal(60, 9, n)],
        days=[int(x) for x in rng.integers(20, 400, n)], event=[bool(x) for x in rng.integers(0, 2, n)],
        level=[str(x) for x in rng.choice(["DL1", "DL2", "DL3"], n)], threshold=9, rule="up", decimals=1,
        quantile="linear",
    )  # fmt: skip

    # without the subset of unknown members, whose order statistics take longest
    lines = [line for line in document(cohort) if "id: some," not in line]
    checked = check_claims(parse_claims("\n".join(lines)), limit=20)

    assert checked.verdict == "possible"
