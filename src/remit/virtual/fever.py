"""Fever after the cells, from IL-6: the one sign of cytokine release that the model makes, with two graver ones.

IL-6 is read once a day at the hour of the infusion, the reading to which the limits were calibrated. Whether very high
IL-6 shows as low blood pressure or low oxygen is assumed. The grade is the instrument's, from the signs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from remit.biology.manifestations import FEVER_IL6_PG_ML, SEVERE_IL6_PG_ML
from remit.instruments import crs_astct
from remit.virtual.course import Array, Flags, Whole

HYPOTENSION_SHARE, HYPOXIA_SHARE = 0.7, 0.5
"""Shares of severe releases with each sign; whoever would have neither has low blood pressure."""
FEVER_CELSIUS: Final = 38.5
MOST_DAYS: Final = 7
"""By then a fever has been treated, whatever IL-6 does. Assumed; it cuts the fever of 2 in 2,000 subjects."""


@dataclass(frozen=True)
class Fever:
    """(subjects,) each: first protocol day, -1 without; days; signs; grade by the instrument, 0 without."""

    day: Whole
    days: Whole
    hypotension: Flags
    hypoxia: Flags
    grade: Whole


def fever(il6_daily: Array, chance: Array, end_day: Whole) -> Fever:
    """The first run of daily readings above the limit, as far as it is under observation.

    il6_daily   (subjects, days from 0), pg/mL; NaN is not read
    chance      (subjects, 2) uniform, for the signs
    """
    hot = np.nan_to_num(il6_daily, nan=0.0) > FEVER_IL6_PG_ML
    hot[:, 0] = False
    any_hot = hot.any(axis=1)
    first = np.where(any_hot, hot.argmax(axis=1), 0)
    after = np.arange(hot.shape[1])[None, :] >= first[:, None]
    cool = after & ~hot
    until = np.where(cool.any(axis=1), cool.argmax(axis=1), hot.shape[1])
    seen = any_hot & (first <= end_day)
    run = after & (np.arange(hot.shape[1])[None, :] < until[:, None])
    severe = seen & (np.where(run, np.nan_to_num(il6_daily, nan=0.0), 0.0).max(axis=1) > SEVERE_IL6_PG_ML)
    hypoxia = severe & (chance[:, 1] < HYPOXIA_SHARE)
    hypotension = severe & ((chance[:, 0] < HYPOTENSION_SHARE) | ~hypoxia)
    grades = np.array([[_grade(low, short) for short in (False, True)] for low in (False, True)])
    return Fever(
        day=np.where(seen, first, -1),
        days=np.where(seen, np.minimum(until - first, MOST_DAYS), 0),
        hypotension=hypotension,
        hypoxia=hypoxia,
        grade=np.where(seen, grades[hypotension.astype(np.int64), hypoxia.astype(np.int64)], 0),
    )


def _grade(hypotension: bool, hypoxia: bool) -> int:
    facts = crs_astct.CrsFacts(
        fever_c=FEVER_CELSIUS,
        fever_attributable=True,
        prior_crs=False,
        anticytokine_or_antipyretic=False,
        vasopressors=frozenset(),
        fluid_responsive_hypotension=hypotension,
        oxygen="low_flow_cannula" if hypoxia else "none",
    )
    found = crs_astct.grade(facts).grade
    assert found is not None
    return found
