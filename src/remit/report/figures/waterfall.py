"""Waterfall: change of SLEDAI-2K from baseline at the last visit, a bar a subject, with the state reached above it."""

from __future__ import annotations

from typing import Any

import polars as pl
from markupsafe import Markup

from remit.report.figures.figure import Figure
from remit.report.figures.points import hover, points
from remit.report.figures.theme import INK, MET, MUTED, following, framed
from remit.report.material import Material

SIGNS = {"Y": "●", "N": "○", None: "?"}


def waterfall(m: Material, title: Markup) -> Figure | None:
    """None when nobody has a later score to compare."""
    rows = m.rows("adrs", "PARAMCD", "CHG", "LASTFL", "AVALC")
    if rows is None:
        return None
    last = rows.filter((pl.col("LASTFL") == "Y") & (pl.col("DEFVFL") == "Y"))
    bars = last.filter((pl.col("PARAMCD") == "SLEDAI") & pl.col("CHG").is_not_null()).sort(
        "CHG", "USUBJID", descending=[True, False]
    )
    if not bars.height:
        return None
    order = bars["USUBJID"].to_list()
    data = points(bars, "adrs", "CHG", "AVAL", "BASE")
    x = {
        "field": "USUBJID",
        "type": "nominal",
        "sort": order,
        "axis": {"title": None, "labelAngle": -90, "domain": False, "ticks": False},
    }
    colors = {"domain": [c.key for c in m.levels], "range": [c.color for c in m.levels]}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": data},
            "mark": {"type": "bar", "width": {"band": 0.62}},
            "encoding": {
                "x": x,
                "y": {
                    "field": "CHG",
                    "type": "quantitative",
                    "axis": {"title": "change in SLEDAI-2K, points", "tickCount": 6},
                },
                "color": {"field": "LEVEL", "type": "nominal", "scale": colors, "legend": None},
                "opacity": following(1, 0.2),
                "tooltip": hover(),
            },
        },
        {
            "data": {"values": [{}]},
            "mark": {"type": "rule", "color": INK, "strokeWidth": 1},
            "encoding": {"y": {"datum": 0}},
        },
    ]
    states = [e for e in m.protocol.headline if e.kind == "state" and e.paramcd]
    for line, endpoint in enumerate(states):
        mine = last.filter((pl.col("PARAMCD") == endpoint.paramcd) & pl.col("USUBJID").is_in(order))
        marks = [{**p, "sign": SIGNS.get(p["AVALC"], "?")} for p in points(mine, "adrs", "AVALC")]
        height = {"value": -14 * (line + 1)}
        layers.append(
            {
                "data": {"values": marks},
                "mark": {"type": "text", "fontSize": 13, "color": MET},
                "encoding": {
                    "x": x,
                    "y": height,
                    "text": {"field": "sign"},
                    "opacity": following(1, 0.2),
                    "tooltip": hover(),
                },
            }
        )
        layers.append(
            {
                "data": {"values": [{"name": endpoint.label}]},
                "mark": {"type": "text", "fontSize": 10, "color": MUTED, "align": "right"},
                "encoding": {"x": {"value": -6}, "y": height, "text": {"field": "name"}},
            }
        )
    without = [s for s in _infused(m) if s not in set(order)]
    key_line = Markup("Above: ● met, ○ not met, ? not evaluable at the same visit.")
    if without:
        key_line += Markup(" No later score: {}.").format(", ".join(without))
    summary = (
        "Change of SLEDAI-2K from baseline at the last visit of every subject who has one, sorted, colored by level."
    )
    spec = {"width": {"step": 38}, "height": 220, "layer": layers}
    return Figure("waterfall", title, summary, framed(spec), key_line)


def _infused(m: Material) -> list[str]:
    rows = m.rows("adsl", "SAFFL")
    return [] if rows is None else rows.filter(pl.col("SAFFL") == "Y")["USUBJID"].to_list()
