"""The decision table as a grid: subjects at the level across, DLTs down, the word in each cell and its color behind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from remit.report.figures.canvas import Canvas, furthest, width_of
from remit.report.figures.design import Drawn
from remit.report.figures.figure import Figure
from remit.report.figures.theme import ACTIONS, MUTED, framed
from remit.report.shelf import Shelf

HIGH, ASIDE, TOP, GAP = 25, 110, 36, 20
ACROSS = 1110
_CELL = re.compile(r"^(?P<level>.+)/(?P<treated>\d+)-treated/(?P<dlts>\d+)-dlts/move$")
SAME = (
    "The table holds at every level; at the lowest one, de-escalate means stay, at the highest one escalate means stay."
)
STRAIGHT = (
    "The decision also depends on the other levels. Shown is the straight way up: every level below went up without "
    "a DLT, and the current one was stayed at. An empty cell cannot be reached that way; where two words stand, the "
    "order of events decides."
)


@dataclass(frozen=True)
class _Cell:
    treated: int
    dlts: int
    text: str
    title: str


def decision_grid(shelf: Shelf, drawn: Drawn, title: Markup) -> Figure | None:
    """The grid of one design: one block when it is the same at every level, else one a level; None without rows."""
    blocks = _blocks(shelf, drawn)
    if not blocks:
        return None
    highest = int(furthest(_needed(cells) for cells in blocks.values()))
    wide = furthest((66.0, *(width_of(cell.text, 10.5) + 12 for cells in blocks.values() for cell in cells)))
    canvas = Canvas()
    x, y = float(ASIDE), 0.0
    for level, cells in blocks.items():
        columns = sorted({cell.treated for cell in cells})
        if x > ASIDE and x + wide * len(columns) > ACROSS:
            x, y = float(ASIDE), y + TOP + HIGH * (highest + 1) + GAP
        if x == ASIDE:
            canvas.text(ASIDE - 8, y + TOP - 9, "subjects treated", "right", 11, MUTED)
            for row in range(highest + 1):
                shown = f"{row}{' or more' if row == highest else ''} {'DLT' if row == 1 != highest else 'DLTs'}"
                canvas.text(ASIDE - 8, y + TOP + HIGH * (row + 0.5), shown, "right", 11, MUTED)
        name = "any level" if level == "any" else drawn.name(level)
        canvas.text(x, y + 8, name, "left", 11.5, bold=True)
        for k, treated in enumerate(columns):
            canvas.text(x + wide * (k + 0.5), y + TOP - 9, str(treated), color=MUTED)
        for cell in cells:
            if cell.dlts > highest:
                continue
            left, top = x + wide * columns.index(cell.treated), y + TOP + HIGH * cell.dlts
            color = ACTIONS.get(cell.text, "#ffffff")
            canvas.rectangle((left, top, left + wide - 2, top + HIGH - 2), color, "#c9c6bd", (cell.title, cell.text))
            canvas.text(left + wide / 2 - 1, top + HIGH / 2 - 1, cell.text, size=10.5)
        x += furthest((wide * len(columns), width_of(name, 12.5))) + GAP
    summary = (
        f"Decision table of {drawn.label}: for each number of subjects and of DLTs at a level, escalate, stay, "
        "de-escalate, eliminate or stop, as a word in the cell."
    )
    key_line = Markup.escape(SAME if "any" in blocks else STRAIGHT)
    return Figure(f"table-{drawn.slug}", title, summary, framed(canvas.spec()), key_line, still=canvas.svg())


def _blocks(shelf: Shelf, drawn: Drawn) -> dict[str, list[_Cell]]:
    start = f"{drawn.stem}/rule/table/"
    blocks: dict[str, list[_Cell]] = {}
    for result in shelf.under(start, "/move"):
        found = _CELL.match(result.id.removeprefix(start))
        if found is not None:
            said = result.text.replace(" or ", " / ")
            cell = _Cell(int(found["treated"]), int(found["dlts"]), said, result.title)
            blocks.setdefault(found["level"], []).append(cell)
    return blocks


def _needed(cells: list[_Cell]) -> int:
    """The last row worth printing: from there on no further DLT changes the word of any column."""
    last = 1
    for treated in {cell.treated for cell in cells}:
        column = sorted((cell.dlts, cell.text) for cell in cells if cell.treated == treated)
        for (_, before), (dlts, word) in pairwise(column):
            if word != before and dlts > last:
                last = dlts
    return last
