"""Dose optimization: designs that weigh response against toxicity, and their operating characteristics.

design = Boin12(levels=3, toxicity=0.35, response=0.25, cohorts=6)
decide_efftox(design, efftox_outcomes(3, [EffToxCohort(1, response_only=1, neither=2, both=0, toxicity_only=0)]))
chances(design, independent((0.05, 0.15, 0.30), (0.2, 0.5, 0.5))).selected
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from remit.designs import parameters
from remit.designs.phase_one_two.boin12_trial import Boin12
from remit.designs.phase_one_two.chances import EffToxChances
from remit.designs.phase_one_two.design import EffToxDesign, decide_efftox
from remit.designs.phase_one_two.outcomes import EffToxCohort, EffToxOutcomes, efftox_margins, efftox_outcomes
from remit.designs.phase_one_two.simulate import chances, simulate
from remit.designs.phase_one_two.truth import EffToxTruth, associated, independent
from remit.designs.phase_one_two.u_boin import UBoin
from remit.designs.phase_one_two.walk import EffToxChain, TooManyStates, walk
from remit.errors import InputError, nearest

__all__ = [
    "EFFTOX_DESIGNS",
    "Boin12",
    "EffToxChain",
    "EffToxChances",
    "EffToxCohort",
    "EffToxDesign",
    "EffToxOutcomes",
    "EffToxTruth",
    "TooManyStates",
    "UBoin",
    "associated",
    "build_efftox",
    "chances",
    "decide_efftox",
    "efftox_margins",
    "efftox_outcomes",
    "independent",
    "simulate",
    "walk",
]

EFFTOX_DESIGNS: Final[dict[str, type[Boin12] | type[UBoin]]] = {"boin12": Boin12, "u-boin": UBoin}
"""Key → the design."""


def build_efftox(name: str, given: Mapping[str, object]) -> EffToxDesign:
    """A dose-optimization design from its key and parameters.

    raises    InputError, one sentence: an unknown name, a parameter that is missing, unknown or not allowed
    """
    if name not in EFFTOX_DESIGNS:
        near = nearest(name, EFFTOX_DESIGNS)
        raise InputError(f'"{name}" is no dose-optimization design.{near} Designs: {", ".join(EFFTOX_DESIGNS)}.')
    return parameters.made(EFFTOX_DESIGNS[name], name, given)
