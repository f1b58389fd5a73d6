"""Antibodies of earlier vaccines: concentrations by visit, and how many are and still are protective.

Who was protected before and has a later sample is asked whether it still is; others are in no denominator. A sample
taken after infused immunoglobulin says nothing about the subject's own plasma cells and is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from remit.analysis.bounded import bounded_spread
from remit.analysis.index import Where
from remit.analysis.numbers import RANGE, Heading, absent, share, spread
from remit.analysis.result import Result, Selection
from remit.analysis.study import INFUSED, Study

# code of ADIS -> segment of the id and words, in the order of a report
VACCINES: dict[str, tuple[str, str]] = {
    "TETANUS": ("tetanus", "Anti-tetanus toxoid"),
    "DIPHTH": ("diphtheria", "Anti-diphtheria toxoid"),
    "MEASLES": ("measles", "Anti-measles"),
    "RUBELLA": ("rubella", "Anti-rubella"),
    "HBSAG": ("hepatitis-b", "Anti-hepatitis B surface antigen"),
    "HIB": ("haemophilus-b", "Anti-Haemophilus influenzae b"),
    "VZV": ("varicella-zoster", "Anti-varicella zoster"),
    "PNEUMO": ("pneumococcus", "Anti-pneumococcal polysaccharide"),
}


def vaccines(study: Study) -> Iterator[Result]:
    """Each antigen that was measured; for a product of cells a row says when there is none."""
    if study.infused.height == 0:
        return
    frame = study.table("adis")
    rows = frame.filter((pl.col("PARAMCD") == "PROTECT") & (pl.col("SAFFL") == "Y")) if frame.height else frame
    if rows.height == 0:
        if study.protocol.product.source is not None:
            behind = (study.everyone(study.columns[0]),)
            title = "Antibodies of earlier vaccines, still protective"
            yield absent(Heading("vaccine/any/still-protective", title, study.safety_set, behind=behind), "proportion")
        return
    for code in VACCINES:
        mine = rows.filter(pl.col("ANTIBODY") == code)
        if mine.height:
            yield from _vaccine(study, code, mine)


def _vaccine(study: Study, code: str, rows: pl.DataFrame) -> Iterator[Result]:
    key, words = VACCINES[code]
    stem: Where = (("ANTIBODY", code), ("PARAMCD", "PROTECT"), *INFUSED)
    units = sorted(rows["AVALU"].drop_nulls().unique().to_list())
    labels = {visit.key: visit.label.lower() for visit in study.protocol.visits}
    places: list[tuple[str, str, Where]] = [("baseline", "at baseline", (("ABLFL", "Y"),))]
    places += [(v, f"at {labels[v]}", (("AVISIT", v), ("ANL01FL", "Y"), ("ONTRTFL", "Y"))) for v in labels]
    # a gather of the whole table copies its lists of records: only what is read here
    frame = study.table("adis").select("USUBJID", "AVAL", "LLOQ", "RATIO")
    for place, said, more in places:
        where = (*stem, *more)
        if not len(study.index.rows("adis", where)):
            continue
        here = frame[study.index.rows("adis", where)]
        yield from _place(study, code, (place, said, units), (where, here))
    if len(units) > 1:
        about = Heading(f"vaccine/{key}/baseline", f"{words} at baseline", study.safety_set)
        everyone = (Selection("population", "adis", stem),)
        yield absent(replace(about, behind=everyone), "median", f"recorded in {' and '.join(units)}")
    still: Where = (("ANTIBODY", code), ("PARAMCD", "STILLPRO"), *INFUSED)
    for column in study.columns:
        asked = (*still, *column.where)
        counted = Selection("counted", "adis", (*asked, ("AVALC", "Y")))
        known = Selection("population", "adis", (*asked, ("AVALC", ("Y", "N"))))
        x, n = (len(study.index.rows("adis", one.where)) for one in (counted, known))
        if n == 0 and column.key != "all":
            continue
        about = Heading(
            f"vaccine/{key}/still-protective{column.suffix}",
            f"{words}, still protective at the last sample{column.name}",
            study.safety_set,
            column.key,
            (counted, known),
            _left_out(study, asked),
        )
        yield from share(about, x, n, study.protocol.rules)


def _left_out(study: Study, asked: Where) -> str:
    """Of those protected before; who is not asked, and why."""
    reasons = Counter(
        study.table("adis")["REASON"].gather(study.index.rows("adis", (*asked, ("AVALC", None)))).to_list()
    )
    said = [f"{why} in {count}" for why, count in sorted(reasons.items())]
    return "; ".join(["of those protected before", *said])


def _place(
    study: Study, code: str, at: tuple[str, str, list[str]], found: tuple[Where, pl.DataFrame]
) -> Iterator[Result]:
    """Concentration, its share of the baseline, and who is protected, at one time."""
    key, words = VACCINES[code]
    place, said, units = at
    where, here = found
    rules = study.protocol.rules
    everyone = Selection("population", "adis", where)
    if len(units) <= 1:
        unit = f", {units[0]}" if units else ""
        title = f"{words}{unit}, {said}"
        carried = [who for who, value, limit, _ in here.iter_rows() if value is not None or limit is not None]
        counted = study.only("counted", "adis", where, carried, ("AVAL", "bounded"))
        about = Heading(f"vaccine/{key}/{place}", title, study.safety_set, behind=(counted, everyone))
        values = [(value, limit) for _, value, limit, _ in here.iter_rows()]
        yield from bounded_spread(about, values, "concentration", rules, RANGE)
        ratios = [who for who, _, _, ratio in here.iter_rows() if ratio is not None]
        if place != "baseline" and ratios:
            counted = study.only("counted", "adis", where, ratios, ("RATIO", "value"))
            title = f"{words}, times the baseline, {said}"
            about = Heading(f"vaccine/{key}-ratio/{place}", title, study.safety_set, behind=(counted, everyone))
            yield from spread(about, here["RATIO"].to_list(), "concentration", rules, RANGE)
    known = Selection("population", "adis", (*where, ("AVALC", ("Y", "N"))))
    reached = Selection("counted", "adis", (*where, ("AVALC", "Y")))
    x, n = (len(study.index.rows("adis", one.where)) for one in (reached, known))
    missing = here.height - n
    about = Heading(
        f"vaccine/{key}/protective/{place}",
        f"{words}, protective {said}",
        study.safety_set,
        behind=(reached, known),
        note=f"unknown in {missing}, left out" if missing else "",
    )
    yield from share(about, x, n, rules)
