"""What a rating form of RS holds on one day of one subject: items, closed parts, typed totals, and the records of each.

This is the bridge from rows to the inputs of the instruments in `derive.ratings`. It scores nothing. An item without
a row is not assessed, unless the closing question says that everything else was looked at and is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from remit.days import day_of
from remit.records.collection import Records
from remit.records.rating_codes import BY_CATEGORY, FORMS, Form, Item
from remit.records.rating_values import number, on_scale, truth, worth

_FORM_OF = {code: form.category for form in FORMS for code in form.codes}
_ITEMS = {item.code: item for form in FORMS for item in form.items}
_CLOSINGS = {closing.code: closing for form in FORMS for closing in form.closings}
_TOTALS = {total.code: total for form in FORMS for total in form.totals}

_WANTED = ("USUBJID", "RSDTC", "VISITNUM", "RSSEQ", "RSTESTCD", "RSORRES", "RSSTRESN", "RSSTRESC", "record_id")


@dataclass(frozen=True)
class Sheet:
    """One form on one day of one subject.

    Of several answers to one item on one day the last known one stands, in order of visit, then of sequence number.

    day       None where the date is not complete
    items     value by name of what has a known answer; presence and yes-no are 1 and 0
    unknown   names of items that have a row and no answer
    closed    parts of which everything without a row is known not to be there
    totals    typed totals by part
    evidence  record ids by part, its closing question and typed total included; those two also alone, as
              `closing <part>` and `total <part>`
    rows      record id by name of the item: the row that stands
    """

    subject: str
    day: date | None
    visitnum: float | None
    form: Form
    items: Mapping[str, float]
    unknown: frozenset[str]
    closed: frozenset[str]
    totals: Mapping[str, float]
    evidence: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, str]

    def value(self, item: Item) -> float | None:
        """The item's value; 0 where its part is closed and no row left it open, None when not assessed."""
        if item.name in self.items:
            return self.items[item.name]
        closed = item.part in self.closed and item.kind != "yes-no"
        return 0.0 if closed and item.name not in self.unknown else None

    def of(self, part: str) -> tuple[Item, ...]:
        """The items of a part, in the form's order."""
        return self.form.parts.get(part, ())

    def said(self, part: str) -> list[Item]:
        """The items of a part that were found and are more than 0."""
        found = sorted(self.form.places[name] for name, value in self.items.items() if value)
        return [item for _, item in found if item.part == part]

    def present(self, part: str) -> frozenset[str]:
        """Names of the items of a part that are there."""
        return frozenset(item.name for item in self.said(part))

    def missing(self, part: str) -> tuple[str, ...]:
        """Names of the items of a part that were not assessed, in the form's order."""
        if part in self.closed and not self.unknown:
            return ()
        return tuple(item.name for item in self.of(part) if self.value(item) is None)

    def truth(self, name: str) -> bool | None:
        """A yes-no answer."""
        return bool(self.items[name]) if name in self.items else None

    def rated(self, part: str) -> bool:
        """Whether the form has any row about a part, even one that says that it was not done."""
        return part in self.evidence

    def records(self, *parts: str) -> tuple[str, ...]:
        """Record ids of the parts."""
        return tuple(record for part in parts for record in self.evidence.get(part, ()))


def sheets(
    records: Records, categories: Iterable[str] = tuple(BY_CATEGORY)
) -> Mapping[str, Mapping[str, tuple[Sheet, ...]]]:
    """Forms by category, then by subject, each in order of day (undated last). Empty when no form was recorded.

    What was recorded on one day is one sheet, whatever visit it was recorded under; rows without a full date are kept
    together by what their date says and their visit.
    """
    rs = records.table("RS")
    rs = rs.filter(pl.col("RSTESTCD").is_in([code for name in categories for code in BY_CATEGORY[name].codes]))
    if rs.height == 0:
        return {}
    out: dict[str, dict[str, list[Sheet]]] = {}
    for rows in _grouped(rs):
        one = _sheet(rows)
        out.setdefault(one.form.category, {}).setdefault(one.subject, []).append(one)
    return {form: {who: tuple(found) for who, found in people.items()} for form, people in out.items()}


def _grouped(rs: pl.DataFrame) -> Iterator[Sequence[Mapping[str, object]]]:
    """Rows of one sheet at a time, sheets in order of subject and day."""
    rs = rs.with_columns(pl.lit(None, pl.String).alias(c) for c in _WANTED if c not in rs.columns).select(_WANTED)
    day = pl.col("_day")
    rs = rs.with_columns(
        day_of("RSDTC").alias("_day"),
        pl.col("VISITNUM").cast(pl.Float64).alias("_visitnum"),
        pl.col("RSTESTCD").replace_strict(_FORM_OF, return_dtype=pl.String).alias("_form"),
    ).with_columns(
        pl.when(day.is_null()).then(pl.col("RSDTC").str.strip_chars().fill_null("")).alias("_text"),
        pl.when(day.is_null()).then("_visitnum").alias("_visit"),
    )
    sheet = ("USUBJID", "_form", "_day", "_text", "_visit")
    rs = rs.sort(*sheet, "_visitnum", "RSSEQ", "record_id", nulls_last=True)
    held: list[Mapping[str, object]] = []
    last: tuple[object, ...] | None = None
    for row in rs.iter_rows(named=True):
        key = tuple(row[c] for c in sheet)
        if held and key != last:
            yield held
            held = []
        held.append(row)
        last = key
    yield held


def _sheet(rows: Sequence[Mapping[str, object]]) -> Sheet:
    items: dict[str, float] = {}
    asked: set[str] = set()
    closed: dict[str, bool] = {}
    totals: dict[str, float] = {}
    evidence: dict[str, dict[str, None]] = {}
    stands: dict[str, str] = {}
    visitnum: float | None = None
    for row in rows:
        code, visitnum = str(row["RSTESTCD"]), _float(row["_visitnum"]) or visitnum
        collected, word, standard = _text(row["RSORRES"]), _text(row["RSSTRESC"]), _float(row["RSSTRESN"])
        if code in _ITEMS:
            item = _ITEMS[code]
            parts: tuple[str, ...] = (item.part,)
            asked.add(item.name)
            value = worth(item, collected, word, standard)
            if value is not None or item.name not in items:
                stands[item.name] = str(row["record_id"])
            if value is not None:
                items[item.name] = value
        elif code in _CLOSINGS:
            parts, said = _CLOSINGS[code].parts, truth(collected, word)
            closed.update({} if said is None else dict.fromkeys(parts, said))
            parts = (*parts, *(f"closing {part}" for part in parts))
        else:
            total = _TOTALS[code]
            parts, value = (total.part, f"total {total.part}"), number(collected, standard)
            if value is not None and on_scale(value, total.high):
                totals[total.part] = value
        for part in parts:
            evidence.setdefault(part, {})[str(row["record_id"])] = None
    first, day = rows[0], rows[0]["_day"]
    return Sheet(
        subject=str(first["USUBJID"]),
        day=day if isinstance(day, date) else None,
        visitnum=visitnum,
        form=BY_CATEGORY[str(first["_form"])],
        items=items,
        unknown=frozenset(asked - items.keys()),
        closed=frozenset(part for part, said in closed.items() if said),
        totals=totals,
        evidence={part: tuple(found) for part, found in evidence.items()},
        rows=stands,
    )


def _text(cell: object) -> str | None:
    return None if cell is None else str(cell)


def _float(cell: object) -> float | None:
    return float(cell) if isinstance(cell, int | float) else None
