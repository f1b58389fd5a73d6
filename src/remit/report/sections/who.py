"""1 Who: the flow of subjects, and what they were like at baseline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from remit.report.material import Material
from remit.report.sections.section import Section
from remit.report.tables import FOOT, Cell, Row, Table

MEASURES = (
    ("age-years", "Age, years"),
    ("disease-duration-years", "Disease duration, years"),
    ("weight-kg", "Weight, kg"),
    ("bsa-m2", "Body surface, m²"),
    ("sledai-2k", "SLEDAI-2K"),
    ("pga", "Physician global assessment (0–3)"),
    ("prednisone-mg", "Prednisone equivalent, mg/d"),
    ("sdi", "Damage index (SLICC/ACR)"),
    ("eular-acr-2019-score", "EULAR/ACR 2019, points established"),
    ("acr-1997-score", "ACR 1997 criteria met"),
)
WORDS = {
    "sex": {"f": "Women", "m": "Men", "u": "Sex unknown", "unknown": "Sex unknown"},
    "dsdna-raised": "Anti-dsDNA raised",
    "complement-low": "C3 or C4 low",
    "eular-acr-2019": "Lupus by EULAR/ACR 2019",
    "acr-1997": "Lupus by ACR 1997",
}
# Sets that are boxes of the flow already.
SHOWN_ABOVE = {"screened", "enrolled", "conditioned"}
LEAVING = (
    ("ongoing", "in follow-up"),
    ("completed", "completed"),
    ("discontinued", "left the study"),
    ("died", "of these died"),
)


def contents(m: Material) -> Mapping[str, Any]:
    """The flow as steps, the analysis sets, and the baseline table."""
    return {"steps": _steps(m), "levels": m.levels, "leaving": _leaving(m), "sets": _sets(m), "baseline": baseline(m)}


def _steps(m: Material) -> list[dict[str, Any]]:
    s = m.shelf
    steps = []
    for key, label, out in (
        ("screened", "Screened", "not-enrolled"),
        ("enrolled", "Enrolled", "not-conditioned"),
        ("conditioned", "Conditioned", "not-infused"),
        ("infused", m.treated.capitalize(), ""),
    ):
        if key == "conditioned" and not m.protocol.conditioning:
            continue
        if s.has(f"disposition/{key}/count"):
            lost = [
                (_reason(r.id, out), s.fraction(r.id))
                for r in (s.under(f"disposition/{out}/", "/count") if out else ())
                if s.positive(r.id)
            ]
            steps.append({"label": label, "count": s.fraction(f"disposition/{key}/count"), "lost": lost})
    return steps


def _reason(id: str, out: str) -> str:
    return id.removeprefix(f"disposition/{out}/").removesuffix("/count").replace("-", " ")


def _leaving(m: Material) -> list[tuple[str, Markup]]:
    s = m.shelf
    return [
        (label, s.fraction(f"disposition/{key}/count")) for key, label in LEAVING if s.has(f"disposition/{key}/count")
    ]


def _sets(m: Material) -> list[tuple[str, Markup]]:
    s = m.shelf
    return [
        (one.label, s.fraction(f"disposition/set/{one.key}/count"))
        for one in m.protocol.analysis_sets
        if s.has(f"disposition/set/{one.key}/count") and one.rule not in SHOWN_ABOVE
    ]


def heads(m: Material, all_id: str = "disposition/infused/count") -> list[Markup]:
    """Column headings: all subjects and every level, each with its n."""
    s = m.shelf
    loose = Markup('<span class="hn">{} at no declared level</span>').format(len(m.unplaced)) if m.unplaced else ""
    every = [Markup('All<span class="hn">n = {}</span>{}').format(s.cell(all_id), loose)]
    return every + [
        Markup('<span class="lv" style="--lv:{}">{}</span><span class="hn">n = {}</span>').format(
            level.color, level.name, s.cell(f"exposure/{level.key}/count")
        )
        for level in m.levels
    ]


def spread_cell(m: Material, stem: str) -> Cell:
    """`median (min–max)` of a measure; one subject's value stands alone."""
    s = m.shelf
    if not s.has(f"{stem}/median"):
        return Cell(s.cell(f"{stem}/median"))
    median = s.cell(f"{stem}/median")
    result = s.get(f"{stem}/median")
    if result is not None and result.n == 1:
        return Cell(median)
    return Cell(
        Markup('{} <span class="pc">({}–{})</span>').format(median, s.cell(f"{stem}/min"), s.cell(f"{stem}/max"))
    )


def baseline(m: Material) -> Table | None:
    """The baseline table, or None when nothing was measured."""
    s = m.shelf
    columns = ["", *(f"/{level.key}" for level in m.levels)]
    rows = []
    for key, label in MEASURES:
        if s.has(f"baseline/{key}/median"):
            rows.append(
                Row(
                    Markup("{} <small>median (range)</small>").format(label),
                    [spread_cell(m, f"baseline/{key}{c}") for c in columns],
                )
            )
    rows += _counts(m, "baseline/sex/", columns, WORDS["sex"])
    rows += _counts(m, "baseline/race/", columns, {})
    for key in ("dsdna-raised", "complement-low", "eular-acr-2019", "acr-1997"):
        if s.collected(f"baseline/{key}/count"):
            rows.append(Row(str(WORDS[key]), [Cell(s.cell(f"baseline/{key}{c}/count")) for c in columns]))
    if not rows:
        return None
    return Table(
        "baseline", f"Baseline of the subjects {m.treated}, by {m.level_word}", heads(m), rows, FOOT, "Characteristic"
    )


def _counts(m: Material, prefix: str, columns: list[str], words: Any) -> list[Row]:
    s = m.shelf
    keys = [k for r in s.under(prefix, "/count") if "/" not in (k := r.id.removeprefix(prefix).removesuffix("/count"))]
    return [
        Row(words.get(k, k.replace("-", " ").capitalize()), [Cell(s.cell(f"{prefix}{k}{c}/count")) for c in columns])
        for k in keys
        if s.positive(f"{prefix}{k}/count")
    ]


WHO = Section("who", "Who was treated", "Who", contents)
