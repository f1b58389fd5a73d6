"""Early-phase designs: which level comes next, why, and what the rule's chances are, computed exactly.

design = build("boin", {"levels": 5, "target": 0.3})
decide(design, outcomes_of(5, [Cohort(1, 3, 0)])).reason
exact(design).under((0.05, 0.15, 0.30, 0.45, 0.60)).selected
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from remit.designs import parameters
from remit.designs.accelerated import GradedOutcomes, TitrationThenThree
from remit.designs.beliefs import COVERAGE, Pending
from remit.designs.blrm import Blrm
from remit.designs.boin import Boin
from remit.designs.chain import Chain
from remit.designs.characteristics import Averages, Characteristics
from remit.designs.crm import Crm
from remit.designs.decide import Decision, Design, Guard, decide
from remit.designs.decision_table import decision_table
from remit.designs.exact import exact
from remit.designs.guards import MostSubjects, NoSkipping, StopAtLevel, StopIfTooToxic
from remit.designs.i3plus3 import I3plus3
from remit.designs.keyboard import Keyboard
from remit.designs.mtpi import Mtpi
from remit.designs.mtpi2 import Mtpi2
from remit.designs.next_cohort import Chance, NextCohort, next_cohort
from remit.designs.outcomes import Cohort, Outcomes, nobody_yet, outcomes_of
from remit.designs.parameters import rates
from remit.designs.partial_order_boin import PartialOrderBoin
from remit.designs.partial_order_crm import PartialOrderCrm
from remit.designs.pathways import pathways
from remit.designs.replay import Replay, replay
from remit.designs.table import TableDesign
from remit.designs.three_plus_three import ThreePlusThree
from remit.designs.worst_case import worst
from remit.errors import InputError, nearest

__all__ = [
    "COVERAGE",
    "DESIGNS",
    "GUARDS",
    "Averages",
    "Boin",
    "Chain",
    "Chance",
    "Characteristics",
    "Cohort",
    "Decision",
    "Design",
    "GradedOutcomes",
    "NextCohort",
    "Outcomes",
    "Pending",
    "Replay",
    "build",
    "decide",
    "decision_table",
    "exact",
    "next_cohort",
    "nobody_yet",
    "outcomes_of",
    "pathways",
    "rates",
    "replay",
    "worst",
]

DESIGNS: Final[dict[str, type[Design]]] = {
    "3+3": ThreePlusThree,
    "titration-3+3-expansion": TitrationThenThree,
    "boin": Boin,
    "keyboard": Keyboard,
    "mtpi": Mtpi,
    "mtpi2": Mtpi2,
    "i3+3": I3plus3,
    "crm": Crm,
    "blrm": Blrm,
    "partial-order": PartialOrderBoin,
    "po-crm": PartialOrderCrm,
    "table": TableDesign,
}
"""Key in the protocol → the design."""

GUARDS: Final[dict[str, type[NoSkipping | StopAtLevel | StopIfTooToxic | MostSubjects]]] = {
    "no-skipping": NoSkipping,
    "stop-at-level": StopAtLevel,
    "stop-if-too-toxic": StopIfTooToxic,
    "most-subjects": MostSubjects,
}
"""Key in the protocol → the guard, made from its one number (and the target, where it needs one)."""


def build(name: str, given: Mapping[str, object], guards: Mapping[str, int] | None = None) -> Design:
    """A design from its key and parameters, as a protocol names them.

    name     key of `DESIGNS`
    given    parameter → value; `levels` is always needed. From a protocol's escalation: its parameters, and start,
             cohort and (if it has one) target beside them
    guards   key of `GUARDS` → its number, in the order in which they are asked
    raises   InputError, one sentence: an unknown name, a parameter that is missing, unknown or not allowed
    """
    if name not in DESIGNS:
        raise InputError(f'"{name}" is not a design.{nearest(name, DESIGNS)} Designs: {", ".join(DESIGNS)}.')
    made = tuple(_guard(key, number, given) for key, number in (guards or {}).items())
    return parameters.made(DESIGNS[name], name, given, made)


def _guard(key: str, number: int, given: Mapping[str, object]) -> Guard:
    if key not in GUARDS:
        raise InputError(f'guards: "{key}" is not a guard.{nearest(key, GUARDS)} Guards: {", ".join(GUARDS)}.')
    kind = GUARDS[key]
    if kind is not StopIfTooToxic:
        return kind(number)  # type: ignore[call-arg]
    if given.get("target") is None:
        raise InputError(f"{key}: needs the target of the escalation.")
    return StopIfTooToxic(number, parameters.probability("target", given["target"]))
