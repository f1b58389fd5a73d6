"""The kinds of numbers there are: a count, a share of a set, the spread of a quantity, a number that is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from remit.analysis import printed
from remit.analysis.result import Result, Selection
from remit.protocol import Rules
from remit.stats import summary

SPREAD = ("n", "mean", "sd", "median", "q1", "q3", "min", "max")
ORDER = ("n", "median", "q1", "q3", "min", "max")
RANGE = ("n", "median", "min", "max")

NOBODY = "no subject in the group"
NOT_COLLECTED = "not collected"

_WORDS = {
    "n": "number of subjects",
    "mean": "mean",
    "sd": "standard deviation",
    "median": "median",
    "q1": "first quartile",
    "q3": "third quartile",
    "min": "minimum",
    "max": "maximum",
}
_QUANTILES = {"median", "q1", "q3"}


@dataclass(frozen=True)
class Heading:
    """What a number is about.

    stem     its id without the statistic; the first segment names the analysis
    title    in words, without the statistic
    behind   the derived rows that made it
    note     what was assumed or left out
    """

    stem: str
    title: str
    population: str
    group: str = "all"
    behind: tuple[Selection, ...] = ()
    note: str = ""


def plain_count(about: Heading, x: int, denominator: int | None = None, text: str | None = None) -> Result:
    """A number of subjects that is printed alone (`20`), even where it is part of a larger number."""
    return _result(
        about, "count", "count", float(x), n=x, denominator=denominator, text=str(x) if text is None else text
    )


def total(about: Heading, statistic: str, x: int, subjects: int) -> Result:
    """A number of things that are not subjects, such as events."""
    return _result(about, statistic, "count", float(x), n=subjects, text=str(x))


def share_count(about: Heading, x: int, n: int, rules: Rules) -> Result:
    """A number of subjects out of n, with the proportion in its text."""
    if n == 0:
        return _result(_noted(about, NOBODY), "count", "count", None, n=0, denominator=0)
    about = _noted(about, printed.none_seen(x, n, rules))
    return _result(about, "count", "count", float(x), n=x, denominator=n, text=printed.proportion(x, n, rules))


def proportion(about: Heading, x: int, n: int, rules: Rules, statistic: str = "proportion") -> Result:
    """x of n as a fraction with the protocol's interval; null when n is 0."""
    method = printed.METHODS[rules.interval]
    if n == 0:
        return _result(_noted(about, NOBODY), statistic, method, None, n=0, denominator=0)
    made = _result(
        _noted(about, printed.none_seen(x, n, rules)),
        statistic,
        method,
        x / n,
        n=x,
        denominator=n,
        text=printed.proportion(x, n, rules),
    )
    return replace(made, interval=printed.limits(x, n, rules))


def share(about: Heading, x: int, n: int, rules: Rules) -> tuple[Result, Result]:
    """The count and the proportion of one share."""
    return share_count(about, x, n, rules), proportion(about, x, n, rules)


def spread(
    about: Heading, values: Iterable[float | None], quantity: str, rules: Rules, statistics: Sequence[str] = SPREAD
) -> tuple[Result, ...]:
    """Statistics of one quantity, one value per subject; unknown values are left out and the note says how many."""
    found = summary(values)
    if found.missing:
        about = _noted(about, f"unknown in {found.missing}")
    at = {
        "n": float(found.n),
        "mean": found.mean,
        "sd": found.sd,
        "median": found.median,
        "q1": found.q1,
        "q3": found.q3,
        "min": found.minimum,
        "max": found.maximum,
    }
    made = []
    for statistic in statistics:
        value = at[statistic]
        method = "sas-5" if statistic in _QUANTILES else statistic
        here = replace(about, title=f"{about.title}, {_WORDS[statistic]}")
        if value is None:
            here = _noted(here, "needs two values" if statistic == "sd" and found.n == 1 else "no value known")
            made.append(_result(here, statistic, method, None, n=found.n))
            continue
        text = str(found.n) if statistic == "n" else printed.number(value, quantity, statistic, rules)
        made.append(_result(here, statistic, method, value, n=found.n, text=text))
    return tuple(made)


def measure(about: Heading, statistic: str, value: float | None, n: int, text: str, method: str = "") -> Result:
    """One number that none of the other kinds holds."""
    return _result(about, statistic, method or statistic, value, n=n, text=text)


def absent(about: Heading, statistic: str, why: str = NOT_COLLECTED) -> Result:
    """A number that is not there, and why."""
    return _result(_noted(about, why, first=True), statistic, statistic, None)


def _noted(about: Heading, said: str, *, first: bool = False) -> Heading:
    parts = [said, about.note] if first else [about.note, said]
    return replace(about, note="; ".join(part for part in parts if part)) if said else about


def _result(
    about: Heading,
    statistic: str,
    method: str,
    value: float | None,
    *,
    n: int | None = None,
    denominator: int | None = None,
    text: str = "",
) -> Result:
    return Result(
        id=f"{about.stem}/{statistic}",
        title=about.title,
        analysis=about.stem.partition("/")[0],
        population=about.population,
        group=about.group,
        statistic=statistic,
        method=method,
        value=value,
        n=n,
        denominator=denominator,
        text=text,
        note=about.note,
        behind=about.behind,
    )
