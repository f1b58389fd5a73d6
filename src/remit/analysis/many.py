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
import polars as pl

from remit.analysis.analyses import ANALYSES
from remit.analysis.index import Index
from remit.analysis.ragged import QUANTILES, STATISTICS, Array, Ragged, Whole, ragged
from remit.analysis.result import Result, Selection
from remit.analysis.study import Study
from remit.protocol import Protocol
from remit.stats import KaplanMeier, kaplan_meier

NOT_POOLED = (
    "interval-censored", "b-cell-recovery", "exposure-response", "donors", "vaccines", "immunogenicity",
    "toxicity-scales", "bilag", "definitions",
)  # fmt: skip
"""Analyses that are not made of the pooled trials: they would take long and have no value per trial."""

Numbers = tuple[Array, Whole, Whole | None]
"""(trials,) value, n and, of a share, its denominator."""

COUNTS = ("count", "proportion", "proportion-nri", "not-evaluable", "number at risk")

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
    ids: list[str] = []
    found: list[Numbers] = []
    left_out: list[str] = []
    for analysis in [one for one in ANALYSES if one.key not in NOT_POOLED]:
        for result in analysis.make(study):
            numbers = _by_trial(trials, study.index, result)
            if numbers is None:
                left_out.append(result.id)
            else:
                ids.append(result.id)
                found.append(numbers)
    table = _table(trials.numbers, ids, found)
    counts = pl.col("n") > 0
    could = (pl.col("denominator") > 0).fill_null(False) & ~pl.col("id").str.contains(DATA_DRIVEN)
    return Many(table.filter(counts | could), tuple(left_out))


def _table(trials: Whole, ids: list[str], found: list[Numbers]) -> pl.DataFrame:
    if not ids:
        return pl.DataFrame(schema=SCHEMA)
    nothing = np.full(len(trials), np.nan)
    columns = {
        "trial": np.tile(trials, len(ids)),
        "value": np.concatenate([value for value, _, _ in found]),
        "n": np.concatenate([n for _, n, _ in found]),
        "denominator": np.concatenate([nothing if of is None else of for _, _, of in found]),
    }
    names = pl.Series("id", ids).gather(np.repeat(np.arange(len(ids)), len(trials)))
    return pl.DataFrame({"id": names, **columns}, nan_to_null=True).select(
        pl.col(name).cast(kind) for name, kind in SCHEMA.items()
    )


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
        self._columns: dict[tuple[str, str], Array] = {}
        self.values: dict[Selection, tuple[Ragged, Ragged | None]] = {}
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

    def column(self, table: str, name: str) -> Array:
        """A column of numbers; not a number where it is null."""
        if (table, name) not in self._columns:
            self._columns[table, name] = self.derived[table][name].cast(pl.Float64).to_numpy()
        return self._columns[table, name]


def _by_trial(trials: _Trials, index: Index, result: Result) -> Numbers | None:
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
) -> Numbers:
    x = trials.count(index, counted)
    if result.denominator is None or population is None:
        return x.astype(float), x, None
    n = trials.count(index, population)
    if result.statistic.startswith("proportion"):
        return np.divide(x, n, out=np.full(len(x), np.nan), where=n > 0), x, n
    return x.astype(float), x, n


def _quantity(
    trials: _Trials, index: Index, counted: Selection, statistic: str
) -> Numbers | None:
    if statistic not in STATISTICS:
        return None
    if counted not in trials.values:
        trials.values[counted] = _values(trials, index, counted)
    low, high = trials.values[counted]
    value = low.statistic(statistic)
    if high is not None:
        # values of which some are only known to lie below a limit give a number where both ends agree
        value = np.where(value == high.statistic(statistic), value, np.nan)
    return value, low.size, None


def _values(trials: _Trials, index: Index, counted: Selection) -> tuple[Ragged, Ragged | None]:
    """The values of the subjects by trial, and their upper ends where they have some."""
    assert counted.carries is not None
    column, how = counted.carries
    rows = index.rows(counted.table, counted.where)
    frame = trials.derived[counted.table]
    who = trials.subjects(counted.table, rows)
    value = trials.column(counted.table, column)[rows]
    upper = None
    if how == "bounded":
        limit = trials.column(counted.table, "LLOQ")[rows] if "LLOQ" in frame.columns else np.full(len(rows), np.nan)
        known = ~np.isnan(value) | ~np.isnan(limit)
        who, value, limit = who[known], value[known], limit[known]
        upper = np.where(np.isnan(value), limit, value)
        value = np.where(np.isnan(value), 0.0, value)
    elif how in ("sum", "min", "max"):
        who, value = _per_subject(who, value, how)
    elif how == "protocol-day":
        value = value - 1.0
    known = ~np.isnan(value)
    place, groups = trials.of_subject[who[known]], len(trials.numbers)
    high = None if upper is None else ragged(place, upper[known], groups)
    return ragged(place, value[known], groups), high


def _per_subject(who: Whole, value: Array, how: str) -> tuple[Whole, Array]:
    order = np.argsort(who, kind="stable")
    who, value = who[order], value[order]
    subjects, first = np.unique(who, return_index=True)
    if not len(subjects):
        return subjects, value
    reduce = {"sum": np.add.reduceat, "min": np.fmin.reduceat, "max": np.fmax.reduceat}[how]
    return subjects, np.asarray(reduce(value, first), dtype=float)


def _survival(trials: _Trials, index: Index, population: Selection, part: float) -> Numbers:
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
