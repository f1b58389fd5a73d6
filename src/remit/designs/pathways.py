"""What the next cohorts can lead to: the tree of decisions a few cohorts ahead, for the committee's page.

Each node is an outcome of a cohort and the decision it leads to, by the same `decide` as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

from remit.designs import parameters
from remit.designs.decide import Decision, Design, decide
from remit.designs.outcomes import Cohort, Outcomes


@dataclass(frozen=True)
class Node:
    """One outcome.

    cohort     the cohort just seen; None at the root
    seen       all outcomes so far
    decision   what the design says then
    branches   one node per number of DLTs in the next cohort; none at the last cohort or after a stop
    """

    cohort: Cohort | None
    seen: Outcomes
    decision: Decision
    branches: tuple[Node, ...]


def pathways(design: Design, seen: Outcomes, cohorts: int = 2) -> Node:
    """The tree from these outcomes on.

    cohorts   how many cohorts ahead, 1 to 4: the tree grows as fast as the cohorts are large
    """
    return _node(design, None, seen, parameters.count("cohorts", cohorts, 1, 4))


def _node(design: Design, cohort: Cohort | None, seen: Outcomes, ahead: int) -> Node:
    decision = decide(design, seen)
    branches: tuple[Node, ...] = ()
    if ahead and decision.level is not None:
        options = [Cohort(decision.level, decision.subjects, dlts) for dlts in range(decision.subjects + 1)]
        branches = tuple(_node(design, option, seen.after(option), ahead - 1) for option in options)
    return Node(cohort, seen, decision, branches)
