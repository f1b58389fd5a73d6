"""Kaplan-Meier curves from result rows: one row a step, so that nothing is estimated here."""

from __future__ import annotations

import json
import re
from typing import Any

from markupsafe import Markup

from remit.report.figures.figure import Figure
from remit.report.figures.theme import INK, MUTED, framed
from remit.report.material import Material

WIDTHS = {1: 560, 2: 340, 3: 214}
HEIGHT = 200
_PAIR = re.compile(r"([A-Za-z][A-Za-z _-]*?)\s*[:=]?\s+(-?\d+(?:\.\d+)?)")


def kaplan_meier(m: Material, curves: list[tuple[str, str]], title: Markup) -> Figure | None:
    """The curves of (word in result ids, label), side by side; None when none has a step."""
    found = [(label, drawn, at_risk(drawn)) for key, label in curves if (drawn := steps(m, key))]
    panels = [
        _panel(drawn, risk, label, WIDTHS[len(found)] if len(found) in WIDTHS else WIDTHS[3])
        for label, drawn, risk in found
    ]
    if not panels:
        return None
    spec = {"concat": panels, "columns": 3, "spacing": 46}
    key_line = Markup(
        "Share of subjects without the event yet; band: 95 % CI; ticks: censored. Numbers at risk below the axis."
    )
    return Figure(
        "kaplan-meier",
        title,
        "Kaplan–Meier curves of time to the event, in months since the first infusion.",
        framed(spec),
        key_line,
    )


def steps(m: Material, key: str) -> list[dict[str, Any]]:
    """The steps of one curve: time in months, survival, limits, at risk, events, censored, in order of time."""
    found = []
    for result in m.shelf.under(f"time-to/{key}/curve/"):
        if result.value is None:
            continue
        facts = _facts(result.note)
        interval = result.interval
        found.append(
            {
                "time": facts.get("time", facts.get("months", facts.get("month"))),
                "survival": result.value,
                "id": result.id,
                "risk": facts.get("at risk", facts.get("risk", result.n)),
                "events": facts.get("events", 0),
                "censored": facts.get("censored", 0),
                "low": interval.low if interval else None,
                "high": interval.high if interval else None,
            }
        )
    return sorted((s for s in found if s["time"] is not None), key=lambda s: float(s["time"] or 0))


def at_risk(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The numbers at risk under the axis: at each tick that of the first step not before it."""
    out: list[dict[str, Any]] = []
    for month in ticks(found):
        step = next((s for s in found if s["time"] >= month), None)
        if step is not None:
            out.append({"time": month, "risk": f"{step['risk']:g}"})
    return out


def ticks(found: list[dict[str, Any]]) -> list[int]:
    """Every month of a curve that is over within half a year, every third of a longer one."""
    return list(range(7)) if found[-1]["time"] < 6 else list(range(0, 181, 3))


def _facts(note: str) -> dict[str, float]:
    if note.startswith("{"):
        return {k.replace("_", " "): v for k, v in json.loads(note).items()}
    return {k.strip().lower(): float(v) for k, v in _PAIR.findall(note)}


def _panel(found: list[dict[str, Any]], risk: list[dict[str, Any]], label: str, width: int) -> dict[str, Any]:
    start = {"time": 0, "survival": 1, "low": 1, "high": 1, "risk": found[0]["risk"], "events": 0, "censored": 0}
    data = found if not found[0]["time"] else [start, *found]
    x = {
        "field": "time",
        "type": "quantitative",
        "axis": {"title": "months", "grid": False, "values": ticks(found), "format": "d"},
        "scale": {"domainMin": 0},
    }
    y = {
        "type": "quantitative",
        "scale": {"domain": [0, 1]},
        "axis": {"title": None, "format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1]},
    }
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "area", "interpolate": "step-after", "color": "#dfe5ee", "opacity": 0.8},
            "encoding": {"x": x, "y": {"field": "low", **y}, "y2": {"field": "high"}},
        },
        {
            "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2.2, "color": "#2f4a7d"},
            "encoding": {"x": x, "y": {"field": "survival", **y}},
        },
        {
            "transform": [{"filter": "datum.censored > 0"}],
            "mark": {"type": "tick", "orient": "vertical", "size": 9, "thickness": 1.4, "color": "#2f4a7d"},
            "encoding": {"x": x, "y": {"field": "survival", **y}},
        },
        {
            "data": {"values": risk},
            "mark": {"type": "text", "fontSize": 10, "color": MUTED, "baseline": "top"},
            "encoding": {"x": x, "y": {"value": HEIGHT + 38}, "text": {"field": "risk"}},
        },
        {
            "data": {"values": [{"t": "at risk"}]},
            "mark": {
                "type": "text",
                "fontSize": 10,
                "fontStyle": "italic",
                "color": MUTED,
                "align": "right",
                "baseline": "top",
            },
            "encoding": {"x": {"value": -10}, "y": {"value": HEIGHT + 38}, "text": {"field": "t"}},
        },
    ]
    heading = {"text": label, "anchor": "start", "color": INK, "fontSize": 12, "offset": 8}
    return {"width": width, "height": HEIGHT, "title": heading, "data": {"values": data}, "layer": layers}
