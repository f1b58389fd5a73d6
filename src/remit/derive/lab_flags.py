"""Flags and bands that laboratories raise by themselves: Hy's law, the IEC-HS alert, low immunoglobulin G.

A flag asks for a person's judgment, it is not a diagnosis. Every judgment is about one day after the first cells, and
about that day's values only; the eDISH quadrant is about the peaks of the whole course.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from remit.criteria import Answer, Truth, any_of, is_at_least, is_below
from remit.derive.collected_facts import Facts
from remit.derive.immunoglobulins import NAMES, is_immunoglobulin
from remit.derive.toxicity_rows import Drug, Judgment, Person, Sample, Seen, Series, answered, of_cells
from remit.instruments import hys_law, iec_hs, immunoglobulin

LIVER = ("alt", "ast", "bilirubin", "alp")
COUNTED = ("neutrophils", "platelets", "anemia")
LOW_FIBRINOGEN = 150
"""In mg/dL; the alert asks for less."""
G_PER_L = {"g/L": 1.0, "mg/dL": 0.01, "g/dL": 10.0}


def lab_flags(seen: Seen, inflammation: Mapping[str, Facts]) -> Iterator[Judgment]:
    """Flags of every infused subject with the values that they ask for.

    inflammation   subject -> the investigator's answers about IEC-HS, by protocol day
    """
    for person in seen.people.values():
        samples = seen.of(person.subject)
        yield from _liver(person, samples)
        if of_cells(seen.protocol):
            yield from _inflammation(person, samples, inflammation.get(person.subject))
        yield from _immunoglobulin(seen, person, samples.get("igg", ()))


def _by_day(samples: Series, names: Sequence[str]) -> dict[int, dict[str, list[Sample]]]:
    found: dict[int, dict[str, list[Sample]]] = {}
    for name in names:
        for one in samples.get(name, ()):
            if one.after:
                found.setdefault(one.day, {}).setdefault(name, []).append(one)
    return dict(sorted(found.items()))


def _highest(samples: Sequence[Sample]) -> float | None:
    """The highest multiple of the upper limit; None when one of them is not known."""
    found = [one.times_upper_limit for one in samples]
    known = [value for value in found if value is not None]
    return max(known) if found and len(known) == len(found) else None


def _rests(held: Mapping[str, Sequence[Sample]]) -> tuple[str, ...]:
    return tuple(record for some in held.values() for one in some for record in one.rests)


def _peaks(held: Mapping[str, Sequence[Sample]]) -> hys_law.LiverPeaks:
    return hys_law.LiverPeaks(*(_highest(held.get(name, ())) for name in LIVER))


def _liver(person: Person, samples: Series) -> Iterator[Judgment]:
    days = _by_day(samples, LIVER)
    course: dict[str, list[Sample]] = {}
    for day, held in days.items():
        for name, some in held.items():
            course.setdefault(name, []).extend(some)
        if not held.keys() & {"alt", "ast", "bilirubin"}:
            continue
        peaks = _peaks(held)
        # below three times the limit both readings say no
        enzyme = any_of((is_at_least(peaks.alt, 3), is_at_least(peaks.ast, 3)))
        for variant in hys_law.VARIANTS if enzyme is not False else hys_law.VARIANTS[:1]:
            one = answered(person.subject, "hys-law", hys_law.judge(peaks, variant), f"day {day}", _rests(held))
            yield replace(
                one, variant=variant, default=variant == hys_law.VARIANTS[0], day=next(iter(held.values()))[0].on,
                alt_x=peaks.alt, bilirubin_x=peaks.bilirubin,
            )  # fmt: skip
    if course:
        peaks = _peaks(course)
        quadrant = hys_law.quadrant(peaks)
        told = f"ALT {_times(peaks.alt)}, bilirubin {_times(peaks.bilirubin)} × the upper limit"
        because = (told,) if quadrant else ("unknown: a value or its upper limit", told)
        yield Judgment(
            person.subject, "edish", None if quadrant is None else _QUADRANTS.index(quadrant), quadrant, because,
            _rests(course), "peaks after the first cells", alt_x=peaks.alt, bilirubin_x=peaks.bilirubin,
        )  # fmt: skip


_QUADRANTS = ("normal", "cholestasis", "temple", "hys_law")


def _times(multiple: float | None) -> str:
    return "unknown" if multiple is None else f"{multiple:.1f}"


def _inflammation(person: Person, samples: Series, asked: Facts | None) -> Iterator[Judgment]:
    ferritin = _by_day(samples, ("ferritin",))
    if not ferritin:
        return
    every = _by_day(samples, ("ferritin", "fibrinogen", "alt", "ast", *COUNTED))
    for day in ferritin:
        held = every[day]
        highest = max(held["ferritin"], key=lambda one: (one.value is not None, one.value or 0.0))
        liver = [value for name in ("alt", "ast") if (value := _highest(held.get(name, ()))) is not None]
        both = "alt" in held and "ast" in held and len(liver) == 2
        facts = iec_hs.InflammationFacts(
            ferritin=highest.value,
            ferritin_uln=highest.high,
            ferritin_baseline=highest.base,
            ferritin_rising=False,
            # one of the two that is low proves nothing about the other
            transaminase_x_uln=max(liver) if both or (liver and max(liver) > 5) else None,
            fibrinogen_mg_dl=_fibrinogen(held.get("fibrinogen", ())),
            hemophagocytosis=False,
            cytopenia=_new_cytopenia(held),
            attributable=True,
        )
        here, rests = f"day {day}", _rests(held)
        one = answered(person.subject, "iec-hs-alert", iec_hs.alert(facts), here, rests)
        yield replace(one, variant="laboratory", day=highest.on)
        if asked is not None:
            told = {name: _told(asked, code, day) for name, code in _ASKED.items()}
            said = replace(
                facts, ferritin_rising=told["rising"], hemophagocytosis=told["marrow"], attributable=told["cells"]
            )
            one = answered(person.subject, "iec-hs-alert", iec_hs.alert(said), here, (*rests, *asked.records))
            yield replace(one, variant="investigator", default=False, day=highest.on)


_ASKED = {"rising": "FERRRISE", "marrow": "HEMOPHAG", "cells": "ATTRIB"}


def _told(asked: Facts, code: str, day: int) -> Truth:
    """The answer by a day, else the latest: it is about the whole course."""
    known = asked.truth(code, day)
    return asked.truth(code) if known is None else known


def _fibrinogen(samples: Sequence[Sample]) -> float | None:
    """The lowest in mg/dL; None where what is not known of it decides whether it is low."""
    ends = [found for one in samples if (found := one.in_unit_of("fibrinogen")) is not None]
    if not ends:
        return None
    low, high = (100.0 * min(end) for end in zip(*ends, strict=True))
    return high if is_below(low, LOW_FIBRINOGEN) == is_below(high, LOW_FIBRINOGEN) else None


def _new_cytopenia(held: Mapping[str, Sequence[Sample]]) -> Truth:
    """Whether a count of the day has a worse grade for being low than at baseline."""
    found: list[Truth] = []
    for name in COUNTED:
        some = held.get(name, ())
        found.append(None if not some else any_of(_worse(one) for one in some))
    return any_of(found)


def _worse(one: Sample) -> Truth:
    if one.grade is None:
        return None
    if one.grade == 0 or one.side == "HIGH":
        return False
    return None if one.before is None else one.grade > one.before


def _immunoglobulin(seen: Seen, person: Person, samples: Sequence[Sample]) -> Iterator[Judgment]:
    after = [one for one in samples if one.after]
    if not after:
        return
    named = seen.given(person.subject, NAMES)
    given = None if named is None else [drug for drug in named if is_immunoglobulin(drug.name)]
    records = tuple(drug.record for drug in given or ())
    ever_low = False
    for one in after:
        band, because, least, most = _band(one, given)
        ever_low = ever_low or least > 0
        yield Judgment(
            person.subject, "hypogammaglobulinemia", None if band is None else least, band, because,
            (*one.rests, *records), f"day {one.day}", low=None if band else least, high=None if band else most,
            day=one.on,
        )  # fmt: skip
    if ever_low:
        rests = (*(record for one in after for record in one.rests), *records)
        yield answered(person.subject, "igg-recovery", _recovered(after[-1], given), "last sample", rests)


def _in_g_per_l(one: Sample) -> tuple[tuple[float, float] | None, float | None]:
    """The ends of a value and its lower limit of normal; None in a unit that nobody can convert."""
    factor = G_PER_L.get((one.unit or "").strip())
    if factor is None:
        return None, None
    ends = None if one.ends is None else (one.ends[0] * factor, one.ends[1] * factor)
    return ends, None if one.low is None else one.low * factor


def _band(one: Sample, given: Sequence[Drug] | None) -> tuple[str | None, tuple[str, ...], int, int]:
    """The band of a sample, its reasons, and the numbers of the best and the worst band that it can be."""
    bands, worst = immunoglobulin.BANDS, len(immunoglobulin.BANDS) - 1
    ends, limit = _in_g_per_l(one)
    since, ever = _since(given, one.day)
    found = immunoglobulin.level(None if ends is None else ends[1], limit, since, ever)
    least = 0 if found.band is None else bands.index(found.band)
    if ends is not None and ends[0] < ends[1] and least < worst:
        return None, ("unknown: below the limit of quantification",), least, worst
    if found.band is None:
        # without immunoglobulin, a value of 4 g/L or more is low at the worst
        return None, found.because, 0, 1 if ends is not None and ever is False else worst
    return found.band, found.because, least, least


def _recovered(last: Sample, given: Sequence[Drug] | None) -> Answer:
    """Whether the last sample is normal, by itself and not by immunoglobulin."""
    ends, limit = _in_g_per_l(last)
    since, ever = _since(given, last.day)
    if ever and is_below(since, immunoglobulin.MASKED_DAYS):
        return Answer(False, ("not: 28 days without immunoglobulin",))
    if ends is None or is_at_least(ends[0], limit) != is_at_least(ends[1], limit):
        return Answer(None, ("unknown: immunoglobulin G",))
    answer = immunoglobulin.recovered([(float(last.day), ends[1])], limit, ())
    if answer.met and ever is None:
        return Answer(None, ("unknown: immunoglobulin given, or when",))
    return answer


def _since(given: Sequence[Drug] | None, day: int) -> tuple[float | None, Truth]:
    """Days since the last immunoglobulin, and whether any was given before a day; None where nobody knows."""
    if given is None:
        return None, None
    latest: int | None = None
    for drug in given:
        start, end = drug.start, drug.end
        if start is None:
            return None, None
        if start <= day:
            through = day if end is None else min(end, day)
            latest = through if latest is None else max(latest, through)
    return (None, False) if latest is None else (float(day - latest), True)
