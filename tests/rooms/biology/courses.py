"""What the tests of this room share: the seed trial's conditioning, small models, parameter arrays."""

from __future__ import annotations

import numpy as np

from remit.biology.model import Model, Parameter, Route, State, Switch
from remit.biology.solver import Dose

CONDITIONING = [Dose("fludarabine", day, 25.0) for day in (-5, -4, -3)] + [
    Dose("cyclophosphamide", day, 300.0) for day in (-5, -4, -3)
]


def three_infusions(cells_e9: float) -> list[Dose]:
    return [*CONDITIONING, *(Dose("car-nk", day, cells_e9) for day in (0, 3, 6))]


WEEKLY = np.array([-5.0, *np.arange(0.0, 366.0, 7.0)])

# One drug with first-order loss: the answer is known in closed form, and the kernel compiles in a second.
ONE_COMPARTMENT = Model(
    key="one-compartment",
    title="One compartment with a rest of a clearance",
    parameters=(
        Parameter("k", 0.4, "1/d", "elimination", "assumed", "test"),
        Parameter("V", 10.0, "L", "volume", "assumed", "test"),
        Parameter("off", 1000.0, "d", "day on which elimination stops", "assumed", "test"),
    ),
    states=(
        State("X", "mg/L", "concentration", "0", "-k*X*(1 - stopped)", 1e-6),
        State("Y", "mg/L", "what has left", "0", "k*X*(1 - stopped)", 1e-6),
    ),
    switches=(Switch("stopped", "elimination has stopped", "off"),),
    routes=(Route("bolus", "X", "1/V", "mg", "into blood"),),
    sources=(),
)
