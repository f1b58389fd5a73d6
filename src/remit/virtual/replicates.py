"""Many virtual trials, block by block: conducted, derived, analyzed, and only the results kept.

A job for `jobs.run`: every trial draws by its own number, so that block size and place change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol as Shape

import polars as pl

from remit import derive, designs
from remit.analysis.many import SCHEMA, many
from remit.protocol import Protocol
from remit.virtual.conduct import Conducted, Step, checked, conduct, trial_of
from remit.virtual.scenario import Scenario

TRIAL_IDS = (
    "trial/infused",
    "trial/dlts",
    "trial/months",
    "trial/recommended-level",
    "trial/over-dosed/proportion",
    "trial/stopped/proportion",
)
"""What is said of a whole trial beside the results of its report."""

TOO_TOXIC = 1 / 3
"""A level whose assumed true DLT rate is above this counts as an over-dose; the usual limit of a 3+3."""


class Items(Shape):
    """A run of trials, as a job hands them out."""

    @property
    def items(self) -> range:
        """Trials, counted from 0."""


@dataclass(frozen=True)
class Replicates:
    """The results of virtual trials, one row per trial and result id.

    prefixes   only results whose id starts with one of these are kept; () keeps all
    """

    protocol: Protocol
    scenario: Scenario
    seed: int
    design: designs.Design
    prefixes: tuple[str, ...] = ()

    def __call__(self, block: Items) -> pl.DataFrame:
        """(trial, id, value, n, denominator) of the trials of a block, sorted by trial and id; trials count from 1."""
        return self.of([item + 1 for item in block.items])

    def of(self, trials: Sequence[int]) -> pl.DataFrame:
        """The results of the trials with these numbers."""
        conducted = conduct(self.protocol, self.scenario, self.seed, trials, self.design)
        cut = checked(self.protocol, self.scenario)
        derived = derive.all(self.protocol, conducted.records, cut)
        names = derived["adsl"]["USUBJID"].to_list()
        found = many(self.protocol, derived, {name: trial_of(name) for name in names}).table
        if self.prefixes:
            found = found.filter(pl.any_horizontal(pl.col("id").str.starts_with(one) for one in self.prefixes))
        return pl.concat([found, self._courses(conducted, trials)]).sort("trial", "id")

    def _courses(self, conducted: Conducted, trials: Iterable[int]) -> pl.DataFrame:
        steps: dict[int, list[Step]] = {}
        for step in conducted.steps:
            steps.setdefault(step.trial, []).append(step)
        rows: list[tuple[int, str, float | None, int, int | None]] = []
        for trial in trials:
            rows += _course(trial, steps.get(trial, []), conducted, self)
        return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _course(
    trial: int, steps: Sequence[Step], conducted: Conducted, job: Replicates
) -> list[tuple[int, str, float | None, int, int | None]]:
    ended = conducted.ends[trial]
    treated = sum(ended.treated)
    toxic = [rate > TOO_TOXIC for rate in job.scenario.dlt_rates]
    over = sum(n for n, bad in zip(ended.treated, toxic, strict=True) if bad)
    finished = bool(steps) and steps[-1].level is None
    level = job.design.select(ended.outcomes)
    months = (ended.last_window - job.scenario.enrolment.first).days / 30.4375
    return [
        (trial, "trial/infused", float(treated), treated, None),
        (trial, "trial/dlts", float(sum(ended.dlts)), treated, None),
        (trial, "trial/months", months, treated, None),
        (trial, "trial/recommended-level", None if level is None else float(level), treated, None),
        (trial, "trial/over-dosed/proportion", over / treated if treated else None, over, treated),
        (trial, "trial/stopped/proportion", float(finished), int(finished), 1),
    ]
