"""What is put to the kinetics of one profile: each convention, and samples that are missing, below, tied or doubled."""

from __future__ import annotations

from typing import Any

from independent.instruments.case import Case, Row
from independent.instruments.kinetics import nca

PROFILES: list[list[list[Any]]] = [
    [[0, 0], [1, 400], [3, 900], [7, 300], [14, 90], [21, 40], [28, "<20"]],
    [[-0.5, "<20"], [1, 400], [3, "<20"], [7, 300], [10, 120], [14, 60], [18, "<20"], [28, "<20"]],
    [[0, "<20"], [2, 500], [2, 700], [5, 350], [6.9, 100], [7.1, 800], [9, 350], [12, 140], [16, 70], [27.5, 30]],
    [[1, 300]],
    [[0, "<20"], [7, "<20"]],
    [[0, 50], [3, 900], [7, 900], [14, 450], [21, 200], [28, 110], [35, 40]],
    [],
]
CASE = {
    "samples": PROFILES,
    "infusions": [[0], [0, 7], [0, 7, 14], [-1]],
    "horizon": [7, 14, 21, 28, 30],
    "value_before": [0, 35],
    "below_rule": ["zero-drop-zero", "zero-drop-half", "half-half-half", "limit-limit-limit", "drop-drop-drop"],
    "with_peak": [True, False],
    "units": [["copies/ug", "copies/ug"], ["copies/ug", None], ["copies/ug", "copies/mL"], ["cells/uL", "cells/µL"]],
}
STARTS = [{"samples": samples} for samples in PROFILES]

CASES: list[Row] = [
    ("nca", "linear-up-log-down", Case(nca(logarithmic=True), CASE, STARTS, paired=1)),
    ("nca", "linear", Case(nca(logarithmic=False), CASE, STARTS, paired=1)),
]
