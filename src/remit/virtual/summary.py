"""Many virtual trials in a size that can be read: distributions, characteristics, claims, and the result rows of all.

Everything is reduced from the parts by lazy queries; nothing here holds a row per trial and id for more than the few
dozen ids that are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from remit.analysis.result import Result
from remit.protocol import Protocol
from remit.virtual import characteristics as course
from remit.virtual import paired as pairs
from remit.virtual import precision
from remit.virtual.distribution import Distribution, distribution
from remit.virtual.paired import Paired
from remit.virtual.precision import Claim
from remit.virtual.rows import some_trials
from remit.virtual.scenario import Scenario
from remit.virtual.spread import Printed, against, claims, completed, headlines, ordered, results, spread


@dataclass(frozen=True)
class Asked:
    """What is summarized, and against what.

    printed     numbers of the real trial, by id
    reference   a share: how often does a claim's lower limit lie above it
    titles      id → the number in words
    """

    protocol: Protocol
    scenario: Scenario
    trials: int
    printed: Mapping[str, Printed]
    reference: float
    titles: Mapping[str, str]


@dataclass(frozen=True)
class Summary:
    """Virtual trials, summarized.

    table           one row per trial and id, lazily: far too many to hold
    spreads         one row per id
    headlines       ids in the order in which people ask, of those that there are
    distributions   of the headlines, by id
    compared        one row per printed number that the trials have too
    picked          the rows of the ids that are looked at trial by trial
    results         every number above as a result row
    """

    asked: Asked
    table: pl.LazyFrame
    spreads: pl.DataFrame
    headlines: tuple[str, ...]
    distributions: Mapping[str, Distribution]
    claims: tuple[Claim, ...]
    compared: pl.DataFrame
    picked: pl.DataFrame
    results: tuple[Result, ...]


def summary(asked: Asked, parts: pl.LazyFrame) -> Summary:
    """Reduce the rows of `Replicates`, as its parts hold them."""
    protocol, name = asked.protocol, asked.scenario.key
    levels = [level.key for level in protocol.levels]
    table = completed(parts, asked.trials, levels)
    spreads = spread(table)
    looked_at = {*headlines(protocol), *course.ids(protocol)}
    picked = table.filter(pl.col("id").is_in(sorted(looked_at))).collect().sort("id", "trial")
    known = ordered(protocol, spreads["id"].to_list())
    by_id = {id: picked.filter(pl.col("id") == id) for id in known}
    compared = against(table, asked.printed)
    made = [
        precision.claim(protocol, id, by_id[id], asked.trials, asked.reference)
        for id in claims(protocol)
        if id in by_id
    ]
    titles = course.titles_of(protocol, asked.titles)
    rows = [
        *results(name, spreads, titles),
        *course.characteristics(protocol, asked.scenario, picked, asked.trials),
        *(row for id in claims(protocol) if id in by_id for row in course.sizes(name, id, by_id[id])),
        *(
            row
            for one in made
            for row in precision.rows(protocol, name, one, titles.get(one.id, one.id), asked.reference)
        ),
        *_compared(asked, compared, by_id, titles),
    ]
    return Summary(
        asked=asked,
        table=table,
        spreads=spreads,
        headlines=known,
        distributions={id: distribution(id, by_id[id]["value"].drop_nulls().to_list(), asked.trials) for id in known},
        claims=tuple(made),
        compared=compared,
        picked=picked,
        results=tuple(rows),
    )


def comparison(one: Summary, other: Summary) -> tuple[tuple[Paired, ...], tuple[Result, ...]]:
    """The headlines of both protocols trial by trial, and the same as result rows."""
    ids = list(dict.fromkeys((*one.headlines, *other.headlines)))
    found = pairs.paired(one.picked, other.picked, ids, one.asked.trials)
    titles = course.titles_of(one.asked.protocol, {**other.asked.titles, **one.asked.titles})
    return found, pairs.results(one.asked.scenario.key, found, titles)


def _compared(
    asked: Asked, compared: pl.DataFrame, by_id: Mapping[str, pl.DataFrame], titles: Mapping[str, str]
) -> Sequence[Result]:
    name, rules = asked.scenario.key, asked.protocol.rules
    made: list[Result] = []
    for row in compared.iter_rows(named=True):
        one, words = asked.printed[row["id"]], titles.get(row["id"], row["id"])
        for key, said in (
            ("at_least", "at least as high as"),
            ("exactly", "just as"),
            ("at_most", "at most as high as"),
        ):
            stem = f"{row['id']}/{key.replace('_', '-')}-printed"
            title = f"{words}: {said} printed ({one.text})"
            made.append(some_trials(name, stem, title, row[key], row["known"], rules))
        if one.of is not None and row["id"] in by_id:
            # the other question that the same print can be asked: as many subjects, whatever the size of the group
            least = round(one.value * one.of)
            many = by_id[row["id"]].filter(pl.col("n") >= least).height
            title = f"{words}: at least {least} subjects, of however many"
            made.append(some_trials(name, f"{row['id']}/at-least-count", title, many, asked.trials, rules))
    return made
