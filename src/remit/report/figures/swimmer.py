"""Swimmer plot: a lane a subject, by level and then follow-up: what was given, what happened, which state for how long.

A state is drawn from the visit at which it was met to the next assessment, and never beyond the last.
Lanes are numbers on the y axis, so that the steroid dose can be drawn as a step inside its lane.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import polars as pl
from markupsafe import Markup

from remit.protocol import Endpoint
from remit.report.figures.b_cells import level_key
from remit.report.figures.figure import Figure
from remit.report.figures.points import hover, points, weeks
from remit.report.figures.theme import EVENT, INK, MET, PARTLY, STEROID, following, framed
from remit.report.material import Material

LANE = 22
MOST_LANES = 80
FULL_DOSE = 20
HIGH, LOW = -0.33, 0.33


def swimmer(m: Material, title: Markup) -> Figure | None:
    """None when nobody was followed after a first infusion, or when there are too many subjects for lanes."""
    people = m.rows("adsl", "SAFFL", "FUPDAYS", "EOSSTT", "TRT01AN")
    if people is None:
        return None
    people = people.filter((pl.col("SAFFL") == "Y") & pl.col("FUPDAYS").is_not_null()).sort(
        "TRT01AN", "FUPDAYS", "USUBJID", descending=[False, True, False], nulls_last=True
    )
    if not people.height or people.height > MOST_LANES:
        return None
    draw = _Lanes(people["USUBJID"].to_list())
    lanes = [{**p, "zero": 0, "edge": -4} for p in points(people, "adsl", "FUPDAYS", "EOSSTT")]
    color = {
        "field": "LEVEL",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": [c.key for c in m.levels], "range": [c.color for c in m.levels]},
    }
    layers = [draw.bar(lanes, "zero", "FUPDAYS", "#f1eee6", axes=True), draw.bar(lanes, "edge", "zero", color)]
    layers += [draw.bar(span, "start", "end", tint) for span, tint in zip(_state_spans(m), (PARTLY, MET))]
    layers += _steroid(m, draw)
    layers += _events(m, draw)
    layers.append(draw.sign([p for p in lanes if p["EOSSTT"] == "ONGOING"], "FUPDAYS", "→", 13, "#59626d", dx=3))
    spec = {"width": 740, "height": LANE * len(draw.order), "layer": layers}
    return Figure("swimmer", title, SUMMARY, framed(spec), _key_line(m))


SUMMARY = "One lane a subject with infusions, cytokine release syndrome, steroid dose, and the times in each state."


def _key_line(m: Material) -> Markup:
    names = [e.label for e in _states(m)]
    bands = [
        Markup('<span class="key"><i style="background:{}"></i>{}</span>').format(c, n)
        for c, n in zip((PARTLY, MET), names)
    ]
    return Markup(
        '{} ▲ infusion &ensp;{} <span class="key"><i style="background:{}"></i>CRS</span> '
        '<span class="key"><i class="line" style="background:{}"></i>prednisone equivalent, lane = {} mg/d</span> '
        "→ in follow-up. "
        "A state runs from the visit that met it to the next assessment."
    ).format(level_key(m), Markup(" ").join(bands), EVENT, STEROID, FULL_DOSE)


class _Lanes:
    """The lanes in their order, and the marks that lie in them."""

    def __init__(self, order: Sequence[str]) -> None:
        self.order = list(order)
        self._lane = {who: lane for lane, who in enumerate(self.order)}

    def placed(self, data: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [
            {**p, "lane": lane, "top": lane + HIGH, "foot": lane + LOW}
            for p in data
            if (lane := self._lane.get(p["USUBJID"])) is not None
        ]

    def y(self, field: str) -> dict[str, Any]:
        axis = {
            "title": None,
            "grid": False,
            "ticks": False,
            "domain": False,
            "labelColor": INK,
            "labelFontSize": 10.5,
            "labelOverlap": False,
            "labelSeparation": 0,
            "values": list(self._lane.values()),
            "labelExpr": f"{json.dumps(self.order)}[datum.value]",
        }
        scale = {"domain": [-0.6, len(self.order) - 0.4], "reverse": True, "nice": False, "zero": False}
        return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}

    def bar(
        self, data: list[dict[str, Any]], start: str, end: str, color: str | dict[str, Any], *, axes: bool = False
    ) -> dict[str, Any]:
        paint = {"color": color} if isinstance(color, dict) else {"color": {"value": color}}
        x = {
            "field": start,
            "type": "quantitative",
            "scale": {"nice": False, "padding": 8},
            **({"axis": weeks()} if axes else {}),
        }
        encoding = {"x": x, "x2": {"field": end}, "y": self.y("top"), "y2": {"field": "foot"}, **paint}
        mark = (
            {"type": "rect"} if isinstance(color, dict) or axes else {"type": "rect", "stroke": color, "strokeWidth": 3}
        )
        return {
            "data": {"values": self.placed(data)},
            "mark": mark,
            "encoding": {**encoding, "opacity": following(1, 0.2), "tooltip": hover()},
        }

    def sign(
        self, data: list[dict[str, Any]], at: str, text: str, size: float, color: str, *, dx: float = 0, dy: float = 0
    ) -> dict[str, Any]:
        mark = {
            "type": "text",
            "text": text,
            "fontSize": size,
            "color": color,
            "dx": dx,
            "dy": dy,
            "align": "left" if dx else "center",
        }
        encoding = {
            "x": {"field": at, "type": "quantitative"},
            "y": self.y("lane"),
            "opacity": following(1, 0.2),
            "tooltip": hover(),
        }
        return {"data": {"values": self.placed(data)}, "mark": mark, "encoding": encoding}


def _states(m: Material) -> list[Endpoint]:
    """The state endpoints, the wider first: LLDAS lies under the others."""
    found = [e for e in m.protocol.headline if e.kind == "state" and e.paramcd]
    return sorted(found, key=lambda e: e.paramcd != "LLDAS")[:2]


def _state_spans(m: Material) -> list[list[dict[str, Any]]]:
    rows = m.rows("adrs", "PARAMCD", "AVALC", "APROTDY", "DEFVFL")
    if rows is None:
        return []
    out = []
    for endpoint in _states(m):
        mine = rows.filter(
            (pl.col("PARAMCD") == endpoint.paramcd) & (pl.col("DEFVFL") == "Y") & pl.col("APROTDY").is_not_null()
        )
        mine = mine.sort("USUBJID", "APROTDY").with_columns(pl.col("APROTDY").shift(-1).over("USUBJID").alias("next"))
        met = mine.filter((pl.col("AVALC") == "Y") & (pl.col("APROTDY") > 0)).with_columns(
            pl.col("APROTDY").alias("start"), pl.coalesce("next", "APROTDY").alias("end")
        )
        out.append(points(met, "adrs", "start", "end"))
    return out


def _steroid(m: Material, draw: _Lanes) -> list[dict[str, Any]]:
    rows = m.rows("adrs", "PARAMCD", "AVAL", "APROTDY", "ABLFL")
    if rows is None:
        return []
    known = rows.filter(
        (pl.col("PARAMCD") == "PREDEQ")
        & pl.col("AVAL").is_not_null()
        & ((pl.col("APROTDY") >= 0) | (pl.col("ABLFL") == "Y"))
    )
    # the dose at baseline holds until the first infusion, where the lane begins
    starting = pl.when(pl.col("APROTDY") < 0).then(0).otherwise(pl.col("APROTDY")).alias("APROTDY")
    mine = known.with_columns(starting).sort("USUBJID", "APROTDY")
    if not mine.height:
        return []
    height = f"datum.foot - {LOW - HIGH} * min(datum.AVAL, {FULL_DOSE}) / {FULL_DOSE}"
    return [
        {
            "data": {"values": draw.placed(points(mine, "adrs", "AVAL", "APROTDY"))},
            "transform": [{"calculate": height, "as": "level"}],
            "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 1.2, "color": STEROID},
            "encoding": {
                "x": {"field": "APROTDY", "type": "quantitative"},
                "y": draw.y("level"),
                "detail": {"field": "USUBJID", "type": "nominal"},
                "opacity": following(0.95, 0.1),
            },
        }
    ]


def _events(m: Material, draw: _Lanes) -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = []
    events = m.rows("adae", "CRSFL", "APROTDY", "ADURN")
    if events is not None:
        crs = events.filter((pl.col("CRSFL") == "Y") & pl.col("APROTDY").is_not_null()).with_columns(
            (pl.col("APROTDY") + pl.coalesce("ADURN", pl.lit(1))).alias("until")
        )
        if crs.height:
            layers.append(draw.bar(points(crs, "adae", "APROTDY", "until"), "APROTDY", "until", EVENT))
    given = m.rows("adex", "PARCAT1", "APROTDY")
    if given is not None:
        cells = given.filter((pl.col("PARCAT1") == "CELLS") & pl.col("APROTDY").is_not_null())
        if cells.height:
            layers.append(draw.sign(points(cells, "adex", "APROTDY"), "APROTDY", "▲", 8, INK, dy=4))
    return layers
