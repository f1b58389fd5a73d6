"""Dose-limiting toxicity: a template of switchable lines, the observation window, and who can be judged at all.

No public source gives the list of the CAR-NK trials; the lines are the usual ones of autoimmune cell-therapy trials and
a trial replaces them by its own. The window runs from the first infusion to `window_days` after the anchor, inclusive:
toxicity between repeated infusions counts. The anchor is the last infusion, or the first one.

An exclusion has to be shown: a long grade 4 cytopenia counts unless somebody recorded that conditioning explains it.
An attribution has to be shown too: a non-hematological event counts only when the cells are recorded as its cause.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from remit.citations import Citation
from remit.criteria import Answer, Truth, all_of, any_of, is_above, is_at_least, is_at_most, is_equal

CITATION: Final = Citation(
    "remit", 2026, "project template", checked=False,
    note="Windows read in registries: 28 days (NCT06010472, NCT07083349), 2 or 4 weeks from first dose (NCT07358988).",
)  # fmt: skip

EVENT_TYPES: Final = (
    "CRS", "ICANS", "aGvHD", "IEC-HS", "neutropenia", "thrombocytopenia", "infusion_reaction", "non_haematological",
    "death",
)  # fmt: skip
CAUSES: Final = ("cells", "conditioning", "sle", "infection", "other")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a DLT definition.

    grade        lowest grade that counts
    longer_than  days; the event counts only when it lasted longer (None: at once)
    excluded     causes that, when recorded, take the event out
    attributed   True: counts only when the cells are recorded as the cause
    """

    event: str
    grade: int
    longer_than: float | None = None
    excluded: tuple[str, ...] = ()
    attributed: bool = False


_NOT_THE_CELLS: Final = ("conditioning", "sle", "infection", "other")

LINES: Final[tuple[Line, ...]] = (
    Line("CRS", 3, excluded=_NOT_THE_CELLS),
    Line("ICANS", 3, excluded=_NOT_THE_CELLS),
    Line("aGvHD", 2, excluded=_NOT_THE_CELLS),
    Line("IEC-HS", 3, excluded=_NOT_THE_CELLS),
    Line("neutropenia", 4, longer_than=28, excluded=("conditioning",)),
    Line("thrombocytopenia", 4, longer_than=28, excluded=("conditioning",)),
    Line("infusion_reaction", 3, longer_than=1, excluded=_NOT_THE_CELLS),
    Line("non_haematological", 3, longer_than=7, excluded=_NOT_THE_CELLS, attributed=True),
    Line("death", 0, excluded=("sle",)),
)


@dataclass(frozen=True, slots=True)
class Template:
    """A DLT definition: lines, window and anchor, and the infusions that a full course has."""

    lines: tuple[Line, ...] = LINES
    window_days: int = 28
    anchor: Literal["last-infusion", "first-infusion"] = "last-infusion"
    planned_infusions: int = 3


TEMPLATE: Final = Template()
FIRST_INFUSION: Final = replace(TEMPLATE, anchor="first-infusion")


@dataclass(frozen=True, slots=True)
class Event:
    """One toxicity; None is unknown. day: protocol day of onset; duration_d: days at the grade that counts."""

    type: str | None
    grade: float | None
    day: float | None
    duration_d: float | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """What decides whether a subject can be judged; None is unknown."""

    infusions_received: float | None
    followed_days_after_last: float | None
    stopped_for_dlt: Truth
    had_dlt: Truth


def in_window(day: float | None, last_infusion_day: float | None, template: Template = TEMPLATE) -> Truth:
    """Whether a day lies in the window; close enough to the first infusion it does, whatever day the last one is."""
    begun = is_at_least(day, 0)
    if template.anchor == "first-infusion":
        return all_of((begun, is_at_most(day, template.window_days)))
    if last_infusion_day is None:
        return all_of((begun, True if is_at_most(day, template.window_days) else None))
    return all_of((begun, is_at_most(day, last_infusion_day + template.window_days)))


def judge(event: Event, last_infusion_day: float | None, template: Template = TEMPLATE) -> Answer:
    """Whether an event is dose-limiting.

    last_infusion_day  protocol day of the last infusion given; the first infusion is day 0
    returns            the answer and the lines that decided it; an event type without a line never counts
    """
    inside = in_window(event.day, last_infusion_day, template)
    if inside is False:
        return Answer(False, ("not: in the DLT window",), (False, None))
    if event.type is None:
        return Answer(None, ("unknown: type of event",), (inside, None))
    line = next((line for line in template.lines if line.event == event.type), None)
    if line is None:
        return Answer(False, (f"not: {event.type} is in the definition",), (inside, False))
    checks = _checks(event, line)
    failed = [sentence for sentence, truth in checks if truth is False]
    counts = all_of(truth for _, truth in checks)
    if failed:
        return Answer(False, tuple("not: " + sentence for sentence in failed), (inside, False))
    unknown = [sentence for sentence, truth in checks if truth is None]
    if inside is None:
        unknown.insert(0, "in the DLT window")
    if unknown:
        return Answer(None, tuple("unknown: " + sentence for sentence in unknown), (inside, counts))
    return Answer(True, (checks[0][0], "in the DLT window"), (True, True))


def _checks(event: Event, line: Line) -> list[tuple[str, Truth]]:
    died: Truth = True if event.type == "death" else is_equal(event.grade, 5)
    grade = any_of((died, is_at_least(event.grade, line.grade)))
    name = event.type or ""
    checks: list[tuple[str, Truth]] = [(name if line.grade == 0 else f"{name} grade ≥ {line.grade}", grade)]
    if line.longer_than is not None:
        # a fatal event counts however short it was, so an unknown grade leaves a short event open
        lasting = any_of((died, is_above(event.duration_d, line.longer_than)))
        checks.append((f"lasting > {line.longer_than:g} days", lasting))
    if event.cause is not None and event.cause in line.excluded:
        checks.append((f"cause other than {event.cause}", False))
    elif line.attributed:
        checks.append(("attributed to the cells", None if event.cause is None else event.cause == "cells"))
    return checks


def evaluable(exposure: Exposure, template: Template = TEMPLATE, last_infusion_day: float | None = 0) -> Answer:
    """Whether a subject can be judged for DLT: the planned cells, and a DLT or a completed window.

    last_infusion_day  read with the first-infusion anchor only, to turn follow-up after the last infusion into days
    """
    received = any_of(
        (
            is_at_least(exposure.infusions_received, template.planned_infusions),
            all_of((is_at_least(exposure.infusions_received, 1), exposure.stopped_for_dlt)),
        )
    )
    followed = exposure.followed_days_after_last
    if template.anchor == "first-infusion" and followed is not None:
        if last_infusion_day is not None:
            followed += last_infusion_day
        elif followed < template.window_days:  # long enough after the last infusion is long enough after the first
            followed = None
    had_dlt = exposure.had_dlt
    if had_dlt is None and exposure.stopped_for_dlt:
        had_dlt = True
    observed = any_of((had_dlt, is_at_least(followed, template.window_days)))
    met = all_of((received, observed))
    wanted = (("planned cells received, or stopped for a DLT", received), ("DLT seen or window completed", observed))
    if met:
        return Answer(True, tuple(sentence for sentence, _ in wanted), (True, True))
    sign = "not: " if met is False else "unknown: "
    reasons = tuple(sign + sentence for sentence, truth in wanted if truth is met)
    return Answer(met, reasons, (received, observed))
