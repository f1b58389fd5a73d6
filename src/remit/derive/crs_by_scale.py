"""Cytokine release syndrome under every scale, from the signs that were recorded day by day.

An event is graded by its worst day. A sign that nobody recorded leaves a range; the scales that count organ toxicity
(Lee 2014, Penn) stay open until somebody says that there was none. An event in AE without recorded signs is unknown
under every scale, whatever grade was entered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from remit.criteria import Truth
from remit.derive.collected_facts import Facts, as_word
from remit.derive.toxicity_rows import Judgment, Seen, graded
from remit.instruments import crs_astct, crs_scales
from remit.instruments.crs_astct import CrsFacts
from remit.instruments.crs_scales import CrsCourse
from remit.instruments.grade import Grade, bounded

SCALES = ("ASTCT_2019", *crs_scales.SCALES)
# Drugs that hide a fever: antipyretics, and what is given against the cytokines.
HIDES_FEVER = (
    "PARACETAMOL", "ACETAMINOPHEN", "IBUPROFEN", "METAMIZOLE", "TOCILIZUMAB", "SILTUXIMAB", "ANAKINRA",
    "DEXAMETHASONE", "METHYLPREDNISOLONE",
)  # fmt: skip
ONE, SEVERAL = frozenset({"norepinephrine"}), frozenset({"norepinephrine", "epinephrine"})


class _Event(NamedTuple):
    """A recorded adverse event."""

    start: date | None
    end: date | None
    outcome: str | None
    rests: list[str]


def crs_by_scale(seen: Seen, facts: Mapping[str, Facts], adae: pl.DataFrame) -> Iterator[Judgment]:
    """One judgment per event and scale."""
    events: dict[str, list[_Event]] = {}
    if adae.height:
        mine = adae.filter(pl.col("CRSFL") == "Y").sort("USUBJID", "ASTDT", "AESEQ", nulls_last=True)
        for subject, *cells in mine.select("USUBJID", "ASTDT", "AENDT", "AEOUT", "sources").iter_rows():
            events.setdefault(subject, []).append(_Event(*cells))
    for subject in seen.people:
        found = facts.get(subject)
        told = [] if found is None else list(found.groups().values())
        mine_all = events.get(subject, [])
        for number, group in enumerate(told, start=1):
            about_it = [event for event in mine_all if _overlaps(event, group)]
            yield from _event(seen, subject, group, about_it, f"event {number}")
        silent = [event for event in mine_all if not any(_overlaps(event, group) for group in told)]
        for number, event in enumerate(silent, start=len(told) + 1):
            for scale in SCALES:
                unknown = Grade(None, 1, 5, ("unknown: no sign of the event was recorded",))
                if event.outcome == "FATAL":
                    unknown = Grade(5, 5, 5, ("death from CRS",))
                one = graded(subject, "crs", unknown, f"event {number}", event.rests)
                yield replace(one, variant=scale, default=scale == SCALES[0], day=event.start)


def _overlaps(event: _Event, group: Facts) -> bool:
    """Whether a recorded event and signs are about the same: their days meet, or nobody dated one of them."""
    start, end = event.start, event.end
    days = [one.on for one in group.facts if one.on is not None]
    if start is None or not days:
        return True
    last = end if end is not None else max(days)
    return min(days) <= last + timedelta(days=1) and max(days) >= start - timedelta(days=1)


def _event(seen: Seen, subject: str, group: Facts, events: Sequence[_Event], occasion: str) -> Iterator[Judgment]:
    hidden_by = seen.given(subject, HIDES_FEVER)
    begins = min((one.day for one in group.facts if one.day is not None), default=None)
    ends = max((one.day for one in group.facts if one.day is not None), default=None)
    drugs = [d for d in hidden_by or () if d.start is not None and begins is not None and ends is not None
             and d.start <= ends and (d.end is None or d.end >= begins)]  # fmt: skip
    dead = any(event.outcome == "FATAL" for event in events)
    found: dict[str, list[Grade]] = {scale: [] for scale in SCALES}
    febrile = False
    for day, told in group.days().items():
        given: Truth = any(d.start is not None and d.start <= day for d in drugs)
        if not given and (hidden_by is None or any(d.start is None for d in hidden_by)):
            given = None  # a drug without a day may have hidden a fever
        for scale in SCALES:
            found[scale].append(_day(told, febrile, given, scale))
        febrile = febrile or told.truth("FEVER") is True
    rests = [*group.records, *(d.record for d in drugs)]
    for event in events:
        rests += event.rests
    undated = any(one.day is None for one in group.facts)
    grades = {scale: _worst(some, dead, undated) for scale, some in found.items()}
    known = [one.grade for one in grades.values() if one.grade is not None]
    differs: Truth = True if len(set(known)) > 1 else (False if len(known) == len(SCALES) else None)
    first = next((one.on for one in group.facts if one.day == begins), None)
    for scale, grade in grades.items():
        one = graded(subject, "crs", grade, occasion, rests)
        yield replace(one, variant=scale, default=scale == SCALES[0], day=first, differs=differs)


def _worst(days: Sequence[Grade], dead: bool, undated: bool) -> Grade:
    if dead:
        return Grade(5, 5, 5, ("death from CRS",))
    if not days:
        return Grade(None, 0, 4, ("unknown: no sign has a day",))
    low, high = max(one.low for one in days), max(one.high for one in days)
    if undated and high < 4:
        # a sign without a day may be what made a day worse
        return Grade(None, low, 4, ("unknown: the day of a sign",))
    deciding = next(one for one in days if (one.low if low == high else one.high) == high)
    # at grade 1 every column stands at 1: none of them is a sign that was there
    return bounded(low, high, ("fever, nothing more",) if low == high == 1 else deciding.because)


def _day(told: Facts, febrile: bool, hidden: Truth, scale: str) -> Grade:
    """The grade of one day; a vasopressor of which only "yes" is known is one or several."""
    pressors = told.last("PRESSOR")
    if pressors is not None and told.truth("PRESSOR") is True:
        one, several = (_graded(told, febrile, hidden, scale, names) for names in (ONE, SEVERAL))
        return bounded(min(one.low, several.low), max(one.high, several.high), several.because)
    return _graded(told, febrile, hidden, scale, _names(told))


def _names(told: Facts) -> frozenset[str] | None:
    """The vasopressors of a day; None when they were not asked, or one is named that no scale knows."""
    answer = told.last("PRESSOR")
    if answer is None or answer.text is None:
        return None
    if told.truth("PRESSOR") is False:
        return frozenset()
    words = frozenset(as_word(part) for part in answer.text.replace(";", ",").split(",") if part.strip())
    return words if words <= frozenset(crs_astct.VASOPRESSORS) else None


def _graded(told: Facts, febrile: bool, hidden: Truth, scale: str, pressors: frozenset[str] | None) -> Grade:
    fever = told.truth("FEVER")
    facts = CrsFacts(
        # the assessor says whether there was a fever of the syndrome, 38 degrees or more
        fever_c=None if fever is None else (38.0 if fever else 37.0),
        fever_attributable=None if fever is None else True,
        prior_crs=febrile,
        anticytokine_or_antipyretic=hidden,
        vasopressors=pressors,
        fluid_responsive_hypotension=told.truth("HYPOTN"),
        oxygen=_device(told),
        o2_l_min=told.number("O2FLOW"),
    )
    if scale == SCALES[0]:
        return crs_astct.grade(facts)
    course = CrsCourse(
        facts,
        high_dose_vasopressor=told.truth("PRESHIGH"),
        fio2_percent=told.number("FIO2"),
        transaminase_grade=told.stage("TRANSGR", 4),
        creatinine_grade=told.stage("CREATGR", 4),
        organ_grade=told.stage("ORGANGR", 4),
        hospital_for_crs=told.truth("HOSPCRS"),
    )
    return crs_scales.grade(course, scale)


def _device(told: Facts) -> str | None:
    """How oxygen was given; `none` where there was no hypoxia and nobody recorded a device."""
    if told.truth("OXYGEN") is False or (told.last("OXYGEN") is None and told.truth("HYPOXIA") is False):
        return "none"
    word = told.word("OXYGEN")
    return word if word in crs_astct.OXYGEN else None
