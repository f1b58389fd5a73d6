"""B-cell depletion and return from a series of counts.

Depleted at the first sample below 10 cells/µL; back at the first of two consecutive samples of 10 or more after that.
There is no consensus in print: thresholds and the number of confirming samples are arguments. A return is known only
between two samples, so it is an interval. Percentages mislead in lymphopenia: prefer counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import Truth, is_at_least, is_at_most, is_below

CITATION: Final = Citation(
    "remit", 2026, "project decision",
    note="No consensus definition; Mackensen 2022, doi 10.1038/s41591-022-02017-5, has a mean of 110 days to return.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """One count.

    day          protocol day; the first infusion is day 0
    value        cells/µL; None when not measured or below the limit of quantification
    below        the limit of quantification that the sample fell below; None when it was quantified
    """

    day: float
    value: float | None
    below: float | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """The history that the samples allow.

    assessable     False: already low before the first infusion; None: no sample before it
    interval       (last sample not yet returned, first returned); None when not returned
    censor_day     last sample of a subject who has not returned; None when returned or never depleted
    aplasia        duration in days as (at least, at most); at most is None while not returned; None: never depleted
    """

    assessable: Truth
    depleted_day: float | None
    reconstituted_day: float | None
    interval: tuple[float, float] | None
    censor_day: float | None
    aplasia: tuple[float, float | None] | None
    because: tuple[str, ...]


def is_depleted(sample: Sample, depleted_below: float) -> Truth:
    """Below the threshold; a sample below quantification counts when that limit is not above the threshold."""
    if sample.value is not None:
        return is_below(sample.value, depleted_below)
    return True if is_at_most(sample.below, depleted_below) else None


def _is_back(sample: Sample, reconstituted_at: float) -> Truth:
    if sample.value is not None:
        return is_at_least(sample.value, reconstituted_at)
    return False if is_at_most(sample.below, reconstituted_at) else None


def _one_a_day(samples: Iterable[Sample]) -> list[Sample]:
    """In order of day, unmeasured ones left out, the lowest of a day kept."""

    def height(sample: Sample) -> float:
        return sample.value if sample.value is not None else -1.0

    measured = [sample for sample in samples if sample.value is not None or sample.below is not None]
    by_day: dict[float, Sample] = {}
    for sample in measured:
        kept = by_day.get(sample.day)
        if kept is None or height(sample) < height(kept):
            by_day[sample.day] = sample
    return [by_day[day] for day in sorted(by_day)]


def course(
    samples: Iterable[Sample], depleted_below: float = 10, reconstituted_at: float = 10, consecutive: int = 2
) -> Course:
    """Depletion, return and duration of aplasia.

    samples           any order; the earliest on or before day 0 is the baseline
    consecutive       samples in a row that confirm a return; its day is the first of them
    returns           no duration for a subject never depleted (undefined, not 0) or already low at baseline
    """
    series = _one_a_day(samples)
    baseline = series[0] if series and series[0].day <= 0 else None
    if baseline is not None and is_depleted(baseline, depleted_below):
        return Course(False, None, None, None, None, None, ("not assessable: low before the first infusion",))
    assessable: Truth = None if baseline is None else True
    flags = () if baseline is not None else ("unknown: B cells before the first infusion",)
    after = [sample for sample in series if sample is not baseline]
    start = next((i for i, sample in enumerate(after) if is_depleted(sample, depleted_below)), None)
    if start is None:
        reason = "never depleted" if after else "unknown: no sample after baseline"
        return Course(assessable, None, None, None, None, None, (reason, *flags))
    depleted = after[start].day
    run = 0
    for i in range(start + 1, len(after)):
        run = run + 1 if _is_back(after[i], reconstituted_at) else 0
        if run == consecutive:
            first = i - consecutive + 1
            # a sample that cannot be told (below a high limit of quantification) proves nothing about not being back
            earlier = [s.day for s in after[start:first] if _is_back(s, reconstituted_at) is False]
            low, high = earlier[-1] if earlier else depleted, after[first].day
            because = (f"depleted on day {depleted:g}", f"returned between day {low:g} and day {high:g}", *flags)
            return Course(assessable, depleted, high, (low, high), None, (low - depleted, high - depleted), because)
    last = after[-1].day
    because = (f"depleted on day {depleted:g}", f"not returned by day {last:g}", *flags)
    return Course(assessable, depleted, None, None, last, (last - depleted, None), because)


def depleted_by_percent(percent_of_lymphocytes: float | None) -> Truth:
    """The percentage alternative: below 1 % of lymphocytes."""
    return is_below(percent_of_lymphocytes, 1.0)
