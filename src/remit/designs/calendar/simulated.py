"""What many simulated trials came to."""

from __future__ import annotations

from dataclasses import dataclass

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Simulated:
    """Means over trials; every tuple has one entry per level unless it says otherwise.

    design, trials, seed   which design, how many trials, from which seed: enough to repeat it with the same calendar
    selected               share of trials that recommend the level
    none_selected          share that recommend none
    treated, dlts          subjects who received cells, lost ones included, and DLTs
    backfilled             those of them who were backfilled
    duration_days          from the opening of the trial until the last outcome is known
    duration_quantiles     at 5, 25, 50, 75 and 95 % of the trials
    turned_away            arrivals lost because no place was open
    failed                 subjects enrolled for whom no cells were released; each was replaced
    replaced               subjects treated, not evaluable, and replaced while the trial went on
    overdosed              share of all subjects treated who were treated above the rate `over`
    ..._error              Monte Carlo standard error of the number of that name
    """

    design: str
    trials: int
    seed: int
    over: float
    selected: tuple[float, ...]
    selected_error: tuple[float, ...]
    none_selected: float
    none_selected_error: float
    treated: tuple[float, ...]
    treated_error: tuple[float, ...]
    dlts: tuple[float, ...]
    dlts_error: tuple[float, ...]
    backfilled: tuple[float, ...]
    backfilled_error: tuple[float, ...]
    subjects_error: float
    total_dlts_error: float
    duration_days: float
    duration_days_error: float
    duration_quantiles: tuple[float, ...]
    turned_away: float
    turned_away_error: float
    failed: float
    failed_error: float
    replaced: float
    replaced_error: float
    overdosed: float
    overdosed_error: float

    @property
    def subjects(self) -> float:
        """Mean number of subjects treated."""
        return sum(self.treated)

    @property
    def total_dlts(self) -> float:
        """Mean number of DLTs."""
        return sum(self.dlts)
