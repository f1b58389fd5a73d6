"""4 Activity and steroid: states by visit, disease activity, prednisone equivalent, and the waterfall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from remit.protocol import Endpoint
from remit.report.figures.courses import courses
from remit.report.figures.figure import Figure
from remit.report.figures.states import states
from remit.report.figures.waterfall import waterfall
from remit.report.material import Material
from remit.report.sections.minute import course
from remit.report.sections.ratings import ratings
from remit.report.sections.section import Section
from remit.report.tables import FOOT, Cell, Row, Table
from remit.report.words import variant_word

MEASURES = (
    ("sledai-2k", "SLEDAI-2K", "SLEDAI", ""),
    ("csledai", "Clinical SLEDAI-2K", "CSLEDAI", ""),
    ("pga", "Physician global assessment", "PGA", "0–3"),
    ("prednisone-mg", "Prednisone equivalent", "PREDEQ", "mg/d"),
)
MORE = (("c3", "C3"), ("c4", "C4"), ("dsdna", "Anti-dsDNA"), ("sledai-2k-change", "Change in SLEDAI-2K"))


def contents(m: Material) -> Mapping[str, Any]:
    """Per endpoint its table and figure; courses of activity and steroid; the waterfall; medians by visit."""
    measured = [e for e in m.protocol.headline if m.shelf.under(f"efficacy/{e.key}/")]
    return {
        "endpoints": [{"endpoint": e, "table": by_visit(m, e), "figure": _states(m, e)} for e in measured],
        "groups": group_table(m, measured),
        "courses": [f for f in (_course(m, "sledai-2k"), _course(m, "prednisone-mg")) if f is not None],
        "waterfall": waterfall(m, _change(m)),
        "medians": medians(m),
        "ratings": ratings(m),
        "steroid": [
            (r.title, m.shelf.number(r.id))
            for r in m.shelf.under("steroid/", "/last/proportion")
            if r.value is not None
        ],
    }


def _change(m: Material) -> Markup:
    stem = "activity/sledai-2k-change/last"
    if not m.shelf.has(f"{stem}/median"):
        return Markup("Change in SLEDAI-2K from baseline to the last visit, subject by subject")
    numbers = (m.shelf.number(f"{stem}/{k}") for k in ("median", "min", "max", "n"))
    return Markup("SLEDAI-2K changed by {} points to the last visit (median; {} to {}; n {})").format(*numbers)


def _states(m: Material, endpoint: Endpoint) -> Figure | None:
    visits = [t for t in endpoint.timepoints if m.shelf.has(f"efficacy/{endpoint.key}/{t}/proportion")]
    at = [t for t in visits if t != "last"]
    if not at:
        return None
    labels = m.visit_labels()
    said = [
        Markup("{} at {}").format(m.shelf.fraction(f"efficacy/{endpoint.key}/{t}/proportion"), labels.get(t, t).lower())
        for t in at
    ]
    title = Markup("{} met by {}").format(endpoint.label, Markup(", ").join(said))
    return states(m, endpoint, title)


def group_table(m: Material, endpoints: list[Endpoint]) -> Table | None:
    """Endpoints in the protocol's groups at the last visit, with the variants in print beside the default."""
    s = m.shelf
    rows = []
    levels = {level.key for level in m.protocol.levels}
    for group in m.protocol.follow_up_groups:
        mine = [e for e in endpoints if s.get(f"efficacy/{e.key}/{group.key}/proportion") is not None]
        if not mine:
            continue
        rows.append(
            Row(
                f"Last visit, {group.label}", [Cell(s.cell(f"efficacy/{group.key}/count")), Cell(""), Cell("")], "group"
            )
        )
        for endpoint in mine:
            stem = f"efficacy/{endpoint.key}/{group.key}"
            rows.append(
                Row(
                    endpoint.label,
                    [
                        Cell(s.cell(f"{stem}/proportion")),
                        Cell(s.interval(f"{stem}/proportion"), "ci"),
                        Cell(s.cell(f"{stem}/not-evaluable")),
                    ],
                    "sub",
                )
            )
            for other in s.under(f"{stem}/", "/proportion"):
                variant = other.id.removeprefix(f"{stem}/").removesuffix("/proportion")
                if variant != "proportion" and "/" not in variant and variant not in levels:
                    name = Markup('<span class="variant">variant: {}</span>').format(variant_word(variant))
                    rows.append(Row(name, [Cell(s.cell(other.id)), Cell(s.interval(other.id), "ci"), Cell("")], "sub2"))
    if not rows:
        return None
    return Table(
        "groups",
        "States in those followed long enough, at their last visit",
        ["Met", "95 % CI, %", "NE"],
        rows,
        FOOT,
        "Endpoint",
    )


