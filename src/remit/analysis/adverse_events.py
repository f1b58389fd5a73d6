"""Treatment-emergent adverse events: any, serious, severe, related, fatal; every term and body system, by level.

A subject counts once a row, at the worst grade; events are counted beside. An event whose grade nobody recorded is
never graded 0: it has a row of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from remit.analysis.index import Where
from remit.analysis.numbers import Heading, absent, share, share_count, total
from remit.analysis.result import Result, Selection
from remit.analysis.study import INFUSED, Column, Study, by_slug, wanted
from remit.derive.toxicity import RELATED

EMERGENT: Where = (("TRTEMFL", "Y"), *INFUSED)
NO_EVENTS = "not collected: the records hold no adverse event at all"


def recorded(study: Study) -> bool:
    """Whether adverse events were collected at all: a derived table without rows says that there was none."""
    return "adae" in study.derived


def emergent(study: Study) -> pl.DataFrame:
    """Treatment-emergent events of the subjects infused; without rows when no event was recorded."""
    adae = study.table("adae")
    return adae.filter((pl.col("TRTEMFL") == "Y") & (pl.col("SAFFL") == "Y")) if adae.height else adae


def adverse_events(study: Study) -> Iterator[Result]:
    """The overview, then body systems, then terms."""
    if study.infused.height == 0:
        return
    events = emergent(study)
    yield from _overview(study, events)
    if not recorded(study):
        return
    yield from _severities(study, events)
    yield from _tallied(study, events, "body-system", "SYSTEM")
    yield from _tallied(study, events, "term", "TERM")


def _overview(study: Study, events: pl.DataFrame) -> Iterator[Result]:
    severe: tuple[Where, ...] = ((("AETOXGRN", (3, 4, 5)),),)
    related = (
        ()
        if not events.height
        else tuple(sorted(w for w in set(events["AEREL"].drop_nulls().to_list()) if w.strip().upper() in RELATED))
    )
    kinds: tuple[tuple[str, str, tuple[Where, ...], str], ...] = (
        ("teae/any", "Any treatment-emergent adverse event", ((),), ""),
        ("grade-3-or-more/any", "Adverse event of grade 3 or more", severe, "AETOXGRN"),
        ("sae/any", "Serious adverse event", ((("AESER", "Y"),),), "AESER"),
        ("related/any", "Adverse event related to the product", ((("AEREL", related),),), "AEREL"),
        ("fatal/any", "Fatal adverse event", ((("AEOUT", "FATAL"),), (("AETOXGRN", 5),)), ""),
    )
    for key, title, filters, asked in kinds:
        if not recorded(study):
            yield absent(
                _heading(study, key, title, study.columns[0], (study.everyone(study.columns[0]),)), "count", NO_EVENTS
            )
            continue
        if asked and events.height and events[asked].drop_nulls().is_empty():
            yield absent(_heading(study, key, title, study.columns[0], (study.everyone(study.columns[0]),)), "count")
            continue
        for column in study.columns:
            counted = tuple(Selection("counted", "adae", (*EMERGENT, *where, *column.where)) for where in filters)
            who = frozenset[str]().union(*(study.index.subjects("adae", s.where) for s in counted))
            about = _heading(study, key, title, column, (*counted, study.everyone(column)))
            if asked:
                about = replace(about, note=_open(study, column, asked, who))
            yield from share(about, len(who), column.n, study.protocol.rules)
            rows = {int(r) for s in counted for r in study.index.rows("adae", s.where)}
            yield total(replace(about, title=f"{title}, events{column.name}"), "events", len(rows), len(who))


def _open(study: Study, column: Column, asked: str, who: frozenset[str]) -> str:
    """Subjects who could still belong to the count because an answer was not recorded."""
    unknown = study.index.subjects("adae", (*EMERGENT, (asked, None), *column.where)) - who
    what = {"AETOXGRN": "grade", "AESER": "seriousness", "AEREL": "relation"}[asked]
    return f"{what} unknown for an event of {len(unknown)} more" if unknown else ""


def _heading(study: Study, key: str, title: str, column: Column, behind: tuple[Selection, ...]) -> Heading:
    return Heading(f"safety/{key}{column.suffix}", f"{title}{column.name}", study.safety_set, column.key, behind)


def _severities(study: Study, events: pl.DataFrame) -> Iterator[Result]:
    """Subjects by worst severity word, for a study that recorded words and no grades."""
    if events.height == 0 or events["AESEV"].drop_nulls().is_empty() or events["AETOXGRN"].drop_nulls().len():
        return
    order = {"MILD": 1, "MODERATE": 2, "SEVERE": 3}
    known = events.with_columns(
        pl.col("AESEV").replace_strict(order, default=None, return_dtype=pl.Int64).alias("_severity")
    )
    worst = known.group_by("USUBJID", "LEVEL").agg(pl.col("_severity").max())
    for word, rank in order.items():
        for column in study.columns:
            mine = worst.filter(pl.col("_severity") == rank)
            mine = mine if column.key == "all" else mine.filter(pl.col("LEVEL") == column.key)
            counted = study.only(
                "counted", "adae", (*EMERGENT, ("AESEV", word), *column.where), mine["USUBJID"].to_list()
            )
            title = f"Worst adverse event {word.lower()}"
            about = _heading(study, f"severity-{word.lower()}/any", title, column, (counted, study.everyone(column)))
            yield from share(about, mine.height, column.n, study.protocol.rules)


@dataclass
class _Tally:
    """One term in one column: subjects, events, and subjects by worst grade; 0 stands for no known grade."""

    subjects: set[str] = field(default_factory=set)
    events: int = 0
    worst: dict[str, int] = field(default_factory=dict)
    graded: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


def _tallied(study: Study, events: pl.DataFrame, kind: str, source: str) -> Iterator[Result]:
    """One block per distinct name, in order of its slug; the report orders by frequency."""
    if events.height == 0:
        return
    rules = study.protocol.rules
    grades_known = events["AETOXGRN"].drop_nulls().len() > 0
    names = dict(by_slug(events[source].to_list()))
    tallies = _tallies(events, source, {spelling: key for key, group in names.items() for spelling in group})
    nothing = _Tally()
    for key, spellings in names.items():
        name = spellings[0] or "Not coded"
        where: Where = (*EMERGENT, (source, wanted(spellings)))
        for column in study.columns:
            tally = tallies.get((key, column.key), nothing)
            here = (*where, *column.where)
            about = Heading(
                f"safety/teae/{kind}/{key}/{column.key}",
                f"{name}{column.name}",
                study.safety_set,
                column.key,
                (Selection("counted", "adae", here), study.everyone(column)),
            )
            yield share_count(about, len(tally.subjects), column.n, rules)
            yield total(
                replace(about, title=f"{name}, events{column.name}"), "events", tally.events, len(tally.subjects)
            )
            if kind == "term" and grades_known:
                yield from _worst_grades(study, key, name, column, here, tally)


def _tallies(events: pl.DataFrame, source: str, key_of: Mapping[str | None, str]) -> dict[tuple[str, str], _Tally]:
    found: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    for subject, level, name, grade in events.select("USUBJID", "LEVEL", source, "AETOXGRN").iter_rows():
        for column in ("all", level):
            if column is None:
                continue
            tally = found[key_of[name], column]
            tally.subjects.add(subject)
            tally.events += 1
            tally.worst[subject] = max(tally.worst.get(subject, 0), grade or 0)
            tally.graded[grade or 0].add(subject)
    return found


def _worst_grades(study: Study, key: str, name: str, column: Column, where: Where, tally: _Tally) -> Iterable[Result]:
    for grade in (*range(5, 0, -1), 0):
        mine = {subject for subject, worst in tally.worst.items() if worst == grade}
        if not mine:
            continue
        here: Where = (*where, ("AETOXGRN", grade or None))
        if tally.graded[grade] != mine:
            here = (*here, ("USUBJID", tuple(sorted(mine))))
        word = f"grade-{grade}" if grade else "grade-unknown"
        said = f"worst grade {grade}" if grade else "grade unknown"
        about = Heading(
            f"safety/teae/term/{key}/{word}/{column.key}",
            f"{name}, {said}{column.name}",
            study.safety_set,
            column.key,
            (Selection("counted", "adae", here), study.everyone(column)),
        )
        yield share_count(about, len(mine), column.n, study.protocol.rules)
