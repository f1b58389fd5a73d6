"""Words of dose periods that the checks and the derivation must read alike."""

from __future__ import annotations

# Doses a day by frequency code (CDISC FREQ); anything else makes the daily dose unknown.
PER_DAY = {
    "QD": 1.0, "DAILY": 1.0, "QAM": 1.0, "QPM": 1.0, "QHS": 1.0, "ONCE": 1.0, "BID": 2.0, "TID": 3.0, "QID": 4.0,
    "Q12H": 2.0, "Q8H": 3.0, "Q6H": 4.0, "QOD": 0.5, "EVERY OTHER DAY": 0.5,
}  # fmt: skip

# CMENRTPT: the drug was still taken at the reference time point.
ONGOING = {"ONGOING", "AFTER", "DURING/AFTER"}