def by_visit(m: Material, endpoint: Endpoint) -> Table | None:
    """x/n (%), exact interval and not-evaluable at every visit of an endpoint, and for the last and any visit."""
    s = m.shelf
    labels = {**m.visit_labels(), "last": "Last visit", "ever": "At any visit"}
    rows = []
    for timepoint in dict.fromkeys((*endpoint.timepoints, "last", "ever")):
        stem = f"efficacy/{endpoint.key}/{timepoint}"
        if s.get(f"{stem}/proportion") is not None:
            cells = [
                Cell(s.cell(f"{stem}/proportion")),
                Cell(s.interval(f"{stem}/proportion"), "ci"),
                Cell(s.cell(f"{stem}/not-evaluable")),
            ]
            if s.under(f"efficacy/{endpoint.key}/", "/proportion-nri"):
                cells.append(Cell(s.cell(f"{stem}/proportion-nri")))
            rows.append(Row(labels.get(timepoint, timepoint), cells))
    if not rows:
        return None
    head: list[Markup | str] = ["Met", "95 % CI, %", "NE"]
    if s.under(f"efficacy/{endpoint.key}/", "/proportion-nri"):
        head.append(Markup("Missing = not met"))
    foot = f"NE counts who was not there yet at the cut as well. {FOOT}"
    return Table(f"visits-{endpoint.key}", f"{endpoint.label} by visit", head, rows, foot, "Visit")


def _course(m: Material, measure: str) -> Figure | None:
    _, label, code, unit = next(x for x in MEASURES if x[0] == measure)
    said = course(m, measure)
    title = Markup("{}: {}").format(label, said) if said else Markup("{} over time").format(label)
    return courses(m, code, measure, label, unit, title)


def medians(m: Material) -> Table | None:
    """Median and range of every activity measure by visit, with n."""
    s = m.shelf
    visits = [v for v in m.protocol.visits if any(s.has(f"activity/{k}/{v.key}/median") for k, *_ in MEASURES)]
    if not visits:
        return None
    rows = []
    for key, label, *rest in (*MEASURES, *MORE):
        cells = []
        for visit in visits:
            stem = f"activity/{key}/{visit.key}"
            if s.has(f"{stem}/median"):
                spread = Markup('{} <span class="pc">({}–{})</span> <span class="hn">n {}</span>').format(
                    s.cell(f"{stem}/median"), s.cell(f"{stem}/min"), s.cell(f"{stem}/max"), s.cell(f"{stem}/n")
                )
                cells.append(Cell(spread))
            else:
                cells.append(Cell(Markup('<span class="none">–</span>')))
        unit = rest[1] if len(rest) > 1 and rest[1] else ""
        if any("data-id" in c.content for c in cells):
            rows.append(Row(f"{label}{f', {unit}' if unit else ''}", cells))
    return Table(
        "medians", "Activity and steroid by visit, median (range)", [v.label for v in visits], rows, FOOT, "Measure"
    )


ACTIVITY = Section("activity", "Activity and steroid", "Activity", contents)
