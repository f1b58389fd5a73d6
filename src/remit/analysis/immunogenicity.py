"""Antibodies against the product: how many had one before, how many got one or more of it, and how much of it.

A subject who was not tested is unknown: it is in no denominator, and the note says how many there are. Treatment-
emergent is induced (none before) or boosted (several times the titer before); the margin is part of the id where it is
not ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from remit.analysis.index import Where
from remit.analysis.numbers import RANGE, Heading, absent, proportion, share, share_count, spread
from remit.analysis.result import Result, Selection
from remit.analysis.study import INFUSED, Column, Study

# code of ADIS -> segment of the id and words, in the order of a report; the first two are expected of a cell product
ANTIBODIES: dict[str, tuple[str, str]] = {
    "ANTICAR": ("anti-car", "Anti-CAR antibody"),
    "DSA": ("donor-specific-hla", "Donor-specific HLA antibody"),
    "ANTICARN": ("neutralizing-anti-car", "Neutralizing anti-CAR antibody"),
    "HLA1": ("hla-class-1", "HLA class I antibody"),
    "HLA2": ("hla-class-2", "HLA class II antibody"),
}
OURS, OTHER = "4-fold", "2-fold"


def immunogenicity(study: Study) -> Iterator[Result]:
    """Each antibody by level; for a product of cells a row says which of the two expected ones was not collected."""
    if study.infused.height == 0:
        return
    frame = study.table("adis")
    tested = set(frame.filter(pl.col("PARCAT1") == "PRODUCT")["ANTIBODY"].to_list()) if frame.height else set()
    source = study.protocol.product.source
    expected = {None: (), "autologous": ("ANTICAR",), "allogeneic": ("ANTICAR", "DSA")}[source]
    for code, (key, words) in ANTIBODIES.items():
        if code in tested:
            for column in study.columns:
                yield from _antibody(study, code, column)
            yield from _amounts(study, code)
        elif code in expected:
            behind = (study.everyone(study.columns[0]),)
            about = Heading(f"immunogenicity/{key}/emergent", f"{words}, treatment-emergent", study.safety_set)
            yield absent(replace(about, behind=behind), "proportion")


def _antibody(study: Study, code: str, column: Column) -> Iterator[Result]:
    key, words = ANTIBODIES[code]
    stem: Where = (("ANTIBODY", code), *INFUSED, *column.where)
    rules = study.protocol.rules

    def about(part: str, said: str, behind: tuple[Selection, ...], note: str = "") -> Heading:
        id = f"immunogenicity/{key}/{part}{column.suffix}"
        return Heading(id, f"{words}, {said}{column.name}", study.safety_set, column.key, behind, note)

    def counted(heading: Heading, x: int, n: int) -> tuple[Result, ...]:
        # a level's share is printed with its count; its interval would be that of one to a few
        return share(heading, x, n, rules) if column.key == "all" else (share_count(heading, x, n, rules),)

    for paramcd, part, said in (
        ("BEFORE", "before", "before the first infusion"),
        ("AFTER", "after", "after the first infusion"),
    ):
        where: Where = (*stem, ("PARAMCD", paramcd))
        found = Selection("counted", "adis", (*where, ("AVALC", "Y")))
        known = Selection("population", "adis", (*where, ("AVALC", ("Y", "N"))))
        x, n = (len(study.index.rows("adis", one.where)) for one in (found, known))
        tested = (replace(known, role="counted"), study.everyone(column))
        yield share_count(about(f"tested-{part}", f"tested {said}", tested), n, column.n, rules)
        yield from counted(about(part, f"found {said}", (found, known), _unknown(column, n)), x, n)
    for margin, suffix in ((OURS, ""), (OTHER, f"-{OTHER}")):
        where = (*stem, ("PARAMCD", "EMERGENT"), ("VARIANT", margin))
        known = Selection("population", "adis", (*where, ("AVALC", ("Y", "N"))))
        n = len(study.index.rows("adis", known.where))
        note = "; ".join(part for part in (_unknown(column, n), f"{margin} margin of a boost") if part)
        found = Selection("counted", "adis", (*where, ("AVALC", "Y")))
        x = len(study.index.rows("adis", found.where))
        title = "treatment-emergent" if margin == OURS else f"treatment-emergent with a {margin} margin"
        if margin == OTHER and column.key != "all":
            continue
        yield from counted(about(f"emergent{suffix}", title, (found, known), note), x, n)
        for kind in ("induced", "boosted") if margin == OURS else ():
            one = Selection("counted", "adis", (*where, ("KIND", kind)))
            here = about(kind, kind, (one, known), note)
            yield share_count(here, len(study.index.rows("adis", one.where)), n, rules)


def _unknown(column: Column, known: int) -> str:
    missing = column.n - known
    return f"not tested or not clear in {missing} of {column.n}, left out" if missing else ""


def _amounts(study: Study, code: str) -> Iterator[Result]:
    """Titers and days of those in whom the antibody was found after the first infusion, and whether it stayed."""
    key, words = ANTIBODIES[code]
    frame = study.table("adis").select("USUBJID", "AVAL", "AVALU")
    stem: Where = (("ANTIBODY", code), *INFUSED)
    after = Selection("population", "adis", (*stem, ("PARAMCD", "AFTER"), ("AVALC", "Y")))
    who = tuple(sorted(study.index.subjects("adis", after.where)))
    if not who:
        return
    for paramcd, part, said, quantity in (
        ("PEAK", "peak-titer", "highest titer after the first infusion", "titer"),
        ("ONSET", "onset-day", "day first found after the first infusion", "days"),
    ):
        where: Where = (*stem, ("PARAMCD", paramcd))
        rows = frame[study.index.rows("adis", where)]
        if rows.height == 0:
            continue
        units = sorted(rows["AVALU"].drop_nulls().unique().to_list())
        unit = f", {units[0]}" if paramcd == "PEAK" and len(units) == 1 else ""
        counted = study.only("counted", "adis", where, rows.drop_nulls("AVAL")["USUBJID"].to_list(), ("AVAL", "value"))
        title = f"{words}, {said}{unit}"
        about = Heading(f"immunogenicity/{key}/{part}", title, study.safety_set, behind=(counted, after))
        if len(units) > 1:
            yield absent(about, "median", f"recorded in {' and '.join(units)}")
            continue
        yield from spread(about, rows["AVAL"].to_list(), quantity, study.protocol.rules, RANGE)
    where = (*stem, ("PARAMCD", "LAST"), ("USUBJID", who))
    last = Selection("counted", "adis", (*where, ("AVALC", "Y")))
    known = Selection("population", "adis", (*where, ("AVALC", ("Y", "N"))))
    x, n = (len(study.index.rows("adis", one.where)) for one in (last, known))
    title = f"{words}, still found in the last test"
    about = Heading(f"immunogenicity/{key}/still-found", title, study.safety_set, behind=(last, known))
    yield proportion(replace(about, note="of those in whom it was found after the first infusion"), x, n,
                     study.protocol.rules)  # fmt: skip
