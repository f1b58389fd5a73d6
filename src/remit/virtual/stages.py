"""The escalations of a virtual trial: one of the whole trial, or one of each part, each part after the one before it.

A protocol says in which order its parts come and which design each follows, not what has to be known before the next
part opens. The plainest reading is taken: a part opens on the day after the last DLT window of the part before it, once
that part's design has ended with a level; and where the two give comparable amounts, that level must be at least as
high as the first level of the part that opens. Parts without levels, such as an expansion, are not conducted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit import designs
from remit.derive.declared import Declared, declared, declared_for
from remit.errors import InputError
from remit.protocol import Level, Protocol

Designs = designs.Design | Mapping[str, designs.Design]
"""The design of a trial, or, by the key of the part, of each of its parts."""


@dataclass(frozen=True)
class Stage:
    """One escalation: what the protocol declares about it, and its design, which numbers its own levels from 1."""

    declared: Declared
    design: designs.Design

    @property
    def part(self) -> str | None:
        """Key of the part; None in a trial of one part."""
        return self.declared.part.key if self.declared.part is not None else None

    @property
    def levels(self) -> tuple[Level, ...]:
        """Those it decides about, lowest first."""
        return self.declared.levels

    @property
    def label(self) -> str:
        """What the protocol calls the part; empty in a trial of one part."""
        return self.declared.part.label if self.declared.part is not None else ""

    def first(self) -> designs.Decision:
        """What the design says before anybody is treated."""
        return designs.decide(self.design, designs.nobody_yet(self.design.levels, self.design.start))


def designs_of(protocol: Protocol) -> Designs:
    """What the protocol declares: its design, or the designs of its parts by key.

    raises   InputError: it declares none, or one that cannot be built
    """
    every = declared(protocol)
    if len(every) < 2:
        return declared_for(protocol, None).build()
    return {one.part.key: one.build() for one in every if one.part is not None}


def part_keys(protocol: Protocol) -> tuple[str, ...]:
    """Keys of the parts that are conducted, in order; none in a trial of one part."""
    every = declared(protocol)
    return tuple(one.part.key for one in every if one.part is not None) if len(every) > 1 else ()


def stages(protocol: Protocol, given: Designs) -> tuple[Stage, ...]:
    """The escalations in the order in which they are conducted.

    raises   InputError: the designs given are not those of the protocol's parts
    """
    keys = part_keys(protocol)
    if not keys:
        if isinstance(given, Mapping):
            raise InputError("design: this trial has one escalation; give its design alone, not by part.")
        return (Stage(declared_for(protocol, None), given),)
    if not isinstance(given, Mapping) or sorted(given) != sorted(keys):
        raise InputError(f"design: each part of this trial has a design of its own; give one for {' and '.join(keys)}.")
    return tuple(Stage(declared_for(protocol, key), given[key]) for key in keys)


def barred(before: Stage, selected: int | None, after: Stage) -> str | None:
    """Why the part after another does not open, as a sentence; None when it does.

    selected   the level that the part before recommends, as its design numbers it
    """
    if selected is None:
        return f"{after.label} does not open: {before.label} found no level."
    found = before.levels[selected - 1]
    start = after.levels[after.design.start - 1]
    comparable = found.dose.basis == start.dose.basis and found.dose.unit == start.dose.unit
    has, needs = found.dose.amount, start.dose.amount
    if comparable and has is not None and needs is not None and has < needs:
        return (
            f"{after.label} does not open: {before.label} recommends {found.name}, {has:g} {found.dose.unit}, and "
            f"{start.name} gives {needs:g}."
        )
    return None
