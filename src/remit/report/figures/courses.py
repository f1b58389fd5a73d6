"""Courses of a measure: a thin line a subject, the median thick with its n below the axis, then the same by level."""

from __future__ import annotations

from typing import Any

import polars as pl
from markupsafe import Markup

from remit.report.figures.figure import Figure
from remit.report.figures.points import hover, points, weeks
from remit.report.figures.theme import INK, MUTED, following, framed
from remit.report.material import Column, Material

WIDTHS = {1: 300, 2: 180, 3: 124, 4: 96, 5: 76, 6: 62}
HEIGHT = 210
# Two visits nearer than this share one place for their n; the table below the figure has both.
CLOSE = 20


def courses(m: Material, code: str, measure: str, label: str, unit: str, title: Markup) -> Figure | None:
    """The figure for one ADRS parameter; `measure` is its word in result ids. None when nobody has the measure."""
    rows = m.rows("adrs", "PARAMCD", "AVAL", "APROTDY", "DEFVFL")
    if rows is None:
        return None
    rows = rows.filter((pl.col("PARAMCD") == code) & pl.col("AVAL").is_not_null() & pl.col("APROTDY").is_not_null())
    if not rows.height:
        return None
    data = points(rows, "adrs", "AVAL", "APROTDY")
    ends = [rows.sort("APROTDY")["APROTDY"].head(1).item(), rows.sort("APROTDY")["APROTDY"].tail(1).item()]
    every = {
        "width": 320,
        "height": HEIGHT,
        "title": _panel("All", INK),
        "layer": [_lines(data, label, unit, MUTED, 0.4, ends), *_median(m, measure)],
    }
    panels = [every, *(_by_level(data, level, len(m.levels), ends) for level in m.levels)]
    summary = (
        f"{label} of every subject over the weeks since the first infusion, with the median at each visit, "
        f"and again by {m.level_word}."
    )
    key_line = Markup("Thin: one subject. Thick: median, n below the axis. Hover names the subject and the record.")
    spec = {"hconcat": panels, "spacing": 14, "resolve": {"scale": {"y": "shared"}}}
    return Figure(f"courses-{measure}", title, summary, framed(spec), key_line)


def _panel(name: str, color: str) -> dict[str, Any]:
    return {"text": name, "anchor": "start", "color": color, "fontSize": 12, "offset": 6}


def _lines(
    data: list[dict[str, Any]], label: str, unit: str, color: str, width: float, ends: list[int]
) -> dict[str, Any]:
    y = {"title": f"{label}{f', {unit}' if unit else ''}", "grid": True, "tickCount": 5}
    return {
        "data": {"values": data},
        "mark": {
            "type": "line",
            "strokeWidth": 1.1,
            "color": color,
            "point": {"size": 14, "color": color, "opacity": width},
        },
        "encoding": {
            "x": {
                "field": "APROTDY",
                "type": "quantitative",
                "axis": weeks(ticks=8),
                "scale": {"domain": ends, "nice": False},
            },
            "y": {"field": "AVAL", "type": "quantitative", "axis": y, "scale": {"zero": True}},
            "detail": {"field": "USUBJID", "type": "nominal"},
            "opacity": following(0.45, 0.06),
            "tooltip": hover(),
        },
    }


def _by_level(data: list[dict[str, Any]], level: Column, among: int, ends: list[int]) -> dict[str, Any]:
    mine = [point for point in data if point["LEVEL"] == level.key]
    return {
        "width": WIDTHS.get(among, 50),
        "height": HEIGHT,
        "title": _panel(level.name, INK),
        "data": {"values": mine},
        "mark": {"type": "line", "strokeWidth": 1.4, "color": level.color, "point": {"size": 16, "color": level.color}},
        "encoding": {
            "x": {
                "field": "APROTDY",
                "type": "quantitative",
                "axis": weeks(None, ticks=24),
                "scale": {"domain": ends, "nice": False},
            },
            "y": {
                "field": "AVAL",
                "type": "quantitative",
                "axis": {"tickCount": 5, "labels": False, "title": None, "ticks": False, "domain": False},
            },
            "detail": {"field": "USUBJID", "type": "nominal"},
            "opacity": following(0.9, 0.1),
            "tooltip": hover(),
        },
    }


def _median(m: Material, measure: str) -> list[dict[str, Any]]:
    """The medians of the results at the planned days of their visits, and their n under the axis."""
    found: list[dict[str, Any]] = []
    before = m.shelf.get(f"activity/{measure}/baseline/median")
    if before is not None and before.value is not None:
        days = [visit.day for visit in m.protocol.visits if visit.day is not None and visit.day < 0]
        found.append({"day": days[-1] if days else -1, "median": before.value, "n": str(before.n), "id": before.id})
    for visit in m.protocol.visits:
        median = m.shelf.get(f"activity/{measure}/{visit.key}/median")
        if visit.day is not None and median is not None and median.value is not None:
            found.append({"day": visit.day, "median": median.value, "n": str(median.n), "id": median.id})
    if not found:
        return []
    x = {"field": "day", "type": "quantitative"}
    line = {
        "data": {"values": found},
        "mark": {"type": "line", "strokeWidth": 3, "color": INK, "point": {"size": 40, "color": INK, "filled": True}},
        "encoding": {"x": x, "y": {"field": "median", "type": "quantitative"}},
    }
    roomy = [
        at for k, at in enumerate(found) if not k or at["day"] - found[k - 1]["day"] > CLOSE or k + 1 == len(found)
    ]
    counts = {
        "data": {"values": roomy},
        "mark": {"type": "text", "fontSize": 10, "color": MUTED, "baseline": "top"},
        "encoding": {"x": x, "y": {"value": HEIGHT + 38}, "text": {"field": "n"}},
    }
    name = {
        "data": {"values": [{"n": "n"}]},
        "mark": {
            "type": "text",
            "fontSize": 10,
            "fontStyle": "italic",
            "color": MUTED,
            "baseline": "top",
            "align": "right",
        },
        "encoding": {"x": {"value": -14}, "y": {"value": HEIGHT + 38}, "text": {"field": "n"}},
    }
    return [line, counts, name]
