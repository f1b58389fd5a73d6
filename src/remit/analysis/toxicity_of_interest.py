"""Toxicity that the protocol looks for: cytokine release, neurotoxicity, infection and others, and DLT.

Subjects count once, at the worst grade under the event's own scale. Dose-limiting toxicity counts among those evaluable
for it; a subject whose window is still open is neither a success nor a failure, and is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from remit.analysis.adverse_events import EMERGENT, NO_EVENTS, recorded
from remit.analysis.index import Where
from remit.analysis.numbers import RANGE, Heading, absent, plain_count, proportion, share, share_count, spread, total
from remit.analysis.result import How, Result, Selection
from remit.analysis.study import INFUSED, Column, Study
from remit.protocol import EventOfInterest

FLAGS = {"crs": "CRSFL", "icans": "ICANSFL", "infection": "INFFL", "gvhd": "GVHDFL"}
# An infection is reported as such; the others as "any" beside their grades.
BARE = {"infection"}


def toxicity_of_interest(study: Study) -> Iterator[Result]:
    """Every event of interest of the protocol, then dose-limiting toxicity where the protocol defines it."""
    if study.infused.height == 0:
        return
    for event in study.protocol.safety.interest:
        yield from _event(study, event)
    if study.protocol.dlt is not None or any(part.dlt is not None for part in study.protocol.parts):
        yield from _dlt(study)


def _event(study: Study, event: EventOfInterest) -> Iterator[Result]:
    stem = f"safety/{event.key}"
    any_stem = stem if event.key in BARE else f"{stem}/any"
    flag: Where = ((FLAGS[event.key], "Y"),) if event.key in FLAGS else (("INTEREST", event.key),)
    scale = f"graded by {event.scale}" if event.scale else ""
    if not recorded(study):
        about = Heading(any_stem, event.label, study.safety_set, behind=(study.everyone(study.columns[0]),))
        yield absent(about, "count", NO_EVENTS)
        yield absent(about, "proportion", NO_EVENTS)
        return
    rules = study.protocol.rules
    for column in study.columns:
        where: Where = (*EMERGENT, *flag, *column.where)
        behind = (Selection("counted", "adae", where), study.everyone(column))
        who = study.index.subjects("adae", where)
        about = Heading(
            f"{any_stem}{column.suffix}", f"{event.label}{column.name}", study.safety_set, column.key, behind
        )
        uncoded = _uncoded(study, event, column) - who
        if uncoded:
            said = f"an event of {len(uncoded)} more is not coded and may belong here"
            about = replace(about, note=said)
        yield from share(about, len(who), column.n, rules)
        events = len(study.index.rows("adae", where))
        yield total(replace(about, title=f"{event.label}, events{column.name}"), "events", events, len(who))
    yield from _grades(study, event, stem, flag, scale)
    yield from _course(study, event, stem, flag)


def _uncoded(study: Study, event: EventOfInterest, column: Column) -> frozenset[str]:
    """Subjects with an emergent event that belongs here by nothing it says, and that nobody coded."""
    blank: list[Where] = []
    if event.key in FLAGS:
        blank.append(((FLAGS[event.key], None),))
    else:
        known = set(study.table("adae").columns)
        if event.terms and "AEDECOD" in known:
            blank.append((("AEDECOD", None),))
        if event.body_systems and {"AESOC", "AEBODSYS"} <= known:
            blank.append((("AESOC", None), ("AEBODSYS", None)))
    found = [study.index.subjects("adae", (*EMERGENT, *where, *column.where)) for where in blank]
    return frozenset[str]().union(*found)


def _grades(study: Study, event: EventOfInterest, stem: str, flag: Where, scale: str) -> Iterator[Result]:
    """Subjects by worst grade. Only a subject none of whose events has a grade counts as unknown."""
    rules = study.protocol.rules
    for column in study.columns:
        base: Where = (*EMERGENT, *flag, *column.where)
        worst: dict[str, int] = {}
        rows = study.table("adae").select("USUBJID", "AETOXGRN")[study.index.rows("adae", base)]
        for subject, grade in rows.iter_rows():
            worst[subject] = max(worst.get(subject, 0), grade or 0)
        if not worst and column.key != "all":
            continue
        ungraded = sum(1 for grade in worst.values() if grade == 0)
        open_grades = f"grade unknown in {ungraded}" if ungraded else ""
        note = "; ".join(part for part in (scale, open_grades) if part)
        blocks: list[tuple[str, str, tuple[int, ...]]] = [
            (f"grade-{g}", f"{event.label}, worst grade {g}", (g,)) for g in range(1, 6)
        ]
        blocks += [(f"grade-{g}-or-more", f"{event.label}, grade {g} or more", tuple(range(g, 6))) for g in (2, 3)]
        for key, title, grades in blocks:
            mine = [subject for subject, grade in worst.items() if grade in grades]
            chosen = grades[0] if len(grades) == 1 else grades
            counted = study.only("counted", "adae", (*base, ("AETOXGRN", chosen)), mine)
            about = Heading(
                f"{stem}/{key}{column.suffix}",
                f"{title}{column.name}",
                study.safety_set,
                column.key,
                (counted, study.everyone(column)),
                note,
            )
            yield share_count(about, len(mine), column.n, rules)
            if len(grades) > 1:
                yield proportion(about, len(mine), column.n, rules)
        if ungraded:
            mine = [subject for subject, grade in worst.items() if grade == 0]
            counted = study.only("counted", "adae", (*base, ("AETOXGRN", None)), mine)
            about = Heading(
                f"{stem}/grade-unknown{column.suffix}",
                f"{event.label}, grade unknown{column.name}",
                study.safety_set,
                column.key,
                (counted, study.everyone(column)),
                scale,
            )
            yield share_count(about, ungraded, column.n, rules)


def _course(study: Study, event: EventOfInterest, stem: str, flag: Where) -> Iterator[Result]:
    """Protocol day of the first event, and the longest event of each subject in days."""
    where: Where = (*EMERGENT, *flag)
    rows = study.table("adae")[study.index.rows("adae", where)]
    if rows.height == 0:
        return
    per = rows.sort("USUBJID", "ASTDT", "AESEQ", nulls_last=True).group_by("USUBJID", maintain_order=True)
    found = per.agg(pl.col("APROTDY").min(), pl.col("ADURN").max(), pl.col("AENDT").is_null().any().alias("_open"))
    still = int(found["_open"].sum())
    onset: tuple[str, How] = ("APROTDY", "min")
    longest: tuple[str, How] = ("ADURN", "max")
    for key, title, carries, note in (
        ("onset-day", f"{event.label}, day of onset", onset, "protocol day; the first infusion is day 0"),
        (
            "duration-days",
            f"{event.label}, duration of the longest event, days",
            longest,
            f"an event of {still} has no end yet" if still else "first and last day both counted",
        ),
    ):
        source = carries[0]
        known = found.drop_nulls(source)
        counted = study.only("counted", "adae", where, known["USUBJID"].to_list(), carries)
        about = Heading(
            f"{stem}/{key}",
            title,
            study.safety_set,
            behind=(counted, study.everyone(study.columns[0])),
            note=note,
        )
        values = [float(v) for v in known[source].to_list()]
        yield from spread(about, values, "days", study.protocol.rules, RANGE)


def _dlt(study: Study) -> Iterator[Result]:
    evaluable = next((s for s in study.protocol.analysis_sets if s.rule == "dlt-evaluable"), None)
    for column in study.columns:
        if evaluable is None:
            about = Heading(
                f"safety/dlt{column.suffix}", f"Dose-limiting toxicity{column.name}", "dlt-evaluable", column.key
            )
            yield absent(about, "count", "the protocol declares no DLT-evaluable set")
            continue
        yield from _dlt_at(study, evaluable.key, column)


def _dlt_at(study: Study, key: str, column: Column) -> Iterator[Result]:
    rules = study.protocol.rules
    base: Where = (("SET", key), ("KIND", "set"), *INFUSED, *column.where)
    population = Selection("population", "adset", (*base, ("IN", "Y")))
    still = Selection("counted", "adset", (*base, ("IN", None)))
    members = study.index.subjects("adset", population.where)
    waiting = len(study.index.rows("adset", still.where))
    about = Heading(
        f"safety/dlt{column.suffix}", f"Dose-limiting toxicity{column.name}", key, column.key, (population,)
    )
    open_about = Heading(
        f"safety/dlt{column.suffix}/open-windows",
        f"DLT window still open at the cut{column.name}",
        study.safety_set,
        column.key,
        (still, study.everyone(column)),
    )
    if not recorded(study):
        yield absent(about, "count", NO_EVENTS)
        yield absent(about, "proportion", NO_EVENTS)
        yield plain_count(open_about, waiting, column.n)
        return
    where: Where = (("DLTFL", "Y"), *INFUSED, *column.where)
    had = study.index.subjects("adae", where) & members
    counted = study.only("counted", "adae", where, had)
    undecided = study.index.subjects("adae", (("DLTFL", None), ("TRTEMFL", "Y"), *INFUSED, *column.where)) - had
    said = (
        f"{waiting} with an open window not counted" if waiting else "",
        f"an event of {len(undecided)} cannot be judged" if undecided else "",
    )
    about = replace(about, behind=(counted, population), note="; ".join(part for part in said if part))
    yield share_count(about, len(had), len(members), rules)
    yield proportion(about, len(had), len(members), rules)
    yield plain_count(open_about, waiting, column.n)
