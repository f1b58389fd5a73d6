"""Serological remission on every day with an antibody or complement result: anti-dsDNA, C3 and C4 within their limits.

Each value is compared with the limit of the laboratory that measured it. What was not measured that day is unknown.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from remit.derive.supplements import Line, asking, parameter, variants_of
from remit.instruments import serology
from remit.protocol import Protocol

INSTRUMENT = "serology"
DSDNA, C3, C4 = "DSDNA", "C3", "C4"
CODES = (DSDNA, C3, C4)
RAISED = {"HIGH": True, "NORMAL": False, "LOW": False, "POSITIVE": True, "NEGATIVE": False}


def serological(protocol: Protocol, adlb: pl.DataFrame) -> list[Line]:
    """One line per day and endpoint; nothing where no endpoint asks for it."""
    endpoints = asking(protocol, INSTRUMENT)
    if not endpoints:
        return []
    rows = adlb.filter(pl.col("PARAMCD").is_in(CODES) & pl.col("ADT").is_not_null())
    columns = (
        "USUBJID", "ADT", "PARAMCD", "AVAL", "AVALC", "ANRLO", "ANRHI", "ANRIND", "BLQFL", "LLOQ", "VISITNUM",
        "sources",
    )  # fmt: skip
    days: dict[tuple[str, date], dict[str, dict[str, object]]] = {}
    for row in rows.select(columns).iter_rows(named=True):
        # the last of a day stands
        days.setdefault((row["USUBJID"], row["ADT"]), {})[row["PARAMCD"]] = row
    lines = []
    for (subject, day), found in days.items():
        answer = serology.judge(_visit(found))
        visitnum = next((float(str(row["VISITNUM"])) for row in found.values() if row["VISITNUM"] is not None), None)
        sources = tuple(record for row in found.values() for record in _ids(row["sources"]))
        lines += [
            Line(subject, day, visitnum, parameter(endpoint, variant), answer.met, answer.because, sources)
            for endpoint in endpoints
            for variant in variants_of(endpoint)
        ]
    return lines


def _visit(found: dict[str, dict[str, object]]) -> serology.Serology:
    antibody = found.get(DSDNA, {})
    word = str(antibody.get("ANRIND") or antibody.get("AVALC") or "").strip().upper()
    return serology.Serology(
        dsdna=_value(antibody),
        dsdna_uln=_number(antibody.get("ANRHI")),
        c3=_value(found.get(C3, {})),
        c3_lln=_number(found.get(C3, {}).get("ANRLO")),
        c4=_value(found.get(C4, {})),
        c4_lln=_number(found.get(C4, {}).get("ANRLO")),
        dsdna_positive=RAISED.get(word),
    )


def _value(row: dict[str, object]) -> float | None:
    """The number, or the limit of quantification that it lies below."""
    value = _number(row.get("AVAL"))
    return _number(row.get("LLOQ")) if value is None and row.get("BLQFL") == "Y" else value


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _ids(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
