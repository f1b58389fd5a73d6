"""Exposure and response: the share of each level in a state with its interval, and every subject as a dot.

Subjects who reached the state stand above the scale, the others below it, those not evaluable in gray.
"""

from __future__ import annotations

import json
from typing import Any

import polars as pl
from markupsafe import Markup

from remit.protocol import Endpoint
from remit.report.figures.b_cells import level_key
from remit.report.figures.figure import Figure
from remit.report.figures.points import hover, points
from remit.report.figures.theme import INK, MUTED, UNKNOWN, following, framed
from remit.report.material import Material

WIDTH, HEIGHT = 780, 250
# Where the dots and the headings stand on a scale of shares from 0 to 1.
HEADING, REACHED, NOT_REACHED, NOT_KNOWN = 1.26, 1.1, -0.1, -0.22
STEP, ROOM = 0.065, 0.84


def exposure_response(m: Material, endpoints: list[Endpoint], title: Markup) -> Figure | None:
    """The levels once for every state, side by side in one view; None where nobody was judged in any."""
    frame = m.rows("adeff", "ENDPOINT", "VARIANT", "TIMEPOINT", "GROUP", "IN", "ANSWER", "LEVEL")
    if frame is None:
        return None
    frame = frame.filter((pl.col("TIMEPOINT") == "last") & (pl.col("GROUP") == "all") & (pl.col("IN") == "Y"))
    shares: list[dict[str, Any]] = []
    dots: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    labels: dict[int, str] = {}
    for endpoint in endpoints:
        mine = frame.filter((pl.col("ENDPOINT") == endpoint.key) & (pl.col("VARIANT") == endpoint.variant))
        if not mine.height:
            continue
        start = len(words) * (len(m.levels) + 1)
        places = {column.key: start + k for k, column in enumerate(m.levels, start=1)}
        labels |= {places[column.key]: column.name for column in m.levels}
        words.append({"x": start + 0.55, "y": HEADING, "t": endpoint.label})
        shares += _shares(m, endpoint, places)
        dots += _dots(mine, places)
    if not dots:
        return None
    key_line = Markup(
        "{} Bar: share in the state at the last assessment, with its interval. "
        "Dots: subjects, above in the state, below not in it; gray: not evaluable."
    ).format(level_key(m))
    return Figure(
        "exposure-response",
        title,
        f"Share of subjects in each state at the last assessment by {m.level_word}, with intervals and subjects.",
        framed({"width": WIDTH, "height": HEIGHT, "layer": _layers(m, (shares, dots, words), labels)}),
        key_line,
    )


Marks = tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]


def _layers(m: Material, marks: Marks, labels: dict[int, str]) -> list[dict[str, Any]]:
    shares, dots, words = marks
    last = len(words) * (len(m.levels) + 1)
    x: dict[str, Any] = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [0.5, last - 0.5], "nice": False},
        "axis": {"title": m.level_word, "values": list(labels), "labelExpr": f"({json.dumps(labels)})[datum.value]",
                 "grid": False, "ticks": False},
    }  # fmt: skip
    y: dict[str, Any] = {
        "type": "quantitative",
        "scale": {"domain": [NOT_KNOWN - 0.06, HEADING + 0.04], "nice": False},
        "axis": {"title": None, "values": [0, 0.25, 0.5, 0.75, 1], "format": ".0%"},
    }
    colors = {
        "field": "LEVEL", "type": "nominal", "legend": None,
        "scale": {"domain": [c.key for c in m.levels], "range": [c.color for c in m.levels]},
    }  # fmt: skip
    share = {"x": x, "y": {"field": "share", **y}}
    word = {"x": x, "y": {"field": "y", **y}, "text": {"field": "t"}}
    said = [{"field": "text", "type": "nominal", "title": "share"}]
    fill = {"condition": {"test": "datum.ANSWER === null", "value": UNKNOWN}, **colors}
    beside = [{"x": 0.5, "y": REACHED, "t": "in it"}, {"x": 0.5, "y": NOT_REACHED, "t": "not"}]
    return [
        {
            "data": {"values": shares},
            "mark": {"type": "rule", "strokeWidth": 5, "opacity": 0.28, "strokeCap": "round"},
            "encoding": {"x": x, "y": {"field": "low", **y}, "y2": {"field": "high"}, "color": colors},
        },
        {
            "data": {"values": shares},
            "mark": {"type": "tick", "orient": "horizontal", "thickness": 2.5, "size": 24, "color": INK},
            "encoding": {**share, "tooltip": said},
        },
        {
            "data": {"values": shares},
            "mark": {"type": "text", "align": "left", "dx": 17, "color": INK},
            "encoding": {**share, "text": {"field": "fraction"}},
        },
        {
            "data": {"values": dots},
            "mark": {"type": "point", "filled": True, "size": 34},
            "encoding": {"x": x, "y": {"field": "y", **y}, "color": fill, "opacity": following(1, 0.12),
                         "tooltip": hover()},
        },
        {
            "data": {"values": words},
            "mark": {"type": "text", "align": "left", "fontSize": 12, "fontWeight": "bold", "color": INK},
            "encoding": word,
        },
        {
            "data": {"values": beside},
            "mark": {"type": "text", "align": "right", "dx": -6, "fontSize": 10, "color": MUTED},
            "encoding": word,
        },
    ]  # fmt: skip


def _shares(m: Material, endpoint: Endpoint, places: dict[str, int]) -> list[dict[str, Any]]:
    """The result of each level; one without a value is not drawn."""
    found = []
    for key, place in places.items():
        result = m.shelf.get(f"exposure-response/{endpoint.key}/{key}/proportion")
        if result is not None and result.value is not None and result.interval is not None:
            low, high = result.interval.low, result.interval.high
            found.append({
                "x": place, "LEVEL": key, "share": result.value, "low": low, "high": high, "text": result.text,
                "fraction": result.text.partition(" ")[0],
            })  # fmt: skip
    return found


def _dots(rows: pl.DataFrame, places: dict[str, int]) -> list[dict[str, Any]]:
    """Each subject beside the others of the level with the same answer, in order of the subject."""
    heights = {"Y": REACHED, "N": NOT_REACHED, None: NOT_KNOWN}
    standing: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for dot in points(rows.sort("USUBJID"), "adeff", "ANSWER"):
        if dot["LEVEL"] in places:
            standing.setdefault((dot["LEVEL"], dot["ANSWER"]), []).append(dot)
    placed = []
    for (level, answer), dots in standing.items():
        step = STEP if len(dots) * STEP <= ROOM else ROOM / len(dots)
        for k, dot in enumerate(dots):
            x = places[level] + (k - (len(dots) - 1) / 2) * step
            placed.append({**dot, "x": x, "y": heights[answer]})
    return placed
