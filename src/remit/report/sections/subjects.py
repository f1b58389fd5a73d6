"""7 Each patient: one row a subject, from the derived rows; the subject's name opens everything known of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from remit.report.material import Material
from remit.report.sections.section import Section

SIGN = {"Y": ("●", "met"), "N": ("○", "not met"), None: ("?", "not evaluable")}


def contents(m: Material) -> Mapping[str, Any]:
    """The subjects in the order of the levels, each with what their last visit says."""
    rows = m.rows("adsl", "USUBJID", "LEVEL", "SAFFL")
    names = {c.key: c for c in m.levels}
    states = [e for e in m.protocol.headline if e.kind == "state" and e.paramcd]
    if rows is None:
        return {"subjects": [], "states": states}
    last = _last(m)
    worst = _worst(m)
    people = []
    ordered = rows.sort("SAFFL", "TRT01AN", "USUBJID", descending=[True, False, False], nulls_last=True)
    for row in ordered.iter_rows(named=True):
        who = row["USUBJID"]
        mine = last.get(who, {})
        people.append(
            {
                "id": who,
                "row": row["row"],
                "level": names.get(row["LEVEL"]),
                "said": row.get("SENTENCE", ""),
                "age": _plain(row.get("AGE")),
                "sex": row.get("SEX") or "–",
                "infusions": _plain(row.get("NINFUS")),
                "followed": _one(row.get("FUPMON")),
                "infused": row["SAFFL"] == "Y",
                "sledai": (_plain(row.get("SLEDBL")), _plain(mine.get("SLEDAI"))),
                "pga": (_one(row.get("PGABL")), _one(mine.get("PGA"))),
                "steroid": (_plain(row.get("PREDBL")), _plain(mine.get("PREDEQ"))),
                "states": [SIGN[mine.get(e.paramcd)] if e.paramcd in mine else ("–", "no visit") for e in states],
                "worst": worst.get(who, "–"),
            }
        )
    return {"subjects": people, "states": states}


def _last(m: Material) -> dict[str, dict[str, Any]]:
    rows = m.rows("adrs", "LASTFL", "DEFVFL", "PARAMCD", "AVAL", "AVALC")
    if rows is None:
        return {}
    states = {e.paramcd for e in m.protocol.headline if e.kind == "state"}
    out: dict[str, dict[str, Any]] = {}
    for row in rows.filter((pl.col("LASTFL") == "Y") & (pl.col("DEFVFL") == "Y")).iter_rows(named=True):
        out.setdefault(row["USUBJID"], {})[row["PARAMCD"]] = row["AVALC"] if row["PARAMCD"] in states else row["AVAL"]
    return out


def _worst(m: Material) -> dict[str, str]:
    """The first of the worst-graded treatment-emergent events of each subject."""
    rows = m.rows("adae", "AEDECOD", "AETOXGRN", "TRTEMFL")
    if rows is None:
        return {}
    mine = rows.filter((pl.col("TRTEMFL") == "Y") & pl.col("AEDECOD").is_not_null())
    mine = mine.sort("AETOXGRN", "row", descending=[True, False], nulls_last=True)
    out: dict[str, str] = {}
    for row in mine.iter_rows(named=True):
        grade = f", grade {row['AETOXGRN']}" if row["AETOXGRN"] is not None else ""
        out.setdefault(row["USUBJID"], f"{row['AEDECOD']}{grade}")
    return out


def _plain(value: Any) -> str:
    return "–" if value is None else f"{value:g}"


def _one(value: Any) -> str:
    return "–" if value is None else f"{value:.1f}"


SUBJECTS = Section("subjects", "Each patient", "Each patient", contents)
