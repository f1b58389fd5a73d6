"""The claims document: what a publication printed about n patients, typed and frozen.

The document is read by `exchange.claims_yaml`; this room sees it complete. Names in it are data: an event or a
variable exists because a statement speaks of it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from remit.errors import nearest
from remit.evidence.kinds import Statement
from remit.evidence.kinds.statement import ConditionText, Name
from remit.evidence.printed import Readings
from remit.evidence.where import parse
from remit.protocol.doc import Doc, frozen

LARGEST = 2000


class Publication(Doc):
    """Where the numbers stand."""

    title: str | None = None
    source: str | None = None
    printed: datetime.date | None = None
    authors: str | None = None
    doi: str | None = None
    url: str | None = None


class Group(Doc):
    """A named subset: the patients of `of` for whom `where` holds, and how many they are, if printed."""

    where: ConditionText | None = None
    of: Name = "all"
    count: int | None = Field(default=None, ge=0)


class Assumptions(Doc):
    """Switches that the verdicts lean on."""

    months: Literal["rounded", "truncated", "exact"] = "rounded"
    rounding: Literal["either", "rounded", "truncated"] = "either"
    infusion_equals_enrolment: bool = Field(default=True, alias="infusion-equals-enrolment")
    follow_up_to_cut: bool = Field(default=True, alias="follow-up-to-cut")
    instrument_laws: bool = Field(default=True, alias="instrument-laws")

    def words(self, key: str) -> str:
        """An assumption in words, by its key."""
        return {
            "months": {
                "rounded": "months are rounded to the last printed digit, from whole days of 1/30.4375 month",
                "truncated": "months are cut off after the last printed digit, from whole days of 1/30.4375 month",
                "exact": "months are exact and lie on whole and half months",
            }[self.months],
            "infusion-equals-enrolment": "the first infusion is on the day of enrolment",
            "follow-up-to-cut": "everyone is followed to one common cut",
            "instrument-laws": "sledai, doris, lldas and the like mean what their instruments define",
            "rounding": "printed numbers are rounded",
            "truncation": "printed numbers are cut off, not rounded",
            "quartiles": "quartiles by any of the usual definitions",
        }[key]


Groups = Annotated[dict[str, Group], AfterValidator(frozen)]


class Head(Doc):
    """The document but for its statements, which are read one by one by their kind."""

    contract: Literal["claims/1"] | None = None
    publication: Publication = Publication()
    n: int = Field(ge=1, le=LARGEST)
    groups: Groups = Field(default_factory=dict, validate_default=True)
    assumptions: Assumptions = Assumptions()


class Claims(Doc):
    """A whole document: its head and its statements."""

    head: Head
    statements: tuple[Statement, ...] = ()

    @property
    def n(self) -> int:
        """The patients that the document speaks of."""
        return self.head.n

    @property
    def assumptions(self) -> Assumptions:
        """The switches."""
        return self.head.assumptions

    def group(self, name: str) -> Group:
        """A group by its name; `all` is everyone."""
        return Group(count=self.n) if name == "all" else self.head.groups[name]

    def size(self, name: str) -> int | None:
        """The patients of a group, if printed."""
        return self.group(name).count

    def readings(self, numbers: Literal["rounded", "truncated", "either"]) -> Readings:
        """How numbers are read: months as assumed, the others as asked."""
        return Readings(numbers, self.assumptions.months)

    def categories(self) -> set[str]:
        """Names that are events because a partition or an order has them as parts."""
        return {name for statement in self.statements for name in statement.categories()}

    def conditions(self) -> Iterator[str]:
        """Every condition of groups and statements."""
        yield from (group.where for group in self.head.groups.values() if group.where is not None)
        for statement in self.statements:
            yield from statement.conditions()

    def names(self) -> set[str]:
        """Every event and every variable."""
        found = self.events() | {part.name for text in self.conditions() for part, _ in parse(text)}
        for statement in self.statements:
            found |= {variable for variable, _ in statement.figures()}
            variable = getattr(statement, "variable", None)
            found |= {variable} if isinstance(variable, str) else set()
        return found

    def events(self) -> set[str]:
        """Every name that is an event."""
        return self.categories() | {part.name for text in self.conditions() for part, _ in parse(text) if not part.op}


def misnamed(head: Head, statement: Statement) -> str | None:
    """What is wrong with a group's name in a statement, with the nearest one; None when all are known."""
    allowed = ["all", *head.groups]
    for name in statement.sets():
        if name not in allowed:
            return f'"{name}" is not a group.{nearest(name, allowed)} Groups: {", ".join(allowed)}.'
    return None


def circular(head: Head) -> str | None:
    """The name of a group that is, through `of`, a part of itself or of a group that is not there."""
    for name in head.groups:
        seen, step = {name}, head.groups[name].of
        while step != "all":
            if step in seen or step not in head.groups:
                return name
            seen.add(step)
            step = head.groups[step].of
    return None
