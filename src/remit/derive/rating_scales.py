"""The parameters of ADRS that rating forms give, and what a score is when some of its items are not known.

A score whose items are incomplete is known all the same when its least and its most are one, or when somebody typed a
total that lies between them. Otherwise it stays unknown, and the reason names the items and the range.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from remit.criteria import Answer
from remit.protocol import Protocol
from remit.records.rating_sheets import Sheet

YES_NO = ("N", "Y")
NAMED = 4


class Scale(NamedTuple):
    """What a row is about, in the columns of ADRS; `words` are the texts of 0, 1, 2 where it is no quantity."""

    PARAMCD: str
    PARAM: str
    INSTRUMENT: str
    VARIANT: str = "default"
    DEFVFL: str = "Y"
    words: tuple[str, ...] = ()


class Rating(NamedTuple):
    """One row under way: AVAL (1 and 0 for yes and no), the reasons, and the records behind."""

    sheet: Sheet
    scale: Scale
    value: float | None
    because: tuple[str, ...]
    sources: tuple[str, ...]


class Known(NamedTuple):
    """A score on one sheet: its value, or the range it lies in, and why."""

    value: float | None
    low: float
    high: float
    because: tuple[str, ...]


def known(sheet: Sheet, part: str, low: float, high: float, said: Sequence[str], missing: Sequence[str]) -> Known:
    """The score of a part from its least and its most, or from the typed total between them.

    said      what counted, in words
    missing   names of the items that are not known
    """
    typed = sheet.totals.get(part)
    if low == high:
        return Known(low, low, high, few(said) or ("nothing present",))
    if typed is not None and low <= typed <= high:
        return Known(typed, typed, typed, ("typed total, items incomplete",) if sheet.of(part) else ())
    reasons = (*(f"unknown: {name}" for name in few(missing)), f"between {low:g} and {high:g}")
    return Known(None, low, high, reasons)


def few(names: Sequence[str]) -> tuple[str, ...]:
    """The first names, as people read them, and how many more there are."""
    shown = tuple(name.replace("_", " ") for name in names[:NAMED])
    rest = len(names) - len(shown)
    return (*shown, f"{rest} more item{'' if rest == 1 else 's'}") if rest else shown


def measured(sheet: Sheet, scale: Scale, found: Known, sources: tuple[str, ...]) -> Iterator[Rating]:
    """The row of a score; where it is unknown, also the rows of its range."""
    yield Rating(sheet, scale, found.value, found.because, sources)
    if found.value is None:
        for end, words, value in (("MN", "least attainable", found.low), ("MX", "most attainable", found.high)):
            about = scale._replace(PARAMCD=f"{scale.PARAMCD}{end}", PARAM=f"{scale.PARAM}, {words}")
            yield Rating(sheet, about, value, found.because, sources)


def asked(protocol: Protocol, instrument: str, variant: str, usual: Scale | None) -> list[Scale]:
    """The rows in which an answer is given: one per code under which endpoints ask for it, else the usual one, if any.

    An answer that is nobody's default variant is still given under `usual` when no endpoint asks for it.
    """
    found: dict[str, Scale] = {}
    for endpoint in protocol.endpoints:
        if endpoint.instrument == instrument and endpoint.paramcd and variant in (endpoint.variant, *endpoint.variants):
            flag = "Y" if variant == endpoint.variant else "N"
            scale = Scale(endpoint.paramcd, endpoint.label, instrument, variant, flag, YES_NO)
            found.setdefault(endpoint.paramcd, scale)
    return list(found.values()) or ([usual] if usual is not None else [])


def judged(baseline: Known | None, now: Known, judge: Callable[[float | None, float | None], Answer]) -> Answer:
    """A response that a lower score can only favor: met when it is at the most, not met when it is not at the least."""
    base = None if baseline is None else baseline.value
    if now.value is not None or base is None:
        answer = judge(base, now.value)
        return answer if base is not None else Answer(None, ("unknown: baseline",))
    at_most, at_least = judge(base, now.high), judge(base, now.low)
    if at_most.met == at_least.met:
        return Answer(at_most.met, (*at_most.because, f"score between {now.low:g} and {now.high:g}"))
    return Answer(None, now.because)
