"""The titles of the results of virtual trials, and the results that have no value trial by trial."""

from __future__ import annotations

from dataclasses import dataclass

from remit import derive
from remit.analysis.analyses import ANALYSES
from remit.analysis.many import NOT_POOLED
from remit.analysis.study import Study
from remit.virtual.checked import checked
from remit.virtual.conduct import conduct
from remit.virtual.replicates import Replicates

ENOUGH = 2
"""Trials from which names are taken: what is said rarely keeps its id as a title."""


@dataclass(frozen=True)
class Names:
    """titles: id → the number in words; analyses: keys of analyses that are not made of virtual trials."""

    titles: dict[str, str]
    analyses: tuple[str, ...]


def names(job: Replicates, trials: int) -> Names:
    """What the report of the first few trials, put together, calls its results."""
    conducted = conduct(job.protocol, job.scenario, job.seed, range(1, min(trials, ENOUGH) + 1), job.design)
    protocol = job.protocol.pooled
    cut = checked(job.protocol, job.scenario)
    study = Study(protocol, derive.all(protocol, conducted.records, cut, traced=False))
    titles = {result.id: result.title for one in ANALYSES if one.key not in NOT_POOLED for result in one.make(study)}
    return Names(titles, NOT_POOLED)
