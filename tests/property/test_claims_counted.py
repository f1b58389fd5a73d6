"""Larger cohorts, solved by counts: a true document is possible, a number beyond its range never is."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from remit.evidence import check_claims, solver
from remit.evidence.claims import Claims
from remit.evidence.components import Part, names_of, part_of
from remit.evidence.grids import grids
from remit.evidence.judged import Judged
from remit.evidence.physics import build
from remit.evidence.solver import Budget
from remit.evidence.unseen import unseen
from remit.exchange.claims_yaml import parse_claims

PARTS = ("DL1", "DL2", "DL3")


@dataclass(frozen=True)
class Patient:
    score: int
    level: str
    crs: bool
    renal: bool


patients = st.builds(Patient, st.integers(0, 24), st.sampled_from(PARTS), st.booleans(), st.booleans())


def text(value: float, decimals: int = 1) -> str:
    exact = Decimal(repr(round(value, 12))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f'"{exact:f}"'


def summary(name: str, scores: list[int], of: str) -> str:
    fields = [f"id: {name}", f"kind: summary, variable: score, integer: true, of: {of}"]
    fields += [f"mean: {text(math.fsum(scores) / len(scores))}", f"median: {text(statistics.median(scores))}"]
    fields += [f"min: {min(scores)}, max: {max(scores)}"]
    if len(scores) > 1:
        fields.append(f"sd: {text(statistics.stdev(scores))}")
    return f"  - {{{', '.join(fields)}}}"


def document(cohort: list[Patient]) -> list[str]:
    n = len(cohort)
    renal = [p for p in cohort if p.renal]
    crs, high = sum(p.crs for p in cohort), sum(p.score > 12 and p.crs for p in cohort)
    lines = [
        f"n: {n}",
        f"groups: {{renal: {{where: renal, count: {len(renal)}}}}}",
        "assumptions: {rounding: rounded}",
        "statements:",
        "  - {id: levels, kind: partition, parts: {"
        + ", ".join(f"{x}: {sum(p.level == x for p in cohort)}" for x in PARTS)
        + "}}",
        f"  - {{id: crs, kind: proportion, event: crs, count: {crs}, percent: {text(100 * crs / n)}}}",
        f"  - {{id: high, kind: count, event: score > 12 and crs, count: {high}}}",
        f"  - {{id: top, kind: count, event: crs and DL3, count: {sum(p.crs and p.level == 'DL3' for p in cohort)}}}",
        summary("score", [p.score for p in cohort], "all"),
    ]
    if renal:
        lines.append(summary("score-renal", [p.score for p in renal], "renal"))
        lines.append(f"  - {{id: crs-renal, kind: count, of: renal, event: crs, count: {sum(p.crs for p in renal)}}}")
    return lines


@settings(max_examples=6, deadline=None)
@given(st.lists(patients, min_size=10, max_size=60))
def test_what_was_printed_of_a_cohort_is_possible(cohort: list[Patient]) -> None:
    checked = check_claims(parse_claims("\n".join(document(cohort))), limit=60)

    assert checked.verdict == "possible", checked.why


@settings(max_examples=5, deadline=None)
@given(st.lists(patients, min_size=10, max_size=40), st.sampled_from(("high", "top", "crs-renal")), st.booleans())
def test_a_count_is_possible_at_the_ends_of_its_range_and_nowhere_beyond(
    cohort: list[Patient], name: str, upper: bool
) -> None:
    lines = document(cohort)
    judged = {s.id: s for s in check_claims(parse_claims("\n".join(lines)), limit=60).statements}
    if name not in judged or judged[name].range is None:
        return
    end = int(judged[name].range[1 if upper else 0])  # type: ignore[index]
    beyond = end + 1 if upper else end - 1

    assert verdict(lines, name, judged[name], end) == "possible"
    if beyond >= 0:
        assert verdict(lines, name, judged[name], beyond) == "impossible"


def verdict(lines: list[str], name: str, judged: Judged, count: int) -> str:
    changed = [
        line.rsplit("count: ", 1)[0] + f"count: {count}}}" if line.startswith(f"  - {{id: {name},") else line
        for line in lines
    ]
    return check_claims(parse_claims("\n".join(changed)), limit=60).verdict


@settings(max_examples=10, deadline=None)
@given(st.lists(patients, min_size=3, max_size=7), st.sampled_from(("high", "top", "crs", "score")))
def test_counts_and_single_patients_give_the_same_range(cohort: list[Patient], name: str) -> None:
    claims = parse_claims("\n".join(document(cohort)))

    assert reach(claims, name, counted=True) == reach(claims, name, counted=False)


def reach(claims: Claims, name: str, counted: bool) -> tuple[object, object]:
    statement = next(s for s in claims.statements if s.id == name)
    others = [s for s in claims.statements if s is not statement]
    part: Part = part_of(claims, names_of(claims, statement), others)
    lattice = grids(claims)
    world = unseen(claims, lattice, part, asked=(statement,)) if counted else build(claims, lattice, part)
    quantity = statement.quantity(world)
    assert quantity is not None
    assert (type(world).__name__ == "Census") is counted
    budget = Budget(60)
    return solver.least(world.model, quantity.expression, budget), solver.most(world.model, quantity.expression, budget)
