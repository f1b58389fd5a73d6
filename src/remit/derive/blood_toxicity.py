"""ICAHT and T-ICAHT from the neutrophil and platelet series: early, late, and whether platelets recovered.

Of several counts of a day the lowest counts. A growth factor or a transfusion does not change a grade; it is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from remit.criteria import Answer, is_below
from remit.derive.toxicity_rows import Judgment, Person, Sample, Seen, answered, graded, planned
from remit.instruments import icaht, t_icaht
from remit.instruments.grade import Grade, bounded

# How the names of granulocyte growth factors and of transfusions are told in CMTRT or CMDECOD.
GROWTH_FACTORS = ("FILGRASTIM", "LENOGRASTIM", "LIPEGFILGRASTIM", "G-CSF", "GRANULOCYTE COLONY")
PLATELETS_GIVEN = ("PLATELET",)
REACH = icaht.LONGEST_GAP + 1
"""A count so many days outside a period can still fill days inside it."""

Counts = Mapping[int, float | None]


def blood_toxicity(seen: Seen) -> Iterator[Judgment]:
    """One judgment per infused subject, scale and variant; none for a subject without counts that nobody planned."""
    for person in seen.people.values():
        samples = seen.of(person.subject)
        if "neutrophils" in samples or planned(seen.protocol, "neutrophils"):
            yield from _neutrophils(seen, person, samples.get("neutrophils", ()))
        if "platelets" in samples or planned(seen.protocol, "platelets"):
            yield from _platelets(seen, person, samples.get("platelets", ()))


def lowest_by_day(samples: Sequence[Sample], term: str) -> tuple[Counts, Counts]:
    """Protocol day -> the lowest count of the day in ×10⁹/L, as low and as high as the records let it be.

    None when the unit of one cannot be converted.
    """
    low: dict[int, float | None] = {}
    high: dict[int, float | None] = {}
    for one in samples:
        ends = one.in_unit_of(term)
        for found, value in zip((low, high), (None, None) if ends is None else ends, strict=True):
            known = found.get(one.day)
            if one.day in found:
                found[one.day] = None if value is None or known is None else min(value, known)
            else:
                found[one.day] = value
    return low, high


def _either(ends: tuple[Counts, Counts], judge: Callable[[Counts, bool], Grade], variant: bool) -> Grade:
    """The grade that counts below a limit of quantification leave, taken as low and as high as they can be."""
    worst, best = (judge(counts, variant) for counts in ends)
    if worst == best:
        return best
    low, high = min(best.low, worst.low), max(best.high, worst.high)
    if low == high:
        return best if best.grade is not None else worst
    said = (one for one in (*best.because, *worst.because) if one.startswith("unknown"))
    return bounded(low, high, tuple(dict.fromkeys(("unknown: a count below the limit of quantification", *said))))


def _within(samples: Sequence[Sample], first: int, last: int) -> tuple[str, ...]:
    return tuple(record for one in samples if first <= one.day <= last for record in one.rests)


def _neutrophils(seen: Seen, person: Person, samples: Sequence[Sample]) -> Iterator[Judgment]:
    low, high = lowest_by_day(samples, "neutrophils")
    counts = (_per_ul(low), _per_ul(high))
    last = icaht.LAST_EARLY_DAY
    rests = _within(samples, -REACH, last + REACH)
    support, given = _supported(seen, person, GROWTH_FACTORS, "growth factor", 0, last)
    for variant, longest in (("cumulative", False), ("longest_run", True)):
        one = _judged(person, "icaht-early", _either(counts, icaht.early, longest), "days 0-30", rests)
        one = replace(one, variant=variant, default=not longest)
        yield replace(one, because=(*one.because, *support), rests=(*one.rests, *given))
    rests = _within(samples, last + 1, 100_000)
    for variant, single in (("two_counts", False), ("single_value", True)):
        one = _judged(person, "icaht-late", _either(counts, _late, single), "after day 30", rests)
        yield replace(one, variant=variant, default=not single)


def _per_ul(counts: Counts) -> Counts:
    return {day: None if value is None else icaht.per_ul(value) for day, value in counts.items()}


def _late(counts: Counts, single: bool) -> Grade:
    late = [value for day, value in counts.items() if day > icaht.LAST_EARLY_DAY]
    grade = icaht.late(late, single)
    if None not in late:
        return grade
    # a count in a unit that nobody can convert may be the lowest
    return Grade(None, grade.low if grade.grade is not None else 0, 4, ("unknown: unit of a count",))


def _platelets(seen: Seen, person: Person, samples: Sequence[Sample]) -> Iterator[Judgment]:
    counts = lowest_by_day(samples, "platelets")
    last, end = icaht.LAST_EARLY_DAY, t_icaht.LAST_LATE_DAY
    support, given = _supported(seen, person, PLATELETS_GIVEN, "platelets given", 0, end)
    periods: tuple[tuple[str, str, int, int, Callable[[Counts, bool], Grade]], ...] = (
        ("t-icaht-early", "days 0-30", 0, last, t_icaht.early_from_counts),
        ("t-icaht-late", "days 31-100", last + 1, end, t_icaht.late_from_counts),
    )
    for scale, occasion, start, stop, judge in periods:
        rests = _within(samples, start - REACH, stop + REACH)
        for variant, code in (("table", False), ("code_2024", True)):
            one = _judged(person, scale, _either(counts, judge, code), occasion, rests)
            one = replace(one, variant=variant, default=not code)
            yield replace(one, because=(*one.because, *support), rests=(*one.rests, *given))
    after = [{day: value for day, value in some.items() if 0 <= day <= end} for some in counts]
    low = any(is_below(value, 20) for value in after[0].values())
    transfused = seen.given(person.subject, PLATELETS_GIVEN)
    if low or transfused:
        days = [drug.start for drug in transfused or () if drug.start is not None]
        rests = (*_within(samples, 0, end), *(drug.record for drug in transfused or ()))
        answer, other = (t_icaht.recovery(some, days) for some in after)
        if answer != other:
            met = answer.met if answer.met == other.met else None
            answer = Answer(met, ("unknown: a count below the limit of quantification",))
        if transfused is None and answer.met:
            answer = replace(answer, met=None, because=("unknown: transfusions, which were not collected",))
        yield answered(person.subject, "t-icaht-recovery", answer, "days 0-100", rests)


def _judged(person: Person, scale: str, grade: Grade, occasion: str, rests: Sequence[str]) -> Judgment:
    if not rests:
        grade = replace(grade, because=("unknown: no count in the period",))
    elif grade.grade is None:
        # what the worst case would count is no fact about the subject
        grade = replace(grade, because=tuple(one for one in grade.because if one.startswith("unknown")))
    one = graded(person.subject, scale, grade, occasion, rests or person.rests)
    return replace(one, collected=bool(rests))


def _supported(
    seen: Seen, person: Person, words: Sequence[str], said: str, first: int, last: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was given in a period, in words, and its records."""
    found = [
        drug
        for drug in seen.given(person.subject, words) or ()
        if drug.start is not None and drug.start <= last and (drug.end is None or drug.end >= first)
    ]
    days = ", ".join(str(drug.start) for drug in sorted(found, key=lambda drug: (drug.start or 0, drug.record)))
    return ((f"{said} from day {days}",) if found else ()), tuple(drug.record for drug in found)
