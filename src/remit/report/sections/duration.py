"""6 Time to and duration: time to first states and B-cell return, how long they lasted, and the swimmer plot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from remit.report.figures.kaplan_meier import kaplan_meier
from remit.report.figures.swimmer import swimmer
from remit.report.material import Material
from remit.report.sections.section import Section
from remit.report.shelf import shown
from remit.report.tables import FOOT, Cell, Row, Table

# Over within days: the table says it, a curve would not show it.
UNDRAWN = {"b-cell-depletion"}
WORDS = {
    "first-lldas": "First LLDAS",
    "first-doris": "First DORIS",
    "b-cell-return": "B-cell return",
    "b-cell-depletion": "B-cell depletion",
    "flare": "Flare",
}


def contents(m: Material) -> Mapping[str, Any]:
    """The curves, their table, durability in words, and the swimmer plot."""
    keys = list(dict.fromkeys(r.id.split("/")[1] for r in m.shelf.under("time-to/")))
    curves = [(k, word(k)) for k in keys if k not in UNDRAWN]
    return {
        "curves": kaplan_meier(m, curves, _medians(m, [k for k, _ in curves])),
        "times": times(m, keys),
        "durability": durability(m),
        "swimmer": swimmer(m, longest(m)),
    }


def _medians(m: Material, keys: list[str]) -> Markup:
    said = [
        Markup("{} {}").format(word(k), m.shelf.fraction(f"time-to/{k}/median"))
        for k in keys
        if m.shelf.has(f"time-to/{k}/median")
    ]
    return (
        Markup("Months by Kaplan–Meier, median: {}").format(Markup(", ").join(said))
        if said
        else Markup("Time to the first state, and to the return of B cells")
    )


def word(key: str) -> str:
    """The label of a time parameter."""
    return WORDS.get(key, key.replace("-", " ").capitalize())


def times(m: Material, keys: list[str]) -> Table | None:
    """Events, median and quartiles of every time parameter, from the first infusion."""
    s = m.shelf
    rows = []
    for key in keys:
        stem = f"time-to/{key}"
        if s.get(f"{stem}/events") is None:
            continue
        rows.append(
            Row(
                word(key),
                [
                    Cell(s.cell(f"{stem}/events")),
                    Cell(s.start(f"{stem}/median")),
                    Cell(limits(m, f"{stem}/median"), "ci"),
                ],
            )
        )
    if not rows:
        return None
    return Table(
        "times",
        "Months from the first infusion, Kaplan–Meier",
        ["Events", "Median, months", "95 % CI"],
        rows,
        FOOT,
        "Time to",
    )


def limits(m: Material, id: str) -> Markup:
    """The limits of a median as its text prints them."""
    result = m.shelf.get(id)
    inside = shown(result).partition("CI ")[2].rstrip(")") if result else ""
    return Markup.escape(inside) if inside else Markup('<span class="none">–</span>')


def durability(m: Material) -> list[tuple[str, Markup]]:
    """Every durability result that is there, by its title."""
    said = []
    for state in dict.fromkeys(r.id.split("/")[1] for r in m.shelf.under("durability/")):
        stem = f"durability/{state}"
        events, median, longest = (m.shelf.get(f"{stem}/{k}") for k in ("events", "median", "longest-days/value"))
        if events is None:
            continue
        text = Markup("lost by {} who had it").format(m.shelf.number(events.id))
        if median is not None:
            text += Markup("; median duration {}{}").format(
                m.shelf.number(median.id), " months" if median.value is not None else ""
            )
        if longest is not None and longest.value is not None:
            text += Markup("; longest so far {} days{}").format(
                m.shelf.number(longest.id), ", ongoing" if "ongoing" in longest.note else ""
            )
        said.append((events.title.partition(",")[0].removeprefix("Duration of "), text))
    return said


def longest(m: Material) -> Markup:
    """The finding over the swimmer plot: the longest remission so far, where the results name it."""
    for result in m.shelf.under("durability/"):
        if result.value is not None and ("longest" in result.id or result.id.endswith("/max")):
            note = ", ongoing" if "ongoing" in result.note else ""
            title, _, unit = result.title.rpartition(", ")
            return Markup("{}: {} {}{}").format(
                title or result.title, m.shelf.number(result.id), unit if title else "", note
            )
    return Markup("Every subject from the first infusion to the last contact")


DURATION = Section("duration", "Time to and duration", "Duration", contents)
