"""What the cell-therapy toxicity scales say: subjects by grade under each scale, flags, bands, and infections.

A subject counts once, at the worst known grade. Unknown is a row of its own and never grade 0. Where nothing was
collected that a scale reads, its row says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from remit.analysis.index import Where
from remit.analysis.numbers import NOT_COLLECTED, Heading, absent, share, share_count, total
from remit.analysis.result import Result, Selection
from remit.analysis.study import INFUSED, Column, Study, slug
from remit.derive.toxicity_rows import of_cells


@dataclass(frozen=True)
class Graded:
    """A scale whose rows have a grade.

    stem       what its ids carry after `toxicity/`
    variant    the variant of the derived rows
    most       the highest grade
    everybody  whether who has no row is unknown; otherwise such a subject had no event
    severe     also give the proportion of this grade or more
    """

    stem: str
    scale: str
    variant: str
    title: str
    most: int = 4
    everybody: bool = True
    severe: int = 3


GRADED: tuple[Graded, ...] = (
    Graded("icaht-early", "icaht-early", "cumulative", "Early ICAHT (days 0-30)"),
    Graded("icaht-early/longest-run", "icaht-early", "longest_run", "Early ICAHT, longest episode"),
    Graded("icaht-late", "icaht-late", "two_counts", "Late ICAHT (after day 30)"),
    Graded("icaht-late/single-value", "icaht-late", "single_value", "Late ICAHT, one count is enough"),
    Graded("t-icaht-early", "t-icaht-early", "table", "Early T-ICAHT (days 0-30)"),
    Graded("t-icaht-early/code-2024", "t-icaht-early", "code_2024", "Early T-ICAHT by the published code"),
    Graded("t-icaht-late", "t-icaht-late", "table", "Late T-ICAHT (days 31-100)"),
    Graded("t-icaht-late/code-2024", "t-icaht-late", "code_2024", "Late T-ICAHT by the published code"),
    Graded("gvhd-magic", "gvhd-magic", "default", "Acute graft-versus-host disease (MAGIC)", severe=2),
    Graded("licats", "licats", "default", "LICATS", everybody=True),
    Graded("iec-hs", "iec-hs", "default", "IEC-HS, by the investigator", 5),
    Graded("crs/astct-2019", "crs", "ASTCT_2019", "Cytokine release syndrome, ASTCT 2019", 5, False),
    Graded("crs/lee-2014", "crs", "Lee_2014", "Cytokine release syndrome, Lee 2014", 5, False),
    Graded("crs/penn", "crs", "Penn", "Cytokine release syndrome, Penn", 5, False),
    Graded("crs/ctcae-v5", "crs", "CTCAE_v5", "Cytokine release syndrome, CTCAE v5", 5, False),
)

FLAGS: tuple[tuple[str, str, str, str], ...] = (
    ("hys-law", "hys-law", "fda_2009", "Hy's law met on any day"),
    ("hys-law/above-3", "hys-law", "above_3", "Hy's law met on any day, above 3 × the limit"),
    ("iec-hs-alert", "iec-hs-alert", "laboratory", "IEC-HS alert by the laboratory on any day"),
    ("iec-hs-alert/investigator", "iec-hs-alert", "investigator", "IEC-HS alert confirmed by the investigator"),
)
"""Stem, scale, variant, title."""

BANDS: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("hypogammaglobulinemia", "hypogammaglobulinemia", ("normal", "low", "severe"), "Lowest immunoglobulin G"),
    ("edish", "edish", ("normal", "cholestasis", "temple", "hys_law"), "eDISH quadrant of the peaks"),
)
"""Stem, scale, bands from best to worst, title."""

NO_EVENT = "subjects without an event are in no grade"


def toxicity_scales(study: Study) -> Iterator[Result]:
    """Grades, flags, bands, infections; nothing where the derived tables were made without them."""
    if study.infused.height == 0 or "adtox" not in study.derived:
        return
    held = _held(study)
    cells = of_cells(study.protocol)
    for one in GRADED if cells else ():
        yield from _graded(study, one, held)
    yield from _disagreement(study, held)
    for stem, scale, variant, title in FLAGS if cells else FLAGS[:2]:
        yield from _flag(study, stem, scale, variant, title, held)
    for stem, scale, words, title in BANDS:
        yield from _bands(study, stem, scale, words, title, held)
    yield from _infections(study, held)


@dataclass(frozen=True)
class Worst:
    """The worst row of one subject under one scale: grade or word (null unknown), and whether anything was recorded."""

    level: str | None
    grade: int | None
    word: str | None
    collected: bool


Held = dict[tuple[str, str], dict[str, Worst]]


def _held(study: Study) -> Held:
    """Scale and variant -> subject -> its worst row."""
    found: Held = {}
    worst = study.table("adtox").filter(pl.col("WORSTFL") == "Y")
    columns = ("SCALE", "VARIANT", "USUBJID", "LEVEL", "AVAL", "AVALC", "COLLFL")
    for scale, variant, subject, level, grade, word, collected in worst.select(columns).iter_rows():
        found.setdefault((scale, variant), {})[subject] = Worst(level, grade, word, collected == "Y")
    return found


def _nothing(study: Study, stem: str, title: str, why: str = NOT_COLLECTED) -> Result:
    column = study.columns[0]
    about = Heading(f"toxicity/{stem}", title, study.safety_set, behind=(study.everyone(column),))
    return absent(about, "count", why)


def _worst(scale: str, variant: str, column: Column) -> Where:
    return (("SCALE", scale), ("VARIANT", variant), ("WORSTFL", "Y"), *INFUSED, *column.where)


def _graded(study: Study, one: Graded, held: Held) -> Iterator[Result]:
    mine = held.get((one.scale, one.variant), {})
    if not mine and not one.everybody and "adae" in study.derived:
        yield from _no_event(study, one)
        return
    if not any(row.collected for row in mine.values()):
        if one.variant == next(other.variant for other in GRADED if other.scale == one.scale):
            yield _nothing(study, one.stem, one.title)
        return
    rules = study.protocol.rules
    seen = {row.grade for row in mine.values()}
    lowest = 0 if one.everybody else 1
    for column in study.columns:
        here = _worst(one.scale, one.variant, column)
        here_graded = {who: row.grade for who, row in mine.items() if column.key in ("all", row.level)}
        grades = list(here_graded.values())
        known = any(grade is not None for grade in grades)
        of_known, n = _of_known(study, one, column, here_graded)
        for number in range(lowest, one.most + 1):
            if known and (column.key == "all" or number in seen):
                about = _heading(study, one, f"grade-{number}", f"grade {number}", column, (*here, ("AVAL", number)))
                said = f"unknown in {column.n - n}, left out" if n < column.n else ""
                note = "; ".join(word for word in (about.note, said) if word)
                about = replace(about, behind=(about.behind[0], of_known), note=note)
                yield share_count(about, grades.count(number), n, rules)
        yield from _severe(study, one, column)
        unknown = grades.count(None)
        if unknown or column.key == "all":
            about = _heading(study, one, "grade-unknown", "grade unknown", column, (*here, ("AVAL", None)))
            yield share_count(about, unknown, column.n, rules)
    yield from _not_assessed(study, one, mine)


def _of_known(study: Study, one: Graded, column: Column, grades: Mapping[str, int | None]) -> tuple[Selection, int]:
    """The subjects of whom the grade is known, or that they had no event, and how many they are."""
    everyone = study.everyone(column)
    who = {subject for subject, grade in grades.items() if grade is not None}
    if not one.everybody:
        who = set(study.index.subjects("adsl", everyone.where)) - (grades.keys() - who)
    return study.only("population", "adsl", everyone.where, who), len(who)


def _severe(study: Study, one: Graded, column: Column) -> Iterator[Result]:
    """Subjects at a severe grade or above among those of whom that is known.

    An open grade counts where even its lower end is severe, and as not severe where even its upper end is below.
    """
    rows: Where = (("SCALE", one.scale), ("VARIANT", one.variant), *INFUSED, *column.where)
    most = tuple(range(one.severe, one.most + 1))
    who = study.index.subjects("adtox", (*rows, ("AVALLO", most)))
    can_be = study.index.subjects("adtox", (*rows, ("AVALHI", (*most, None)))) - who
    seen = study.index.subjects("adtox", (*rows, ("COLLFL", "Y"))) if one.everybody else None
    counted = Selection("counted", "adtox", (*rows, ("AVALLO", most)))
    said = f"the grade of {len(can_be)} more is open and may be that high" if can_be else ""
    title = f"{one.title}, grade {one.severe} or more{column.name}"
    stem = f"{one.stem}/grade-{one.severe}-or-more"
    notes = ("" if one.everybody else NO_EVENT, said)
    yield from _share(study, stem, title, column, counted, (who, can_be, seen), notes)


def _share(
    study: Study,
    stem: str,
    title: str,
    column: Column,
    counted: Selection,
    sorted_out: tuple[frozenset[str], frozenset[str], frozenset[str] | None],
    notes: tuple[str, str],
) -> Iterator[Result]:
    """A share of the subjects of whom the answer is known.

    sorted_out   those with the answer yes; those whose answer is open; those of whom anything was recorded, None where
                 no record means no
    """
    yes, still, seen = sorted_out
    everyone = study.everyone(column)
    infused = study.index.subjects("adsl", everyone.where)
    unseen = infused - seen - yes - still if seen is not None else frozenset()
    decided = infused - still - unseen
    said = [*notes, f"nothing was recorded of {len(unseen)} more" if unseen else ""]
    about = Heading(
        f"toxicity/{stem}{column.suffix}", title, study.safety_set, column.key,
        (counted, study.only("population", "adsl", everyone.where, decided)), "; ".join(word for word in said if word),
    )  # fmt: skip
    if decided:
        yield from share(about, len(yes), len(decided), study.protocol.rules)
    else:
        yield absent(about, "count", "known of nobody")


def _not_assessed(study: Study, one: Graded, mine: dict[str, Worst]) -> Iterator[Result]:
    """Infused subjects of whom nothing was recorded that the scale reads, where there are any."""
    if not one.everybody:
        return
    column = study.columns[0]
    ids = [who for who in study.infused["USUBJID"].to_list() if who not in mine or not mine[who].collected]
    if ids:
        counted = Selection("counted", "adsl", (*INFUSED, ("USUBJID", tuple(ids))))
        title = f"{one.title}, nothing recorded"
        behind = (counted, study.everyone(column))
        about = Heading(f"toxicity/{one.stem}/not-assessed", title, study.safety_set, "all", behind)
        yield share_count(about, len(ids), column.n, study.protocol.rules)


def _heading(study: Study, one: Graded, key: str, words: str, column: Column, where: Where) -> Heading:
    return Heading(
        f"toxicity/{one.stem}/{key}{column.suffix}",
        f"{one.title}, {words}{column.name}",
        study.safety_set,
        column.key,
        (Selection("counted", "adtox", where), study.everyone(column)),
        "" if one.everybody else NO_EVENT,
    )


def _no_event(study: Study, one: Graded) -> Iterator[Result]:
    """Adverse events were collected and none is this one: zero, with its upper limit."""
    column = study.columns[0]
    where = _worst(one.scale, one.variant, column)
    about = _heading(study, one, "grade-1-or-more", "any grade", column, where)
    yield from share(about, 0, column.n, study.protocol.rules)


def _disagreement(study: Study, held: Held) -> Iterator[Result]:
    """Subjects with an event that the scales of cytokine release grade differently, in all and scale against ASTCT."""
    crs = [one for one in GRADED if one.scale == "crs"]
    if not held.get(("crs", crs[0].variant)):
        return
    rules, column = study.protocol.rules, study.columns[0]
    where: Where = (("SCALE", "crs"), ("DIFFERS", "Y"), *INFUSED)
    who = study.index.subjects("adtox", where)
    about = Heading(
        "toxicity/crs/differs", "Cytokine release syndrome that the scales grade differently", study.safety_set, "all",
        (Selection("counted", "adtox", where), study.everyone(column)), "known grades only",
    )  # fmt: skip
    yield share_count(about, len(who), column.n, rules)
    mine = held[("crs", crs[0].variant)]
    for other in crs[1:]:
        theirs = held.get(("crs", other.variant), {})
        apart = [
            subject
            for subject, row in mine.items()
            if None not in (row.grade, theirs[subject].grade) and theirs[subject].grade != row.grade
        ]
        counted = study.only("counted", "adtox", _worst("crs", other.variant, column), apart)
        title = f"{other.title}, worst grade differs from ASTCT 2019"
        about = Heading(
            f"toxicity/{other.stem}/differs-from-astct", title, study.safety_set, "all",
            (counted, study.everyone(column)), "known grades only",
        )  # fmt: skip
        yield share_count(about, len(apart), column.n, rules)


def _flag(study: Study, stem: str, scale: str, variant: str, title: str, held: Held) -> Iterator[Result]:
    # above 3 is asked only on days on which an enzyme is raised or open: on all others both readings say no
    asked = [key for key in held if key[0] == scale and (key[1] == variant or scale == "hys-law")]
    if not asked:
        if variant == next(other[2] for other in FLAGS if other[1] == scale):
            yield _nothing(study, stem, title)
        return
    for column in study.columns:
        rows: Where = (("SCALE", scale), ("VARIANT", variant), *INFUSED, *column.where)
        counted = Selection("counted", "adtox", (*rows, ("AVALC", "Y")))
        who = study.index.subjects("adtox", counted.where)
        unclear = study.index.subjects("adtox", (*rows, ("AVALC", None))) - who
        note = f"a day of {len(unclear)} more cannot be judged" if unclear else ""
        variants = tuple(sorted(key[1] for key in asked))
        seen = study.index.subjects("adtox", (("SCALE", scale), ("VARIANT", variants), *INFUSED, *column.where))
        yield from _share(study, stem, f"{title}{column.name}", column, counted, (who, unclear, seen), ("", note))
        if column.key == "all":
            about = Heading(f"toxicity/{stem}", title, study.safety_set, "all", (counted, study.everyone(column)), note)
            days = len(study.index.rows("adtox", counted.where))
            yield total(about, "days", days, len(who))


def _bands(study: Study, stem: str, scale: str, words: Sequence[str], title: str, held: Held) -> Iterator[Result]:
    mine = held.get((scale, "default"))
    if not mine:
        yield _nothing(study, stem, title)
        return
    rules = study.protocol.rules
    for column in study.columns:
        here, everyone = _worst(scale, "default", column), study.everyone(column)
        found = [row.word for row in mine.values() if column.key in ("all", row.level)]
        everybody = study.index.subjects("adsl", everyone.where)
        known = [who for who, row in mine.items() if row.word is not None and column.key in ("all", row.level)]
        of_known = study.only("population", "adsl", everyone.where, known)
        for word in (*words, None):
            unknown = everybody - set(known) if word is None else frozenset()
            if word is None and not unknown and column.key != "all":
                continue
            key = "unknown" if word is None else slug(word)
            population, n = (everyone, column.n) if word is None else (of_known, len(known))
            counted = (
                study.only("counted", "adsl", everyone.where, unknown)
                if word is None
                else Selection("counted", "adtox", (*here, ("AVALC", word)))
            )
            about = Heading(
                f"toxicity/{stem}/{key}{column.suffix}", f"{title}, {key}{column.name}", study.safety_set, column.key,
                (counted, population),
                f"nothing known of {column.n - n} more" if n < column.n else "",
            )  # fmt: skip
            yield share_count(about, len(unknown) if word is None else found.count(word), n, rules)


def _infections(study: Study, held: Held) -> Iterator[Result]:
    """Infections by site and organism, by kind and by grade: events, and subjects."""
    if "adae" not in study.derived:
        yield _nothing(study, "infection", "Infections")
        return
    rules, column = study.protocol.rules, study.columns[0]
    stem: Where = (("SCALE", "infection"), *INFUSED)
    table = study.table("adtox")
    mine = table.filter((pl.col("SCALE") == "infection") & (pl.col("SAFFL") == "Y")) if table.height else table
    everyone = study.everyone(column)
    about = Heading(
        "toxicity/infection", "Infections", study.safety_set, "all", (Selection("counted", "adtox", stem), everyone)
    )
    yield share_count(about, mine["USUBJID"].n_unique() if mine.height else 0, column.n, rules)
    yield total(about, "events", mine.height, mine["USUBJID"].n_unique() if mine.height else 0)
    if not mine.height:
        return
    pairs = mine.group_by("SITE", "ORGANISM").agg(pl.len(), pl.col("USUBJID").n_unique().alias("who"))
    for site, organism, events, who in pairs.sort("SITE", "ORGANISM", nulls_last=True).iter_rows():
        counted = Selection("counted", "adtox", (*stem, ("SITE", site), ("ORGANISM", organism)))
        said = f"{_plain(site)}, {_plain(organism)}"
        about = Heading(
            f"toxicity/infection/site/{slug(site)}/{slug(organism)}", f"Infection: {said}", study.safety_set, "all",
            (counted, everyone),
        )  # fmt: skip
        yield share_count(about, who, column.n, rules)
        yield total(about, "events", events, who)
    for key, source in (("kind", "KIND"), ("grade", "AVAL")):
        tallied = mine.group_by(source).agg(pl.len(), pl.col("USUBJID").n_unique().alias("who"))
        for value, events, who in tallied.sort(source, nulls_last=True).iter_rows():
            counted = Selection("counted", "adtox", (*stem, (source, value)))
            word = slug(None if value is None else str(value))
            about = Heading(
                f"toxicity/infection/{key}/{word}", f"Infection, {key} {word}", study.safety_set, "all",
                (counted, everyone),
            )  # fmt: skip
            yield total(about, "events", events, who)
    severe = Selection("counted", "adtox", (*stem, ("AVAL", (3, 4, 5))))
    who_severe = study.index.subjects("adtox", severe.where)
    ungraded = study.index.subjects("adtox", (*stem, ("AVAL", None))) - who_severe
    note = f"an infection of {len(ungraded)} more has no grade" if ungraded else ""
    title = "Infection of grade 3 or more"
    sorted_out = (who_severe, ungraded, None)
    yield from _share(study, "infection/grade-3-or-more", title, column, severe, sorted_out, ("", note))


def _plain(word: str | None) -> str:
    return "unknown" if word is None else word.replace("_", " ")
