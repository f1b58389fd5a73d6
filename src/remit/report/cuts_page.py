"""The page of two data cuts: what moved and why, by number and by cause. It lays out text that is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from markupsafe import Markup

from remit.report.templating import asset, environment


@dataclass(frozen=True)
class Number:
    """One number: its id, its title, as printed before and after, and why it moved."""

    id: str
    title: str
    before: str
    after: str
    because: str


@dataclass(frozen=True)
class Reason:
    """One cause in words, how many numbers it moved, and the titles of the first of them."""

    words: str
    many: str
    numbers: Sequence[str]


@dataclass(frozen=True)
class CutsPage:
    """Everything the page says.

    said      sentences of the head
    facts     (word, text) pairs about the two cuts
    first     the numbers that matter most; `rest` the others
    open      numbers that could not be explained
    """

    title: str
    said: Sequence[str]
    facts: Sequence[tuple[str, str]]
    first: Sequence[Number]
    rest: Sequence[Number]
    causes: Sequence[Reason]
    open: Sequence[Number] = ()


def cuts_page(content: CutsPage, notice: str | None = None) -> str:
    """The page as one HTML file that asks nothing of any other place and runs no script."""
    return (
        environment()
        .get_template("cuts_page.html")
        .render(page=content, notice=notice, version=version("remit"), style=Markup(asset("page.css")))
    )
