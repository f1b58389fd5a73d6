"""Results of many trials at once, each as it would come out alone.

A result stores the filter that made it. Over the derived tables of many trials together the same filter, asked trial by
trial, gives that result for every one of them, without running an analysis a thousand times. What is no count, share,
quantity or Kaplan-Meier quantile of filtered rows is left out and named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from remit.analysis.analyses import ANALYSES
from remit.analysis.index import Index
from remit.analysis.result import Result, Selection
from remit.analysis.study import Study
from remit.protocol import Protocol
from remit.stats import KaplanMeier, kaplan_meier, quantile

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

NOT_POOLED = ("interval-censored", "b-cell-recovery", "exposure-response")
"""Analyses that are not made of the pooled trials: they would take long and have no value per trial."""

COUNTS = ("count", "proportion", "proportion-nri", "not-evaluable", "number at risk")
QUANTILES = {"q1": 0.25, "median": 0.5, "q3": 0.75}

DATA_DRIVEN = (
    r"^safety/teae/(term|body-system)/|^safety/labs/|/grade-\d|^baseline/(sex|race)/|^exposure/infusions-"
    r"|^disposition/(discontinued|not-)"
)
"""Ids that exist because of what happened in the data (a term, a grade, a reason): a trial without a row has 0."""

SCHEMA = pl.Schema({
    "trial": pl.Int64(), "id": pl.String(), "value": pl.Float64(), "n": pl.Int64(), "denominator": pl.Int64(),
})  # fmt: skip


@dataclass(frozen=True)
class Many:
    """Results by trial.

    table        one row per trial and id: trial, id, value (null as in the trial's own report), n, denominator. A trial
                 has a row where anybody counts, or anybody could have and the id is not DATA_DRIVEN: so its rows do
                 not depend on the other trials in the heap
    left_out     ids of the pooled trials that have no value per trial; analyses of NOT_POOLED are not even made
    """

    table: pl.DataFrame
    left_out: tuple[str, ...]


def many(protocol: Protocol, derived: Mapping[str, pl.DataFrame], trial: Mapping[str, int]) -> Many:
    """The results of every trial in the derived tables of all of them.

    derived   tables of all trials together, USUBJID different between trials
    trial     the trial of each USUBJID
    """
    study = Study(protocol, derived)
    trials = _Trials(derived, trial)
    rows: list[pl.DataFrame] = []
    left_out: list[str] = []
    for analysis in [one for one in ANALYSES if one.key not in NOT_POOLED]:
        for result in analysis.make(study):
            found = _by_trial(trials, study.index, result)
            if found is None:
                left_out.append(result.id)
            else:
                value, n, denominator = found
                rows.append(trials.frame(result.id, value, n, denominator))
    table = pl.concat(rows) if rows else pl.DataFrame(schema=SCHEMA)
    counts = pl.col("n") > 0
    could = (pl.col("denominator") > 0).fill_null(False) & ~pl.col("id").str.contains(DATA_DRIVEN)
    return Many(table.filter(counts | could), tuple(left_out))


class _Trials:
    """Which trial and which subject each row of each table belongs to, as codes."""

    def __init__(self, derived: Mapping[str, pl.DataFrame], trial: Mapping[str, int]) -> None:
        self.numbers = np.array(sorted(set(trial.values())), dtype=np.int64)
        self.derived = derived
        names = sorted(trial)
        place = {name: code for code, name in enumerate(names)}
        self.of_subject = np.searchsorted(self.numbers, np.array([trial[name] for name in names], dtype=np.int64))
        self._codes = {
            table: frame["USUBJID"].replace_strict(place, return_dtype=pl.Int64).to_numpy()
            for table, frame in derived.items()
            if "USUBJID" in frame.columns
        }
        self._counts: dict[tuple[str, object], Whole] = {}
        self.values: dict[Selection, list[tuple[int, Array, Array | None]]] = {}
        self.curves: dict[Selection, list[tuple[int, KaplanMeier]]] = {}

    def subjects(self, table: str, rows: Whole) -> Whole:
        """Subject codes of rows of a table."""
        return self._codes[table][rows]

    def count(self, index: Index, selection: Selection) -> Whole:
        """(trials,) distinct subjects that a selection selects."""
        key = (selection.table, selection.where)
        if key not in self._counts:
            seen = np.zeros(len(self.of_subject), dtype=bool)
            if selection.table in self._codes:
                seen[self.subjects(selection.table, index.rows(selection.table, selection.where))] = True
            self._counts[key] = np.bincount(self.of_subject[seen], minlength=len(self.numbers))
        return self._counts[key]

    def frame(self, id: str, value: Array, n: Whole, denominator: Whole | None) -> pl.DataFrame:
        """One id over all trials."""
        return pl.DataFrame(
            [
                pl.Series("trial", self.numbers),
                pl.Series("id", [id]).new_from_index(0, len(self.numbers)),
                pl.Series("value", value, nan_to_null=True),
                pl.Series("n", n),
                pl.Series("denominator", denominator, dtype=pl.Int64)
                if denominator is not None
                else pl.Series("denominator", [None], dtype=pl.Int64).new_from_index(0, len(self.numbers)),
            ]
        )


def _by_trial(trials: _Trials, index: Index, result: Result) -> tuple[Array, Whole, Whole | None] | None:
    """(value, n, denominator) per trial; None where the filter alone does not give the number."""
    counted = next((s for s in result.behind if s.role == "counted"), None)
    population = next((s for s in result.behind if s.role == "population"), None)
    # thirds of a pool are not the thirds of its trials
    if counted is None or result.id.rpartition("/")[0].endswith("/curve") or "-third-" in result.id:
        return None
    if result.statistic in COUNTS or (result.statistic in ("n", "events") and counted.carries is None):
        return _shares(trials, index, result, counted, population)
    if result.method == "Kaplan-Meier" and population is not None and result.statistic in QUANTILES:
        return _survival(trials, index, population, QUANTILES[result.statistic])
    if counted.carries is not None:
        return _quantity(trials, index, counted, result.statistic)
    return None


def _shares(
    trials: _Trials, index: Index, result: Result, counted: Selection, population: Selection | None
) -> tuple[Array, Whole, Whole | None]:
    x = trials.count(index, counted)
    if result.denominator is None or population is None:
        return x.astype(float), x, None
    n = trials.count(index, population)
    if result.statistic.startswith("proportion"):
        return np.divide(x, n, out=np.full(len(x), np.nan), where=n > 0), x, n
    return x.astype(float), x, n


def _quantity(
    trials: _Trials, index: Index, counted: Selection, statistic: str
) -> tuple[Array, Whole, Whole | None] | None:
    if counted not in trials.values:
        trials.values[counted] = list(_values(trials, index, counted))
    value = np.full(len(trials.numbers), np.nan)
    n = np.zeros(len(trials.numbers), dtype=np.int64)
    for place, low, high in trials.values[counted]:
        n[place] = len(low)
        one = _statistic(low, statistic)
        # values of which some are only known to lie below a limit give a number where both ends agree
        value[place] = one if high is None or one == _statistic(high, statistic) else np.nan
    if statistic not in (*QUANTILES, "n", "mean", "sd", "min", "max", "total"):
        return None
    return (n.astype(float) if statistic == "n" else value), n, None


def _values(trials: _Trials, index: Index, counted: Selection) -> Iterator[tuple[int, Array, Array | None]]:
    """Per trial with any: its place, the sorted values of its subjects, and their upper ends where they have some."""
    assert counted.carries is not None
    column, how = counted.carries
    rows = index.rows(counted.table, counted.where)
    frame = trials.derived[counted.table]
    who = trials.subjects(counted.table, rows)
    value = frame[column].cast(pl.Float64).gather(rows).to_numpy()
    upper = None
    if how == "bounded":
        limit = frame["LLOQ"].gather(rows).to_numpy() if "LLOQ" in frame.columns else np.full(len(rows), np.nan)
        known = ~np.isnan(value) | ~np.isnan(limit)
        who, value, limit = who[known], value[known], limit[known]
        upper = np.where(np.isnan(value), limit, value)
        value = np.where(np.isnan(value), 0.0, value)
    elif how in ("sum", "min", "max"):
        who, value = _per_subject(who, value, how)
    elif how == "protocol-day":
        value = value - 1.0
    known = ~np.isnan(value)
    place = trials.of_subject[who[known]]
    value, upper = value[known], None if upper is None else upper[known]
    for mine in _grouped(place):
        yield int(place[mine[0]]), np.sort(value[mine]), None if upper is None else np.sort(upper[mine])


def _per_subject(who: Whole, value: Array, how: str) -> tuple[Whole, Array]:
    order = np.argsort(who, kind="stable")
    who, value = who[order], value[order]
    subjects, first = np.unique(who, return_index=True)
    if not len(subjects):
        return subjects, value
    reduce = {"sum": np.add.reduceat, "min": np.fmin.reduceat, "max": np.fmax.reduceat}[how]
    return subjects, np.asarray(reduce(value, first), dtype=float)


def _statistic(values: Array, statistic: str) -> float:
    if not len(values):
        return float("nan")
    match statistic:
        case "n":
            return float(len(values))
        case "mean":
            return float(values.mean())
        case "sd":
            return float(values.std(ddof=1)) if len(values) > 1 else float("nan")
        case "min":
            return float(values[0])
        case "max":
            return float(values[-1])
        case "total":
            return float(values.sum())
        case _:
            found = quantile(values.tolist(), QUANTILES.get(statistic, 0.5))
            return float("nan") if found is None else found


def _survival(trials: _Trials, index: Index, population: Selection, part: float) -> tuple[Array, Whole, Whole | None]:
    if population not in trials.curves:
        trials.curves[population] = list(_curves(trials, index, population))
    value = np.full(len(trials.numbers), np.nan)
    for place, curve in trials.curves[population]:
        time = curve.quantile(part).time
        value[place] = np.nan if time is None else time
    return value, trials.count(index, population), None


def _curves(trials: _Trials, index: Index, population: Selection) -> Iterator[tuple[int, KaplanMeier]]:
    rows = index.rows(population.table, population.where)
    frame = trials.derived[population.table]
    place = trials.of_subject[trials.subjects(population.table, rows)]
    months, censored = (frame[name].gather(rows).cast(pl.Float64).to_numpy() for name in ("AVALMON", "CNSR"))
    for mine in _grouped(place):
        yield int(place[mine[0]]), kaplan_meier(months[mine].tolist(), [int(c == 0) for c in censored[mine]])


def _grouped(place: Whole) -> Iterator[Whole]:
    """Positions of each trial's rows, in their order."""
    order = np.argsort(place, kind="stable")
    cuts = [0, *(np.flatnonzero(np.diff(place[order])) + 1).tolist(), len(order)]
    for start, end in pairwise(cuts):
        if end > start:
            yield order[start:end]
