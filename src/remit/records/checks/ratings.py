"""Do rating forms keep to their items and scales, and agree with themselves and with the SLEDAI-2K of the visit?

Damage is irreversible (Gladman 1996, Arthritis Rheum 39:363-9): an item of the damage index that was there and is not
any more is an error at one of the two visits. A typed total is compared with what its items leave possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from remit.criteria import TOLERANCE
from remit.protocol import Protocol
from remit.records.checks.rules import noted
from remit.records.collection import Records
from remit.records.findings import Finding
from remit.records.rating_codes import BY_CATEGORY, FORMS, Item, Total
from remit.records.rating_sheets import Sheet, sheets
from remit.records.rating_values import on_scale
from remit.records.sponsor_codes import sledai_item

_FORM = {code: form.category for form in FORMS for code in form.codes}
_POINTS: dict[str, Item | Total] = {
    **{one.code: one for form in FORMS for one in form.items if one.kind in ("points", "number")},
    **{one.code: one for form in FORMS for one in form.totals},
}
_RENAL = frozenset(("gfr_below_half", "proteinuria_3_5", "end_stage_renal_disease"))
_RENAL_MOST = 3.0
# SLEDAI-2K item, form, and the parts or items of the form that show it
_SHOWN_BY: tuple[tuple[int, str, str, tuple[str, ...]], ...] = (
    (9, "Arthritis", "JOINTS 28", ("tender", "swollen")),
    (15, "Rash", "CLASI", ("erythema", "scale")),
    (16, "Alopecia", "CLASI", ("recent_hair_loss", "alopecia")),
)


def ratings(protocol: Protocol, records: Records) -> list[Finding]:
    """Codes, values, totals, damage that heals, signs that exclude each other, and items that a form contradicts."""
    rs = records.table("RS")
    mine = rs.filter(pl.col("RSCAT").is_in(list(BY_CATEGORY)) | pl.col("RSTESTCD").is_in(list(_FORM)))
    if mine.height == 0:
        return []
    found = sheets(records)
    every = [sheet for people in found.values() for course in people.values() for sheet in course]
    damage = found.get("SDI", {}).values()
    return [
        *_codes(mine),
        *_values(mine),
        *(one for sheet in every for one in _totals(sheet)),
        *(one for course in damage for one in _healed(course)),
        *(one for sheet in every for one in _both_rashes(sheet)),
        *_contradicted(rs, every),
    ]


def _codes(rows: pl.DataFrame) -> Iterator[Finding]:
    owner = pl.col("RSTESTCD").replace_strict(_FORM, default=None, return_dtype=pl.String)
    wrong = rows.with_columns(owner.alias("_owner")).filter(pl.col("RSCAT").ne_missing(pl.col("_owner")))
    for record, category, code, form in wrong.select("record_id", "RSCAT", "RSTESTCD", "_owner").iter_rows():
        if form is None:
            what = f"{code} is no item of {category}."
        else:
            what = f"{code} is an item of {form}; the category is {category or 'empty'}."
        yield noted("RS", "ITEM", what, record, "RSTESTCD" if form is None else "RSCAT")


def _values(rows: pl.DataFrame) -> Iterator[Finding]:
    scored = rows.filter(pl.col("RSTESTCD").is_in(list(_POINTS)))
    columns = ("record_id", "RSTESTCD", "RSORRES", "RSSTRESN")
    for record, code, collected, standard in scored.select(columns).iter_rows():
        about = _POINTS[code]
        typed = _number(collected)
        if collected is not None and typed is None:
            yield noted("RS", "POINTS", f'{code} is "{collected}"; {_allowed(about)}.', record, "RSORRES")
            continue
        value = standard if typed is None else typed
        if value is not None and not _fits(about, value):
            yield noted("RS", "POINTS", f"{code} is {value:g}; {_allowed(about)}.", record, "RSORRES")
        elif typed is not None and standard is not None and abs(typed - standard) > TOLERANCE:
            what = f"{code} was collected as {typed:g}; {standard:g} is recorded."
            yield noted("RS", "RESULT", what, record, "RSSTRESN")


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text.strip())
    except ValueError:
        return None


def _fits(about: Item | Total, value: float) -> bool:
    if isinstance(about, Item) and about.kind == "number":
        return 0 <= value <= about.high
    return on_scale(value, about.high, about.among if isinstance(about, Item) else ())


def _allowed(about: Item | Total) -> str:
    if isinstance(about, Item) and about.among:
        return "its points are " + ", ".join(f"{one:g}" for one in about.among)
    if isinstance(about, Item) and about.kind == "number":
        return f"it is a number from 0 to {about.high:g}"
    return f"it has whole points from 0 to {about.high:g}"


def _totals(sheet: Sheet) -> Iterator[Finding]:
    for total in sheet.form.totals:
        typed = sheet.totals.get(total.part)
        if typed is None:
            continue
        low, high = _attainable(sheet, total.part)
        if not low <= typed <= high:
            allowed = f"{low:g}" if low == high else f"{low:g} to {high:g}"
            record = sheet.records(f"total {total.part}")[-1]
            yield noted("RS", "TOTAL", f"The typed total is {typed:g}; its items give {allowed}.", record, "RSSTRESN")


def _attainable(sheet: Sheet, part: str) -> tuple[float, float]:
    """Least and most that the items of a part give, with what is not assessed at 0 and at its most."""
    ends = []
    for worst in (False, True):
        value = {
            item.name: (item.high if worst else 0.0) if (known := sheet.value(item)) is None else known
            for item in sheet.of(part)
        }
        if sheet.form.category == "SDI":
            renal = sum(value[name] for name in _RENAL)
            ends.append(sum(value.values()) - renal + min(renal, _RENAL_MOST))
        elif part == "damage":
            again = value.pop("lasts_a_year")
            pigment = sum(points for name, points in value.items() if name.startswith("dyspigmentation"))
            ends.append(sum(value.values()) + pigment * again)
        else:
            ends.append(sum(value.values()))
    return ends[0], ends[1]


def _healed(course: Sequence[Sheet]) -> Iterator[Finding]:
    """Items of the damage index that fall from one dated sheet to a later one."""
    most: dict[str, float] = {}
    for sheet in course:
        for item in sheet.of("damage") if sheet.day is not None else ():
            value = sheet.value(item)
            if value is None:
                continue
            before = most.get(item.name, 0.0)
            if value < before:
                what = f"{item.test.capitalize()} was {before:g} before and is {value:g}; damage does not heal."
                yield noted("RS", "HEALED", what, _row_of(sheet, item), "RSORRES")
            most[item.name] = max(before, value)


def _row_of(sheet: Sheet, item: Item) -> str:
    """The record that says an item's value: its own, or that of the closing question."""
    own = sheet.rows.get(item.name)
    return own if own is not None else sheet.records(f"closing {item.part}")[-1]


