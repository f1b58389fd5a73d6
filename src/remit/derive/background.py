"""What a subject was taking on a given day: daily prednisone equivalent, and the drugs that remission allows if stable.

Concomitant medication is recorded as periods (CM). A subject with no record of a drug class at all is *unknown*, not
"none": a study that asked and got a no records it (CMOCCUR = N, or a period with dose 0). A subject whose periods have
all ended before the day, or start after it, takes none that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from remit.days import iso_date
from remit.instruments import prednisone
from remit.records import Records

# Glucocorticoid by these routes does not count towards the daily dose (instruments: topical, inhaled, intra-articular).
LOCAL_ROUTES = {"TOPICAL", "INHALATION", "RESPIRATORY (INHALATION)", "INTRA-ARTICULAR", "NASAL", "OPHTHALMIC", "RECTAL"}

# Doses a day by frequency code (CDISC FREQ); anything else makes the daily dose unknown.
PER_DAY = {"QD": 1.0, "BID": 2.0, "TID": 3.0, "QID": 4.0, "QOD": 0.5, "EVERY OTHER DAY": 0.5, "DAILY": 1.0, "ONCE": 1.0}

CLASSES = ("GLUCOCORTICOID", "IMMUNOSUPPRESSANT", "BIOLOGIC", "ANTIMALARIAL")


@dataclass(frozen=True)
class Period:
    """One period of one drug.

    first, latest_first   the start lies between these days (equal when the date is complete); None: unknown
    last, latest_last     likewise the end; both None: still open
    daily                 amount a day in `unit`; None when dose, unit or frequency does not say
    """

    record_id: str
    drug: str
    kind: str
    daily: float | None
    unit: str | None
    local: bool
    taken: bool
    first: date | None
    latest_first: date | None
    last: date | None
    latest_last: date | None

    def covers(self, day: date) -> bool | None:
        """Whether the drug was being taken that day; None when partial dates do not say."""
        if not self.taken:
            return False
        if self.first is not None and day < self.first:
            return False
        if self.latest_last is not None and day > self.latest_last:
            return False
        if self.latest_first is None or day < self.latest_first:
            return None
        if self.last is not None and day > self.last:
            return None
        return True


@dataclass(frozen=True)
class Dose:
    """Daily prednisone equivalent in mg; None is unknown, and `why` says what is missing."""

    mg: float | None
    why: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Background:
    """All recorded drug periods of one subject, in the classes that activity states ask about."""

    periods: tuple[Period, ...]

    def _of(self, kind: str) -> list[Period]:
        return [p for p in self.periods if p.kind == kind]

    def steroid(self, day: date) -> Dose:
        """The glucocorticoid dose in force on `day`."""
        mine = [p for p in self._of("GLUCOCORTICOID") if not p.local]
        if not mine:
            return Dose(None, "no glucocorticoid record for the subject", ())
        running = [(p, p.covers(day)) for p in mine]
        unsure = [p for p, c in running if c is None]
        if unsure:
            return Dose(None, "a glucocorticoid period has an incomplete date", tuple(p.record_id for p in unsure))
        total, sources = 0.0, []
        for period in (p for p, c in running if c):
            sources.append(period.record_id)
            amount = equivalent(period)
            if amount is None:
                return Dose(None, "a glucocorticoid period has no usable dose", (period.record_id,))
            total += amount
        if not sources:
            # Off steroids: the periods that ended (or have not begun) are the evidence.
            sources = [p.record_id for p in mine]
        return Dose(total, "", tuple(sources))

    def taking(self, kind: str, day: date) -> tuple[bool | None, tuple[str, ...]]:
        """Whether any drug of a class was in force on `day`, and the records that say so."""
        mine = self._of(kind)
        if not mine:
            return None, ()
        states = [(p, p.covers(day)) for p in mine]
        on = tuple(p.record_id for p, c in states if c)
        if on:
            return True, on
        everything = tuple(p.record_id for p in mine)
        return (None if any(c is None for _, c in states) else False), everything

    def stable(self, since: date | None, day: date) -> tuple[bool | None, tuple[str, ...]]:
        """No new agent and no higher dose of an immunosuppressant, biologic or antimalarial since then."""
        mine = [p for kind in CLASSES[1:] for p in self._of(kind)]
        if not mine or since is None:
            return None, ()
        sources = tuple(p.record_id for p in mine)
        now = [p for p in mine if p.covers(day)]
        if any(p.covers(day) is None or p.covers(since) is None for p in mine):
            return None, sources
        for period in now:
            before = [p for p in mine if p.drug == period.drug and p.covers(since)]
            if not before:
                return False, sources
            if period in before:
                continue
            amounts = [p.daily for p in before]
            if period.daily is None or any(a is None for a in amounts):
                return None, sources
            if period.daily > max(a for a in amounts if a is not None):
                return False, sources
        return True, sources


def equivalent(period: Period) -> float | None:
    """Prednisone equivalent of one period, mg a day; None when the drug, dose or unit is not understood."""
    if period.daily == 0:
        return 0.0
    if period.daily is None or period.unit is None or period.unit.lower() != "mg":
        return None
    return prednisone.equivalent(period.drug, period.daily)


def backgrounds(records: Records) -> Mapping[str, Background]:
    """Drug periods by subject, from CM. Subjects without CM records are absent."""
    cm = records.table("CM")
    wanted = [
        c
        for c in (
            "USUBJID", "record_id", "CMTRT", "CMDECOD", "CMCAT", "CMDOSE", "CMDOSU", "CMDOSFRQ", "CMROUTE", "CMOCCUR",
            "CMSTDTC", "CMENDTC", "CMSTRTPT",
        )
        if c in cm.columns
    ]  # fmt: skip
    grouped: dict[str, list[Period]] = {}
    for row in cm.filter(pl.col("CMCAT").is_in(CLASSES)).select(wanted).iter_rows(named=True):
        grouped.setdefault(row["USUBJID"], []).append(_period(row))
    return {subject: Background(tuple(_ordered(periods))) for subject, periods in grouped.items()}


def _ordered(periods: Iterable[Period]) -> list[Period]:
    return sorted(periods, key=lambda p: (p.first or date.min, p.record_id))


def _period(row: Mapping[str, object]) -> Period:
    def text(column: str) -> str:
        value = row.get(column)
        return str(value).strip() if value is not None else ""

    dose = row.get("CMDOSE")
    rate = PER_DAY.get(text("CMDOSFRQ").upper())
    daily = float(dose) * rate if isinstance(dose, int | float) and rate is not None else None
    if isinstance(dose, int | float) and dose == 0:
        daily = 0.0
    first, latest_first = _bounds(text("CMSTDTC"))
    if first is None and text("CMSTRTPT").upper() == "BEFORE":
        first = latest_first = date.min
    last, latest_last = _bounds(text("CMENDTC"))
    return Period(
        record_id=text("record_id"),
        drug=(text("CMDECOD") or text("CMTRT")).lower(),
        kind=text("CMCAT"),
        daily=daily,
        unit=text("CMDOSU") or None,
        local=text("CMROUTE").upper() in LOCAL_ROUTES,
        taken=text("CMOCCUR").upper() != "N",
        first=first,
        latest_first=latest_first,
        last=last,
        latest_last=latest_last,
    )


def _bounds(text: str) -> tuple[date | None, date | None]:
    """Earliest and latest day that an ISO 8601 text allows; (None, None) when it says nothing."""
    day, precision = iso_date(text)
    if day is not None:
        return day, day
    if precision == "month":
        year, month = int(text[:4]), int(text[5:7])
        following = date(year + month // 12, month % 12 + 1, 1)
        return date(year, month, 1), date.fromordinal(following.toordinal() - 1)
    if precision == "year":
        return date(int(text[:4]), 1, 1), date(int(text[:4]), 12, 31)
    return None, None
