"""What a set of readings can tell apart: a rule by name, and a measure for one plan of readings.

The rule holds what is known of a model. The measure linearises the courses around the typical patient: columns of
`sensitivity` that are almost combinations of each other belong to parameters which these readings cannot tell apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

from remit.biology.effects import Effect
from remit.biology.model import Model
from remit.biology.readings import Cohort, Reader, reader
from remit.errors import InputError

Array = NDArray[np.float64]

RECOMMENDED: Final[dict[str, tuple[str, ...]]] = {
    "immune-reset": ("krej", "kP", "B0"),
    "stein-2019": ("foldx", "Tmax", "Cmax", "alpha", "FB", "beta"),
}
"""Model → what a fit estimates unless told otherwise."""

COUNTS: Final = frozenset({"car-nk", "b-cells", "lymphocytes"})
TOGETHER: Final[dict[str, frozenset[str]]] = {"immune-reset": frozenset({"kd", "krej", "E50"})}
"""Model → parameters that cannot all be told apart from counts of cells."""
FIXED: Final[dict[str, frozenset[str]]] = {"immune-reset": frozenset({"kd", "E50", "kkill"})}
"""Model → parameters to keep at an assumed value."""

_STEP: Final = 1e-2


def advise(model: Model, chosen: Sequence[Effect], observables: Sequence[str]) -> tuple[str, ...]:
    """One sentence per parameter that is better kept fixed.

    raises  InputError when all parameters are asked for that cell counts alone cannot tell apart
    """
    asked = {effect.parameter for effect in chosen if effect.estimate_typical or effect.estimate_spread}
    hopeless = TOGETHER.get(model.key, frozenset())
    listed = ", ".join(sorted(hopeless, key=str.lower))
    if hopeless and hopeless <= asked and set(observables) <= COUNTS:
        raise InputError(
            f"{model.key}: {listed} cannot be told apart from counts of cells alone. Fix kd, E50 and kkill (leave them "
            f"out, or give an Effect that estimates nothing) and estimate krej, kP and B0."
        )
    return tuple(
        f"{name} is hardly identifiable from these readings: what comes out is mostly what went in; keep it fixed."
        for name in sorted(FIXED.get(model.key, frozenset()) & asked, key=str.lower)
    )


@dataclass(frozen=True)
class Separation:
    """How well readings tell the effects of one typical patient apart.

    parameters  the effects, in order
    blur        (effects,) standard error of phi from one patient's readings alone, all effects unknown
    alone       (effects,) the same with every other effect known
    spread      (effects,) between patients: readings with a greater blur say less than the population does
    condition   greatest over smallest standard error along any direction of phi
    blind       (effects,) the direction that is seen worst: its entries say which parameters trade off
    """

    parameters: tuple[str, ...]
    blur: Array
    alone: Array
    spread: Array
    condition: float
    blind: Array

    @property
    def lost(self) -> tuple[str, ...]:
        """Parameters of which one patient's readings say less than the population does."""
        return tuple(
            name for name, blur, spread in zip(self.parameters, self.blur, self.spread, strict=True) if blur > spread
        )


def separation(model: Model, cohort: Cohort, chosen: Sequence[Effect], sigma: Sequence[float]) -> Separation:
    """Measure, with the days, doses and limits of the cohort, at the effects' typical values.

    sigma  residual SD per observable of the cohort, on the log scale
    """
    laid = reader(model, cohort, chosen, 1)
    phi = np.tile(laid.scales.phi(np.array([effect.typical for effect in chosen])), (1, cohort.patients, 1))
    slopes, weight = sensitivity(laid, phi, np.asarray(sigma, dtype=float))
    information = (slopes.T * weight) @ slopes / cohort.patients
    values, directions = np.linalg.eigh(information)
    values = np.maximum(values, values[-1] * 1e-14)
    inverse = (directions / values) @ directions.T
    return Separation(
        parameters=tuple(effect.parameter for effect in chosen),
        blur=np.sqrt(np.diag(inverse)),
        alone=1.0 / np.sqrt(np.diag(information)),
        spread=np.array([effect.spread for effect in chosen]),
        condition=float(np.sqrt(values[-1] / values[0])),
        blind=directions[:, 0],
    )


def sensitivity(laid: Reader, phi: Array, sigma: Array) -> tuple[Array, Array]:
    """Change of every log-course per effect, (readings, effects), and the weight of each reading, (readings,).

    A reading weighs one over its variance, less the more likely it falls below the limit.
    """
    columns = []
    for column in range(phi.shape[-1]):
        shift = np.zeros(phi.shape[-1])
        shift[column] = _STEP
        high, low = laid.predict(phi + shift)[0][0], laid.predict(phi - shift)[0][0]
        columns.append((high - low) / (2.0 * _STEP))
    course = laid.predict(phi)[0][0]
    spread = sigma[laid.kind]
    limit = _limits(laid)
    return np.column_stack(columns), _quantified(limit, course, spread) / spread**2


def _limits(laid: Reader) -> Array:
    """The limit of each observable as its readings below show it; none where nothing was below."""
    out = np.full(len(laid.kind), -np.inf)
    for kind in range(len(laid.cohort.readings)):
        seen = laid.log_value[laid.below & (laid.kind == kind)]
        if len(seen):
            out[laid.kind == kind] = seen.min()
    return out


def _quantified(limit: Array, course: Array, spread: Array) -> Array:
    return np.asarray(1.0 - np.exp(log_ndtr((limit - course) / spread)))
