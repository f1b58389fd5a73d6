"""A'Hern's single-stage design: reject the null rate when more than r of n respond, by exact binomial probabilities.

Source: A'Hern 2001, Stat Med 20:859. Counts being whole, a size can work, the next one fail and a later one work
again; so the first few are given, not the smallest alone. Numbers agree with the R package clinfun 1.1.5 (`ph2single`).
"""

from __future__ import annotations

from dataclasses import dataclass

from remit.designs import parameters
from remit.designs.response import binomial
from remit.errors import InputError


@dataclass(frozen=True)
class SingleStage:
    """One design: reject when more than r of n respond; its two error probabilities."""

    n: int
    r: int
    type1: float
    type2: float


def ahern(p0: float, p1: float, alpha: float, beta: float, solutions: int = 3, most: int = 1000) -> list[SingleStage]:
    """The smallest designs that keep both error rates, smallest first.

    raises    InputError: rates or errors not allowed, or no design with at most `most` subjects
    """
    low, high = parameters.worth_finding("A single-stage design", p0, p1)
    parameters.probability("alpha", alpha)
    parameters.probability("beta", beta)
    parameters.count("solutions", solutions, 1)
    found: list[SingleStage] = []
    for n in range(1, most + 1):
        null = binomial.density(n, low)
        tail = null[::-1].cumsum()[::-1]  # tail[x]: x or more
        kept = [x for x in range(1, n + 1) if tail[x] <= alpha]
        if not kept:
            continue
        r = kept[0] - 1
        missed = float(binomial.density(n, high)[: r + 1].sum())
        if missed <= beta:
            found.append(SingleStage(n, r, float(tail[r + 1]), missed))
            if len(found) == solutions:
                return found
    if not found:
        raise InputError(f"No design with at most {most} subjects keeps both errors; bring p0 and p1 further apart.")
    return found
