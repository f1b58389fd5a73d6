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
from remit.virtual.stages import part_keys

ENDS = {
    "recommended": "The design finished and recommended a level",
    "no-level": "The design stopped without a level",
    "size": "The size of the trial was reached before the design had finished",
    "cut": "The data cut came before the design had finished",
}
"""How a virtual trial can end."""

NOT_OPENED = {"not-opened": "A part found no level that opens the part after it"}
"""How a virtual trial in parts can end, too."""

RECOMMENDED = "trial/recommended-level"
BESIDE = "trial/dlts-beside-rates/count"
TRIAL_TITLES = {
    "trial/infused": "Subjects infused",
    "trial/dlts": "Subjects with a dose-limiting toxicity",
    BESIDE: "Subjects with a dose-limiting toxicity of cytokine release or death alone",
    "trial/months": "Months from the first infusion to the end of the last DLT window",
    RECOMMENDED: "Number of the recommended level",
    "trial/over-dosed/proportion": "Share of subjects at a level that is too toxic in this truth",
    "trial/stopped/proportion": "The design came to its end",
}


@dataclass(frozen=True)
class Ended:
    """One trial: how it ended (a key of `ends_of`), and the level it recommends; in a trial in parts, one per part."""

    trial: int
    how: str
    levels: tuple[int | None, ...]


def ends_of(protocol: Protocol) -> dict[str, str]:
    """How a virtual trial of the protocol can end."""
    return {**ENDS, **NOT_OPENED} if part_keys(protocol) else dict(ENDS)


def ids(protocol: Protocol) -> tuple[str, ...]:
    """The result ids that the characteristics are made from."""
    levels = [name for level in protocol.levels for name in _of(level.key)]
    return (*trial_titles(protocol), "safety/dlt/count", *levels)


def trial_titles(protocol: Protocol) -> dict[str, str]:
    """Ids of what is said of a whole trial, each in words."""
    titles = dict(TRIAL_TITLES)
    if part_keys(protocol):
        del titles[RECOMMENDED]
    for key, label in _parts(protocol):
        titles[f"trial/{key}/recommended-level"] = f"{label}: number of the recommended level"
        titles[f"trial/{key}/opened/proportion"] = f"{label}: opened"
    return titles


def recommended_ids(protocol: Protocol) -> tuple[str, ...]:
    """Ids of the recommended level: one, or one per part."""
    keys = part_keys(protocol)
    return tuple(f"trial/{key}/recommended-level" for key in keys) if keys else (RECOMMENDED,)


def _parts(protocol: Protocol) -> tuple[tuple[str, str], ...]:
    keys = part_keys(protocol)
    return tuple((part.key, part.label) for part in protocol.parts if part.key in keys)


def _of(level: str) -> tuple[str, str]:
    return f"exposure/{level}/count", f"safety/dlt/{level}/count"


def ended(protocol: Protocol, scenario: Scenario, picked: pl.DataFrame) -> tuple[Ended, ...]:
    """How each trial ended, in order.

    picked   rows of at least the ids of `trial_titles`
    """
    wanted = trial_titles(protocol)
    values: dict[str, dict[int, float | None]] = {id: {} for id in wanted}
    for trial, id, value in picked.filter(pl.col("id").is_in(list(wanted))).select("trial", "id", "value").rows():
        values[id][trial] = value
    most, parts = scenario.enrolment.subjects, part_keys(protocol)
    found = []
    for trial in sorted(values["trial/stopped/proportion"]):
        each = [values[id].get(trial) for id in recommended_ids(protocol)]
        opened = sum(bool(values[f"trial/{key}/opened/proportion"].get(trial)) for key in parts) or 1
        if values["trial/stopped/proportion"][trial]:
            how = "no-level" if each[opened - 1] is None else "recommended" if opened == len(each) else "not-opened"
        else:
            how = "size" if most is not None and (values["trial/infused"].get(trial) or 0) >= most else "cut"
        found.append(Ended(trial, how, tuple(None if level is None else round(level) for level in each)))
    return tuple(found)


def characteristics(protocol: Protocol, scenario: Scenario, picked: pl.DataFrame, trials: int) -> tuple[Result, ...]:
    """The characteristics as result rows.

    picked   rows of the ids that `ids` names, for every trial
    """
    name, rules = scenario.key, protocol.rules
    ends = ended(protocol, scenario, picked)
    by_id = {id: picked.filter((pl.col("id") == id) & pl.col("value").is_not_null()) for id in ids(protocol)}
    made: list[Result] = []
    for level in protocol.levels:
        chosen = sum(level.level in one.levels for one in ends)
        made.append(
            some_trials(
                name, f"recommended/{level.key}", f"{level.name} is the level recommended", chosen, trials, rules
            )
        )
        for id, word in zip(_of(level.key), ("Subjects infused", "DLTs"), strict=True):
            made.append(_mean(name, id, f"{word} at {level.name}, mean of virtual trials", by_id[id]))
    nothing = sum(set(one.levels) == {None} for one in ends)
    made.append(some_trials(name, "recommended/none", "No level is recommended", nothing, trials, rules))
    for how, words in ends_of(protocol).items():
        made.append(some_trials(name, f"ended/{how}", words, sum(one.how == how for one in ends), trials, rules))
    over = by_id["trial/over-dosed/proportion"]
    anyone = over.filter(pl.col("value") > 0).height
    made.append(some_trials(name, "over-dosed/any", "Somebody was treated at a level that is too toxic in this truth",
                            anyone, trials, rules))  # fmt: skip
    made.append(_mean(name, "trial/over-dosed/proportion", "Share of subjects at a level that is too toxic in this "
                      "truth, mean of virtual trials", over, percent=True))  # fmt: skip
    made.append(_mean(name, BESIDE, f"{TRIAL_TITLES[BESIDE]}, mean of virtual trials", by_id[BESIDE]))
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
                "in whichever order they came; a virtual trial ends once the rule is met",
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


def titles_of(protocol: Protocol, found: Mapping[str, str]) -> dict[str, str]:
    """Titles by id, those of whole trials too."""
    return {**trial_titles(protocol), **found}
