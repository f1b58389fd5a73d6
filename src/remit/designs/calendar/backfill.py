"""BF-BOIN: BOIN in which subjects who arrive while a cohort's windows are open may join lower levels (backfill).

A lower level is open while a response has been seen there, its counts or those of it and the next level together do not
ask to de-escalate, and fewer than `cap` subjects are there; an unsafe level closes those above it too. A response is
known at the end of the window. Decisions wait for the cohort and use the backfilled subjects whose outcome is known.
Where a lower level contradicts the current one, the highest such level and all above it up to the current one are
pooled: escalate or stay by the pooled counts, or go down to the highest level up to which the pool is not too toxic.

Source: Zhao et al. 2024, Clin Cancer Res 30:673; details as in the R package bfboin 0.1.1, from a description of it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import ClassVar, Final

from remit.designs import parameters
from remit.designs.boin import Boin

PREFERENCES: Final = ("highest", "lowest")
OPENINGS: Final = ("level", "level-or-below")


@dataclass(frozen=True)
class BackfillBoin:
    """The design. Fields as in `Boin`, and:

    cap         subjects at a level, escalation included, from which no more are backfilled there
    prefer      which open level is filled: highest or lowest
    response    where a response must have been seen to open a level: at the level, or at level-or-below
    """

    key: ClassVar[str] = "bf-boin"

    levels: int
    target: float
    cohort: int = 3
    cohorts: int = 10
    start: int = 1
    low_rate: float | None = None
    high_rate: float | None = None
    certainty: float = 0.95
    least_to_eliminate: int = 3
    early_stop: int | None = None
    plain_early_stop: bool = False
    extra_safe: bool = False
    offset: float = 0.05
    bound_mtd: bool = False
    cap: int = 12
    prefer: str = "highest"
    response: str = "level"

    def __post_init__(self) -> None:
        parameters.count("cap", self.cap, 1)
        parameters.word("prefer", self.prefer, PREFERENCES)
        parameters.word("response", self.response, OPENINGS)
        _ = self.boin

    @property
    def boin(self) -> Boin:
        """The BOIN of the escalation."""
        return self._boin(self.cohort, self.cohorts)

    @property
    def pooled(self) -> Boin:
        """The same with a table long enough for all who can be escalated and backfilled together."""
        return self._boin(1, self.cohort * self.cohorts + (self.levels - 1) * self.cap)

    def _boin(self, cohort: int, cohorts: int) -> Boin:
        same = {field.name: getattr(self, field.name) for field in fields(Boin) if hasattr(self, field.name)}
        return Boin(**{**same, "cohort": cohort, "cohorts": cohorts})
