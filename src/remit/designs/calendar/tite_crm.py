"""TITE-CRM: a CRM in which a subject still in the window counts as without a DLT by the share of it completed.

The likelihood of a subject without a DLT is 1 - w p, with w the share of the window (linear) or a share that follows
the DLT times seen so far (adaptive). Nobody waits: whenever a cohort is full the next subject gets the level that the
curve recommends then.

Source: Cheung & Chappell 2000, Biometrics 56:1177; the estimate is that of `remit.designs.crm_posterior`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from remit.designs import crm_posterior, parameters
from remit.designs.crm import Crm
from remit.designs.skeleton import INTERCEPT

SCHEMES: Final = ("linear", "adaptive")


@dataclass(frozen=True)
class TimedCrm:
    """The design. Fields as in `Crm` with the Bayesian estimate, and the scheme of the weights."""

    key: ClassVar[str] = "tite-crm"

    levels: int
    target: float
    skeleton: tuple[float, ...] = ()
    model: str = "power"
    prior_sd: float = crm_posterior.PRIOR_SD
    intercept: float = INTERCEPT
    halfwidth: float = 0.05
    guess: int | None = None
    restrict: bool = True
    stop_certainty: float | None = None
    scheme: str = "linear"
    cohort: int = 1
    cohorts: int = 30
    start: int = 1

    def __post_init__(self) -> None:
        parameters.word("scheme", self.scheme, SCHEMES)
        _ = self.crm

    @property
    def crm(self) -> Crm:
        """The CRM underneath, which chooses the level in the end."""
        return Crm(
            levels=self.levels,
            target=self.target,
            skeleton=self.skeleton,
            model=self.model,
            prior_sd=self.prior_sd,
            intercept=self.intercept,
            halfwidth=self.halfwidth,
            guess=self.guess,
            restrict=self.restrict,
            stop_certainty=self.stop_certainty,
            cohort=self.cohort,
            cohorts=self.cohorts,
            start=self.start,
        )
