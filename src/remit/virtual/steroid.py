"""How prednisone is tapered: by what is scored at visits, never by the latent activity.

The calibrated rule of the model reads activity: below 0.75 lower, below 0.3 lower still, above 1.1 back. Here the same
three questions are put to the score and the physician's global, which moves with activity to the power 1.12: 0.75 is a
global of 72 % of that at entry, 1.1 one of 111 %, and below 0.3 nearly every item is off. Assumed.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from remit.virtual.course import Array, Flags, Whole

LOWER_GLOBAL_SHARE: Final = 0.72
BACK_GLOBAL_SHARE: Final = 1.11
REMISSION_GLOBAL: Final = 0.5
LOWER_SCORE_SHARE: Final = 0.5
"""Without a global, the clinical score must have fallen to this share of that at entry."""
STEP_DAYS: Final = 21
"""Two steps down are at least this many days apart: four-weekly visits, early or late, may each bring one."""
TABLET_MG: Final = 2.5

HOLD, LOWER, LEAST, BACK = 0, 1, 2, 3


def verdict(clinical: Array, clinical_0: Array, pga: Array, pga_0: Array) -> Whole:
    """HOLD, LOWER, LEAST or BACK for each scored visit, (subjects,) each.

    clinical, clinical_0   score without serology now and at entry
    pga, pga_0             physician's global now, NaN when not recorded, and at entry
    returns   BACK when the score is above that at entry or the global says so; LEAST with no clinical item and a global
              below 0.5; LOWER with a global of 72 % or less and no higher score, or, without a global, half the score
    """
    known = ~np.isnan(pga)
    share = np.where(known, pga, 0.0) / pga_0
    back = (clinical > clinical_0) | (known & (share > BACK_GLOBAL_SHARE))
    least = (clinical == 0) & known & (pga < REMISSION_GLOBAL)
    lower = np.where(known, share <= LOWER_GLOBAL_SHARE, clinical <= LOWER_SCORE_SHARE * clinical_0)
    return np.where(back, BACK, np.where(least, LEAST, np.where(lower, LOWER, HOLD)))


def next_dose(verdicts: Whole, dose_mg: Array, entry_mg: Array, due: Flags) -> Array:
    """The daily dose after a visit, (subjects,) each, mg.

    due   whether a step down is due; going back never waits
    """
    halved = np.floor(dose_mg / 2.0 / TABLET_MG + 0.5) * TABLET_MG
    lower = np.where(dose_mg > 10.0, np.maximum(halved, 10.0), np.minimum(dose_mg, 5.0))
    least = np.where(dose_mg > 5.0, lower, np.where(dose_mg > 2.5, 2.5, 0.0))
    down = np.where(verdicts == LEAST, least, np.where(verdicts == LOWER, lower, dose_mg))
    return np.where(verdicts == BACK, np.maximum(entry_mg, dose_mg), np.where(due, down, dose_mg))
