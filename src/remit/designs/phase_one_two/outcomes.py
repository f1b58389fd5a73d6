"""What a dose-optimization design may see: per level, how many subjects had each of the four outcomes.

A subject has a response or not, and a dose-limiting toxicity or not. The four counts are kept, and not their margins
alone, because a utility of "both" that is not the sum of its parts cannot be found from the margins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from remit.designs import parameters
from remit.designs.outcomes import Outcomes
from remit.errors import InputError

CELLS = ("response_only", "neither", "both", "toxicity_only")
"""The four outcomes of a subject, in the order of the utilities u1 to u4."""


@dataclass(frozen=True, slots=True)
class EffToxCohort:
    """Subjects treated together, by outcome.

    level           level they were treated at, from 1
    response_only   with a response and no toxicity
    neither         with neither
    both            with both
    toxicity_only   with a toxicity and no response
    """

    level: int
    response_only: int
    neither: int
    both: int
    toxicity_only: int

    def __post_init__(self) -> None:
        parameters.count("level", self.level, 1)
        for name in CELLS:
            parameters.count(name, getattr(self, name), 0)
        if self.treated == 0:
            raise InputError("cohort: must have at least one subject.")

    @property
    def treated(self) -> int:
        """Subjects in the cohort."""
        return self.response_only + self.neither + self.both + self.toxicity_only


@dataclass(frozen=True)
class EffToxOutcomes:
    """Counts so far. Hashable: equal outcomes are one state of the trial.

    response_only, neither, both, toxicity_only   per level, lowest first; subjects evaluable for both alone
    level                                         where the latest cohort was treated, from 1
    """

    response_only: tuple[int, ...]
    neither: tuple[int, ...]
    both: tuple[int, ...]
    toxicity_only: tuple[int, ...]
    level: int

    def __post_init__(self) -> None:
        lengths = {len(getattr(self, name)) for name in CELLS}
        if len(lengths) != 1 or lengths == {0}:
            raise InputError(f"{', '.join(CELLS)}: must have one count per level each.")
        for name in CELLS:
            for place, subjects in enumerate(getattr(self, name), start=1):
                parameters.count(f"{name}, level {place}", subjects)
        if not 1 <= self.level <= self.levels:
            raise InputError(f"level: must be one of the levels 1 to {self.levels}; got {self.level}.")

    @property
    def levels(self) -> int:
        """Number of levels."""
        return len(self.neither)

    @property
    def treated(self) -> tuple[int, ...]:
        """Subjects per level."""
        return tuple(map(sum, zip(self.response_only, self.neither, self.both, self.toxicity_only, strict=True)))

    @property
    def toxicities(self) -> tuple[int, ...]:
        """Subjects with a toxicity per level."""
        return tuple(map(sum, zip(self.both, self.toxicity_only, strict=True)))

    @property
    def responses(self) -> tuple[int, ...]:
        """Subjects with a response per level."""
        return tuple(map(sum, zip(self.both, self.response_only, strict=True)))

    @property
    def total(self) -> int:
        """Subjects treated at all levels together."""
        return sum(self.treated)

    @property
    def toxicity(self) -> Outcomes:
        """The same trial as a design sees it that looks at toxicity alone."""
        return Outcomes(self.treated, self.toxicities, self.level)

    def after(self, cohort: EffToxCohort) -> EffToxOutcomes:
        """The outcomes once a cohort more is known."""
        if cohort.level > self.levels:
            raise InputError(f"level: must be one of the levels 1 to {self.levels}; got {cohort.level}.")
        grown = {name: list(getattr(self, name)) for name in CELLS}
        for name in CELLS:
            grown[name][cohort.level - 1] += getattr(cohort, name)
        only, none, both, toxic = (tuple(grown[name]) for name in CELLS)
        return EffToxOutcomes(only, none, both, toxic, cohort.level)


def nobody_yet(levels: int, start: int = 1) -> EffToxOutcomes:
    """The outcomes before the first subject."""
    nobody = (0,) * parameters.count("levels", levels, 1)
    return EffToxOutcomes(nobody, nobody, nobody, nobody, parameters.start_level(start, levels))


def efftox_outcomes(levels: int, cohorts: Iterable[EffToxCohort], start: int = 1) -> EffToxOutcomes:
    """The outcomes of a sequence of cohorts, in the order in which they were treated."""
    seen = nobody_yet(levels, start)
    for cohort in cohorts:
        seen = seen.after(cohort)
    return seen


def efftox_margins(
    treated: Iterable[int], toxicities: Iterable[int], responses: Iterable[int], both: Iterable[int], level: int
) -> EffToxOutcomes:
    """The outcomes from counts as reports give them.

    treated, toxicities, responses   per level
    both                             subjects with a toxicity and a response, per level
    raises                           InputError: more toxicities, responses or both than there can be
    """
    given = [tuple(one) for one in (treated, toxicities, responses, both)]
    if len({len(one) for one in given}) != 1:
        raise InputError("treated, toxicities, responses, both: must have one count per level each.")
    cells: list[tuple[int, int, int, int]] = []
    for place, (n, t, e, b) in enumerate(zip(*given, strict=True), start=1):
        n = parameters.count(f"treated, level {place}", n)
        for name, value in (("toxicities", t), ("responses", e)):
            if parameters.count(f"{name}, level {place}", value) > n:
                raise InputError(f"{name}: level {place} has {value} in {n} subjects; at most one each counts.")
        least = max(0, t + e - n)
        if not least <= parameters.count(f"both, level {place}", b) <= min(t, e):
            raise InputError(
                f"both: level {place} has {t} toxicities and {e} responses in {n} subjects, so that"
                f" {least} to {min(t, e)} can have both; got {b}."
            )
        cells.append((e - b, n - t - e + b, b, t - b))
    only, none, with_both, toxic = (tuple(column) for column in zip(*cells, strict=True))
    return EffToxOutcomes(only, none, with_both, toxic, level)
