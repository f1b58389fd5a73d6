"""The truth a design is tried under: joint rates of response and toxicity per level.

Plackett's family has the given margins and one odds ratio: Plackett 1965, J Am Stat Assoc 60:516 [page recalled].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remit.designs import parameters
from remit.errors import InputError


@dataclass(frozen=True)
class EffToxTruth:
    """True rates per level.

    toxicity, response   margins
    both                 rate of having both
    """

    toxicity: tuple[float, ...]
    response: tuple[float, ...]
    both: tuple[float, ...]

    def __post_init__(self) -> None:
        given = parameters.rates("toxicity", self.toxicity)
        parameters.rates("response", self.response, len(given))
        parameters.rates("both", self.both, len(given))
        for place, (t, e, b) in enumerate(zip(self.toxicity, self.response, self.both, strict=True), start=1):
            least, most = max(0.0, t + e - 1), min(t, e)
            if not least - 1e-12 <= b <= most + 1e-12:
                raise InputError(
                    f"both: at level {place} must be {least:g} to {most:g} with toxicity {t:g} and response {e:g};"
                    f" got {b:g}."
                )

    @property
    def levels(self) -> int:
        """Number of levels."""
        return len(self.toxicity)

    @property
    def independent(self) -> bool:
        """Whether response and toxicity are independent at every level."""
        rows = zip(self.toxicity, self.response, self.both, strict=True)
        return all(abs(b - t * e) < 1e-12 for t, e, b in rows)

    @property
    def cells(self) -> NDArray[np.float64]:
        """Rates of response alone, neither, both, toxicity alone; shape (levels, 4)."""
        t, e, b = (np.array(one) for one in (self.toxicity, self.response, self.both))
        out: NDArray[np.float64] = np.clip(np.stack([e - b, 1 - t - e + b, b, t - b], axis=1), 0.0, 1.0)
        return out


def independent(toxicity: Sequence[float], response: Sequence[float]) -> EffToxTruth:
    """Response and toxicity that do not depend on each other."""
    return associated(toxicity, response, 1.0)


def associated(toxicity: Sequence[float], response: Sequence[float], odds_ratio: float) -> EffToxTruth:
    """Response and toxicity with one odds ratio at every level; 1 is independence, above 1 they come together.

    raises    InputError: lists of unequal length, a rate outside [0, 1], an odds ratio that is not above 0
    """
    t = parameters.rates("toxicity", toxicity)
    e = parameters.rates("response", response, len(t))
    if parameters.number("odds_ratio", odds_ratio) <= 0:
        raise InputError(f"odds_ratio: must be above 0; got {odds_ratio:g}.")
    return EffToxTruth(t, e, tuple(_joint(a, b, odds_ratio) for a, b in zip(t, e, strict=True)))


def _joint(t: float, e: float, ratio: float) -> float:
    if abs(ratio - 1) < 1e-12:
        return t * e
    s = 1 + (t + e) * (ratio - 1)
    joint = (s - math.sqrt(max(s * s - 4 * ratio * (ratio - 1) * t * e, 0.0))) / (2 * (ratio - 1))
    return min(max(joint, max(0.0, t + e - 1)), min(t, e))
