"""The results by id, and the one way to print them: every number that leaves the shelf is a button that knows its id.

A number in prose also gets a note number, in the order of reading; print shows it, the last section lists the notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from remit.analysis.result import Result

NOT_COLLECTED = Markup('<abbr title="not collected">nc</abbr>')
NONE = Markup('<span class="none">–</span>')

# 4/8 (50.0 %; 95 % CI 15.7–84.3)
_PROPORTION = re.compile(
    r"^(?P<fraction>\S+/\S+)\s*(?:\((?:(?P<percent>[\d.<>]+\s?%)\s*;?\s*)?(?:(?P<words>[^)]*?(?:CI|bound))\s*(?P<interval>[^)]+))?\))?$"
)


_MINUS = re.compile(r"(?<![\w)])-(?=\d)")


@dataclass(frozen=True)
class Printed:
    """The text of a proportion in its parts, as printed; a part that the text does not have is empty."""

    fraction: str
    percent: str = ""
    interval: str = ""


def parts(text: str) -> Printed:
    """The parts of a printed proportion; any other text is all `fraction`."""
    match = _PROPORTION.match(text.strip())
    if match is None:
        return Printed(text)
    return Printed(match["fraction"], match["percent"] or "", match["interval"] or "")


class Shelf:
    """Results by id. Looking never fails: an id that is not there prints a dash, one without a value says why."""

    def __init__(self, results: Iterable[Result]) -> None:
        self._by_id = {result.id: result for result in results}
        self._notes: dict[str, int] = {}
        self._families: dict[str, list[Result]] = {}
        for id, result in self._by_id.items():
            self._families.setdefault(id.partition("/")[0], []).append(result)

    def get(self, id: str) -> Result | None:
        """The result, or None when the analysis made no such row."""
        return self._by_id.get(id)

    def first(self, *ids: str) -> str | None:
        """The first of these ids that has a value."""
        return next((id for id in ids if self.has(id)), None)

    def has(self, id: str) -> bool:
        """True when there is such a result and it has a value."""
        result = self._by_id.get(id)
        return result is not None and result.value is not None

    def collected(self, id: str) -> bool:
        """False when the row says that nothing was collected for it, or when there is no such row."""
        result = self._by_id.get(id)
        return result is not None and not _says_not_collected(result)

    def all(self) -> tuple[Result, ...]:
        """Every result, in the order of the analysis."""
        return tuple(self._by_id.values())

    def under(self, prefix: str, ending: str = "") -> tuple[Result, ...]:
        """The results whose id starts and ends so, in the order of the analysis."""
        first, slash, _ = prefix.partition("/")
        asked = self._families.get(first, []) if slash else self._by_id.values()
        return tuple(r for r in asked if r.id.startswith(prefix) and r.id.endswith(ending))

    def positive(self, id: str) -> bool:
        """True when the result has a value above zero."""
        result = self._by_id.get(id)
        return result is not None and result.value is not None and result.value > 0

    def number(self, id: str) -> Markup:
        """The number in running text: in full, with its note."""
        result = self._by_id.get(id)
        if result is None:
            return NONE
        return self._button(result, _full(result), noted=True)

    def fraction(self, id: str) -> Markup:
        """The number in running text without percent and interval: for where these stand elsewhere."""
        result = self._by_id.get(id)
        if result is None:
            return NONE
        return self._button(result, Markup.escape(shown(result).partition(" (")[0]), noted=True)

    def cell(self, id: str) -> Markup:
        """The number in a table: `x/n (%)` without the interval, and without a note."""
        result = self._by_id.get(id)
        if result is None:
            return NONE
        if _says_not_collected(result):
            return NOT_COLLECTED
        text = parts(shown(result))
        inner = Markup.escape(text.fraction)
        if text.percent:
            inner += Markup(' <span class="pc">({})</span>').format(text.percent)
        return self._button(result, inner, noted=False)

    def start(self, id: str) -> Markup:
        """The number in a table without anything in brackets after it."""
        result = self._by_id.get(id)
        return self._button(result, Markup.escape(shown(result).partition(" (")[0]), noted=False) if result else NONE

    def bare(self, id: str) -> Markup:
        """The numerator alone, for a matrix whose heading says of how many."""
        result = self._by_id.get(id)
        return self._button(result, Markup.escape(shown(result).partition("/")[0]), noted=False) if result else NONE

    def interval(self, id: str) -> Markup:
        """The confidence interval of a proportion as its text prints it."""
        result = self._by_id.get(id)
        text = parts(shown(result)).interval if result else ""
        return Markup.escape(text) if text else NONE

    def upper(self, id: str) -> str:
        """The upper limit of a proportion as its text prints it; empty when the text has none."""
        result = self._by_id.get(id)
        return parts(shown(result)).interval.rpartition("–")[2] if result else ""

    def notes(self) -> dict[str, int]:
        """Result id → its note number, for those printed in prose so far."""
        return dict(self._notes)

    def _button(self, result: Result, inner: Markup, *, noted: bool) -> Markup:
        if _says_not_collected(result):
            return Markup('<span class="none">not collected</span>')
        note = Markup("")
        if noted:
            number = self._notes.setdefault(result.id, len(self._notes) + 1)
            note = Markup(f'<sup class="note">\u2060{number}</sup>')
        named = f'data-id="{escape(result.id)}" title="{escape(result.title)}"'
        return Markup(f'<button type="button" class="n" {named}>{inner}</button>{note}')


def shown(result: Result) -> str:
    """The text of a result with a true minus sign, or in its absence why there is none."""
    return _MINUS.sub("−", result.text) if result.text else result.note or "–"


def _says_not_collected(result: Result) -> bool:
    return result.value is None and result.note.startswith("not collected")


def _full(result: Result) -> Markup:
    fraction, bracket, rest = shown(result).partition(" (")
    return (
        Markup.escape(fraction) + Markup(' <span class="ci">({}</span>').format(rest)
        if bracket
        else Markup.escape(fraction)
    )
