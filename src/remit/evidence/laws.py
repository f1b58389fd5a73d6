"""What the instruments themselves forbid, for the variables and events that bear their names.

DORIS needs a clinical SLEDAI of 0, hence a total of 0, 2 or 4 (the two serology items weigh 2 each), PGA below 0.5 and
at most 5 mg prednisolone; LLDAS needs a total of at most 4, PGA of at most 1 and at most 7.5 mg. Of PGA only "at most
0.5" is used, because both forms are in print. No nesting of DORIS in LLDAS is a law: exceptions exist.
van Vollenhoven 2021, Lupus Sci Med 8:e000538; Franklyn 2016, Ann Rheum Dis 75:1615.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final, NamedTuple

RANGES: Final[dict[str, tuple[Fraction, Fraction | None]]] = {
    "sledai": (Fraction(0), Fraction(105)),
    "csledai": (Fraction(0), Fraction(101)),
    "pga": (Fraction(0), Fraction(3)),
    "prednisolone": (Fraction(0), None),
}
"""The least and the largest value of a variable."""

WHOLE: Final = frozenset({"sledai", "csledai"})


class Law(NamedTuple):
    """Whoever has the event has a value of the variable among `values`, or at most `most`."""

    event: str
    variable: str
    values: tuple[int, ...] | None
    most: Fraction | None

    def __str__(self) -> str:
        allowed = ", ".join(map(str, self.values)) if self.values else f"at most {float(self.most or 0):g}"
        return f"{self.event.upper()} needs {self.variable} {allowed}"


LAWS: Final[tuple[Law, ...]] = (
    Law("doris", "sledai", (0, 2, 4), None),
    Law("doris", "csledai", (0,), None),
    Law("doris", "pga", None, Fraction(1, 2)),
    Law("doris", "prednisolone", None, Fraction(5)),
    Law("lldas", "sledai", (0, 1, 2, 3, 4), None),
    Law("lldas", "pga", None, Fraction(1)),
    Law("lldas", "prednisolone", None, Fraction(15, 2)),
)

SEROLOGY: Final = (0, 2, 4)
"""What the total exceeds the clinical score by."""


def is_whole(variable: str) -> bool:
    """Whether a variable is a sum of whole-numbered items."""
    return variable.lower() in WHOLE
