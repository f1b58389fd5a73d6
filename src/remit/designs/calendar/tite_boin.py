"""TITE-BOIN as a trial in calendar time: what a protocol says of it, in one flat list.

The decision is that of `remit.designs.tite_boin`; it is taken when a cohort is full and the next subject has arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from remit.designs.boin import Boin
from remit.designs.tite_boin import TiteBoin


@dataclass(frozen=True)
class TimedBoin:
    """The design. Fields as in `Boin`, and the largest share of pending subjects at a level that still decides."""

    key: ClassVar[str] = "tite-boin"

    levels: int
    target: float
    cohort: int = 3
    cohorts: int = 10
    start: int = 1
    low_rate: float | None = None
    high_rate: float | None = None
    certainty: float = 0.95
    least_to_eliminate: int = 3
    bound_mtd: bool = False
    most_pending: float = 0.5

    def __post_init__(self) -> None:
        TiteBoin(self.boin, 1.0, self.most_pending)

    @property
    def boin(self) -> Boin:
        """The BOIN underneath, which chooses the level in the end."""
        return Boin(
            levels=self.levels,
            target=self.target,
            cohort=self.cohort,
            cohorts=self.cohorts,
            start=self.start,
            low_rate=self.low_rate,
            high_rate=self.high_rate,
            certainty=self.certainty,
            least_to_eliminate=self.least_to_eliminate,
            bound_mtd=self.bound_mtd,
        )