def _both_rashes(sheet: Sheet) -> Iterator[Finding]:
    if sheet.form.category == "SLE-DAS" and {"localized_rash", "generalized_rash"} <= sheet.present("flags"):
        what = "A localized and a generalized rash are both present; the generalized one counts alone."
        yield noted("RS", "EXCLUSIVE", what, sheet.rows["localized_rash"], "RSORRES")


def _contradicted(rs: pl.DataFrame, every: Sequence[Sheet]) -> Iterator[Finding]:
    """SLEDAI-2K items that are present on a day on which a whole form shows no sign of them."""
    items = {sledai_item(number): number for number, *_ in _SHOWN_BY}
    present = rs.filter(pl.col("RSTESTCD").is_in(list(items)) & (pl.col("RSORRES") == "PRESENT"))
    said: Mapping[tuple[str, float | None, int], str] = {
        (who, visit, items[code]): record
        for who, visit, code, record in present.select("USUBJID", "VISITNUM", "RSTESTCD", "record_id").iter_rows()
    }
    for sheet in every:
        for number, name, category, signs in _SHOWN_BY:
            record = said.get((sheet.subject, sheet.visitnum, number))
            if record is None or sheet.form.category != category or sheet.visitnum is None:
                continue
            shown = [item for part in sheet.form.parts for item in sheet.of(part) if item.name.startswith(signs)]
            counted = [sheet.totals[sign] for sign in signs if sign in sheet.totals]
            none = all(sheet.value(item) == 0 for item in shown) or (len(counted) == len(signs) and not any(counted))
            if none and not any(sheet.items.get(item.name) for item in shown) and not any(counted):
                what = f"{name} is present in the SLEDAI-2K; {category} of the visit shows none."
                yield noted("RS", "NOT-SHOWN", what, record, "RSORRES")
