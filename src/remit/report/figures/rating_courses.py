"""Courses of rating scores as small multiples: a thin line a subject, the median of the results thick, one panel each.

Drawn as a sheet of marks, so that four panels cost less than one chart; every visit of a subject is a small square that
names the subject and its value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl
from markupsafe import Markup

from remit.report.figures.canvas import Canvas, furthest
from remit.report.figures.figure import Figure
from remit.report.figures.theme import INK, MUTED, framed
from remit.report.material import Material

WIDE, TALL, HEAD, LEFT, BETWEEN, FOOT = 205, 120, 26, 26, 22, 34
ACROSS = 4
THIN, POINT = "#c3c9d1", "#8a94a1"
WEEKS_EVERY = 12


@dataclass(frozen=True)
class Panel:
    """One panel: the parameter of ADRS, the measure's word in result ids, and its heading."""

    code: str
    measure: str
    heading: str


def rating_courses(m: Material, panels: Sequence[Panel], title: Markup) -> Figure | None:
    """The figure; None when none of the scores is there. Panels without a score are left out."""
    rows = m.rows("adrs", "PARAMCD", "AVAL", "APROTDY", "SAFFL")
    if rows is None:
        return None
    codes = [panel.code for panel in panels]
    rows = rows.filter(
        pl.col("PARAMCD").is_in(codes)
        & (pl.col("SAFFL") == "Y")
        & pl.col("AVAL").is_not_null()
        & pl.col("APROTDY").is_not_null()
    ).sort("PARAMCD", "USUBJID", "APROTDY")
    here = [panel for panel in panels if rows.filter(pl.col("PARAMCD") == panel.code).height]
    if not here:
        return None
    first, last = -furthest(-day for day in rows["APROTDY"].to_list()), furthest(rows["APROTDY"].to_list())
    canvas = Canvas()
    for place, panel in enumerate(here):
        x = LEFT + (place % ACROSS) * (WIDE + BETWEEN + LEFT)
        y = (place // ACROSS) * (HEAD + TALL + FOOT)
        _panel(canvas, m, panel, rows.filter(pl.col("PARAMCD") == panel.code), (x, y, first, last))
    names = ", ".join(panel.heading for panel in here)
    summary = f"{names}: every subject over the weeks since the {m.start}, with the median at each visit."
    key_line = Markup(
        "Thin: one subject. Thick: median of those with a value; the table has their number. Below: weeks since the {}."
    ).format(m.start)
    return Figure("rating-courses", title, summary, framed(canvas.spec()), key_line, still=canvas.svg())


def _panel(
    canvas: Canvas, m: Material, panel: Panel, rows: pl.DataFrame, place: tuple[float, float, float, float]
) -> None:
    x, y, first, last = place
    floor, ceiling = y + HEAD + TALL, furthest((*rows["AVAL"].to_list(), 1.0))

    def across(day: float) -> float:
        return x + WIDE * (day - first) / (last - first or 1)

    def up(value: float) -> float:
        return floor - TALL * value / ceiling

    canvas.text(x, y + 9, panel.heading, "left", 12, bold=True)
    canvas.line((x, floor), (x + WIDE, floor))
    canvas.line((across(0), y + HEAD), (across(0), floor), THIN, dash=True)
    canvas.text(x - 5, floor, "0", "right", 10, MUTED)
    canvas.text(x - 5, y + HEAD, f"{ceiling:.3g}", "right", 10, MUTED)
    for week in range(0, int(last // 7) + 1, WEEKS_EVERY):
        canvas.text(across(7 * week), floor + 11, str(week), "center", 10, MUTED)
    before: tuple[str, float, float] | None = None
    for who, day, value in rows.select("USUBJID", "APROTDY", "AVAL").iter_rows():
        here = across(day), up(value)
        if before is not None and before[0] == who:
            canvas.line(before[1:], here, THIN)
        box = (here[0] - 1.8, here[1] - 1.8, here[0] + 1.8, here[1] + 1.8)
        canvas.rectangle(box, POINT, "none", (who, f"{panel.heading} {value:.4g}, day {day}"), 0.8)
        before = (who, *here)
    _median(canvas, m, panel, (across(first), across, up))


def _median(canvas: Canvas, m: Material, panel: Panel, place: tuple[float, object, object]) -> None:
    """The medians that the results print, at the planned days of their visits."""
    start, across, up = place
    assert callable(across)
    assert callable(up)
    found: list[tuple[float, float]] = []
    base = m.shelf.get(f"activity/{panel.measure}/baseline/median")
    if base is not None and base.value is not None:
        found.append((start, up(base.value)))
    for visit in m.protocol.visits:
        median = m.shelf.get(f"activity/{panel.measure}/{visit.key}/median")
        if visit.day is not None and median is not None and median.value is not None:
            found.append((across(visit.day), up(median.value)))
    for one, two in pairwise(found):
        for shift in (-0.7, 0.0, 0.7):
            canvas.line((one[0], one[1] + shift), (two[0], two[1] + shift), INK)
    for at in found:
        canvas.dot(*at)
