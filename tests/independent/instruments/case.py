"""A reference rule and the inputs that are put to it.

`tried` lists, per key, the values around every printed boundary (just below, equal, just above) and each code; null and
an absent key are added to all of them. `starts` are complete inputs from which one and two keys are varied at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from independent.instruments.activity import WEIGHTS

Rule: TypeAlias = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Case:
    """A reference rule and what to ask it; pairs of keys are varied from the first `paired` starts only."""

    rule: Rule
    tried: Mapping[str, Sequence[Any]]
    starts: Sequence[Mapping[str, Any]] = ({},)
    paired: int = 99


Row: TypeAlias = tuple[str, str, Case]
FLAG = (True, False)
ALL_ITEMS = list(WEIGHTS)
ATTRIBUTED = (True, False)


def around(*edges: float, step: float = 0.1) -> list[float]:
    """Each edge with a neighbor on either side, kept at or above zero."""
    near = [round(value, 6) for edge in edges for value in (edge - step, edge, edge + step)]
    return [int(value) if value == int(value) else value for value in dict.fromkeys(near) if value >= 0]


def values_of(key: str, values: Sequence[Any], **fixed: Any) -> list[dict[str, Any]]:
    return [{key: value, **fixed} for value in values]
