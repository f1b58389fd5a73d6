"""Cell kinetics: one panel per analyte over the first weeks on a log axis, with infusions and the window of the AUC."""

from __future__ import annotations

from typing import Any

import polars as pl
from markupsafe import Markup

from remit.report.figures.b_cells import band, curves, level_key, plotted
from remit.report.figures.figure import Figure
from remit.report.figures.theme import INK, MUTED, framed
from remit.report.material import Material

WIDTH, HEIGHT = 780, 220
SMALL = 150
WINDOW = (0, 28)
THOUSAND = 1000
FLOW = "CELL KINETICS"
COLUMNS = ("SRCDOM", "PARAMCD", "PARCAT1", "PARAM", "AVAL", "LLOQ", "BLQFL", "APROTDY", "AVALU")


def kinetics(m: Material, title: Markup) -> Figure | None:
    """Copies (PC), then cells counted by flow cytometry (CP); None when no cells were measured.

    An analyte that was recorded in several units is not drawn: one axis cannot hold two units.
    """
    rows = m.rows("adlb", *COLUMNS)
    if rows is None:
        return None
    own = (pl.col("SRCDOM") == "PC") | ((pl.col("SRCDOM") == "CP") & (pl.col("PARCAT1") == FLOW))
    rows = rows.filter(own & pl.col("APROTDY").is_not_null())
    ordered = rows.sort("SRCDOM", "PARAMCD", descending=[True, False], maintain_order=True)
    names: list[str] = []
    refused: list[str] = []
    panels: list[dict[str, Any]] = []
    found = [(part, plotted(part)) for part in ordered.partition_by("SRCDOM", "PARAMCD", maintain_order=True)]
    drawn = [(part, data) for part, data in found if data]
    for part, data in drawn:
        name = str(part["PARAM"][0])
        units = part["AVALU"].drop_nulls().unique().sort().to_list()
        if len(units) > 1:
            refused.append(f"{name} is not drawn: it was recorded in {' and '.join(units)}.")
            continue
        names.append(name)
        unit = units[0].replace("ug", "µg").replace("uL", "µL") if units else ""
        panels.append(_panel(m, data, f"{name}, {unit}" if unit else name, SMALL if len(drawn) > 1 else HEIGHT))
    if not panels:
        return None
    spec = panels[0]
    if len(panels) > 1:
        spec = {"vconcat": panels, "spacing": 14, "resolve": {"scale": {"x": "shared", "color": "shared"}}}
    key_line = Markup(
        "{} ▼ infusion. Shaded: days {}–{}, the window of the AUC. Hollow: below quantification; the AUC takes it as 0 "
        "before and after what was quantified, and leaves it out between. {}"
    ).format(level_key(m), *WINDOW, " ".join(refused))
    summary = f"{' and '.join(names)} of every subject over the days since the first infusion, log scale."
    return Figure("kinetics", title, summary, framed(spec), key_line)


def _panel(m: Material, data: list[dict[str, Any]], title: str, height: int) -> dict[str, Any]:
    """One analyte: the window, the band below quantification, the curves, and the infusions above."""
    shown = {column.key for column in m.levels}
    used = {level.schedule for level in m.protocol.levels if level.key in shown}
    infusions = sorted({day for schedule in m.protocol.schedules if schedule.key in used for day in schedule.days})
    # thousands of copies are shortened; a tenth of a cell is not 100m
    small = all(point["shown"] < THOUSAND for point in data)
    axis = {"title": title, "format": "~g" if small else "~s", "tickCount": 5}
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
    return {"width": WIDTH, "height": height, "layer": layers}


__all__ = ["MUTED", "kinetics"]
