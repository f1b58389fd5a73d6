"""BOIN12: which level has the best trade between response and toxicity? The rank table that its trials are run from.

Every outcome of a subject has a utility: response without toxicity u1, neither u2, both u3, toxicity alone u4. The
desirability of a level is the quasi-posterior probability that its mean utility exceeds a benchmark halfway between
the least acceptable and the best; the table ranks it over every (subjects, toxicities, responses) there can be.

Source: Lin et al. 2020, JCO Precis Oncol 4:1393. Ranks agree with the R package escalation 0.2.3 (`boin12_rds`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit.designs import parameters
from remit.designs.posterior import exceeds
from remit.errors import InputError


@dataclass(frozen=True)
class Tradeoff:
    """What is wanted.

    toxicity, response    highest acceptable toxicity rate, lowest acceptable response rate
    utilities             (u1, u2, u3, u4) as above, u1 the best and u4 the worst
    certain_toxic         a level is closed when Pr(toxicity rate > its limit) reaches this
    certain_futile        … or when Pr(response rate < its limit) reaches this
    alpha, beta           beta prior of every rate
    """

    toxicity: float
    response: float
    utilities: tuple[float, float, float, float] = (100.0, 40.0, 60.0, 0.0)
    certain_toxic: float = 0.95
    certain_futile: float = 0.90
    alpha: float = 1.0
    beta: float = 1.0

    def __post_init__(self) -> None:
        parameters.probability("phi_t", self.toxicity)
        parameters.probability("phi_e", self.response)
        parameters.probability("c_t", self.certain_toxic)
        parameters.probability("c_e", self.certain_futile)
        u1, u2, u3, u4 = (parameters.number("utilities", one) for one in self.utilities)
        if not u1 > max(u2, u3) or not min(u2, u3) > u4:
            raise InputError("u1 to u4: response alone must be worth most and toxicity alone least.")

    @property
    def benchmark(self) -> float:
        """The mean utility to beat, as a share of the way from u4 to u1."""
        u1, u2, u3, u4 = self.utilities
        t, e = self.toxicity, self.response
        least = u1 * e * (1 - t) + u2 * (1 - e) * (1 - t) + u3 * e * t + u4 * (1 - e) * t
        return (least + (u1 - least) / 2 - u4) / (u1 - u4)

    def desirability(self, subjects: int, toxicities: int, responses: int) -> float:
        """Quasi-posterior probability that the mean utility exceeds the benchmark.

        raises    InputError when the utilities do not add up (u1 + u4 unlike u2 + u3): then the two counts do not
                  tell the total utility, and the four counts of outcomes are needed
        """
        u1, u2, u3, u4 = self.utilities
        if abs(u1 + u4 - u2 - u3) > 1e-9:
            raise InputError("u1 to u4: with counts of response and toxicity alone, u1 + u4 must equal u2 + u3.")
        worth = (subjects * u2 + responses * (u1 - u2) - toxicities * (u2 - u4) - subjects * u4) / (u1 - u4)
        from scipy.special import betaincc

        return float(betaincc(self.alpha + worth, self.beta + subjects - worth, self.benchmark))

    def admissible(self, subjects: int, toxicities: int, responses: int) -> bool:
        """Whether a level with these counts may be treated further."""
        toxic = exceeds(toxicities, subjects, self.toxicity, self.alpha, self.beta)
        futile = 1 - exceeds(responses, subjects, self.response, self.alpha, self.beta)
        return toxic < self.certain_toxic and futile < self.certain_futile


@dataclass(frozen=True)
class Rank:
    """One row of the rank table; a higher rank is more desirable, None is closed."""

    subjects: int
    toxicities: int
    responses: int
    desirability: float
    rank: float | None


def rank_table(tradeoff: Tradeoff, sizes: Sequence[int]) -> list[Rank]:
    """Ranks over all counts at these numbers of subjects; equal desirabilities share the mean of their ranks.

    sizes    numbers of subjects; include 0 to rank a level nobody was treated at
    """
    rows = [
        (n, t, e, tradeoff.desirability(n, t, e), tradeoff.admissible(n, t, e))
        for n in (parameters.count("sample_sizes", size) for size in sizes)
        for t in range(n + 1)
        for e in range(n + 1)
    ]
    values = sorted(round(row[3], 12) for row in rows if row[4])
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for place, value in enumerate(values, start=1):
        first.setdefault(value, place)
        last[value] = place
    return [
        Rank(n, t, e, share, (first[round(share, 12)] + last[round(share, 12)]) / 2 if open_ else None)
        for n, t, e, share, open_ in rows
    ]
