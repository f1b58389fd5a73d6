"""Facts that follow from a document: one file a subject, gathered by `facts`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from remit.evidence.derived.fact import Fact

if TYPE_CHECKING:
    from remit.evidence.claims import Claims
    from remit.evidence.physics import World
    from remit.evidence.solver import Budget

    About = Callable[[Sequence[str]], World]

__all__ = ["Fact", "facts"]


def facts(claims: Claims, about: About | None, budget: Budget) -> tuple[Fact, ...]:
    """Every derived fact; those that need a possible world are left out where there is none (None).

    about   the world of everything that hangs together with some names
    """
    # Here and not above: these files need the claims document, whose kinds need `derived.moments`.
    from remit.evidence.derived.comparisons import comparison_facts
    from remit.evidence.derived.follow_up import follow_up_facts, half_month_facts
    from remit.evidence.derived.proportions import proportion_facts
    from remit.evidence.derived.registry import registry_facts

    found = [*proportion_facts(claims), *comparison_facts(claims), *registry_facts(claims)]
    if about is not None:
        found += [*follow_up_facts(claims, about, budget), *half_month_facts(claims, budget)]
    return tuple(found)
