"""`allocation`: how many were treated at each level, beside the design that was declared.

Every order and every placing of DLTs that the printed numbers leave is followed through the design (`courses`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from remit.errors import InputError
from remit.evidence.courses import End, Reached, buildable, courses
from remit.evidence.kinds.statement import Alone, Name, Statement
from remit.evidence.printed import Readings
from remit.protocol.doc import Parameters, frozen

if TYPE_CHECKING:
    from remit.evidence.physics import World

Count = Annotated[int, Field(ge=0, le=200)]


class Allocation(Statement):
    """Counts per level, lowest first. What is not said of the design's variants is left open.

    dlts      of each level where it is printed, or of all together as one number
    finished  whether the report says that the escalation is over; null: it does not say
    """

    kind: Literal["allocation"]
    design: Name
    parameters: Parameters = Field(default_factory=dict, validate_default=True)
    levels: Annotated[dict[str, Count], Field(min_length=1, max_length=12), AfterValidator(frozen)]
    dlts: Annotated[dict[str, Count], AfterValidator(frozen)] | Count | None = None
    finished: bool | None = None

    @model_validator(mode="after")
    def _known_design(self) -> Self:
        if isinstance(self.dlts, dict):
            for name in self.dlts:
                if name not in self.levels:
                    raise ValueError(f'dlts name a level "{name}" that has no count; levels: {", ".join(self.levels)}')
        try:
            buildable(self.design, dict(self.parameters), len(self.levels))
        except InputError as problem:
            raise ValueError(str(problem).rstrip(".")) from None
        return self

    def says(self) -> str:
        """The counts and the design."""
        counts = ", ".join(f"{name} {count}" for name, count in self.levels.items())
        over = {True: "finished ", False: "unfinished ", None: ""}[self.finished]
        return f"{counts} as {'an ' if over.startswith('u') else 'a '}{over}{self.design}{self._dlt_words()}"

    def categories(self) -> tuple[str, ...]:
        """The levels."""
        return tuple(self.levels)

    def contradiction(self, size: int | None, reading: Readings) -> str | None:
        """More at the levels than there are patients, or counts that no course of the design reaches."""
        total = sum(self.levels.values())
        if size is not None and total > size:
            return f"{' + '.join(map(str, self.levels.values()))} = {total}, more than {size} patients"
        for name, count in self._printed_dlts().items():
            if count > self.levels[name]:
                return f"{count} DLTs in {self.levels[name]} patients of {name}: a count cannot exceed them"
        reached = self.reached()
        if reached.cut or self.ends():
            return None
        counts = f"({', '.join(map(str, self.levels.values()))})"
        if reached.ends:
            state = "finished" if self.finished else "unfinished"
            return f"{counts} is a path of {self.design}, but no {state} one{self._dlt_words()}"
        path = f"{counts} is no path of {self.design}, finished or not, in any variant left open"
        return f"{path}{self._dlt_words()}: {reached.furthest}"

    def arithmetic(self, size: int | None, reading: Readings) -> str:
        """The levels added up."""
        return f"{' + '.join(map(str, self.levels.values()))} = {sum(self.levels.values())}"

    def constrain(self, world: World, reading: Readings) -> None:
        """As many patients at each level."""
        columns = [world.event(name) for name in self.levels]
        world.each_in_at_most_one(columns)
        for column, count in zip(columns, self.levels.values(), strict=True):
            world.model.add(world.number(world.both_of(world.present, column)) == count)

    def reached(self) -> Reached:
        """Where the design can be after these counts."""
        printed = self._printed_dlts()
        dlts = tuple(printed.get(name) for name in self.levels)
        total = self.dlts if isinstance(self.dlts, int) else None
        return courses(self.design, dict(self.parameters), tuple(self.levels.values()), dlts, total)

    def ends(self) -> list[End]:
        """The ends that fit what is said about being finished."""
        return [end for end in self.reached().ends if self.finished in (None, end.finished)]

    def alone(self, reading: Readings) -> Alone | None:
        """How many DLTs the counts leave, and what else follows."""
        reached, ends = self.reached(), self.ends()
        if not ends:
            return Alone("undetermined", None, f"{self.says()}: not decided, too many courses to follow")
        totals = [sum(end.dlts) for end in ends]
        reach = (float(min(totals)), float(max(totals)))
        sure = len({end.dlts for end in ends}) == 1 and not reached.cut
        why = f"{self.says()}: possible with {_span(reach)} DLTs; {self._over(ends)}{self._settings(reached)}"
        return Alone("forced" if sure else "undetermined", reach, why + ("; perhaps more" if reached.cut else ""))

    def _over(self, ends: list[End]) -> str:
        names = list(self.levels)
        states = {end.finished for end in ends}
        if states == {False}:
            return "never finished: the design would treat more"
        said = "finished" if states == {True} else "finished or not"
        chosen = {end.level for end in ends if end.finished}
        known = [names[level - 1] for level in sorted(c for c in chosen if c is not None and c <= len(names))]
        told = " or ".join([*known, *(["no level"] if None in chosen else [])])
        return f"{said}, then recommending {told}"

    def _settings(self, reached: Reached) -> str:
        """What every variant that fits sets alike, where variants were left open."""
        found = reached.settings
        alike = [
            f"{key.replace('_', ' ')} {' or '.join(map(str, sorted({str(one[key]) for one in found})))}"
            for key in (found[0] if found else {})
            if key in ("titration_through_level", "expansion_subjects")
        ]
        return f" (with {', '.join(alike)})" if alike else ""

    def _printed_dlts(self) -> dict[str, int]:
        return dict(self.dlts) if isinstance(self.dlts, dict) else {}

    def _dlt_words(self) -> str:
        if isinstance(self.dlts, int):
            return f" with {self.dlts} DLTs"
        printed = self._printed_dlts()
        return "" if not printed else f" with DLTs {', '.join(f'{name} {n}' for name, n in printed.items())}"


def _span(reach: tuple[float, float]) -> str:
    low, high = (f"{end:g}" for end in reach)
    return low if low == high else f"{low} to {high}"
