"""The answer to a document, and the words in which a verdict is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from remit.evidence.claims import Claims
from remit.evidence.derived import Fact
from remit.evidence.kinds import Quantity, Registered, Statement

Verdict = Literal["impossible", "forced", "undetermined", "not-reported"]
ALL_TRUE: Final = "The statements can all be true together."
Overall = Literal["possible", "impossible", "undecided"]


@dataclass(frozen=True)
class Judged:
    """A statement with its verdict; `range` is what the other statements leave, None where there is no one number.

    unit, printed   of the range: its unit, and the number that is printed; empty and None where there is none
    scale           on which the range is drawn: what could be if nothing at all were known, or from 0 to its ends
    """

    id: str
    verdict: Verdict
    range: tuple[float, float] | None
    assumptions: tuple[str, ...]
    why: str
    unit: str = ""
    printed: float | None = None
    scale: tuple[float, float] | None = None


@dataclass(frozen=True)
class Checked:
    """A whole document: verdict, a smallest conflict (smallest by number), every statement, and derived facts.

    truncated   ids of statements that hold only if their numbers were cut off instead of rounded
    """

    verdict: Overall
    conflict: tuple[str, ...]
    statements: tuple[Judged, ...]
    derived: tuple[Fact, ...]
    truncated: tuple[str, ...]
    why: str


def unreported(statement: Registered, claims: Claims) -> tuple[str, ...]:
    """Registered endpoints that no other statement speaks of."""
    spoken = " ".join(
        [*claims.conditions(), *(getattr(s, "variable", "") for s in claims.statements), *claims.categories()]
    )
    known = _plain(spoken)
    return tuple(name for name in statement.endpoints if _plain(name) not in known)


def verdict_of(statement: Statement, quantity: Quantity, ends: tuple[int, int], asked: bool) -> tuple[Verdict, str]:
    """Verdict and sentence of a statement whose range under the others is known, in steps of the quantity."""
    low, high = ends_of(quantity, ends)
    shown = in_words(low, high, quantity.unit)
    said = statement.says()
    if asked:
        if quantity.trivial is not None and (low, high) == quantity.trivial:
            return "not-reported", f"{said}: not reported; anything from {shown} is possible"
        if low == high:
            return "forced", f"{said}: not printed, and forced to be {shown}"
        return "undetermined", f"{said}: not printed; {shown} is possible"
    if statement.kind == "patient":
        sure = "there is always one" if low >= 1 else "there need not be one"
        return "forced" if low >= 1 else "undetermined", f"{said}: the other statements leave {shown}; {sure}"
    if low == high and (
        quantity.printed is None or statement.kind not in ("summary", "time") or low == quantity.printed
    ):
        return "forced", f"{said}: the other statements already force {shown}"
    return "undetermined", f"{said}: the other statements would allow {shown}"


def scale_of(quantity: Quantity, ends: tuple[float, float]) -> tuple[float, float]:
    """From where to where a range and what is printed are drawn."""
    known = (*ends, *(() if quantity.printed is None else (quantity.printed,)), *(quantity.trivial or (0.0,)))
    return min(known), max(known)


def in_words(low: float, high: float, unit: str) -> str:
    """A range with its unit: `2 patients`, `0 to 8 patients`, `a median of 5`."""
    shown = f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"
    if not unit:
        return shown
    word, space, rest = unit.partition(" ")
    if word not in ("patients", "days"):
        return f"a {unit} of {shown}"
    one = low == high == 1
    verbs = {"who break": "who breaks", "who fit": "who fits"}
    for plural, single in verbs.items() if one else ():
        rest = rest.replace(plural, single)
    return f"{shown} {word[:-1] if one else word}{space}{rest}"


def ends_of(quantity: Quantity, ends: tuple[int, int]) -> tuple[float, float]:
    """The ends of a range in the unit of the quantity."""
    return round(ends[0] * quantity.step, 6), round(ends[1] * quantity.step, 6)


def is_question(statement: Statement, claims: Claims) -> bool:
    """Whether a statement asks a number instead of saying it."""
    if statement.kind in ("count", "proportion"):
        return getattr(statement, "count", None) is None and getattr(statement, "percent", None) is None
    if statement.kind == "summary":
        return not getattr(statement, "printed", {})
    return statement.kind == "partition" and None in getattr(statement, "parts", {}).values()


def _plain(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def listed(names: Sequence[str]) -> str:
    """Names as in a sentence."""
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else names[0]


def were(names: Sequence[str]) -> str:
    """The verb for so many names."""
    return "was" if len(names) == 1 else "were"
