"""B cells: counts on a log axis, the band where the assay sees nothing, and when they returned, as intervals."""

from __future__ import annotations

from typing import Any

import polars as pl
from markupsafe import Markup

from remit.report.figures.figure import Figure
from remit.report.figures.points import hover, points, weeks
from remit.report.figures.theme import INK, MUTED, following, framed
from remit.report.material import Material

WIDTH = 780
X = {"field": "APROTDY", "type": "quantitative"}


def b_cells(m: Material, title: Markup) -> Figure | None:
    """None when no B cells were counted."""
    rule = m.protocol.b_cells
    rows = m.rows("adlb", "PARAMCD", "AVAL", "LLOQ", "BLQFL", "APROTDY")
    if rule is None or rows is None:
        return None
    rows = rows.filter(pl.col("PARAMCD").is_in(rule.test_codes) & pl.col("APROTDY").is_not_null())
    data = plotted(rows)
    if not data:
        return None
    axis = {"title": f"B cells, {rule.unit.replace('uL', 'µL')}", "values": [0.1, 1, 10, 100, 1000], "format": "~g"}
    layers = [
        *band(data, WIDTH),
        limit(rule.depleted_below, f"{rule.depleted_below:g} {rule.unit.replace('uL', 'µL')}"),
        *curves(m, data, {**weeks(None, ticks=4), "labels": False, "ticks": False}, axis),
    ]
    panels: list[dict[str, Any]] = [{"width": WIDTH, "height": 240, "layer": layers}]
    returns = _returns(m)
    if returns:
        panels.append(returns)
    key_line = Markup(
        "{} Hollow points lie below the limit of quantification and are drawn on it. "
        "Bars below: between which samples B cells returned; arrow: not yet."
    ).format(level_key(m))
    summary = "B-cell counts of every subject on a log scale over time, and the interval in which they returned."
    spec = {"vconcat": panels, "spacing": 4, "resolve": {"scale": {"x": "shared", "color": "shared"}}}
    return Figure("b-cells", title, summary, framed(spec), key_line)


def plotted(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Measurements as points; one below the limit of quantification stands on the limit and says so."""
    at = pl.when(pl.col("BLQFL") == "Y").then(pl.col("LLOQ")).otherwise(pl.col("AVAL"))
    frame = rows.with_columns(at.alias("shown")).filter(pl.col("shown") > 0).sort("USUBJID", "APROTDY", "row")
    return points(frame, "adlb", "APROTDY", "shown", "BLQFL", "LLOQ")


def band(data: list[dict[str, Any]], width: int) -> list[dict[str, Any]]:
    """The band below the limit of quantification, named in its corner; nothing when no value is below it."""
    limits = sorted({p["LLOQ"] for p in data if p["BLQFL"] == "Y" and p["LLOQ"]})
    if not limits:
        return []
    top = limits[-1]
    area = {"type": "rect", "color": "#efece4"}
    word = {"type": "text", "align": "right", "baseline": "top", "dy": 3, "fontSize": 10, "color": MUTED}
    y = {"datum": top, "type": "quantitative"}
    return [
        {
            "data": {"values": [{}]},
            "mark": area,
            "encoding": {"y": y, "y2": {"value": "height"}, "x": {"value": 0}, "x2": {"value": width}},
        },
        {
            "data": {"values": [{"t": f"below quantification (< {top:g})"}]},
            "mark": word,
            "encoding": {"y": y, "x": {"value": width - 4}, "text": {"field": "t"}},
        },
    ]


def limit(value: float, word: str) -> dict[str, Any]:
    """A thin dashed line at a limit of the protocol."""
    return {
        "data": {"values": [{"t": word}]},
        "mark": {"type": "rule", "strokeDash": [3, 3], "color": "#9aa1aa"},
        "encoding": {"y": {"datum": value, "type": "quantitative"}},
    }


def curves(
    m: Material, data: list[dict[str, Any]], x_axis: dict[str, Any], y_axis: dict[str, Any]
) -> list[dict[str, Any]]:
    """A line a subject in the color of the level, hollow points where nothing could be quantified."""
    color = {
        "field": "LEVEL",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": [c.key for c in m.levels], "range": [c.color for c in m.levels]},
    }
    common = {
        "x": {**X, "axis": x_axis},
        "y": {"field": "shown", "type": "quantitative", "scale": {"type": "log", "padding": 14}, "axis": y_axis},
        "detail": {"field": "USUBJID", "type": "nominal"},
        "color": color,
    }
    fill = {"condition": {"test": "datum.BLQFL === 'Y'", "value": "white"}, **color}
    return [
        {
            "data": {"values": data},
            "mark": {"type": "line", "strokeWidth": 1.1},
            "encoding": {**common, "opacity": following(0.55, 0.06)},
        },
        {
            "data": {"values": data},
            "mark": {"type": "point", "filled": True, "size": 22, "strokeWidth": 1.1},
            "encoding": {
                **{k: v for k, v in common.items() if k != "color"},
                "fill": fill,
                "stroke": color,
                "opacity": following(1, 0.08),
                "tooltip": hover(),
            },
        },
    ]


def level_key(m: Material) -> Markup:
    """The levels and their colors, in words next to the figure."""
    keys = [
        Markup('<span class="key"><i style="background:{}"></i>{}</span>').format(c.color, c.name) for c in m.levels
    ]
    return Markup(" ").join(keys)


def _returns(m: Material) -> dict[str, Any] | None:
    rows = m.rows("adtte", "PARAMCD", "ADTLO", "ADTHI", "CNSR")
    if rows is None:
        return None
    mine = rows.filter(pl.col("PARAMCD") == "TTBREC").sort("CNSR", "ADTHI", "ADTLO", "USUBJID")
    if not mine.height:
        return None
    data = points(mine, "adtte", "ADTLO", "ADTHI", "CNSR")
    y = {
        "field": "USUBJID",
        "type": "nominal",
        "sort": mine["USUBJID"].to_list(),
        "axis": {"title": "returned", "labels": False, "ticks": False, "domain": False, "titleColor": MUTED},
    }
    color = {
        "field": "LEVEL",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": [c.key for c in m.levels], "range": [c.color for c in m.levels]},
    }
    shared = {"y": y, "color": color, "opacity": following(1, 0.15), "tooltip": hover()}
    return {
        "width": WIDTH,
        "height": {"step": 7},
        "data": {"values": data},
        "layer": [
            {
                "transform": [{"filter": "datum.ADTHI !== null"}],
                "mark": {"type": "bar", "height": 4, "cornerRadius": 2},
                "encoding": {
                    **shared,
                    "x": {"field": "ADTLO", "type": "quantitative", "axis": weeks()},
                    "x2": {"field": "ADTHI"},
                },
            },
            {
                "transform": [{"filter": "datum.ADTHI === null"}],
                "mark": {"type": "text", "text": "▸", "fontSize": 11, "align": "left"},
                "encoding": {**shared, "x": {"field": "ADTLO", "type": "quantitative", "axis": weeks()}},
            },
        ],
    }


__all__ = ["INK", "b_cells", "band", "curves", "level_key", "limit", "plotted"]
