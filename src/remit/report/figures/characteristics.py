"""Operating characteristics as small multiples: a column a scenario, and in it the assumed true rates with the target,
the chance that each level is recommended, and the mean numbers of subjects and DLTs. Two designs stand side by side,
the second outlined instead of filled.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from remit.report.figures.canvas import Canvas, furthest, width_of
from remit.report.figures.design import Drawn, distinct, text, value
from remit.report.figures.figure import Figure
from remit.report.figures.theme import EVENT, INK, MUTED, framed
from remit.report.shelf import Shelf

# The statistic in the id, the heading of its panel, whether it is a chance
PANELS = (("selected", "recommended, %", True), ("treated", "subjects, mean", False), ("dlts", "DLTs, mean", False))
RATES = "true DLT rate, %"
NONE = "none"
ACROSS = 1060
TALL, HEAD, GAP = 62, 26, 24
ASIDE, BETWEEN, NAMES = 108, 26, 20
MARKS = "AB"


def characteristics(shelf: Shelf, designs: Sequence[Drawn], title: Markup, names: Sequence[str] = ()) -> Figure | None:
    """One or two designs under the same scenarios; None when there is no scenario.

    names    scenarios to show; none: all of the first design that assume different rates
    """
    first = designs[0]
    shown = tuple(names) or tuple(distinct(shelf, first))
    if not shown:
        return None
    widest = furthest(width_of(level.name) for level in first.levels)
    slot = furthest((46 if len(designs) == 1 else 74, widest + 10))
    wide = slot * (len(first.levels) + 1)
    across = int((ACROSS - ASIDE) // (wide + BETWEEN)) or 1
    tall = HEAD + (TALL + GAP) * (len(PANELS) + 1) + NAMES + 10
    tops = {key: 1.0 if chance else _largest(shelf, designs, shown, key) for key, _, chance in PANELS}
    canvas = Canvas()
    for at, name in enumerate(shown):
        x = ASIDE + (at % across) * (wide + BETWEEN)
        y = (at // across) * tall
        canvas.text(x, y + 9, name, "left", 12.5, bold=True)
        for panel, heading in enumerate((RATES, *(heading for _, heading, _ in PANELS))):
            bottom = y + HEAD + (TALL + GAP) * panel + TALL + GAP - 8
            if at % across == 0:
                canvas.text(ASIDE - 8, bottom - 7, heading, "right", 11, MUTED)
            canvas.line((x, bottom), (x + wide, bottom))
            if panel == 0:
                _truth(canvas, shelf, first, name, (x, bottom, slot, wide))
            else:
                key, _, chance = PANELS[panel - 1]
                _bars(canvas, shelf, designs, name, (key, heading, chance), (x, bottom, slot, tops[key]))
        for k, level in enumerate((*(level.name for level in first.levels), NONE)):
            canvas.text(
                x + slot * (k + 0.5), y + tall - NAMES - 6, level, size=11, color=MUTED if level == NONE else INK
            )
    label = " and ".join(one.label for one in designs)
    summary = (
        f"Operating characteristics of {label} under {len(shown)} scenario{'' if len(shown) == 1 else 's'}: "
        "per dose level the assumed true DLT rate with the target, the chance of being recommended, and the mean "
        "numbers of subjects and of DLTs. The numbers stand on the bars."
    )
    key = f"oc-{'-'.join(one.slug for one in designs)}"
    said = _key_line(shelf, designs, shown[0])
    return Figure(key, title, summary, framed(canvas.spec()), said, still=canvas.svg())


def _key_line(shelf: Shelf, designs: Sequence[Drawn], name: str) -> Markup:
    parts = [
        Markup('<span class="key">{}: {}</span>').format(("filled", "outlined")[k], one.label)
        for k, one in enumerate(designs)
        if len(designs) > 1
    ]
    aimed = shelf.get(f"{designs[0].stem}/rule/target/rate") is not None
    parts.append(Markup("Dots: assumed true DLT rate{}.").format("; dashed: target" if aimed else ""))
    methods = dict.fromkeys(r.method for one in designs if (r := shelf.get(f"{one.stem}/{name}/all/treated")))
    parts.append(Markup("Chances and means ({}).").format(" and ".join(methods)))
    return Markup(" ").join(parts)


def _largest(shelf: Shelf, designs: Sequence[Drawn], names: Sequence[str], key: str) -> float:
    found = (
        value(shelf, f"{one.stem}/{name}/{level.key}/{key}") or 0.0
        for one in designs
        for name in names
        for level in one.levels
    )
    return furthest((*found, 0.1))


def _truth(canvas: Canvas, shelf: Shelf, drawn: Drawn, name: str, place: tuple[float, float, float, float]) -> None:
    x, bottom, slot, wide = place
    target = value(shelf, f"{drawn.stem}/rule/target/rate")
    found = [(f"{drawn.stem}/{name}/{level.key}/true-rate", k) for k, level in enumerate(drawn.levels)]
    rates = [(value(shelf, id) or 0.0, text(shelf, id).removesuffix(" %"), k) for id, k in found]
    top = furthest((*(rate for rate, _, _ in rates), target or 0.0, 0.05))
    tall = TALL - 6
    points = [(x + slot * (k + 0.5), bottom - tall * rate / top, printed) for rate, printed, k in rates]
    aimed = None if target is None else bottom - tall * target / top
    if aimed is not None:
        canvas.line((x, aimed), (x + wide, aimed), EVENT, dash=True)
        # In the column of `none`, where no dot stands.
        canvas.text(x + wide, aimed - 8, text(shelf, f"{drawn.stem}/rule/target/rate"), "right", 10.5, EVENT)
    for (left, high, _), (right, low, _) in pairwise(points):
        canvas.line((left, high), (right, low), MUTED)
    for across, height, printed in points:
        canvas.dot(across, height)
        crossed = aimed is not None and abs(height - 10 - aimed) < 7 and height + 14 < bottom
        canvas.text(across, height + 11 if crossed else height - 10, printed, size=10)


def _bars(
    canvas: Canvas,
    shelf: Shelf,
    designs: Sequence[Drawn],
    name: str,
    panel: tuple[str, str, bool],
    place: tuple[float, float, float, float],
) -> None:
    key, heading, chance = panel
    x, bottom, slot, top = place
    wide = (slot - 10) / len(designs)
    for d, one in enumerate(designs):
        places = [(level.key, level.name, level.color) for level in one.levels]
        if chance:
            places.append((NONE, "no level", MUTED))
        for k, (level, shown, color) in enumerate(places):
            id = f"{one.stem}/{name}/{level}/{key}"
            number = value(shelf, id)
            if number is None:
                continue
            left = x + slot * k + 5 + wide * d
            high = bottom - (TALL - 2) * number / top
            said = (f"{one.label}, {shown}", f"{heading}: {text(shelf, id)}")
            if d == 0:
                canvas.rectangle((left, high, left + wide - 1, bottom), color, "none", said)
            else:
                canvas.rectangle((left + 1.5, high, left + wide - 1, bottom), "#ffffff", color, said)
            printed = text(shelf, id).partition(" ±")[0].removesuffix(" %")  # the error is in the table and the panel
            canvas.text(left + wide / 2, high - 7, printed, size=10 if len(designs) == 1 else 9.5)
