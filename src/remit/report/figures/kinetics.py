"""Cell kinetics: transgene copies over the first weeks on a log axis, with the infusions and the window of the AUC."""

from __future__ import annotations

from typing import Any

import polars as pl
from markupsafe import Markup

from remit.report.figures.b_cells import band, curves, level_key, plotted
from remit.report.figures.figure import Figure
from remit.report.figures.theme import INK, MUTED, framed
from remit.report.material import Material

WIDTH = 780
WINDOW = (0, 28)


def kinetics(m: Material, title: Markup) -> Figure | None:
    """None when no cells were measured (no PC records)."""
    rows = m.rows("adlb", "SRCDOM", "AVAL", "LLOQ", "BLQFL", "APROTDY", "AVALU", "PARAM")
    if rows is None:
        return None
    rows = rows.filter((pl.col("SRCDOM") == "PC") & pl.col("APROTDY").is_not_null())
    data = plotted(rows)
    if not data:
        return None
    first = rows.row(0, named=True)
    unit = str(first["AVALU"] or "").replace("ug", "µg")
    shown = {column.key for column in m.levels}
    used = {level.schedule for level in m.protocol.levels if level.key in shown}
    infusions = sorted({day for schedule in m.protocol.schedules if schedule.key in used for day in schedule.days})
    axis = {"title": f"{first['PARAM']}, {unit}", "format": "~s", "tickCount": 5}
    days = {"title": "days since the first infusion", "grid": False, "values": list(range(0, 400, 7))}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": [{"a": WINDOW[0], "b": WINDOW[1]}]},
            "mark": {"type": "rect", "color": "#f6f4ee"},
            "encoding": {
                "x": {"field": "a", "type": "quantitative"},
                "x2": {"field": "b"},
                "y": {"value": 0},
                "y2": {"value": "height"},
            },
        },
        *band(data, WIDTH),
        *curves(m, data, days, axis),
        {
            "data": {"values": [{"day": day, "t": "▼"} for day in infusions]},
            "mark": {"type": "text", "fontSize": 11, "color": INK},
            "encoding": {"x": {"field": "day", "type": "quantitative"}, "y": {"value": -6}, "text": {"field": "t"}},
        },
    ]
    spec = {"width": WIDTH, "height": 220, "layer": layers}
    key_line = Markup("{} ▼ infusion. Shaded: days {}–{}, the window of the AUC. Hollow: below quantification.").format(
        level_key(m), *WINDOW
    )
    return Figure(
        "kinetics",
        title,
        f"{first['PARAM']} of every subject over the days since the first infusion, log scale.",
        framed(spec),
        key_line,
    )


__all__ = ["MUTED", "kinetics"]
