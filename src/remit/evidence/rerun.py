"""A trial derived and analyzed again, with any chosen record changes made."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

import polars as pl

from remit import derive
from remit.analysis import ANALYSES, Result
from remit.analysis.study import Study
from remit.evidence.record_changes import Mixture
from remit.protocol import Protocol
from remit.records import Records

Results = Mapping[str, Result]
KEYS = tuple(analysis.key for analysis in ANALYSES)
_BY_KEY = {analysis.key: analysis for analysis in ANALYSES}
_KEPT = 16


class Rerun:
    """One protocol and cutoff; records in which chosen changes are made."""

    def __init__(self, protocol: Protocol, cutoff: date, mixture: Mixture) -> None:
        self.protocol, self.cutoff = protocol, cutoff
        self._mixture = mixture
        self._derived: dict[frozenset[str], Mapping[str, pl.DataFrame]] = {}

    def results(self, chosen: AbstractSet[str], keys: Iterable[str]) -> Results:
        """The results of some analyses (by key), by id, with these changes made.

        Half-made changes can contradict each other (a drug that ends before it began); what cannot be computed from
        them is left out, and so proves nothing.
        """
        made = frozenset(chosen)
        try:
            if made not in self._derived:
                while len(self._derived) >= _KEPT:
                    del self._derived[next(iter(self._derived))]
                self._derived[made] = derive.all(self.protocol, self._mixture.records(made), self.cutoff)
            return analyzed(self.protocol, self._derived[made], keys)
        except (ValueError, ArithmeticError, pl.exceptions.PolarsError):
            return {}

    def spliced(
        self,
        new: Mapping[str, pl.DataFrame],
        old: Mapping[str, pl.DataFrame],
        subjects: Sequence[str],
        keys: Iterable[str],
    ) -> Results:
        """The results with everybody as in `new` but some subjects, who are as in `old`.

        No row of a subject depends on another subject's records, so rows can be put together.
        """
        tables = {}
        them = pl.col("USUBJID").is_in(subjects)
        for name, frame in new.items():
            parts = [frame.filter(~them)]
            if name in old:
                parts.append(old[name].filter(them))
            tables[name] = pl.concat(parts)
        try:
            return analyzed(self.protocol, tables, keys)
        except (ValueError, ArithmeticError, pl.exceptions.PolarsError):
            return {}


@dataclass(frozen=True, eq=False)
class State:
    """A trial derived and analyzed.

    results   by id
    makers    key of the analysis that made each result, by id
    """

    derived: Mapping[str, pl.DataFrame]
    results: Results
    makers: Mapping[str, str]


def state(protocol: Protocol, records: Records, cutoff: date) -> State:
    """Everything about one protocol, its records and a cutoff."""
    derived = derive.all(protocol, records, cutoff)
    study = Study(protocol, derived)
    made = [(analysis.key, result) for analysis in ANALYSES for result in analysis.make(study)]
    return State(derived, {r.id: r for _, r in made}, {r.id: key for key, r in made})


def analyzed(protocol: Protocol, derived: Mapping[str, pl.DataFrame], keys: Iterable[str]) -> Results:
    """The results of some analyses, by id."""
    study = Study(protocol, derived)
    wanted = set(keys)
    return {r.id: r for key in KEYS if key in wanted for r in _BY_KEY[key].make(study)}


def same(one: Result | None, other: Result | None) -> bool:
    """Whether two results say the same: value, counts, interval and printed text; None is one that is not there."""
    if one is None or other is None:
        return one is other
    if (one.n, one.denominator, one.text) != (other.n, other.denominator, other.text):
        return False
    mine, theirs = one.interval, other.interval
    if (mine is None) != (theirs is None) or not _close(one.value, other.value):
        return False
    return mine is None or theirs is None or (_close(mine.low, theirs.low) and _close(mine.high, theirs.high))


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    # the order in which rows are added up may differ in the last bits
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
