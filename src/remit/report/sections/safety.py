"""3 Safety: what happened at all, the events of interest, every term by level, and laboratory shifts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from remit.report.material import Material
from remit.report.sections.section import Section
from remit.report.sections.terms import GRADES, systems_and_terms
from remit.report.sections.toxicity import toxicity
from remit.report.tables import FOOT, Cell, Row, Table

OVERVIEW = (
    ("safety/teae/any", "Any treatment-emergent event"),
    ("safety/grade-3-or-more/any", "Grade 3 or more"),
    ("safety/sae/any", "Serious"),
    ("safety/related/any", "Related to the product"),
    ("safety/fatal/any", "Fatal"),
    ("safety/crs/any", "Cytokine release syndrome"),
    ("safety/crs/grade-2-or-more", "of grade 2 or more"),
    ("safety/icans/any", "ICANS"),
    ("safety/infection", "Infection"),
    ("safety/gvhd/any", "Graft-versus-host disease"),
    ("safety/cytopenia/any", "Cytopenia reported as an adverse event"),
    ("safety/dlt", "Dose-limiting toxicity"),
)


def contents(m: Material) -> Mapping[str, Any]:
    """The overview, CRS in words, DLT by level, the term × level table and the shift tables."""
    page_terms, all_terms = systems_and_terms(m)
    return {
        "overview": overview(m),
        "crs": _crs(m),
        "dlt": dlt(m),
        "terms": page_terms,
        "all_terms": all_terms,
        "shifts": shifts(m),
        "toxicity": toxicity(m),
        "emergent": "conditioning" if m.protocol.rules.treatment_emergent_from == "conditioning" else "first-cells",
    }


def overview(m: Material) -> Table | None:
    """Proportions over everybody infused, with their exact intervals; DLT over those evaluable for it."""
    s = m.shelf
    rows = []
    for stem, label in OVERVIEW:
        key = s.first(f"{stem}/proportion", f"{stem}/count")
        if key is None:
            result = s.get(f"{stem}/proportion") or s.get(f"{stem}/count")
            if result is not None and result.note.startswith("not collected"):
                rows.append(Row(label, [Cell(s.cell(result.id)), Cell("")]))
            continue
        rows.append(
            Row(label, [Cell(s.cell(key)), Cell(s.interval(key), "ci")], "sub" if label.startswith("of ") else "")
        )
    if not rows:
        return None
    foot = f"95 % CI: exact (Clopper–Pearson). A count of zero still carries the upper limit. {FOOT}"
    return Table(
        "events", "Adverse events, subjects with at least one", ["Subjects", "95 % CI, %"], rows, foot, "Event"
    )


def _crs(m: Material) -> Markup | None:
    s = m.shelf
    if not s.positive("safety/crs/any/count") or not s.has("safety/crs/onset-day/median"):
        return None
    grades = [
        Markup("grade {}: {}").format(g, s.number(f"safety/crs/grade-{g}/count"))
        for g in reversed(GRADES)
        if s.positive(f"safety/crs/grade-{g}/count")
    ]
    said = Markup("Cytokine release syndrome, {}; onset on day {} (median; {}–{})").format(
        Markup(", ").join(grades), *(s.number(f"safety/crs/onset-day/{k}") for k in ("median", "min", "max"))
    )
    if s.has("safety/crs/duration-days/median"):
        said += Markup(", lasting {} days (median; {}–{})").format(
            *(s.number(f"safety/crs/duration-days/{k}") for k in ("median", "min", "max"))
        )
    return said + Markup(".")


def dlt(m: Material) -> Table | None:
    """DLT by level with the interval that a small level leaves open."""
    s = m.shelf
    rows = []
    for level in m.levels:
        key = f"safety/dlt/{level.key}/proportion"
        if s.get(key) is not None:
            rows.append(
                Row(
                    Markup('<span class="lv" style="--lv:{}">{}</span>').format(level.color, level.name),
                    [Cell(s.cell(key)), Cell(s.interval(key), "ci")],
                )
            )
    rule = m.protocol.dlt
    if not rows or rule is None:
        return None
    caption = f"Dose-limiting toxicity within {rule.window_days} days, among those evaluable"
    foot = f"Without {', '.join(m.unplaced)}: at no declared level." if m.unplaced else ""
    return Table("dlt", caption, ["Subjects", "95 % CI, %"], rows, foot, m.level_word.capitalize())


def shifts(m: Material) -> list[Table]:
    """One small matrix a parameter: grade at baseline in rows, worst grade after it in columns."""
    s = m.shelf
    tables = []
    for lab in m.protocol.labs:
        stem = f"safety/labs/{lab.key}/shift"
        if not any(s.positive(r.id) for r in s.under(f"{stem}/", "/all/count")):
            continue
        rows = []
        for base in (*range(5), "missing"):
            cells = [_shift_cell(m, f"{stem}/{base}-to-{worst}/all/count", base, worst) for worst in range(5)]
            if any("data-id" in cell.content for cell in cells):
                rows.append(Row("unknown" if base == "missing" else str(base), cells))
        tables.append(Table(f"shift-{lab.key}", lab.label, [str(g) for g in range(5)], rows, "", "from ↓ to →"))
    return tables


def _shift_cell(m: Material, id: str, base: int | str, worst: int) -> Cell:
    if not m.shelf.positive(id):
        return Cell(Markup('<span class="none">·</span>'))
    worse = isinstance(base, int) and worst > base
    return Cell(m.shelf.bare(id), f"num g{worst}" if worse else "num")


SAFETY = Section("safety", "Safety", "Safety", contents)
