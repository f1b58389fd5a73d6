"""How often the lower limit of a printed interval lies above a reference, for every reference that one may have in
mind: a falling line per claim, labeled where it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from remit.report.figures.canvas import LINE, Canvas
from remit.report.figures.figure import Figure
from remit.report.figures.theme import EVENT, FAINT, INK, MUTED, framed

WIDE, TALL, LEFT, ABOVE = 560, 190, 46, 24
APART = 14


@dataclass(frozen=True)
class Line:
    """One claim: its name, its color, and the share of trials above each reference of the grid."""

    name: str
    color: str
    shares: Sequence[float]


def clear_of(lines: Sequence[Line], grid: Sequence[float], reference: float, title: Markup) -> Figure:
    """The figure; `reference` is marked."""
    canvas = Canvas()
    floor = ABOVE + TALL

    def place(at: float, share: float) -> tuple[float, float]:
        return LEFT + WIDE * at, floor - TALL * share

    for quarter in range(5):
        _, y = place(0, quarter / 4)
        canvas.line((LEFT, y), (LEFT + WIDE, y), LINE if quarter == 0 else FAINT)
        canvas.text(LEFT - 6, y, f"{25 * quarter} %", "right", 10.5, MUTED)
    for tenth in range(0, 11, 2):
        canvas.text(LEFT + WIDE * tenth / 10, floor + 11, f"{10 * tenth} %", "center", 10.5, MUTED)
    canvas.text(
        LEFT + WIDE / 2,
        floor + 28,
        "reference: the share that would do as well without the cells",
        size=11,
        color=MUTED,
    )
    canvas.text(LEFT, 8, "trials whose lower limit is above it", "left", 11, MUTED)
    at, _ = place(reference, 0)
    canvas.line((at, ABOVE - 6), (at, floor), EVENT, dash=True)
    canvas.text(at + 4, ABOVE - 2, f"{100 * reference:.3g} %", "left", 11, EVENT, bold=True)
    taken: list[float] = []
    for line in lines:
        points = [place(at, share) for at, share in zip(grid, line.shares, strict=True)]
        for one, two in pairwise(points):
            canvas.line(one, two, line.color)
        for x, y in points:
            canvas.dot(x, y, line.color)
        # the name stands at the height of the middle of its own line, and not on another name
        y = place(0, line.shares[0])[1]
        while any(-APART < y - other < APART for other in taken):
            y += APART
        taken.append(y)
        canvas.text(LEFT + WIDE + 10, y, line.name, "left", 11.5, line.color, bold=True)
    summary = (
        "For every reference from 5 % to 95 %, the share of virtual trials whose lower confidence limit lies above it: "
        + "; ".join(f"{line.name}, a falling line" for line in lines)
        + ". The table beside it has the numbers."
    )
    return Figure("clear-of", title, summary, framed(canvas.spec()), Markup(""))


COLORS = (INK, "#2a8a94", "#a2551b", "#3a2f80", "#4e9b72", "#b3402f")
