"""Many virtual trials, block by block: conducted, derived, analyzed, and only the results kept.

A job for `jobs.run`: every trial draws by its own number, so that block size and place change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol as Shape

import polars as pl

from remit import derive
from remit.analysis.many import SCHEMA, many
from remit.protocol import Protocol
from remit.virtual.checked import checked
from remit.virtual.conduct import Conducted, conduct, trial_of
from remit.virtual.scenario import Scenario
from remit.virtual.stages import Designs, part_keys

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

    design     of the trial, or of each part by its key
    prefixes   only results whose id starts with one of these are kept; () keeps all
    """

    protocol: Protocol
    scenario: Scenario
    seed: int
    design: Designs
    prefixes: tuple[str, ...] = ()

    def __call__(self, block: Items) -> pl.DataFrame:
        """(trial, id, value, n, denominator) of the trials of a block, sorted by trial and id; trials count from 1."""
        return self.of([item + 1 for item in block.items])

    def of(self, trials: Sequence[int]) -> pl.DataFrame:
        """The results of the trials with these numbers."""
        conducted = conduct(self.protocol, self.scenario, self.seed, trials, self.design)
        cut = checked(self.protocol, self.scenario)
        derived = derive.all(self.protocol.pooled, conducted.records, cut, traced=False)
        names = derived["adsl"]["USUBJID"].to_list()
        found = many(self.protocol.pooled, derived, {name: trial_of(name) for name in names}).table
        if self.prefixes:
            found = found.filter(pl.any_horizontal(pl.col("id").str.starts_with(one) for one in self.prefixes))
        return pl.concat([found, self._courses(conducted, trials)]).sort("trial", "id")

    def _courses(self, conducted: Conducted, trials: Iterable[int]) -> pl.DataFrame:
        rows = [row for trial in trials for row in _course(trial, conducted, self)]
        return pl.DataFrame(rows, schema=SCHEMA, orient="row")


Row = tuple[int, str, float | None, int, int | None]


def _course(trial: int, conducted: Conducted, job: Replicates) -> list[Row]:
    """What is said of a whole trial beside the results of its report."""
    ended = conducted.ends[trial]
    treated = sum(ended.treated)
    toxic = [rate > TOO_TOXIC for rate in job.scenario.dlt_rates]
    over = sum(n for n, bad in zip(ended.treated, toxic, strict=True) if bad)
    months = (ended.last_window - job.scenario.enrolment.first).days / 30.4375
    return [
        (trial, "trial/infused", float(treated), treated, None),
        (trial, "trial/dlts", float(sum(ended.dlts)), treated, None),
        (trial, "trial/dlts-beside-rates/count", float(ended.beside), ended.beside, None),
        (trial, "trial/months", months, treated, None),
        *_recommended(trial, conducted, job),
        (trial, "trial/over-dosed/proportion", over / treated if treated else None, over, treated),
        (trial, "trial/stopped/proportion", float(ended.finished), int(ended.finished), 1),
    ]


def _recommended(trial: int, conducted: Conducted, job: Replicates) -> list[Row]:
    """The level recommended: of the trial, or of each part, with whether the part opened."""
    ended, parts = conducted.ends[trial], part_keys(job.protocol)
    if not parts:
        level = ended.selected[None]
        return [(trial, "trial/recommended-level", None if level is None else float(level), sum(ended.treated), None)]
    rows: list[Row] = []
    for part in parts:
        level, opened = ended.selected.get(part), part in ended.selected
        here = zip(job.protocol.levels, ended.treated, strict=True)
        count = sum(n for one, n in here if one.part == part)
        rows.append((trial, f"trial/{part}/recommended-level", None if level is None else float(level), count, None))
        rows.append((trial, f"trial/{part}/opened/proportion", float(opened), int(opened), 1))
    return rows
