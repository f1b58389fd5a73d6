"""Blood kinetics of tisagenlecleucel after Stein et al. 2019: growth to a peak, then two rates of decline.

Stein's curve is R0·exp(rho·t) until the day of the peak, then (1-FB)·Cmax·exp(-alpha·(t-Tmax)) + FB·Cmax·
exp(-beta·(t-Tmax)). Here both parts grow together and part at the peak, which is the same curve as two states.
Here for its published population numbers and as the second model of the same description; no dose enters it.
"""

from __future__ import annotations

from math import sqrt
from typing import Final

from remit.biology.model import Model, Observable, Parameter, State, Switch, Term
from remit.citations import Citation

_TABLE = "Stein 2019, table 1"

STEIN_2019: Final = Model(
    key="stein-2019",
    title="Tisagenlecleucel in blood: growth to a peak, then a fast and a slow decline",
    parameters=(
        Parameter("foldx", 3900.0, "1", "growth from start to peak", "published", _TABLE, sqrt(2.4), low=1.0),
        Parameter("Tmax", 9.3, "d", "day of the peak", "published", _TABLE, sqrt(0.38)),
        Parameter("Cmax", 24000.0, "copies/ug", "peak", "published", _TABLE, sqrt(0.65)),
        Parameter("alpha", 0.16, "1/d", "fast decline", "published", _TABLE, sqrt(0.91)),
        Parameter("FB", 0.0079, "1", "share that declines slowly", "published", _TABLE, sqrt(0.80), high=1.0),
        Parameter("beta", 0.0032, "1/d", "slow decline", "published", _TABLE, sqrt(0.86)),
    ),
    switches=(Switch("after", "1 from the day of the peak on", "Tmax"),),
    terms=(Term("rho", "1/d", "growth rate", "log(foldx)/Tmax"),),
    states=(
        State(
            "E",
            "copies/ug",
            "cells that decline fast",
            "(1 - FB)*Cmax/foldx",
            "E*(rho*(1 - after) - alpha*after)",
            1e-3,
        ),
        State("S", "copies/ug", "cells that decline slowly", "FB*Cmax/foldx", "S*(rho*(1 - after) - beta*after)", 1e-3),
    ),
    observables=(Observable("transgene", "copies/ug", "transgene copies in blood", "E + S"),),
    sources=(
        Citation(
            "Stein et al.",
            2019,
            "CPT Pharmacometrics Syst Pharmacol 8:285",
            checked=False,
            note="read through a published model file that quotes table 1; variances of log-parameters; the share "
            "FB is log-normal there, so a rare draw above 1 is refused",
        ),
    ),
    limits=("Children and young adults with leukemia, an autologous T-cell product: a kinetic class of its own.",),
)
