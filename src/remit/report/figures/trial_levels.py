"""The levels of virtual trials side by side: the true DLT rate that is assumed, how often each level is recommended,
how many subjects are treated at it, and how many of them have a DLT.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from remit.report.figures.canvas import Canvas, furthest, width_of
from remit.report.figures.figure import Figure
from remit.report.figures.theme import EVENT, INK, MUTED, framed
from remit.report.material import Column

TALL, HEAD, GAP, SLOT = 74, 26, 40, 56


@dataclass(frozen=True)
class Panel:
    """One quantity by level: its heading, and per level its value and text; the last may be `none`."""

    heading: str
    values: Sequence[tuple[float, str]]
    most: float | None = None


def trial_levels(levels: Sequence[Column], panels: Sequence[Panel], title: Markup, limit: float) -> Figure:
    """Panels from left to right.

    limit   a true rate above it is too toxic: such levels are marked below their name
    """
    canvas = Canvas()
    x = 0.0
    slot = furthest((SLOT, *(width_of(level.name) + 8 for level in levels)))
    floor = HEAD + 16 + TALL
    for number, panel in enumerate(panels):
        canvas.text(x, 9, panel.heading, "left", 11.5, bold=True)
        canvas.line((x, floor), (x + slot * len(panel.values), floor))
        top = panel.most or furthest((*(value for value, _ in panel.values), 0.05))
        for place, (value, text) in enumerate(panel.values):
            level = levels[place] if place < len(levels) else None
            center = x + slot * (place + 0.5)
            high = floor - TALL * value / top
            name, color = (level.name, level.color) if level is not None else ("none", MUTED)
            if number == 0:
                color = EVENT if value > limit else MUTED
            hover = (name, f"{panel.heading}: {text}")
            canvas.rectangle((center - slot / 2 + 6, high, center + slot / 2 - 6, floor), color, "none", hover)
            canvas.text(center, high - 8, text, size=10.5, color=EVENT if number == 0 and value > limit else INK)
            canvas.text(center, floor + 11, name, size=11, color=MUTED if level is None else INK)
        x += slot * len(panel.values) + GAP
    summary = "By dose level: " + "; ".join(
        f"{panel.heading}: {', '.join(text for _, text in panel.values)}" for panel in panels
    )
    return Figure("trial-levels", title, f"{summary}.", framed(canvas.spec()), Markup(""))
