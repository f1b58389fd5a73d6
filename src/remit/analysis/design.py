"""What the declared design does, as result rows: its pathway and decision table, and its operating characteristics
under assumed true DLT rates.

No record enters. A row rests on the protocol alone (`basis` protocol), or on the protocol and one scenario (`basis`
scenario); its note says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from remit import designs
from remit.analysis.design_chances import under
from remit.analysis.design_rule import rule
from remit.analysis.named_design import Named
from remit.analysis.result import Result
from remit.derive.declared import Declared
from remit.designs import Chain, Design
from remit.protocol import Protocol


def design(
    protocol: Protocol,
    scenarios: Mapping[str, Sequence[float]],
    solve: Callable[[Design], Chain] = designs.exact,
) -> tuple[Result, ...]:
    """The rows of every design that the protocol declares; none when it declares no escalation.

    scenarios   name → assumed true DLT rate per level of the protocol, lowest first
    solve       how a design is solved; a door may keep what it solved before
    raises      InputError: a design that cannot be built, a scenario with another number of rates than levels
    """
    found = {name: designs.rates(f"{name}: dlt_rates", one, len(protocol.levels)) for name, one in scenarios.items()}
    made: list[Result] = []
    for one in declared(protocol):
        made += rule(one)
        if found and one.design is not None:
            chain = solve(one.design)
            for name, rates in found.items():
                made += under(one, name, chain.under([rates[place] for place in one.places]))
    return tuple(made)


def declared(protocol: Protocol) -> tuple[Named, ...]:
    """The design of the whole trial, or of each part that names its own."""
    parts = [(part.key, part.label, part.escalation) for part in protocol.parts if part.escalation is not None]
    own = {key for key, _, _ in parts}
    rest = [level for level in protocol.levels if level.part not in own]
    every = [("", "", protocol.escalation, rest)] if protocol.escalation is not None and rest else []
    every += [(key, label, one, [v for v in protocol.levels if v.part == key]) for key, label, one in parts]
    return tuple(
        Named(
            f"design/{key}" if key else "design",
            f"{one.design}, {label}" if label else one.design,
            Declared(None, one, tuple(levels)).build(),
            tuple((level.key, level.name) for level in levels),
            tuple(protocol.levels.index(level) for level in levels),
        )
        for key, label, one, levels in every
        if levels
    )
