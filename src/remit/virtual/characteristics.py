"""Operating characteristics of a whole protocol: what it recommends, whom it treats where, how long it takes, how its
trials end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from remit.analysis.result import Result
from remit.protocol import Protocol
from remit.virtual.rows import over_trials, some_trials
from remit.virtual.scenario import Scenario

ENDS = {
    "recommended": "The design finished and recommended a level",
    "no-level": "The design stopped without a level",
    "size": "The size of the trial was reached before the design had finished",
    "cut": "The data cut came before the design had finished",
}
"""How a virtual trial can end."""

TRIAL_TITLES = {
    "trial/infused": "Subjects infused",
    "trial/dlts": "Subjects with a dose-limiting toxicity",
    "trial/months": "Months from the first infusion to the end of the last DLT window",
    "trial/recommended-level": "Number of the recommended level",
    "trial/over-dosed/proportion": "Share of subjects at a level that is too toxic in this truth",
    "trial/stopped/proportion": "The design came to its end",
}


@dataclass(frozen=True)
class Ended:
    """One trial: how it ended (a key of ENDS), and the level it recommends."""

    trial: int
    how: str
    level: int | None


def ids(protocol: Protocol) -> tuple[str, ...]:
    """The result ids that the characteristics are made from."""
    levels = [name for level in protocol.levels for name in _of(level.key)]
    return (*TRIAL_TITLES, "safety/dlt/count", *levels)


def _of(level: str) -> tuple[str, str]:
    return f"exposure/{level}/count", f"safety/dlt/{level}/count"


def ended(scenario: Scenario, picked: pl.DataFrame) -> tuple[Ended, ...]:
    """How each trial ended, in order.

    picked   rows of at least the ids of TRIAL_TITLES
    """
    values: dict[str, dict[int, float | None]] = {id: {} for id in TRIAL_TITLES}
    for trial, id, value in picked.filter(pl.col("id").is_in(list(TRIAL_TITLES))).select("trial", "id", "value").rows():
        values[id][trial] = value
    most = scenario.enrolment.subjects
    found = []
    for trial in sorted(values["trial/stopped/proportion"]):
        level = values["trial/recommended-level"].get(trial)
        if values["trial/stopped/proportion"][trial]:
            how = "no-level" if level is None else "recommended"
        else:
            how = "size" if most is not None and (values["trial/infused"].get(trial) or 0) >= most else "cut"
        found.append(Ended(trial, how, None if level is None else round(level)))
    return tuple(found)


def characteristics(protocol: Protocol, scenario: Scenario, picked: pl.DataFrame, trials: int) -> tuple[Result, ...]:
    """The characteristics as result rows.

    picked   rows of the ids that `ids` names, for every trial
    """
    name, rules = scenario.key, protocol.rules
    ends = ended(scenario, picked)
    by_id = {id: picked.filter((pl.col("id") == id) & pl.col("value").is_not_null()) for id in ids(protocol)}
    made: list[Result] = []
    for level in protocol.levels:
        chosen = sum(one.level == level.level for one in ends)
        made.append(
            some_trials(
                name, f"recommended/{level.key}", f"{level.name} is the level recommended", chosen, trials, rules
            )
        )
        for id, word in zip(_of(level.key), ("Subjects infused", "DLTs"), strict=True):
            made.append(_mean(name, id, f"{word} at {level.name}, mean of virtual trials", by_id[id]))
    nothing = sum(one.level is None for one in ends)
    made.append(some_trials(name, "recommended/none", "No level is recommended", nothing, trials, rules))
    for how, words in ENDS.items():
        made.append(some_trials(name, f"ended/{how}", words, sum(one.how == how for one in ends), trials, rules))
    over = by_id["trial/over-dosed/proportion"]
    anyone = over.filter(pl.col("value") > 0).height
    made.append(some_trials(name, "over-dosed/any", "Somebody was treated at a level that is too toxic in this truth",
                            anyone, trials, rules))  # fmt: skip
    made.append(_mean(name, "trial/over-dosed/proportion", "Share of subjects at a level that is too toxic in this "
                      "truth, mean of virtual trials", over, percent=True))  # fmt: skip
    made += _stopping(protocol, name, picked, trials)
    return tuple(made)


def _stopping(protocol: Protocol, scenario: str, picked: pl.DataFrame, trials: int) -> list[Result]:
    """For each stopping rule that names a number of DLTs: trials in which some level had that many."""
    dlts = picked.filter(pl.col("id").is_in([_of(level.key)[1] for level in protocol.levels]))
    most = dlts.group_by("trial").agg(pl.col("value").max())
    made = []
    for rule in protocol.stopping:
        limit = rule.parameters.get("dlts")
        if isinstance(limit, bool) or not isinstance(limit, int | float):
            continue
        made.append(
            some_trials(
                scenario,
                f"stopping/{rule.key}/dlts-reached",
                f"Some level had {limit:g} or more subjects with a DLT",
                most.filter(pl.col("value") >= limit).height,
                trials,
                protocol.rules,
                "in whichever order they came; virtual trials do not pause for it",
            )
        )
    return made


def _mean(scenario: str, id: str, title: str, rows: pl.DataFrame, *, percent: bool = False) -> Result:
    values: Sequence[float] = rows["value"].to_list()
    value = sum(values) / len(values) if values else None
    text = "" if value is None else f"{100 * value:.1f} %" if percent else f"{value:.1f}"
    return Result(
        id=f"simulation/{scenario}/{id}/mean",
        title=title,
        analysis="simulation",
        population="virtual trials",
        group=scenario,
        statistic="mean",
        method="virtual trials",
        value=value,
        n=len(values),
        text=text,
        basis="scenario",
        note="" if values else "no trial has one",
    )


def sizes(scenario: str, claim: str, rows: pl.DataFrame) -> tuple[Result, Result]:
    """Of a proportion: how many subjects it counted, and of how many, over the trials that have it.

    rows   of one id of `spread.claims`
    """
    known = rows.filter(pl.col("denominator") > 0)
    group = rows["denominator"].fill_null(0).to_list()
    return (
        over_trials(scenario, f"{claim}/numerator", "Subjects who met it", known["n"].to_list()),
        over_trials(scenario, f"{claim}/denominator", "Subjects in the group", group),
    )


def titles_of(found: Mapping[str, str]) -> dict[str, str]:
    """Titles by id, those of whole trials too."""
    return {**TRIAL_TITLES, **found}
