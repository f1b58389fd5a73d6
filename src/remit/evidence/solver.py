"""The one door to OR-tools' CP-SAT: a new model, and its answers within a budget of seconds.

One worker and a fixed seed, so that the same document gives the same answer.
CP-SAT: Perron & Didier, https://developers.google.com/optimization/cp/cp_solver
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from remit.errors import InputError

Found = Literal["yes", "no", "unknown"]

_FARTHEST: Final = 2_000_000_000  # its square still fits into 63 bits
_SEARCH_FIRST: Final = 1.0
"""Seconds of plain search before the full relaxation is tried."""


@dataclass
class Budget:
    """Seconds of solving left; every answer takes its share."""

    seconds: float
    spent: float = 0.0
    hard: bool = False  # plain search did not decide an earlier question of this document
    given: float | None = None  # what the user allowed for the whole, where this is what is left of it

    @property
    def said(self) -> str:
        """The limit as the user gave it, for messages."""
        return f"{self.seconds if self.given is None else self.given:g} s"

    def share(self, most: float) -> Budget:
        """A part of what is left, of at most so many seconds, for one question; `spend` gives it back."""
        return Budget(min(most, self.left), hard=self.hard)

    def spend(self, part: Budget) -> None:
        """Take what a part has used."""
        self.spent += part.spent
        self.hard = self.hard or part.hard

    @property
    def left(self) -> float:
        """What remains, never negative."""
        return max(0.0, self.seconds - self.spent)


def new_model() -> Any:
    """An empty constraint model.

    raises   InputError where OR-tools is not installed
    """
    try:
        from ortools.sat.python import cp_model  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        raise InputError(
            'Checking claims needs OR-tools, which is not installed. Install it with: pip install "remit[evidence]".'
        ) from None
    return cp_model.CpModel()


def domain(values: list[int]) -> Any:
    """A set of whole numbers as the solver wants it."""
    from ortools.sat.python import cp_model

    return cp_model.Domain.from_values(values)


def squarable(name: str, largest: int) -> None:
    """Refuse numbers whose squares the solver cannot hold.

    raises   InputError that names the variable
    """
    if largest > _FARTHEST:
        raise InputError(f"{name}: numbers this large are more than an SD can be checked with; use another unit.")


def feasible(model: Any, budget: Budget, linear: bool = False) -> Found:
    """Whether the model has any solution.

    linear   the model is one of counts and sums, for which plain search is not tried first
    """
    model.clear_objective()
    return _solve(model, budget, linear)[0]


def least(model: Any, expression: Any, budget: Budget, linear: bool = False) -> tuple[Found, int | None]:
    """The smallest value of an expression; "unknown" when it was not proven within the budget."""
    model.minimize(expression)
    return _solve(model, budget, linear)


def most(model: Any, expression: Any, budget: Budget, linear: bool = False) -> tuple[Found, int | None]:
    """The largest value of an expression; "unknown" when it was not proven within the budget."""
    model.maximize(expression)
    return _solve(model, budget, linear)


def values(model: Any, expressions: list[Any], budget: Budget) -> list[int] | None:
    """The values of expressions in one solution of the model; None when there is none, or none was found in time."""
    solver, status = _run(model, budget, False)
    if status not in ("OPTIMAL", "FEASIBLE"):
        return None
    return [int(solver.value(expression)) for expression in expressions]


def _solve(model: Any, budget: Budget, linear: bool) -> tuple[Found, int | None]:
    solver, status = _run(model, budget, linear)
    if status == "OPTIMAL":
        return "yes", round(solver.objective_value) if model.has_objective() else None
    return ("no" if status == "INFEASIBLE" else "unknown"), None


def _run(model: Any, budget: Budget, linear: bool) -> tuple[Any, str]:
    """The solver after its work and CP-SAT's word for the outcome; UNKNOWN where no time was left."""
    from ortools.sat.python import cp_model

    solver, status = None, "UNKNOWN"
    # Counts and sums are linear: the full linear relaxation proves bounds that search alone does not, but it costs more
    # where search is enough, so search goes first.
    for relaxation, longest in ((1, _SEARCH_FIRST), (2, budget.seconds)):
        if relaxation == 1 and (budget.hard or linear):
            continue
        if budget.left <= 0:
            break
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.linearization_level = relaxation
        solver.parameters.max_time_in_seconds = min(longest, budget.left)
        status = str(solver.status_name(solver.solve(model)))
        budget.spent += solver.wall_time
        if status == "MODEL_INVALID":
            raise ValueError(model.validate())
        if status in ("OPTIMAL", "INFEASIBLE"):
            break
        budget.hard = budget.hard or not linear
    return solver, status
