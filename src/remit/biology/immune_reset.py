"""CAR-NK cells, the B lineage, an autoantibody and lupus activity: 14 states, one latent activity.

A trial simulator and a fitting scaffold, not a predictor of an individual, and never a way to choose a dose for
people. Every number says whether it was published, calibrated to the targets, assumed, or recalled from memory.
Day 0 is the first cell infusion. Nothing feeds back but blood and tissue cells on each other, so the Jacobian is
block lower-triangular in the order of the states and an implicit step costs little more than an explicit one.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from remit.biology.model import Model, Observable, Parameter, Route, State, Term
from remit.citations import Citation

_FITTED = "chosen so that the virtual trial meets its targets"
_NONE = "no data seen"

PARAMETERS: Final = (
    Parameter("kF", 1.66, "1/d", "fludarabine elimination", "published", "half-life 10 h; PMC2904846", 0.2),
    Parameter("VF", 115.0, "L", "fludarabine volume", "published", "clearance 8 L/h, range 6.2-36.6; PMC2904846", 0.2),
    Parameter("kC", 2.8, "1/d", "cyclophosphamide elimination", "recalled", "half-life 6 h", 0.2),
    Parameter("VC", 35.0, "L", "cyclophosphamide volume", "recalled", "textbook value", 0.2),
    Parameter("sF", 3.0, "L/mg/d", "fludarabine kill of lymphocytes", "calibrated", "nadir 13 % of baseline", 0.3),
    Parameter("sC", 0.07, "L/mg/d", "cyclophosphamide kill of lymphocytes", "calibrated", "80 % back at day 28", 0.3),
    Parameter("kL", 0.05, "1/d", "host lymphocyte turnover", "assumed", "lymphopenia of lupus", 0.3),
    Parameter("L0", 900.0, "/uL", "host T and NK lymphocytes at baseline", "assumed", "lymphopenia of lupus", 0.4),
    Parameter("kbt", 6.0, "1/d", "CAR-NK, blood to tissue", "assumed", "blood holds 2-3 % within a day"),
    Parameter("ktb", 0.15, "1/d", "CAR-NK, tissue to blood", "assumed", "blood holds 2-3 % within a day"),
    Parameter("kd", 0.10, "1/d", "CAR-NK death", "assumed", "host NK 0.069/d, Zhang 2007, and ex vivo expansion", 0.3),
    Parameter("krej", 0.30, "1/d", "rejection at baseline lymphocytes", "calibrated", "last count at days 22-29", 0.4),
    Parameter("pN", 0.06, "1/d", "CAR-NK growth in an emptied host", "assumed", "host NK 4.3 %/d, Zhang 2007", 0.4),
    Parameter("Vb", 4.2, "L", "blood volume", "assumed", "60 kg", 0.12),
    Parameter("kP", 0.019, "1/d", "CD19+ precursor turnover", "calibrated", "B cells back in 2-3 months", 0.3),
    Parameter("kB", 0.02, "1/d", "B-cell turnover", "published", "PMC6624401", 0.25),
    Parameter(
        "B0", 110.0, "/uL", "B cells at baseline", "assumed", "Park 143, inebilizumab 135; lower if treated", 0.6
    ),
    Parameter("kkill", 2.76, "1/d", "greatest kill rate", "published", "Park 2025", 0.09),
    Parameter("E50", 120.0, "/uL", "tissue CAR-NK at half the greatest kill", "assumed", _NONE, 0.6),
    Parameter("phi", 0.10, "1", "access to memory B cells in tissue", "calibrated", _FITTED, 0.8),
    Parameter("kM", 0.0008, "1/d", "reseeding of autoreactive memory", "calibrated", "slow return", 0.6),
    Parameter("kS", 0.20, "1/d", "short-lived plasma cell turnover", "assumed", "plasmablasts live days", 0.2),
    Parameter("kLP", 0.0035, "1/d", "long-lived plasma cell turnover", "published", "over 6 months; Hoyer 2004", 0.2),
    Parameter(
        "fLL",
        0.30,
        "1",
        "share of anti-dsDNA from long-lived cells",
        "calibrated",
        "40 % of cells; Hoyer 2004",
        1.4,
        "logit",
        high=1.0,
    ),
    Parameter("kA", 0.033, "1/d", "antibody turnover", "recalled", "IgG half-life 21 d", 0.15),
    Parameter("A0", 300.0, "IU/mL", "anti-dsDNA at baseline", "assumed", "Park 470", 0.8),
    Parameter("kC3", 0.35, "1/d", "C3 turnover", "published", "half-life 49-66 h; PMC1553672", 0.15),
    Parameter("C3n", 1.1, "g/L", "C3 without consumption", "calibrated", "baseline about 0.7", 0.12),
    Parameter("sC3", 0.9, "1", "greatest extra consumption of C3", "calibrated", "baseline about 0.7", 0.4),
    Parameter("A50", 200.0, "IU/mL", "anti-dsDNA at half the extra consumption", "calibrated", _FITTED),
    Parameter("kD", 0.045, "1/d", "rate at which activity follows its drivers", "assumed", _NONE, 0.3),
    Parameter("wA", 0.25, "1", "weight of antibody in activity", "calibrated", _FITTED),
    Parameter("wM", 0.55, "1", "weight of memory B cells in activity", "calibrated", _FITTED),
    Parameter("wL", 0.04, "1", "weight of host lymphocytes in activity", "calibrated", _FITTED, low_allowed=True),
    Parameter("w0", 0.06, "1", "weight of the part that needs no B cell", "calibrated", "makes non-responders", 1.4),
    Parameter("kX", 3.0, "1/d", "IL-6 turnover", "calibrated", "10 % fever", 0.2),
    Parameter("X0", 5.0, "pg/mL", "IL-6 at baseline", "calibrated", "10 % fever", 0.5),
    Parameter("sX", 2.0, "pg/mL per killed cell/uL", "IL-6 per killed cell", "calibrated", "10 % fever", 0.9),
    Parameter("BSA", 1.65, "m2", "body surface area", "assumed", "60 kg", role="input"),
    Parameter("Est", 1.0, "1", "prednisone factor on activity", "assumed", "see steroid_factor", role="input"),
)

TERMS: Final = (
    Term("ld", "1/d", "kill by the conditioning", "sF*F/VF + sC*C/VC"),
    Term("l", "1", "host lymphocytes over baseline", "L/L0"),
    Term("kill", "1/d", "kill of CD19+ cells", "kkill*Nt/(E50 + Nt)"),
    Term("loss", "1/d", "net loss of CAR-NK cells", "kd + krej*l - pN/(1 + 4*l)"),
)

STATES: Final = (
    State("F", "mg", "fludarabine (F-ara-A)", "0", "-kF*F", 0.01),
    State("C", "mg", "cyclophosphamide", "0", "-kC*C", 0.1),
    State("L", "/uL", "host T and NK lymphocytes", "L0", "kL*(L0 - L) - ld*L", 1.0),
    State("Nb", "/uL", "CAR-NK in blood", "0", "-kbt*Nb + ktb*Nt - loss*Nb", 0.01),
    State("Nt", "/uL", "CAR-NK in tissue, as if in blood", "0", "kbt*Nb - ktb*Nt - loss*Nt", 0.1),
    State("P", "1", "CD19+ precursors over baseline", "1", "kP*(1 - P) - (kill + ld)*P", 0.001),
    State("B", "/uL", "CD19+ B cells in blood", "B0", "kB*(B0*P - B) - (kill + ld)*B", 0.001),
    State("M", "1", "autoreactive memory in tissue over baseline", "1", "kM*(B/B0 - M) - phi*kill*M", 0.001),
    State("SP", "1", "plasmablasts and short-lived plasma cells", "1", "kS*(M - SP) - kill*SP", 0.001),
    State("LP", "1", "long-lived plasma cells (CD19-)", "1", "kLP*(SP - LP)", 0.001),
    State("A", "IU/mL", "anti-dsDNA", "A0", "kA*(A0*((1 - fLL)*SP + fLL*LP) - A)", 0.1),
    State("C3", "g/L", "complement C3", "C3n/(1 + sC3*A0/(A0 + A50))", "kC3*(C3n - C3*(1 + sC3*A/(A + A50)))", 0.001),
    State(
        "D",
        "1",
        "latent activity over baseline",
        "1",
        "kD*(Est*(wA*A/A0 + wM*M + wL*l + w0)/(wA + wM + wL + w0) - D)",
        0.001,
    ),
    State("X", "pg/mL", "IL-6", "X0", "kX*(X0 - X) + sX*kill*(B + B0*P)", 0.01),
)

ROUTES: Final = (
    Route("fludarabine", "F", "0.78*BSA", "mg/m2", "fludarabine phosphate; 0.78 = 285/365 is its share of F-ara-A"),
    Route("cyclophosphamide", "C", "BSA", "mg/m2", "cyclophosphamide"),
    Route("car-nk", "Nb", "1000/Vb", "10^9 cells", "CAR-NK cells into blood; 10^9 cells in a liter are 1000 per uL"),
)

OBSERVABLES: Final = (
    Observable("b-cells", "/uL", "CD19+ B cells in blood", "B"),
    Observable("car-nk", "/uL", "CAR-NK in blood", "Nb"),
    Observable("lymphocytes", "/uL", "host T and NK lymphocytes", "L"),
    Observable("anti-dsdna", "IU/mL", "anti-dsDNA", "A"),
    Observable("c3", "g/L", "complement C3", "C3"),
    Observable("il-6", "pg/mL", "IL-6", "X"),
    Observable("activity", "1", "latent activity over baseline", "D"),
)

LIMITS: Final = (
    "The model must not be used to choose a dose for people: the cell number at half the kill (E50) and the dose "
    "levels behind the targets are guesses.",
    "It is calibrated to one abstract of 20 patients, which is not validation.",
    "Unarmored NK cells only; no IL-15 transgene, no antibody-mediated rejection after a second cycle.",
    "No infection, immunoglobulin or neutrophil state; C4, interferon and proteinuria have no state of their own.",
    "Conditioning hardly improves lupus here; cyclophosphamide in life does.",
    "Low C3 is consumption only, although reduced synthesis was the larger part in six patients (PMC1553672).",
    "All disease items share one latent activity; in life the kidney lags the skin.",
    "From cell and B-cell counts alone kd, krej and E50 cannot be told apart: fix kd, E50 and kkill.",
)

SOURCES: Final = (
    Citation("Park, Mugundu and Singh", 2025, "Clin Transl Sci 18:e70146", checked=False),
    Citation("Stein et al.", 2019, "CPT Pharmacometrics Syst Pharmacol 8:285", checked=False),
    Citation("Zhang et al.", 2007, "PMC2265941", checked=False, note="host NK kinetics by deuterium labelling"),
    Citation("Pan et al.", 2019, "PMC6624401", checked=False, note="B-cell turnover under rituximab, children"),
    Citation("Hoyer et al.", 2004, "J Exp Med", checked=False, note="plasma cells of NZB/W mice"),
)

IMMUNE_RESET: Final = Model(
    key="immune-reset",
    title="CAR-NK cells, B lineage, autoantibody and lupus activity",
    states=STATES,
    parameters=PARAMETERS,
    sources=SOURCES,
    terms=TERMS,
    routes=ROUTES,
    observables=OBSERVABLES,
    limits=LIMITS,
)

GREATEST_STEROID_EFFECT: Final = 0.25
PREDNISONE_AT_HALF_EFFECT_MG: Final = 10.0


def steroid_factor(prednisone_mg: ArrayLike, baseline_mg: ArrayLike) -> NDArray[np.float64]:
    """The input `Est` while patients take one daily prednisone dose and started the trial on another.

    prednisone_mg, baseline_mg  mg per day, 0 or more, one number or one per patient
    returns   1 at the baseline dose, above 1 below it (less steroid lets activity rise)
    source    assumed: greatest effect 0.25, half of it at 10 mg/d
    """
    return (1.0 - _steroid_effect(prednisone_mg)) / (1.0 - _steroid_effect(baseline_mg))


def _steroid_effect(prednisone_mg: ArrayLike) -> NDArray[np.float64]:
    dose = np.asarray(prednisone_mg, dtype=np.float64)
    return GREATEST_STEROID_EFFECT * dose / (dose + PREDNISONE_AT_HALF_EFFECT_MG)
