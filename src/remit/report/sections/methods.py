"""8 How it was done: definitions, sets with reasons, assumptions, findings, methods, manifest, results by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from remit.analysis.result import Result
from remit.report.material import Material
from remit.report.sections.section import Section
from remit.report.words import MISSING, methods_said, sentence, variant_word

SEVERITIES = ("error", "warning", "note")
FINDINGS_SHOWN = 200
INTERVALS = {
    "clopper-pearson": "exact (Clopper–Pearson)",
    "wilson": "Wilson",
    "jeffreys": "Jeffreys",
    "mid-p": "mid-P",
    "blaker": "Blaker",
}


def contents(m: Material) -> Mapping[str, Any]:
    """What a reader needs to do it again."""
    notes = m.shelf.notes()
    noted = [(number, r, sentence(r, m.protocol)) for id, number in notes.items() if (r := m.shelf.get(id)) is not None]
    return {
        "definitions": _definitions(m),
        "sets": _left_out(m),
        "conventions": _conventions(m),
        "findings": [[f for f in m.findings if f.severity == severity] for severity in SEVERITIES],
        "shown_findings": FINDINGS_SHOWN,
        "methods": methods_said(r.method for r in m.shelf.all()),
        "noted": noted,
        "others": _others(m, set(notes)),
    }


def _definitions(m: Material) -> list[dict[str, Any]]:
    return [
        {
            "label": e.label,
            "instrument": e.instrument,
            "variant": variant_word(e.variant),
            "others": [variant_word(v) for v in e.variants],
            "missing": MISSING.get(e.missing, e.missing),
            "population": next((s.label for s in m.protocol.analysis_sets if s.key == e.population), e.population),
        }
        for e in m.protocol.endpoints
        if e.instrument
    ]


def _left_out(m: Material) -> list[dict[str, Any]]:
    """Per analysis set and group: who is out or not known to be in, under each reason."""
    rows = m.rows("adset", "SET", "KIND", "IN", "REASON")
    labels = {s.key: s.label for s in m.protocol.analysis_sets} | {
        g.key: f"Group: {g.label}" for g in m.protocol.groups
    }
    out = []
    for key, label in labels.items():
        reasons: dict[str, list[str]] = {}
        if rows is not None:
            for row in rows.filter((pl.col("SET") == key) & ((pl.col("IN") != "Y") | pl.col("IN").is_null())).iter_rows(
                named=True
            ):
                reasons.setdefault(row["REASON"] or "no reason recorded", []).append(row["USUBJID"])
        count = (
            f"disposition/set/{key}/count" if m.shelf.has(f"disposition/set/{key}/count") else f"efficacy/{key}/count"
        )
        out.append({"label": label, "count": m.shelf.fraction(count), "reasons": reasons})
    return out


def _conventions(m: Material) -> list[tuple[str, str]]:
    rules = m.protocol.rules
    said = [
        ("Month", f"{rules.month_days} days" if rules.month == "days" else "calendar months"),
        ("Study day", f"the {m.start} is day 0; in CDISC --DY variables it is day 1"),
        ("Follow-up", f"from the {m.start} to the {rules.follow_up_to.replace('-', ' ')}"),
        ("Treatment-emergent", f"from {rules.treatment_emergent_from.replace('-', ' ')} on"),
        ("Baseline", f"the last value {rules.baseline.replace('-', ' ')}"),
        ("Confidence intervals", f"{INTERVALS.get(rules.interval, rules.interval)}, {rules.interval_level * 100:g} %"),
        ("Rounding", f"at printing only, {rules.rounding.replace('-', ' ')}"),
        ("Unknown", "a value that was not assessed is a third answer: never no, never normal, never zero"),
    ]
    if m.protocol.dlt is not None:
        said.append(
            ("DLT window", f"{m.protocol.dlt.window_days} days from the {m.protocol.dlt.anchor.replace('-', ' ')}")
        )
    return said


def _others(m: Material, noted: set[str]) -> dict[str, list[Result]]:
    """The results without a note, by the first word of their id."""
    out: dict[str, list[Result]] = {}
    for result in m.shelf.all():
        if result.id not in noted:
            out.setdefault(result.id.split("/")[0], []).append(result)
    return out


METHODS = Section("methods", "How it was done", "Methods", contents)
