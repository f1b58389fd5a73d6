"""One number over many virtual trials: a bar for each value, the middle 90 % of trials as a line with its median, and
a mark where the printed number lies. Small enough that three stand side by side, or one on a telephone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from remit.report.figures.canvas import Canvas, furthest, width_of
from remit.report.figures.figure import Figure
from remit.report.figures.theme import EVENT, INK, MUTED, framed

WIDE, TALL, ABOVE = 268, 62, 24
EDGE = 8
BAR = "#8fa5bd"
MOST_LABELS = 14
ALIKE = 0.5
FEWEST = 7


@dataclass(frozen=True)
class Strip:
    """What is drawn of one number.

    bars      (low, high, what they hold, trials) from left to right
    line      low end, median and high end of the middle 90 % of trials; None when no trial has a value
    mark      the printed number: where it lies, and its text
    ends      what stands at the left and right end of the axis; empty: every bar has its own label
    names     label of a bar by its center, for whole numbers that have names
    """

    key: str
    title: Markup | str
    bars: Sequence[tuple[float, float, str, int]]
    line: tuple[float, float, float] | None
    mark: tuple[float, str] | None
    ends: tuple[str, str]
    names: Mapping[float, str]
    color: str = BAR
    zero: bool = False


def strip(one: Strip, said: Markup, summary: str) -> Figure:
    """The strip as a figure; `said` stands below it.

    one.zero   draws a line at 0, for differences
    """
    canvas = Canvas()
    floor = ABOVE + TALL
    canvas.line((0, floor), (WIDE, floor))
    if not one.bars:
        canvas.text(WIDE / 2, ABOVE + TALL / 2, "no trial has this number", size=11, color=MUTED)
        return Figure(one.key, Markup.escape(one.title), summary, framed(canvas.spec()), said)
    low, high = _ends(one)

    def across(value: float) -> float:
        return EDGE + (WIDE - 2 * EDGE) * (value - low) / (high - low)

    most = furthest(trials for _, _, _, trials in one.bars)
    gap = 1.5 if across(one.bars[0][1]) - across(one.bars[0][0]) > 6 else 0.5
    for left, right, what, trials in one.bars:
        if not trials:
            continue
        top = floor - TALL * trials / most
        hover = (what, f"{trials} trial{'' if trials == 1 else 's'}")
        canvas.rectangle((across(left) + gap / 2, top, across(right) - gap / 2, floor), one.color, "none", hover)
    if one.zero:
        canvas.line((across(0), ABOVE), (across(0), floor), INK)
    _axis(canvas, one, floor, across)
    if one.line is not None:
        canvas.line((across(one.line[0]), floor + 22), (across(one.line[2]), floor + 22), INK)
        canvas.dot(across(one.line[1]), floor + 22)
    if one.mark is not None:
        at, text = across(one.mark[0]), one.mark[1]
        canvas.line((at, ABOVE - 8), (at, floor), EVENT, dash=True)
        # the text stays on the sheet
        half = width_of(text, 11) / 2
        align = "left" if at < half else "right" if at > WIDE - half else "center"
        canvas.text(at, 7, text, align, 11, EVENT, bold=True)
    canvas.line((WIDE, floor + 26), (WIDE, floor + 26))
    return Figure(one.key, Markup.escape(one.title), summary, framed(canvas.spec()), said)


def _ends(one: Strip) -> tuple[float, float]:
    """Left and right end of the axis: all bars, and the mark."""
    low, high = one.bars[0][0], one.bars[-1][1]
    if one.mark is not None:
        beyond = ALIKE if one.names or not one.ends[0] else (high - low) * 0.03
        low = -furthest((-low, beyond - one.mark[0]))
        high = furthest((high, one.mark[0] + beyond))
    if not one.ends[0] and high - low < FEWEST:
        # one or two bars do not fill the sheet
        low, high = (low + high - FEWEST) / 2, (low + high + FEWEST) / 2
    if one.zero:
        low, high = -furthest((-low, 0.0)), furthest((high, 0.0))
    return low, high


def _axis(canvas: Canvas, one: Strip, floor: float, across: Callable[[float], float]) -> None:
    if one.ends[0]:
        canvas.text(across(one.bars[0][0]), floor + 10, one.ends[0], "left", 10, MUTED)
        canvas.text(across(one.bars[-1][1]), floor + 10, one.ends[1], "right", 10, MUTED)
        return
    every = 1 if len(one.bars) <= MOST_LABELS else 2 if len(one.bars) <= 2 * MOST_LABELS else 5
    for place, (left, right, what, _) in enumerate(one.bars):
        center = (left + right) / 2
        if place % every == 0:
            canvas.text(across(center), floor + 10, one.names.get(center, what), "center", 10, MUTED)
