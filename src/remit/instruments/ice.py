"""ICE score, 0-10: a bedside test of orientation, naming, command, writing and attention; 10 is normal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.citations import Citation

CITATION: Final = Citation(
    "Lee DW et al.", 2019, "Biol Blood Marrow Transplant 25:625-38", "10.1016/j.bbmt.2018.12.758"
)

TASKS: Final[dict[str, int]] = {"orientation": 4, "naming": 3, "command": 1, "writing": 1, "attention": 1}
"""Task -> most points: year, month, city, hospital; three objects; one command; one sentence; 100 down by tens."""


@dataclass(frozen=True, slots=True)
class IceScore:
    """The score, or its range while a task was not done."""

    score: int | None
    low: int
    high: int
    because: tuple[str, ...]


def score(points: dict[str, int | None]) -> IceScore:
    """Add up the tasks; points is keyed like TASKS, and None or absent is not done."""
    low = sum(points.get(task) or 0 for task in TASKS)
    open_tasks = [task for task in TASKS if points.get(task) is None]
    high = low + sum(TASKS[task] for task in open_tasks)
    lost = tuple(
        f"{task} {points[task]}/{most}" for task, most in TASKS.items() if points.get(task) not in (None, most)
    )
    because = lost + tuple(f"unknown: {task}" for task in open_tasks)
    return IceScore(low if not open_tasks else None, low, high, because or ("all tasks done",))
