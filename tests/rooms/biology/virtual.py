"""Virtual patients with a known truth, read by known assays: what the tests of fit and forecast share."""

from __future__ import annotations

import numpy as np

from remit.biology import IMMUNE_RESET, STEIN_2019, Model
from remit.biology.effects import Effect, around
from remit.biology.forecast import SEED_DOSES
from remit.biology.population import draw
from remit.biology.readings import Cohort
from remit.biology.simulated import Assay, read

CELLS = Assay("car-nk", (1.0, 2.0, 4.0, 7.0, 10.0, 14.0, 21.0, 28.0), 0.4, 0.05)
B_CELLS = Assay("b-cells", (-5.0, 1.0, 7.0, 14.0, 28.0, 42.0, 56.0, 70.0, 84.0, 112.0, 140.0), 0.3, 1.0)

TRUTH = {
    "krej": 0.30, "kP": 0.019, "B0": 110.0,
    "spread of krej": 0.4, "spread of kP": 0.3, "spread of B0": 0.6,
    "residual of car-nk": 0.4, "residual of b-cells": 0.3,
}  # fmt: skip
WRONG_START = (Effect("krej", 0.15, 0.6), Effect("kP", 0.03, 0.6), Effect("B0", 60.0, 0.8))

STEIN_SPREADS = {"foldx": 0.8, "Tmax": 0.3, "Cmax": 0.8, "alpha": 0.5, "FB": 0.6, "beta": 0.4}
TRANSGENE = Assay("transgene", (1.0, 3.0, 5.0, 7.0, 9.0, 11.0, 14.0, 21.0, 28.0, 42.0, 90.0, 180.0, 360.0), 0.3, 10.0)


def only(model: Model, spreads: dict[str, float]) -> Model:
    """The model with these spreads and no other."""
    return around(model, {}, {p.name: spreads.get(p.name, 0.0) for p in model.parameters})


def immune_reset(patients: int, seed: int) -> tuple[Cohort, np.ndarray]:
    """Patients who differ in krej, kP and B0; the cohort and their parameters."""
    spreads = {"krej": 0.4, "kP": 0.3, "B0": 0.6}
    parameters = draw(only(IMMUNE_RESET, spreads), seed, ("fit",), 0, patients)
    return read(IMMUNE_RESET, parameters, SEED_DOSES, -5.0, (CELLS, B_CELLS), seed, ("fit",)), parameters


def stein(patients: int, seed: int) -> tuple[Cohort, np.ndarray]:
    """Patients of the Stein model without a dose; the cohort and their parameters."""
    parameters = draw(only(STEIN_2019, STEIN_SPREADS), seed, ("fit",), 0, patients)
    return read(STEIN_2019, parameters, (), 0.0, (TRANSGENE,), seed, ("fit",)), parameters
