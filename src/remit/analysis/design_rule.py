"""What a design decides, as result rows: the pathway of the next cohorts, and the decision table."""

from __future__ import annotations

from collections.abc import Iterable

from remit import designs
from remit.analysis.decision_grid import MOVES, cells
from remit.analysis.named_design import Named, percent_text, row
from remit.analysis.pathway import Step, begin, steps
from remit.analysis.result import Result
from remit.designs import Design, Outcomes

RULE = "the design's own decision"
SAID = "stated with the design; no record is behind it"
ON_PROTOCOL = "rests on the declared design; no record is behind it"
AHEAD = 2


def rule(named: Named, seen: Outcomes | None = None, ahead: int = AHEAD) -> tuple[Result, ...]:
    """The pathway of the next cohorts and the decision table.

    seen     outcomes to start from; None: before the first subject
    """
    design = named.design
    if design is None:
        return ()
    start = begin(design) if seen is None else seen
    first = designs.decide(design, start)
    deep = ahead + 1 if first.subjects == 1 and ahead == AHEAD else ahead
    made = stated_target(named, getattr(design, "target", None))
    return (*made, *(_step(named, one) for one in steps(design, start, deep)), *_table(named, design))


def stated_target(named: Named, target: float | None) -> tuple[Result, ...]:
    """The target DLT rate; no row for a design without one."""
    if target is None:
        return ()
    id, title = f"{named.stem}/rule/target/rate", f"{named.label}: target DLT rate"
    return (row(id, title, "all", "target", target, percent_text(target), "protocol", SAID, "stated"),)


def _step(named: Named, step: Step) -> Result:
    keys = [f"{named.levels[one.level - 1][0]}-{one.slug}" for one in step.cohorts]
    said = ", then ".join(f"{one.text} at {named.levels[one.level - 1][1]}" for one in step.cohorts)
    next_level = step.decision.level
    if next_level is None:
        text = "stop"
    else:
        word = {"start": "start at", "stay": "stay at"}.get(step.decision.action, f"{step.decision.action} to")
        text = f"{word} {named.levels[next_level - 1][1]} (+{step.decision.subjects})"
    title = f"{named.label}: decision after {said}" if said else f"{named.label}: first decision shown"
    return row(
        "/".join((named.stem, "rule", "pathway", *keys, "next-level")),
        title,
        "all" if next_level is None else named.levels[next_level - 1][0],
        "decision",
        None if next_level is None else float(next_level),
        text,
        "protocol",
        f"{' '.join(step.reasons)} This {ON_PROTOCOL}.",
        RULE,
    )


def _table(named: Named, design: Design) -> Iterable[Result]:
    for cell in cells(design):
        where = "any" if cell.level is None else named.levels[cell.level - 1][0]
        place = "at a level" if cell.level is None else f"at {named.levels[cell.level - 1][1]}"
        word = " or ".join(cell.words)
        yield row(
            f"{named.stem}/rule/table/{where}/{cell.subjects}-treated/{cell.dlts}-dlts/move",
            f"{named.label}: decision after {cell.dlts} DLT{'' if cell.dlts == 1 else 's'} in {cell.subjects} {place}",
            where,
            "decision",
            float(MOVES[word]) if word in MOVES else None,
            word,
            "protocol",
            ON_PROTOCOL if cell.level is None else f"levels below went up without a DLT; {ON_PROTOCOL}",
            RULE,
        )
