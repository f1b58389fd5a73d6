"""How a CTCAE laboratory term turns a value into a grade: falling or rising bands, multiples of a limit or baseline.

The lower edge of a falling band and the upper edge of a rising one belong to the milder grade. A band that asks for
symptoms gives a range of grades while nobody recorded whether there were any.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from remit.criteria import Truth, is_above, is_at_least, is_below
from remit.instruments.grade import Grade, bounded


@dataclass(frozen=True, slots=True)
class Reference:
    """What a laboratory value is judged by, limits and baseline in the unit of the value; None is unknown.

    symptomatic   whether the abnormal value made the subject ill; read by the terms whose bands ask for it
    """

    lln: float | None = None
    uln: float | None = None
    baseline: float | None = None
    symptomatic: Truth = None


Rule: TypeAlias = Callable[[float, Reference], Grade]


@dataclass(frozen=True, slots=True)
class LabTerm:
    """One gradable laboratory term.

    name      its CTCAE name
    unit      the unit of its absolute cut-offs; ratios to a limit need no particular one
    most      the highest grade that a number can give; what is above is a clinical judgment
    absolute  whether any cut-off is an amount, so that the unit matters
    """

    key: str
    name: str
    unit: str
    rule: Rule
    most: int = 4
    absolute: bool = True


def exact(grade: int, reason: str, *flags: str) -> Grade:
    """A grade that nothing unknown can change."""
    return Grade(grade, grade, grade, (reason, *flags))


def falling(*cuts: float) -> Rule:
    """Below the normal limit is grade 1, below cuts[0] grade 2, below cuts[1] grade 3, and so on."""

    def rule(value: float, reference: Reference) -> Grade:
        grade = 0
        for step, cut in enumerate(cuts):
            if is_below(value, cut):
                grade = step + 2
        if grade:
            flags = () if is_below(value, reference.lln) is not False else ("flag: within the reference range",)
            return exact(grade, f"below {cuts[grade - 2]:g}", *flags)
        low = is_below(value, reference.lln)
        if low is None:
            return Grade(None, 0, 1, ("unknown: lower limit of normal",))
        return exact(1, "below the lower limit of normal") if low else exact(0, "not low")

    return rule


def climbing(*steps: tuple[float, int]) -> Rule:
    """Above the normal limit is grade 1; above each (amount, grade) that grade."""

    def rule(value: float, reference: Reference) -> Grade:
        reached = [(cut, grade) for cut, grade in steps if is_above(value, cut)]
        if reached:
            cut, grade = reached[-1]
            flags = () if is_above(value, reference.uln) is not False else ("flag: within the reference range",)
            return exact(grade, f"above {cut:g}", *flags)
        high = is_above(value, reference.uln)
        if high is None:
            return Grade(None, 0, 1, ("unknown: upper limit of normal",))
        return exact(1, "above the upper limit of normal") if high else exact(0, "not high")

    return rule


def above_amounts(*steps: tuple[float, int]) -> Rule:
    """Above each (amount, grade) that grade; the normal limit plays no part."""

    def rule(value: float, reference: Reference) -> Grade:
        reached = [(cut, grade) for cut, grade in steps if is_above(value, cut)]
        return exact(reached[-1][1], f"above {reached[-1][0]:g}") if reached else exact(0, "not high")

    return rule


def multiples(value: float, limit: float, cuts: tuple[float, ...], of: str) -> Grade:
    """Above cuts[0] × limit is grade 1, above cuts[1] × limit grade 2, and so on."""
    grade = sum(1 for cut in cuts if is_above(value, cut * limit))
    return exact(grade, f"above {cuts[grade - 1]:g} × {of}" if grade else f"not above {of}")


def rising(*cuts: float) -> Rule:
    """Above cuts[0] × upper limit is grade 1, above cuts[1] × upper limit grade 2, and so on."""

    def rule(value: float, reference: Reference) -> Grade:
        if reference.uln is None:
            return Grade(None, 0, len(cuts), ("unknown: upper limit of normal",))
        return multiples(value, reference.uln, cuts, "upper limit")

    return rule


def against_baseline(cuts: tuple[float, ...], abnormal: tuple[float, ...], inclusive: bool) -> Rule:
    """Multiples of the upper limit, or of the baseline where that was above the limit.

    cuts       multiples of the upper limit above which the grades 1, 2, … start
    abnormal   the same for multiples of an abnormal baseline
    inclusive  whether grade 1 of an abnormal baseline starts at its multiple or above it
    """

    def rule(value: float, reference: Reference) -> Grade:
        if reference.uln is None:
            return Grade(None, 0, len(cuts), ("unknown: upper limit of normal",))
        if not is_above(reference.baseline, reference.uln):
            grade = multiples(value, reference.uln, cuts, "upper limit")
            if reference.baseline is None:
                return Grade(grade.grade, grade.low, grade.high, (*grade.because, "flag: baseline unknown"))
            return grade
        baseline = reference.baseline
        assert baseline is not None
        above = multiples(value, baseline, abnormal, "baseline")
        if above.low > 1:
            return above
        start = abnormal[0] * baseline
        reached = is_at_least(value, start) if inclusive else is_above(value, start)
        return exact(1, "above baseline") if reached else exact(0, "not above baseline by enough")

    return rule


def by_symptoms(silent: int, ill: int, symptomatic: Truth, reason: str) -> Grade:
    """The grade without symptoms, with them, or the range of both while that is unknown."""
    if symptomatic is None:
        return bounded(silent, ill, ("unknown: whether it caused symptoms", reason))
    return exact(ill if symptomatic else silent, reason)
