"""The spread of values of which some are known only to lie below a limit of quantification.

A statistic that rests on such a value has no number and prints as `<1`; the note says how many there were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from remit.analysis import printed
from remit.analysis.numbers import ORDER, Heading, absent, measure
from remit.analysis.result import Result
from remit.protocol import Rules
from remit.stats import summary

WORDS = {"median": "median", "q1": "first quartile", "q3": "third quartile", "min": "minimum", "max": "maximum"}


def bounded_spread(
    about: Heading,
    values: Iterable[tuple[float | None, float | None]],
    quantity: str,
    rules: Rules,
    statistics: Sequence[str] = ORDER,
) -> Iterator[Result]:
    """Order statistics of one quantity.

    values   (value, limit) per subject: a limit alone is a value below it; neither is unknown, and left out
    """
    every = list(values)
    known = [(value, limit) for value, limit in every if value is not None or limit is not None]
    low = summary([0.0 if value is None else value for value, _ in known])
    high = summary([limit if value is None else value for value, limit in known])
    below, unknown = sum(value is None for value, _ in known), len(every) - len(known)
    said = [
        about.note,
        f"{below} below the limit of quantification" if below else "",
        f"unknown in {unknown}" if unknown else "",
    ]
    about = replace(about, note="; ".join(part for part in said if part))
    ends = {
        "median": (low.median, high.median), "q1": (low.q1, high.q1), "q3": (low.q3, high.q3),
        "min": (low.minimum, high.minimum), "max": (low.maximum, high.maximum),
    }  # fmt: skip
    for statistic in statistics:
        if statistic == "n":
            here = replace(about, title=f"{about.title}, number of subjects")
            yield measure(here, "n", float(low.n), low.n, str(low.n), "count")
            continue
        here = replace(about, title=f"{about.title}, {WORDS[statistic]}")
        least, most = ends[statistic]
        if least is None or most is None:
            yield absent(here, statistic, "no value known")
        elif least == most:
            yield measure(here, statistic, least, low.n, printed.number(least, quantity, statistic, rules))
        else:
            yield measure(here, statistic, None, low.n, f"<{printed.number(most, quantity, statistic, rules)}")
