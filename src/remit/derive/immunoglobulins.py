"""Concomitant drugs that bring antibodies of plasma donors: which they are, and until when a sample holds them.

Named by their ingredient or by what a site calls them; a horse or a rabbit made antithymocyte globulin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from remit.days import iso_date
from remit.derive.bounds import bounds
from remit.records import Records
from remit.records.dose_words import ONGOING

NAMES: Final = ("IMMUNOGLOBULIN", "IMMUNE GLOBULIN", "GAMMA GLOBULIN", "GAMMAGLOBULIN", "IVIG", "SCIG", "IGIV")
"""Words, in capitals, of which a name holds one."""

OTHERS: Final = ("THYMOCYTE", "LYMPHOCYTE IMMUNE GLOBULIN")
"""Words of drugs that are called a globulin and come from animals."""

PASSIVE_DAYS: Final = 180
"""A baseline is the subject's own when the last immunoglobulin lies this long back: eight half-lives of 21 days."""


def is_immunoglobulin(name: str | None) -> bool:
    """Whether a drug is pooled human immunoglobulin by its name; a drug without a name is none."""
    said = (name or "").upper()
    return any(word in said for word in NAMES) and not any(word in said for word in OTHERS)


@dataclass(frozen=True)
class Infused:
    """One immunoglobulin: its start, the earliest and the latest day that may be its last, and its record."""

    start: date | None
    ends: tuple[date, date]
    record: str


def infused_immunoglobulin(records: Records) -> dict[str, list[Infused]] | None:
    """Subject -> infused immunoglobulin: what it brings is not the subject's own; None where nobody asked for drugs."""
    if not records.collected("CM"):
        return None
    drugs = records.table("CM")
    wanted = ("CMDECOD", "CMTRT", "CMOCCUR", "CMSTDTC", "CMENDTC", "CMENRTPT", "CMENTPT")
    columns = [pl.col(c) if c in drugs.columns else pl.lit(None, pl.String).alias(c) for c in wanted]
    found: dict[str, list[Infused]] = {}
    for who, record, decoded, name, occurred, start, *end in (
        drugs.select("USUBJID", "record_id", *columns).sort("record_id").iter_rows()
    ):
        if is_immunoglobulin(decoded or name) and (occurred or "").upper() != "N":
            begun = iso_date(start).day
            found.setdefault(who, []).append(Infused(begun, _ends(begun, *end), record))
    return found


def _ends(start: date | None, end: str | None, relative: str | None, reference: str | None) -> tuple[date, date]:
    """The earliest and the latest day that an immunoglobulin may have ended; without a mark nobody knows."""
    first, last = bounds(end)
    if first is not None and last is not None:
        return first, last
    if (relative or "").upper() in ONGOING:
        return bounds(reference)[0] or date.max, date.max
    return start or date.min, date.max


def passive_antibodies(
    given: Mapping[str, Sequence[Infused]] | None, who: str, day: date | None, *, baseline: bool
) -> tuple[str, list[str]] | None:
    """Why a sample may hold antibodies of plasma donors, and the records that say so; None where it holds none.

    baseline   of a sample before treatment: immunoglobulin longer ago than PASSIVE_DAYS is gone
    """
    if given is None:
        return "immunoglobulin given, which was not collected", []
    unclear: tuple[str, list[str]] | None = None
    for one in given.get(who, ()):
        if day is None or one.start is None:
            unclear = unclear or ("immunoglobulin given, not known whether before", [one.record])
        elif one.start <= day:
            most, least = ((day - min(max(last, one.start), day)).days for last in one.ends)
            if not baseline or most < PASSIVE_DAYS:
                return "immunoglobulin given before", [one.record]
            if least < PASSIVE_DAYS:
                unclear = unclear or ("immunoglobulin given before, not known until when", [one.record])
    return unclear
