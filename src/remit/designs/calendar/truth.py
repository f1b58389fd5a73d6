"""What is true in a simulated trial, and nobody in it knows."""

from __future__ import annotations

from dataclasses import dataclass

from remit.designs import parameters
from remit.errors import InputError


@dataclass(frozen=True)
class Truth:
    """True rates, one per level.

    rates       of a DLT within the window; none lower than at the level below
    responses   of a response, which opens a level for backfill; None where the design asks for none
    over        a subject treated at a level whose rate is above this counts as over-dosed; None: the target of the
                design, or one third where it has none
    """

    rates: tuple[float, ...]
    responses: tuple[float, ...] | None = None
    over: float | None = None

    def __post_init__(self) -> None:
        parameters.rates("rates", self.rates, rising=True)
        if self.responses is not None:
            parameters.rates("responses", self.responses, len(self.rates))
        if self.over is not None and not 0 <= parameters.number("over", self.over) <= 1:
            raise InputError(f"over: must be between 0 and 1; got {self.over:g}.")
