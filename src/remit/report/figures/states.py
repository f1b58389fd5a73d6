"""States by visit: one square a subject, so that every denominator can be seen; beside it the exact interval."""

from __future__ import annotations

from typing import Any

import polars as pl
from markupsafe import Markup

from remit.protocol import Endpoint
from remit.report.figures.figure import Figure
from remit.report.figures.points import hover, points
from remit.report.figures.theme import INK, MET, MUTED, NOT_MET, UNKNOWN, following, framed
from remit.report.material import Material
from remit.report.shelf import parts, shown

STATES = ("met", "not met", "not evaluable")


def states(m: Material, endpoint: Endpoint, title: Markup) -> Figure | None:
    """The figure of one endpoint; None when nobody has reached one of its visits."""
    rows = m.rows("adeff", "ENDPOINT", "TIMEPOINT", "GROUP", "ANSWER", "AVALNRI", "IN", "ADT")
    if rows is None:
        return None
    visits = [t for t in endpoint.timepoints if t != "last"]
    rows = rows.filter(
        (pl.col("ENDPOINT") == endpoint.key)
        & (pl.col("DEFVFL") == "Y")
        & (pl.col("GROUP") == "all")
        & (pl.col("IN") == "Y")
        & pl.col("TIMEPOINT").is_in(visits)
        & (pl.col("ANSWER").is_not_null() | pl.col("AVALNRI").is_not_null() | pl.col("ADT").is_not_null())
    )
    if not rows.height:
        return None
    labels = m.visit_labels()
    names = [labels[t] for t in visits if rows.filter(pl.col("TIMEPOINT") == t).height]
    data = [
        {
            **p,
            "one": 1,
            "visit": labels[p["TIMEPOINT"]],
            "state": {"Y": STATES[0], "N": STATES[1]}.get(p["ANSWER"], STATES[2]),
        }
        for p in points(rows, "adeff", "TIMEPOINT", "ANSWER")
    ]
    data = [{**p, "order": STATES.index(p["state"])} for p in data]
    y = {
        "field": "visit",
        "type": "nominal",
        "sort": names,
        "axis": {"title": None, "domain": False, "ticks": False, "labelColor": INK},
    }
    step = 30
    squares: dict[str, Any] = {
        "width": 430,
        "height": {"step": step},
        "data": {"values": data},
        "mark": {"type": "bar", "size": 17, "stroke": "#8a929c", "strokeWidth": 0.8},
        "encoding": {
            "y": y,
            "x": {
                "field": "one",
                "type": "quantitative",
                "stack": True,
                "axis": {"title": "subjects who reached the visit", "grid": False, "tickMinStep": 1},
            },
            "detail": {"field": "USUBJID", "type": "nominal"},
            "order": {"field": "order", "type": "quantitative"},
            "color": {
                "field": "state",
                "type": "nominal",
                "legend": None,
                "scale": {"domain": list(STATES), "range": [MET, NOT_MET, UNKNOWN]},
            },
            "opacity": following(1, 0.25),
            "tooltip": hover(),
        },
    }
    spec = {"hconcat": [squares, _intervals(m, endpoint, visits, names, y, step)], "spacing": 26}
    key_line = Markup(
        '<span class="key"><i style="background:{}"></i>met</span> '
        '<span class="key"><i class="edge" style="background:{}"></i>not met</span> '
        '<span class="key"><i style="background:{}"></i>not evaluable (not in the denominator)</span>'
    ).format(MET, NOT_MET, UNKNOWN)
    summary = (
        f"{endpoint.label} at each visit: one square a subject, and the proportion met among those evaluable with its "
        "exact interval."
    )
    return Figure(f"states-{endpoint.key}", title, summary, framed(spec), key_line)


def _intervals(
    m: Material, endpoint: Endpoint, visits: list[str], names: list[str], y: dict[str, Any], step: int
) -> dict[str, Any]:
    labels = m.visit_labels()
    found = []
    for visit in visits:
        result = m.shelf.get(f"efficacy/{endpoint.key}/{visit}/proportion")
        if labels[visit] in names and result is not None and result.value is not None and result.interval is not None:
            text = parts(shown(result))
            found.append(
                {
                    "visit": labels[visit],
                    "value": result.value,
                    "low": result.interval.low,
                    "high": result.interval.high,
                    "text": f"{text.fraction}  {text.percent}",
                    "id": result.id,
                }
            )
    size = {"width": 210, "height": {"step": step}}
    if not found:
        said = {"mark": {"type": "text", "color": MUTED}, "encoding": {"text": {"field": "t"}}}
        return {**size, "data": {"values": [{"t": "no one evaluable"}]}, **said}
    quiet = {**y, "axis": {"labels": False, "title": None, "domain": False, "ticks": False}}
    axis = {"title": "proportion met, 95 % CI", "format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1]}
    x = {"type": "quantitative", "scale": {"domain": [0, 1]}, "axis": axis}
    line = {"type": "rule", "strokeWidth": 2.5, "color": "#8fb9ad"}
    dot = {"type": "point", "filled": True, "size": 70, "color": MET, "opacity": 1}
    word = {"type": "text", "align": "left", "fontSize": 11.5, "color": INK}
    layers = [
        {"mark": line, "encoding": {"y": quiet, "x": {"field": "low", **x}, "x2": {"field": "high"}}},
        {"mark": dot, "encoding": {"y": quiet, "x": {"field": "value", **x}}},
        {"mark": word, "encoding": {"y": quiet, "x": {"value": 222}, "text": {"field": "text"}}},
    ]
    return {**size, "data": {"values": found}, "layer": layers}
