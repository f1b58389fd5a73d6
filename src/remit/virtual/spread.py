"""What many virtual trials printed: the distribution of every result id, and where a printed number lies in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from remit.analysis.result import Interval, Result
from remit.protocol import Protocol
from remit.virtual.stages import part_keys

SHARES = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}

ZERO_WITHOUT_ROW = ("count", "events", "n", "not-evaluable")
"""Statistics that are 0 in a trial in which nobody had what the id counts."""

DIGITS = 9
EXACTLY = 1e-9
"""Two numbers that differ by no more are the same number, reached by another order of additions."""


@dataclass(frozen=True)
class Printed:
    """A number that somebody printed about the real trial.

    text      as printed: `6/8`
    of        the denominator, of a proportion
    decimals  how many the print shows: another value agrees when it prints the same; None compares unrounded values
    sentence  what it says, in words; may be empty
    """

    id: str
    value: float
    text: str
    of: int | None = None
    sentence: str = ""
    decimals: int | None = None


def completed(table: pl.LazyFrame, trials: int, levels: Sequence[str]) -> pl.LazyFrame:
    """The rows of `Replicates` with a row for every trial and every id that any trial has, trials 1 to `trials`.

    An id is made only where somebody has it. In a trial without a row a count is 0; a share of safety is 0 where
    somebody was treated (at its level, if it has one); any other number does not exist there.

    levels   keys of the dose levels
    """
    ids = table.group_by("id").agg(pl.len().alias("rows")).filter(pl.col("rows") < trials).select("id").collect()
    if not ids.height:
        return table
    infused = ["disposition/infused/count", *(f"exposure/{level}/count" for level in levels)]
    treated = (
        table.filter(pl.col("id").is_in(infused))
        .select("trial", pl.col("id").alias("treated"), pl.col("value").alias("people"))
        .collect()
    )
    seen = table.join(ids.lazy(), on="id").select("trial", "id").collect()
    every = pl.DataFrame({"trial": pl.int_range(1, trials + 1, eager=True)})
    parts = pl.col("id").str.split("/")
    last, level = parts.list.get(-1), parts.list.get(-2, null_on_oob=True)
    counts = last.is_in(ZERO_WITHOUT_ROW)
    share = (last == "proportion") & pl.col("id").str.starts_with("safety/") & (pl.col("people").fill_null(0) > 0)
    absent = (
        ids.join(every, how="cross")
        .join(seen, on=["trial", "id"], how="anti")
        .with_columns(
            pl.when(level.is_in(list(levels)))
            .then(pl.format("exposure/{}/count", level))
            .otherwise(pl.lit("disposition/infused/count"))
            .alias("treated")
        )
        .join(treated, on=["trial", "treated"], how="left")
        .select(
            pl.col("trial").cast(pl.Int64),
            "id",
            pl.when(counts | share).then(0.0).alias("value"),
            pl.lit(0, pl.Int64).alias("n"),
            pl.when(share).then(pl.col("people")).cast(pl.Int64).alias("denominator"),
        )
    )
    return pl.concat([table, absent.lazy()])


def spread(table: pl.LazyFrame) -> pl.DataFrame:
    """One row per id: trials, known, mean, sd, p05, p25, median, p75, p95, min, max of its value over the trials.

    table   (trial, id, value, n, denominator) as `Replicates` gives it, completed
    known   trials in which the number exists; the statistics are over these
    """
    value = pl.col("value")
    return (
        table.group_by("id")
        .agg(
            pl.len().alias("trials"),
            value.is_not_null().sum().alias("known"),
            # the last digits of a sum depend on the order in which the parts happen to be read
            value.mean().round_sig_figs(DIGITS).alias("mean"),
            value.std().round_sig_figs(DIGITS).alias("sd"),
            *(value.quantile(share, "nearest").alias(name) for name, share in SHARES.items()),
            value.min().alias("min"),
            value.max().alias("max"),
        )
        .sort("id")
        .collect()
    )


def against(table: pl.LazyFrame, printed: Mapping[str, Printed]) -> pl.DataFrame:
    """One row per printed number that the trials have: id, printed, at_least, exactly, at_most, known.

    at_least, exactly, at_most   number of trials in which the value, rounded as the print is, was at least, just, at
                                 most the printed one
    known                        number of trials with a value
    """
    numbers = pl.DataFrame(
        {
            "id": list(printed),
            "printed": [one.value for one in printed.values()],
            "scale": [None if one.decimals is None else 10.0**one.decimals for one in printed.values()],
        },
        schema={"id": pl.String, "printed": pl.Float64, "scale": pl.Float64},
    )
    value, scale = pl.col("value"), pl.col("scale")
    rounded = pl.when(scale.is_null()).then(value).otherwise((value * scale + 0.5 + EXACTLY).floor() / scale)
    gap = rounded - pl.col("printed")
    return (
        table.filter(value.is_not_null())
        .join(numbers.lazy(), on="id")
        .group_by("id")
        .agg(
            pl.col("printed").first(),
            (gap >= -EXACTLY).sum().alias("at_least"),
            (gap.abs() <= EXACTLY).sum().alias("exactly"),
            (gap <= EXACTLY).sum().alias("at_most"),
            pl.len().alias("known"),
        )
        .sort("id")
        .collect()
    )


def headlines(protocol: Protocol) -> tuple[str, ...]:
    """The ids that people ask about first, in the order in which they ask."""
    found: list[str] = ["disposition/infused/count", *(f"exposure/{level.key}/count" for level in protocol.levels)]
    found += ["trial/dlts", "safety/crs/any/count", "safety/infection/count"]
    found += claims(protocol)
    found += ["b-cells/reconstitution-months/median", "follow-up/months/median"]
    recommended = [f"trial/{key}/recommended-level" for key in part_keys(protocol)] or ["trial/recommended-level"]
    found += ["trial/months", *recommended, "trial/over-dosed/proportion"]
    return tuple(found)


def claims(protocol: Protocol) -> tuple[str, ...]:
    """Ids of the proportions that say whether the treatment works: every state and response in every group."""
    return tuple(
        f"efficacy/{endpoint.key}/{group}/proportion"
        for endpoint in protocol.headline
        if endpoint.kind in ("state", "response")
        for group in endpoint.groups
    )


def ordered(protocol: Protocol, ids: Sequence[str]) -> tuple[str, ...]:
    """Those of the headlines that the trials have, in order."""
    known = set(ids)
    return tuple(id for id in headlines(protocol) if id in known)


def results(scenario: str, spreads: pl.DataFrame, titles: Mapping[str, str]) -> tuple[Result, ...]:
    """The distributions as result rows of basis `scenario`: the median, with the middle 90 % of trials as its interval.

    titles   id → the number in words, where known
    returns  `simulation/{scenario}/{id}/median`, one per id; the value is null where no trial has one, and the note
             says in how many trials it is missing
    """
    made: list[Result] = []
    for row in spreads.iter_rows(named=True):
        id, value, low, high = row["id"], row["median"], row["p05"], row["p95"]
        absent = row["trials"] - row["known"]
        made.append(
            Result(
                id=f"simulation/{scenario}/{id}/median",
                title=f"{titles.get(id, id)}, median of virtual trials",
                analysis="simulation",
                population="virtual trials",
                group=scenario,
                statistic="median",
                method="virtual trials",
                value=value,
                n=row["known"],
                interval=None if value is None else Interval(0.9, low, high, "5 to 95 % of virtual trials"),
                text="" if value is None else f"{said(id, value)} (90 % of trials {ranged(id, low, high)})",
                basis="scenario",
                note=f"no value in {absent} of {row['trials']} trials" if absent else "",
            )
        )
    return tuple(made)


def is_share(id: str) -> bool:
    """True for an id whose value is a fraction in [0, 1]."""
    return id.rpartition("/")[2].startswith("proportion")


def ranged(id: str, low: float, high: float) -> str:
    """Two values of an id, the unit once: `43–75 %`."""
    if is_share(id):
        return f"{said(id, low).removesuffix(' %')}–{said(id, high)}"
    return f"{said(id, low)}–{said(id, high)}" if low >= 0 else f"{said(id, low)} to {said(id, high)}"


def said(id: str, value: float) -> str:
    """A value of an id as it is printed: a fraction as whole percent, anything else with three digits."""
    if is_share(id):
        return f"{math.floor(100 * value + 0.5 + EXACTLY):d} %"
    return plain(value)


def plain(value: float) -> str:
    """A number with three significant digits and no exponent below a million: `1030`, `5.42`, `0.0031`."""
    if value == 0 or not 1e-4 <= abs(value) < 1e6:
        return f"{value:.3g}"
    digits = max(2 - math.floor(math.log10(abs(value))), 0)
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
