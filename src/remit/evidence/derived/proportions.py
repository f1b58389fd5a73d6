"""What a printed count leaves out: its exact interval, its bound at zero, and the whole of those treated.

Worst and best case: everyone of the document who is not in the group could have had the event, or nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from remit.evidence.claims import Claims
from remit.evidence.derived.fact import Fact, number, reaches, words
from remit.evidence.kinds import Count, Partition, Proportion
from remit.evidence.kinds.proportion import methods_that_fit
from remit.stats.intervals import clopper_pearson, upper_bound


def proportion_facts(claims: Claims) -> Iterator[Fact]:
    """Facts of every count and proportion whose count and denominator are known."""
    for statement in claims.statements:
        if isinstance(statement, Partition):
            yield from _parts(statement)
        if not isinstance(statement, Count | Proportion):
            continue
        own = statement.own_n if isinstance(statement, Proportion) else statement.n
        whole = own if own is not None else claims.size(statement.of)
        count = statement.count
        if isinstance(statement, Proportion) and whole:
            fitting = statement.fitting(whole, "either")
            count = fitting[0] if len(fitting) == 1 else count
        if count is None or not whole or not 0 <= count <= whole:
            continue
        yield from _of_counts(statement.id, count, whole)
        if whole < claims.n:
            yield from _of_all(statement.id, count, whole, claims.n)
        if isinstance(statement, Proportion):
            yield from _printed_interval(statement, count, whole, claims)


def _of_counts(name: str, count: int, whole: int) -> Iterator[Fact]:
    low, high = clopper_pearson(count, whole)
    share = f"{count}/{whole} = {100 * count / whole:.1f} %"
    yield reaches(
        f"{name}/interval", 100 * low, 100 * high,
        f"{share}; exact (Clopper-Pearson) 95 % limits {100 * low:.1f}–{100 * high:.1f} %",
    )  # fmt: skip
    if count == 0:
        bound = 100 * upper_bound(0, whole)
        yield number(f"{name}/upper-bound", bound, f"0 of {whole}: one-sided 95 % upper bound {bound:.1f} %")


def _of_all(name: str, count: int, whole: int, everyone: int) -> Iterator[Fact]:
    most = count + everyone - whole
    worst, best = clopper_pearson(count, everyone), clopper_pearson(most, everyone)
    shares = f"at least {count}/{everyone} = {100 * count / everyone:.1f} %"
    limits = f"(95 % CI {100 * worst[0]:.1f}–{100 * worst[1]:.1f}) if nobody outside these {whole} had it"
    other = f"at most {most}/{everyone} = {100 * most / everyone:.1f} %"
    upper = f"(95 % CI {100 * best[0]:.1f}–{100 * best[1]:.1f}) if all had"
    why = f"among all {everyone}: {shares} {limits}, {other} {upper}"
    yield reaches(f"{name}/all-patients", 100 * count / everyone, 100 * most / everyone, why)


def _printed_interval(statement: Proportion, count: int, whole: int, claims: Claims) -> Iterator[Fact]:
    if statement.interval is None:
        return
    fits = methods_that_fit(statement.interval, count, whole, claims.assumptions.rounding)
    named = ", ".join(fits)
    why = f"the printed interval of {count}/{whole} is that of: {named}" if fits else (
        f"the printed interval of {count}/{whole} is that of none of the methods known here"
    )  # fmt: skip
    yield words(f"{statement.id}/interval-method", named or "none", why)


def _parts(statement: Partition) -> Iterator[Fact]:
    for part, count in statement.parts.items():
        if count:
            bound = 100 * upper_bound(0, count)
            yield number(
                f"{statement.id}/{part}/if-none", bound,
                f"if none of the {count} in {part} had an event, its one-sided 95 % upper bound is {bound:.1f} %",
            )  # fmt: skip
