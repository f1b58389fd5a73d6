"""The dose-transition pathway as a tree: what each outcome of the next cohorts leads to, read from left to right."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markupsafe import Markup

from remit.analysis.result import Result
from remit.report.figures.canvas import Canvas, furthest, width_of
from remit.report.figures.design import Drawn
from remit.report.figures.figure import Figure
from remit.report.figures.theme import ACTIONS, MUTED, framed
from remit.report.shelf import Shelf

ROW = 25
BOX = 18
GAP, ELBOW = 96, 14
HEAD = 26
_SEGMENT = re.compile(r"^(?P<level>.+?)-(?P<dlts>\d+(?:-to-\d+)?)-of-(?P<treated>\d+)(?P<event>-event)?$")


@dataclass
class _Node:
    result: Result
    outcome: str
    depth: int
    row: float = 0.0
    children: list[_Node] = field(default_factory=list)

    @property
    def word(self) -> str:
        return self.result.text.split(" ", 1)[0]


def pathway_tree(shelf: Shelf, drawn: Drawn, title: Markup) -> Figure | None:
    """The tree of one design; None without rows."""
    root = _tree(shelf, drawn)
    if root is None or not root.children:
        return None
    nodes = list(_walk(root))
    _place(root, 0)
    depth = int(furthest(node.depth for node in nodes))
    widest = [furthest(width_of(node.result.text) for node in nodes if node.depth == d) + 16 for d in range(depth + 1)]
    lefts = [0.0]
    for wide in widest[:-1]:
        lefts.append(lefts[-1] + wide + GAP)
    canvas = _sheet(nodes, lefts, widest)
    summary = (
        f"Decision tree of {drawn.label}: after each possible outcome of the next {depth} cohorts, the decision and "
        "the size of the next cohort. The same in words stands in the list of results."
    )
    key_line = Markup(
        "On a line: DLTs/subjects of the cohort. In a box: the decision, with the next level and (+) the size of the "
        "next cohort. Neighboring outcomes that end in the same decision are drawn once."
    )
    return Figure(f"pathway-{drawn.slug}", title, summary, framed(canvas.spec()), key_line, still=canvas.svg())


def _tree(shelf: Shelf, drawn: Drawn) -> _Node | None:
    start, end = f"{drawn.stem}/rule/pathway/", "/next-level"
    root: _Node | None = None
    known: dict[tuple[str, ...], _Node] = {}
    top = shelf.get(f"{drawn.stem}/rule/pathway{end}")
    if top is None:
        return None
    root = known[()] = _Node(top, "", 0)
    for result in shelf.under(start, end):
        path = tuple(result.id.removeprefix(start).removesuffix(end).split("/"))
        if path == ("next-level",) or path[:-1] not in known:
            continue
        node = known[path] = _Node(result, _outcome(path[-1]), len(path))
        known[path[:-1]].children.append(node)
    return root


def _outcome(segment: str) -> str:
    found = _SEGMENT.match(segment)
    if found is None:
        return segment
    return f"{found['dlts'].replace('-to-', '–')}/{found['treated']}" + (" + event" if found["event"] else "")


def _walk(node: _Node) -> list[_Node]:
    return [node, *(below for child in node.children for below in _walk(child))]


def _place(node: _Node, next_row: int) -> int:
    if not node.children:
        node.row = next_row
        return next_row + 1
    for child in node.children:
        next_row = _place(child, next_row)
    node.row = (node.children[0].row + node.children[-1].row) / 2
    return next_row


def _sheet(nodes: list[_Node], lefts: list[float], widths: list[float]) -> Canvas:
    canvas = Canvas()
    for depth, left in enumerate(lefts):
        canvas.text(left, 8, "now" if depth == 0 else f"after cohort {depth}", "left", 11, MUTED)
    for node in nodes:
        middle = HEAD + (node.row + 0.5) * ROW
        left, right = lefts[node.depth], lefts[node.depth] + widths[node.depth]
        for child in node.children:
            end = HEAD + (child.row + 0.5) * ROW
            canvas.line((right, middle), (right + ELBOW, middle))
            canvas.line((right + ELBOW, middle), (right + ELBOW, end))
            canvas.line((right + ELBOW, end), (lefts[child.depth], end))
            canvas.text(lefts[child.depth] - 6, end - 8, child.outcome, "right", 10.5)
        color = ACTIONS.get(node.word, "#ffffff")
        said = (node.result.text, node.result.note)
        canvas.rectangle((left, middle - BOX / 2, right, middle + BOX / 2), color, "#8a929c", said)
        canvas.text((left + right) / 2, middle, node.result.text)
    return canvas
