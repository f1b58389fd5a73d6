"""What a subject was taking on a given day: daily prednisone equivalent, and the drugs that remission allows if stable.

Concomitant medication is recorded as periods (CM). A subject with no record of a drug class at all is *unknown*, not
"none": a study that asked and got a no records it (CMOCCUR = N, or a period with dose 0). A subject whose periods have
all ended before the day, or start after it, takes none that day. A period without an end is running only as far as
somebody marked it as ongoing: after that it is unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from remit.criteria import TOLERANCE
from remit.derive.bounds import bounds
from remit.instruments import prednisone
from remit.records import Records
from remit.records.dose_words import ONGOING, PER_DAY

# Glucocorticoid by these routes does not count towards the daily dose (instruments: topical, inhaled, intra-articular).
LOCAL_ROUTES = {
    "TOPICAL", "CUTANEOUS", "INHALATION", "RESPIRATORY (INHALATION)", "INTRA-ARTICULAR", "INTRALESIONAL", "NASAL",
    "OPHTHALMIC", "INTRAVITREAL", "AURICULAR (OTIC)", "RECTAL",
}  # fmt: skip

CLASSES = ("GLUCOCORTICOID", "IMMUNOSUPPRESSANT", "BIOLOGIC", "ANTIMALARIAL")


# Remission allows an antimalarial, new or not; the other two only when nothing was added or increased.
REMISSION_ASKS = ("IMMUNOSUPPRESSANT", "BIOLOGIC")


@dataclass(frozen=True)
class Period:
    """One period of one drug.

    first, latest_first   the start lies between these days (equal when the date is complete); None: unknown
    last, latest_last     likewise the end; None: no limit known (`last` is then the day up to which it was running)
    amount                one administration, in `unit`, by `rate`, the code of the frequency
    daily                 amount a day in `unit`; None when dose or frequency does not say
    """

    record_id: str
    drug: str
    kind: str
    amount: float | None
    daily: float | None
    unit: str | None
    rate: str
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
        unsure = tuple(p.record_id for p, c in running if c is None and equivalent(p) != 0)
        if unsure:
            return Dose(None, "a glucocorticoid period has an incomplete date, or an end that nobody recorded", unsure)
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

    def stable(
        self, since: date | None, day: date, kinds: Collection[str] = REMISSION_ASKS
    ) -> tuple[bool | None, tuple[str, ...]]:
        """No new agent and no higher dose of a drug of these classes since then; one clear change settles it."""
        mine = [p for p in self.periods if p.kind in kinds]
        if not mine or since is None:
            return None, ()
        sources = tuple(p.record_id for p in mine)
        answers = [_unchanged(period, mine, since, day) for period in mine]
        return (False if False in answers else None if None in answers else True), sources


def _unchanged(period: Period, others: Iterable[Period], since: date, day: date) -> bool | None:
    """Whether one drug period is no addition and no increase since then; True as well where it is not running."""
    now, then = period.covers(day), period.covers(since)
    if now is False or then:
        return True
    same = [p for p in others if p.drug == period.drug and p is not period]
    before = [p for p in same if p.covers(since)]
    if then is None or any(p.covers(since) is None for p in same):
        return None
    if now is None:
        return None
    if not before:
        return False
    answers = [_no_more(period, p) for p in before]
    return True if True in answers else None if None in answers else False


def _no_more(period: Period, before: Period) -> bool | None:
    """Whether a dose is at most an earlier one; None where the two cannot be compared."""
    if (period.unit or "").lower() != (before.unit or "").lower():
        return None
    if period.daily is not None and before.daily is not None:
        return period.daily <= before.daily + TOLERANCE
    if period.rate and period.rate == before.rate and period.amount is not None and before.amount is not None:
        return period.amount <= before.amount + TOLERANCE
    return None


def equivalent(period: Period) -> float | None:
    """Prednisone equivalent of one period, mg a day; None when the drug, dose or unit is not understood."""
    if not period.taken or period.daily == 0:
        return 0.0
    if period.daily is None or period.unit is None or period.unit.lower() != "mg":
        return None
    return prednisone.equivalent(period.drug, period.daily)


def backgrounds(records: Records) -> Mapping[str, Background]:
    """Drug periods by subject, from CM; a glucocorticoid that nobody put into a class is one all the same."""
    cm = records.table("CM")
    wanted = [
        c
        for c in (
            "USUBJID", "record_id", "CMTRT", "CMDECOD", "CMCAT", "CMDOSE", "CMDOSU", "CMDOSFRQ", "CMROUTE", "CMOCCUR",
            "CMSTDTC", "CMENDTC", "CMSTRTPT", "CMENRTPT", "CMENTPT",
        )
        if c in cm.columns
    ]  # fmt: skip
    steroids = pl.coalesce("CMDECOD", "CMTRT").str.strip_chars().str.to_lowercase()
    steroids = steroids.is_in(list(prednisone.MG_EQUAL_TO_5_PREDNISONE)).fill_null(False)
    category = pl.col("CMCAT").str.strip_chars().str.to_uppercase()
    kind = (
        pl.when(category.is_in(CLASSES).fill_null(False)).then(category).when(steroids).then(pl.lit("GLUCOCORTICOID"))
    )
    rows = cm.select(*wanted, kind.alias("kind")).filter(pl.col("kind").is_not_null())
    grouped: dict[str, list[Period]] = {}
    for row in rows.iter_rows(named=True):
        grouped.setdefault(row["USUBJID"], []).append(_period(row))
    return {subject: Background(tuple(_ordered(periods))) for subject, periods in grouped.items()}


def _ordered(periods: Iterable[Period]) -> list[Period]:
    return sorted(periods, key=lambda p: (p.first or date.min, p.record_id))


def _period(row: Mapping[str, object]) -> Period:
    def text(column: str) -> str:
        value = row.get(column)
        return str(value).strip() if value is not None else ""

    dose = row.get("CMDOSE")
    amount = float(dose) if isinstance(dose, int | float) else None
    rate = text("CMDOSFRQ").upper()
    daily = None if amount is None else 0.0 if amount == 0 else amount * PER_DAY[rate] if rate in PER_DAY else None
    first, latest_first = bounds(text("CMSTDTC"))
    if first is None and text("CMSTRTPT").upper() == "BEFORE":
        first = latest_first = date.min
    last, latest_last = bounds(text("CMENDTC"))
    if last is None and rate == "ONCE":
        last, latest_last = first, latest_first
    elif last is None and latest_last is None:
        last = _running_until(text("CMENRTPT"), text("CMENTPT"), latest_first)
    return Period(
        record_id=text("record_id"),
        drug=(text("CMDECOD") or text("CMTRT")).lower(),
        kind=text("kind"),
        amount=amount,
        daily=daily,
        unit=text("CMDOSU") or None,
        rate=rate,
        local=text("CMROUTE").upper() in LOCAL_ROUTES,
        taken=text("CMOCCUR").upper() != "N",
        first=first,
        latest_first=latest_first,
        last=last,
        latest_last=latest_last,
    )


def _running_until(relative: str, reference: str, start: date | None) -> date | None:
    """The day up to which a period without an end was certainly running.

    Marked as ongoing at a day: that day; at a moment in words ("DATA CUT"): every day; not marked: its first day only.
    """
    if relative.upper() not in ONGOING:
        return start
    return bounds(reference)[0] or date.max
