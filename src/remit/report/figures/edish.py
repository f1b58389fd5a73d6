"""eDISH: the peak of ALT against the peak of bilirubin of every subject, as multiples of their upper limits.

Lines at three times the limit of ALT and twice that of bilirubin part the plane; the upper right is Hy's law, where a
cause has to be looked for (Watkins et al. 2011, recalled, unverified).
"""

from __future__ import annotations

from typing import Any

import polars as pl
from markupsafe import Markup

from remit.report.figures.canvas import Canvas
from remit.report.figures.figure import Figure
from remit.report.figures.points import hover, points
from remit.report.figures.theme import EVENT, INK, MUTED, following, framed
from remit.report.material import Material

LOWEST, HIGHEST = 0.1, 100.0
DECADES = (0.1, 1, 10, 100)
WIDTH, HEIGHT, LEFT, BELOW = 460, 250, 44, 34
ALT_LINE, BILIRUBIN_LINE = 3.0, 2.0
# where 3 and 2 stand on a log axis from 0.1 to 100 of length 1
ALT_PLACE, BILIRUBIN_PLACE = 0.4924, 0.4337


def edish(m: Material, title: Markup) -> Figure | None:
    """None when nobody has both values."""
    rows = m.rows("adtox", "SCALE", "ALTX", "BILIX")
    if rows is None:
        return None
    seen = rows.filter((pl.col("SCALE") == "edish") & (pl.col("ALTX") > 0) & (pl.col("BILIX") > 0))
    if not seen.height:
        return None
    places = [
        (pl.col(name).clip(LOWEST, HIGHEST) / LOWEST).log10().truediv(3).alias(place)
        for name, place in (("ALTX", "x"), ("BILIX", "y"))
    ]
    data = points(seen.with_columns(places), "adtox", "ALTX", "BILIX", "x", "y")
    colors = {column.key: column.color for column in m.levels}
    key_line = Markup(
        "Dots: peaks of one subject after the first cells, colored by {}. Dashed: {:g} and {:g} × the limit."
    )
    return Figure(
        "edish",
        title,
        "Peak ALT across and peak bilirubin upward, both as multiples of their upper limits on log scales, one dot a "
        "subject; dashed lines part the quadrants, of which the upper right is Hy's law.",
        framed(_spec(data, colors)),
        key_line.format(m.level_word, ALT_LINE, BILIRUBIN_LINE),
        still=_still(data, colors),
    )


def _spec(data: list[dict[str, Any]], colors: dict[str, str]) -> dict[str, Any]:
    scale = {"type": "log", "domain": [LOWEST, HIGHEST], "clamp": True}
    axis = {"grid": False, "format": "~g"}
    x = {"field": "ALTX", "type": "quantitative", "scale": scale, "axis": {**axis, "title": "ALT, × upper limit"}}
    y = {
        "field": "BILIX", "type": "quantitative", "scale": scale, "axis": {**axis, "title": "bilirubin, × upper limit"},
    }  # fmt: skip
    rule = {"type": "rule", "strokeDash": [4, 3], "color": EVENT}
    levels = {"domain": list(colors), "range": list(colors.values())}
    dots = {
        "data": {"values": data},
        "mark": {"type": "point", "filled": True, "size": 50},
        "encoding": {
            "x": x,
            "y": y,
            "color": {"field": "LEVEL", "type": "nominal", "scale": levels, "legend": None},
            "opacity": following(1, 0.2),
            "tooltip": hover(),
        },
    }
    lines = [
        {"data": {"values": [{}]}, "mark": rule, "encoding": {"x": {"datum": ALT_LINE, "type": "quantitative"}}},
        {"data": {"values": [{}]}, "mark": rule, "encoding": {"y": {"datum": BILIRUBIN_LINE, "type": "quantitative"}}},
    ]
    return {"width": WIDTH, "height": HEIGHT, "layer": [*lines, dots]}


def _still(data: list[dict[str, Any]], colors: dict[str, str]) -> str:
    """The same without the chart library."""
    canvas = Canvas()
    right, bottom, top = LEFT + WIDTH, 8 + HEIGHT, 8
    canvas.line((LEFT, bottom), (right, bottom))
    canvas.line((LEFT, bottom), (LEFT, top))
    for step, multiple in enumerate(DECADES):
        canvas.text(LEFT + WIDTH * step / 3, bottom + 12, f"{multiple:g}", color=MUTED)
        canvas.text(LEFT - 6, bottom - HEIGHT * step / 3, f"{multiple:g}", "right", color=MUTED)
    canvas.text(LEFT + WIDTH / 2, bottom + BELOW, "ALT, × upper limit", color=MUTED)
    canvas.text(LEFT + 6, top + 4, "bilirubin, × upper limit", "left", color=MUTED)
    across, up = LEFT + WIDTH * ALT_PLACE, bottom - HEIGHT * BILIRUBIN_PLACE
    canvas.line((across, bottom), (across, top), EVENT, dash=True)
    canvas.line((LEFT, up), (right, up), EVENT, dash=True)
    for point in data:
        color = colors.get(point.get("LEVEL") or "", INK)
        canvas.dot(LEFT + WIDTH * point["x"], bottom - HEIGHT * point["y"], color)
    return canvas.svg()
