"""What the figures of a design are drawn from: result rows by their ids, and the levels with their colors."""

from __future__ import annotations

from dataclasses import dataclass

from remit.report.material import Column
from remit.report.shelf import Shelf


@dataclass(frozen=True)
class Drawn:
    """One design on the page.

    stem      what the ids of its rows begin with
    label     what a figure calls it
    levels    all its levels, lowest first
    """

    stem: str
    label: str
    levels: tuple[Column, ...]

    @property
    def slug(self) -> str:
        """The stem as a part of a figure's key."""
        return self.stem.replace("/", "-")

    def name(self, key: str) -> str:
        """The name of a level by its key."""
        return next((level.name for level in self.levels if level.key == key), key)


def scenarios(shelf: Shelf, drawn: Drawn) -> tuple[str, ...]:
    """The scenarios for which there are rows, in their order."""
    start, end = f"{drawn.stem}/", "/none/selected"
    found = (r.id.removeprefix(start).removesuffix(end) for r in shelf.under(start, end))
    return tuple(name for name in found if "/" not in name)


def distinct(shelf: Shelf, drawn: Drawn) -> dict[str, tuple[str, ...]]:
    """Scenarios that assume different rates, each with those that assume the same (they differ in something else)."""
    first: dict[tuple[float | None, ...], str] = {}
    found: dict[str, tuple[str, ...]] = {}
    for name in scenarios(shelf, drawn):
        rates = tuple(value(shelf, f"{drawn.stem}/{name}/{level.key}/true-rate") for level in drawn.levels)
        like = first.setdefault(rates, name)
        found[like] = (*found.get(like, ()), *([name] if name != like else []))
    return found


def value(shelf: Shelf, id: str) -> float | None:
    """The value of a row; None when there is no such row."""
    result = shelf.get(id)
    return result.value if result is not None else None


def text(shelf: Shelf, id: str) -> str:
    """The printed text of a row; empty when there is no such row."""
    result = shelf.get(id)
    return result.text if result is not None else ""
