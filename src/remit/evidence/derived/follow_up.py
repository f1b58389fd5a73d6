"""What printed follow-up forces: person-time, the enrolment window, and who can have been followed longest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from remit.evidence import solver
from remit.evidence.claims import Claims
from remit.evidence.components import FOLLOW_UP, parts
from remit.evidence.derived.fact import Fact, number, reaches
from remit.evidence.kinds import Order, Partition, Summary
from remit.evidence.solver import Budget

if TYPE_CHECKING:
    from remit.evidence.physics import World


def follow_up_facts(claims: Claims, about: Callable[[Sequence[str]], World], budget: Budget) -> Iterator[Fact]:
    """Facts about follow-up, in months; none when the document does not speak of it."""
    printed = [s for s in claims.statements if isinstance(s, Summary) and s.variable == FOLLOW_UP and s.printed]
    if not printed or any(s.of != "all" for s in printed):
        return
    world = about([FOLLOW_UP])
    step = float(world.grids[FOLLOW_UP].step)
    column = world.variable(FOLLOW_UP)
    ends = _reach(world, sum(column), budget)
    if ends is not None:
        yield reaches(
            "person-time", ends[0] * step, ends[1] * step,
            f"months of follow-up of all {claims.n} together; {claims.assumptions.words('months')}",
        )  # fmt: skip
    window = world.infusion_window(None)
    if window is not None and claims.assumptions.follow_up_to_cut:
        ends = _reach(world, window.expression, budget)
        if ends is not None:
            yield reaches(
                "enrolment-window-days", ends[0] * window.step, ends[1] * window.step,
                f"days between the first and the last infusion: at least {ends[0] * window.step:g}, "
                f"at most {ends[1] * window.step:g}",
            )  # fmt: skip
    yield from _levels(claims, about, budget, step)


def _levels(claims: Claims, about: Callable[[Sequence[str]], World], budget: Budget, step: float) -> Iterator[Fact]:
    ordered = next((s.levels for s in claims.statements if isinstance(s, Order)), ())
    partition = next((s for s in claims.statements if isinstance(s, Partition) and s.of == "all"), None)
    names = ordered or (tuple(partition.parts) if partition is not None else ())
    if not names:
        return
    world = about([FOLLOW_UP, *names])
    for name in names:
        for group in claims.head.groups:
            ends = _reach(world, sum(world.both_of(world.members(group), world.event(name))), budget)
            if ends is not None:
                yield _count(f"{group}/{name}", ends, f"patients of {name} among {group}")
    for name in names if ordered else ():
        # The longest follow-up of a level, over everything that could be.
        value = world.model.new_int_var(0, world.grids[FOLLOW_UP].high, "")
        chosen = [world.model.new_bool_var("") for _ in world.present]
        none = world.model.new_bool_var("")
        world.model.add_exactly_one([*chosen, none])
        world.model.add(value == 0).only_enforce_if(none)
        for literal, member, x in zip(chosen, world.event(name), world.variable(FOLLOW_UP), strict=True):
            world.model.add_implication(literal, member)
            world.model.add(value <= x).only_enforce_if(literal)
        found, longest = solver.most(world.model, value, budget)
        if found == "yes" and longest is not None:
            months = longest * step
            yield number(
                f"longest-follow-up/{name}", months, f"no patient of {name} is followed longer than {months:.1f} months"
            )


def half_month_facts(claims: Claims, budget: Budget) -> Iterator[Fact]:
    """Person-time if the printed months were exact and patients' months were whole or half; needs no days."""
    from remit.evidence.grids import grids
    from remit.evidence.physics import build

    head = claims.head.model_copy(
        update={"assumptions": claims.assumptions.model_copy(update={"months": "exact", "follow_up_to_cut": False})}
    )
    chosen = [s for s in claims.statements if isinstance(s, Summary) and s.variable == FOLLOW_UP and s.of == "all"]
    if not any(s.printed for s in chosen):
        return
    alone = Claims(head=head, statements=tuple(chosen))
    for name, unit in (("half-month-grid", 1), ("whole-month-grid", 2)):
        world = build(alone, grids(alone), parts(alone, alone.statements)[0])
        if unit == 2:
            for x in world.variable(FOLLOW_UP):
                world.model.add(x == 2 * world.model.new_int_var(0, 1200, ""))
        ends = _reach(world, sum(world.variable(FOLLOW_UP)), budget)
        if ends is not None:
            words = "whole and half months" if unit == 1 else "whole months"
            yield reaches(
                f"person-time/{name}", ends[0] / 2, ends[1] / 2,
                f"months of follow-up of all {claims.n} together, if the printed months are exact and lie on {words}",
            )  # fmt: skip


def _count(name: str, ends: tuple[int, int], what: str) -> Fact:
    if ends[0] == ends[1]:
        return number(name, ends[0], f"{what}: forced to be {ends[0]}")
    return reaches(name, *ends, f"{what}: {ends[0]} to {ends[1]}")


def _reach(world: World, expression: object, budget: Budget) -> tuple[int, int] | None:
    found, low = solver.least(world.model, expression, budget)
    if found != "yes" or low is None:
        return None
    found, high = solver.most(world.model, expression, budget)
    return None if found != "yes" or high is None else (low, high)
