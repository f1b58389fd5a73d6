"""What every kind of statement answers; each kind is one file beside this one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from remit.evidence.printed import Number, Readings, read
from remit.evidence.where import is_condition
from remit.protocol.doc import Doc

if TYPE_CHECKING:
    from remit.evidence.physics import World

Name = Annotated[str, StringConstraints(min_length=1, max_length=120)]
ConditionText = Annotated[str, AfterValidator(is_condition)]


class Quantity(NamedTuple):
    """A number of the unseen patients that can be made as small and as large as the statements allow.

    expression   of the constraint model; times `step` it is the number in `unit`
    printed      what the statement says about it; None when it is asked, not said
    trivial      the range when nothing at all is known; None when there is none
    """

    expression: Any
    step: float
    unit: str
    printed: float | None
    trivial: tuple[float, float] | None


class Alone(NamedTuple):
    """A verdict that a statement reaches by its own arithmetic, without unseen patients.

    range   from least to most of what it asks; None when there is no one number
    """

    verdict: Literal["forced", "undetermined", "not-reported"]
    range: tuple[float, float] | None
    why: str


class Between(Doc):
    """Confidence limits as printed, in the unit of what they limit; of a difference of proportions in percent."""

    level: float = Field(default=0.95, gt=0, lt=1)
    low: Number
    high: Number

    def upside_down(self) -> str | None:
        """What is wrong with a lower limit above the upper one; None when they stand right."""
        low, high = read(self.low), read(self.high)
        if low.value <= high.value:
            return None
        return f"the lower limit {low} is above the upper limit {high}"


class Statement(Doc):
    """A statement of a publication. Abstract: a kind fills in what its numbers mean for the unseen patients."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True, validate_default=True
    )
    about: ClassVar[str] = ""

    id: Name
    kind: str
    note: str | None = None

    def says(self) -> str:
        """The statement in words, with its numbers."""
        raise NotImplementedError

    def sets(self) -> tuple[str, ...]:
        """The groups it names."""
        return ()

    def conditions(self) -> tuple[str, ...]:
        """The conditions (or events) it names."""
        return ()

    def categories(self) -> tuple[str, ...]:
        """The parts that are events of their own."""
        return ()

    def figures(self) -> Iterable[tuple[str, Number]]:
        """Every printed number that is a value of a variable, with the variable's name."""
        return ()

    def whole(self) -> tuple[str, ...]:
        """The variables it says are whole numbers."""
        return ()

    def contradiction(self, size: int | None, reading: Readings) -> str | None:
        """Why the numbers of this statement alone cannot be, by arithmetic; None when they can.

        size   patients in the group it speaks of, where that is printed
        """
        return None

    def arithmetic(self, size: int | None, reading: Readings) -> str:
        """The sum behind its numbers, written out; empty where there is none to write."""
        return ""

    def constrain(self, world: World, reading: Readings) -> None:
        """Put what it says into the constraint model."""

    def quantity(self, world: World) -> Quantity | None:
        """The number whose range is asked when this statement is left out; None when it has none."""
        return None

    def alone(self, reading: Readings) -> Alone | None:
        """The verdict by the statement's own arithmetic; None when the unseen patients decide it."""
        return None

    def assumes(self) -> tuple[str, ...]:
        """Keys of the assumptions it leans on."""
        return ()
