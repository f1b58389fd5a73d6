"""A section of the page: its heading, and the function that lays out what its template shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from remit.report.material import Material


@dataclass(frozen=True)
class Section:
    """`key` names the template and the anchor; `short` is the word in the contents line; a section that does not apply
    to a trial is left out.
    """

    key: str
    title: str
    short: str
    contents: Callable[[Material], Mapping[str, Any]]
    applies: Callable[[Material], bool] = lambda _: True
