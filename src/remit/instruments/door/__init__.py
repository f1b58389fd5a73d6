"""The JSON door of the instruments: small files that turn a payload into typed input and an answer back into JSON."""

from __future__ import annotations

from remit.instruments.door import (
    activity,
    b_cells,
    bicla,
    bilag_2004,
    blood,
    cell_therapy,
    classification,
    consistency,
    ctcae,
    dlt,
    doris,
    doses,
    lldas,
    organs,
    pga,
    reactions,
    sledai_2k,
    sri,
)

__all__ = [
    "activity",
    "b_cells",
    "bicla",
    "bilag_2004",
    "blood",
    "cell_therapy",
    "classification",
    "consistency",
    "ctcae",
    "dlt",
    "doris",
    "doses",
    "lldas",
    "organs",
    "pga",
    "reactions",
    "sledai_2k",
    "sri",
]
