"""What the efficacy claims of such a trial are worth: how wide their confidence intervals come out, and how often the
lower limit lies above a reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from remit.analysis import printed
from remit.analysis.result import Result
from remit.protocol import Protocol
from remit.virtual.rows import over_trials, some_trials

REFERENCE = 0.2
"""One in five: a convention to start from, not a finding. Whoever asks knows what the response would be without the
cells, and gives that."""

GRID = tuple(step / 20 for step in range(1, 20))


@dataclass(frozen=True)
class Claim:
    """One proportion over the trials.

    half_widths   of the interval as it would be printed, one per trial that has the proportion
    above         per reference of GRID, the number of trials whose lower limit lies above it
    clear         the same for the reference asked for
    trials        all trials; one without anybody in the group has no limit, and does not lie above
    """

    id: str
    half_widths: tuple[float, ...]
    above: tuple[int, ...]
    clear: int
    trials: int


def claim(protocol: Protocol, id: str, rows: pl.DataFrame, trials: int, reference: float = REFERENCE) -> Claim:
    """The intervals of one proportion, by the protocol's own method.

    rows   (trial, id, value, n, denominator) of this id
    """
    sizes = rows.filter(pl.col("denominator") > 0).group_by("n", "denominator").len().sort("n", "denominator")
    half: list[float] = []
    lower: list[tuple[float, int]] = []
    for x, n, count in sizes.rows():
        limits = printed.limits(x, n, protocol.rules)
        assert limits.low is not None
        assert limits.high is not None
        half += [(limits.high - limits.low) / 2] * count
        lower.append((limits.low, count))

    def beyond(limit: float) -> int:
        return sum(count for low, count in lower if low > limit)

    return Claim(id, tuple(half), tuple(beyond(limit) for limit in GRID), beyond(reference), trials)


def rows(protocol: Protocol, scenario: str, one: Claim, title: str, reference: float) -> Sequence[Result]:
    """Half-width and chance of one claim as result rows."""
    level = f"{100 * protocol.rules.interval_level:g} %"
    words = f"{title}: half the width of the {level} interval"
    width = over_trials(scenario, f"{one.id}/half-width", words, one.half_widths, points=True)
    clear = some_trials(
        scenario,
        f"{one.id}/above-reference",
        f"{title}: the lower limit of the {level} interval is above {100 * reference:g} %",
        one.clear,
        one.trials,
        protocol.rules,
        "a trial with nobody in the group is not above",
    )
    return width, clear
