"""What a comparison leaves out or can be checked by: its p-value, and which method gives the printed interval."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from remit.evidence.derived.fact import Fact, reaches, words
from remit.evidence.derived.two_group_intervals import Limits, of_difference, of_mean
from remit.evidence.kinds import Comparison, Summary
from remit.evidence.kinds.comparison import meets, moments_of, reproducing
from remit.evidence.kinds.statement import Between
from remit.evidence.printed import Readings, read, span

if TYPE_CHECKING:
    from remit.evidence.claims import Claims


def comparison_facts(claims: Claims) -> Iterator[Fact]:
    """P-values and interval methods of comparisons, and interval methods of means."""
    reading = claims.readings(claims.assumptions.rounding)
    for statement in claims.statements:
        if isinstance(statement, Comparison):
            yield from _p_value(statement, reading)
            yield from _limits(statement, reading)
        if isinstance(statement, Summary) and statement.interval is not None:
            n = statement.n if statement.n is not None else claims.size(statement.of)
            one = moments_of(n or 0, statement.mean, statement.sd, reading)
            known = {} if one is None else of_mean(one, statement.interval.level)
            yield from _method(statement.id, statement.interval, known, reading)


def _p_value(statement: Comparison, reading: Readings) -> Iterator[Fact]:
    tests = statement.p_values(reading)
    if not tests or statement.p is None:
        return
    fitting = reproducing(statement.p, tests, reading)
    given = "; ".join(f"{name} {_range(ends)}" for name, ends in tests.items())
    which = f"the printed p {read(statement.p)} is that of: {', '.join(fitting)}" if fitting else (
        f"the printed p {read(statement.p)} is that of none of the tests known here"
    )  # fmt: skip
    yield words(f"{statement.id}/p-value", ", ".join(fitting) or "none", f"{which} ({given})")


def _limits(statement: Comparison, reading: Readings) -> Iterator[Fact]:
    if statement.interval is not None:
        yield from _method(statement.id, statement.interval, statement.limits(reading), reading)
        return
    a, b = statement.first, statement.second
    if a.count is None or b.count is None or a.count > a.n or b.count > b.n:
        return
    (low, _), (high, _) = of_difference((a.count, a.n), (b.count, b.n), 0.95)["Newcombe"]
    gap = 100 * (a.count / a.n - b.count / b.n)
    why = (
        f"{a.count}/{a.n} − {b.count}/{b.n} = {gap:.1f} percentage points; "
        f"95 % limits (Newcombe) {low:.1f} to {high:.1f}"
    )
    yield reaches(f"{statement.id}/difference", low, high, why)


def _method(name: str, printed: Between, known: dict[str, Limits], reading: Readings) -> Iterator[Fact]:
    if not known:
        return
    ends = [span(read(end), reading.numbers) for end in (printed.low, printed.high)]
    fitting = [
        method
        for method, limits in known.items()
        if all(meets(allowed, limit) for allowed, limit in zip(ends, limits, strict=True))
    ]
    given = "; ".join(f"{method} {_range(low)} to {_range(high)}" for method, (low, high) in known.items())
    shown = f"{read(printed.low)} to {read(printed.high)}"
    which = f"is that of: {', '.join(fitting)}" if fitting else "is that of none of the methods known here"
    why = f"the printed interval {shown} {which} ({given})"
    yield words(f"{name}/interval-method", ", ".join(fitting) or "none", why)


def _range(ends: tuple[float, float]) -> str:
    low, high = (f"{end:.4g}" for end in ends)
    return low if low == high else f"[{low}, {high}]"
