"""2 What they got: cells by level, conditioning, and how long they were followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from remit.protocol import Level
from remit.report.material import Material
from remit.report.sections.section import Section
from remit.report.sections.who import heads, spread_cell
from remit.report.tables import FOOT, Cell, Row, Table

MEASURES = (
    ("infusions", "Infusions"),
    ("cells-total", "Total cells, {unit}"),
    ("percent-of-plan", "Percent of the planned dose"),
    ("fludarabine-mg", "Fludarabine, mg"),
    ("cyclophosphamide-mg", "Cyclophosphamide, mg"),
    ("duration-days", "Days on treatment"),
    ("dose-average", "Average daily dose, {unit}"),
    ("dose-cumulative", "Cumulative dose, {unit}"),
)


def contents(m: Material) -> Mapping[str, Any]:
    """The plan in a sentence, the exposure table and the follow-up."""
    return {"plans": _plans(m), "conditioning": _conditioning(m), "exposure": exposure(m), "follow": _follow(m)}


def planned_dose(level: Level) -> str:
    """The planned dose of one infusion as the protocol states it."""
    dose = level.dose
    if dose.basis == "weight-tier":
        return "by body weight"
    per = {"per-kg": " per kg", "per-m2": " per m²"}.get(dose.basis, "")
    return (
        "–"
        if dose.amount is None
        else f"{dose.amount:g} × {dose.unit}{per}"
        if dose.unit.startswith("10^")
        else f"{dose.amount:g} {dose.unit}{per}"
    )


def _plans(m: Material) -> list[dict[str, Any]]:
    schedules = {s.key: s.label for s in m.protocol.schedules}
    shown = {level.key for level in m.levels}
    return [
        {
            "name": level.name,
            "dose": superscript(planned_dose(level)),
            "schedule": schedules.get(level.schedule, level.schedule),
        }
        for level in m.protocol.levels
        if level.key in shown
    ]


def superscript(text: str) -> Markup:
    """10^9 set as a power."""
    return Markup(str(Markup.escape(text)).replace("10^9", "10<sup>9</sup>").replace("10^6", "10<sup>6</sup>"))


def _conditioning(m: Material) -> str:
    agents = [
        f"{a.drug} {a.amount:g} {a.unit.replace('m2', 'm²')} on days "
        + ", ".join(str(d).replace("-", "−") for d in a.days)
        for a in m.protocol.conditioning
    ]
    return " and ".join(agents)


def exposure(m: Material) -> Table | None:
    """The exposure table, or None when no exposure was collected."""
    s = m.shelf
    columns = ["", *(f"/{level.key}" for level in m.levels)]
    rows = []
    counts = [
        k
        for r in s.under("exposure/infusions-", "/count")
        if "/" not in (k := r.id.removeprefix("exposure/").removesuffix("/count"))
    ]
    for key in counts:
        label = f"{key.removeprefix('infusions-')} infusions given"
        rows.append(Row(label, [Cell(s.cell(f"exposure/{key}{c}/count")) for c in columns]))
    known = dict(MEASURES)
    found = dict.fromkeys(r.id.split("/")[1] for r in s.under("exposure/", "/median"))
    for key in [k for k, _ in MEASURES if k in found] + [k for k in found if k not in known]:
        label = known.get(key, key.replace("-", " ").capitalize()).format(unit=m.protocol.product.dose_unit)
        cells = [spread_cell(m, f"exposure/{key}{c}") for c in columns]
        rows.append(Row(Markup("{} <small>median (range)</small>").format(superscript(label)), cells))
    if not rows:
        return None
    return Table("exposure", f"Exposure by {m.level_word}", heads(m), rows, FOOT, "Measure")


def _follow(m: Material) -> list[tuple[str, Markup]]:
    s = m.shelf
    said = []
    for key, label in (("months", "To the last contact"), ("to-cut-months", "To the data cut")):
        stem = f"follow-up/{key}"
        if s.has(f"{stem}/median"):
            text = Markup("median {} months, range {}–{}").format(
                *(s.number(f"{stem}/{k}") for k in ("median", "min", "max"))
            )
            said.append((label, text))
    if s.has("follow-up/reverse-kaplan-meier-months/median"):
        said.append(
            (
                "Reverse Kaplan–Meier",
                Markup("median {} months").format(s.number("follow-up/reverse-kaplan-meier-months/median")),
            )
        )
    if s.has("follow-up/person-months/total"):
        said.append(("In all", Markup("{} person-months").format(s.number("follow-up/person-months/total"))))
    return said


RECEIVED = Section("received", "What they got", "What they got", contents)
