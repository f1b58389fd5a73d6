"""The design that a protocol declares, for the whole trial or for one of its parts, and the levels it decides about.

A design numbers its own levels from 1; the protocol's numbers may begin elsewhere (the second part of a trial) and are
the ones people say. `spoken` turns a design's sentence into theirs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from remit import designs
from remit.errors import InputError, nearest
from remit.protocol import Escalation, Level, Part, Protocol, refusal


@dataclass(frozen=True)
class Declared:
    """One escalation of a protocol.

    part     None when the trial has one part only
    levels   those it decides about, lowest first
    """

    part: Part | None
    escalation: Escalation
    levels: tuple[Level, ...]

    def build(self, *, guarded: bool = True) -> designs.Design:
        """The design, with its parameters and (unless asked without) its guards.

        raises   InputError, one sentence: a name nobody knows, a parameter that is missing or not allowed
        """
        one = self.escalation
        numbers = [level.level for level in self.levels]
        if one.start not in numbers:
            raise InputError(f"start: must be one of the levels {', '.join(map(str, numbers))}; got {one.start}.")
        given: dict[str, object] = {**one.parameters, "levels": len(numbers), "start": numbers.index(one.start) + 1}
        if one.target is not None:
            given["target"] = one.target
        return designs.build(one.design, {**given, "cohort": one.cohort}, dict(one.guards) if guarded else None)

    def number(self, place: int | None) -> int | None:
        """The protocol's number of a design's level."""
        return None if place is None else self.levels[place - 1].level

    def name(self, place: int) -> str:
        """What the protocol calls a design's level."""
        return self.levels[place - 1].name

    def spoken(self, sentence: str) -> str:
        """A design's sentence in the protocol's numbers of the levels."""

        def said(found: re.Match[str]) -> str:
            place = int(found[2])
            return f"{found[1]}{self.number(place)}" if 1 <= place <= len(self.levels) else found[0]

        return re.sub(r"\b(level )(\d+)\b", said, sentence, flags=re.IGNORECASE)


def declared(protocol: Protocol) -> tuple[Declared, ...]:
    """Every escalation of a protocol: its parts' in order, or the whole trial's; none when it declares none."""
    if not protocol.parts:
        return () if protocol.escalation is None else (Declared(None, protocol.escalation, protocol.levels),)
    found = []
    for part in protocol.parts:
        escalation, levels = protocol.escalation_of(part), protocol.levels_in(part)
        if escalation is not None and levels:
            found.append(Declared(part, escalation, levels))
    return tuple(found)


def declared_for(protocol: Protocol, part: str | None) -> Declared:
    """The escalation of one part; of the whole trial, or of the only part, without a name.

    raises   InputError, one sentence that names the parts
    """
    every = declared(protocol)
    if not every:
        raise InputError("The protocol declares no escalation. Add `escalation: {design: …}`, to it or to its parts.")
    keys = [one.part.key for one in every if one.part is not None]
    if part is None and len(every) == 1:
        return every[0]
    named = ", ".join(f"{one.part.key} ({one.part.label})" for one in every if one.part is not None)
    if part is None:
        raise InputError(f"Each part of this trial has a design of its own; say which with --part: {named}.")
    if not keys:
        raise InputError(f'--part "{part}": this trial has one part only. Leave --part out.')
    found = next((one for one in every if one.part is not None and one.part.key == part), None)
    if found is None:
        expansion = any(one.key == part for one in protocol.parts)
        why = "has no levels and no design of its own." if expansion else f"is not a part.{nearest(part, keys)}"
        raise InputError(f'--part "{part}" {why} Parts with a design: {named}.')
    return found


def check_designs(protocol: Protocol) -> None:
    """Build every declared design once.

    raises   ProtocolError for the first that cannot be built: the path of the parameter or guard, what is allowed
    """
    for one in declared(protocol):
        path: tuple[str | int, ...] = ("escalation",)
        if one.part is not None and one.part.escalation is not None:
            path = ("parts", protocol.parts.index(one.part), "escalation")
        try:
            one.build(guarded=False)
        except InputError as problem:
            field, what = _field(one.escalation, str(problem))
            raise refusal(protocol, (*path, *field), what) from None
        try:
            one.build()
        except InputError as problem:
            guard = re.match(r"([\w-]+): ", str(problem))
            named = guard is not None and guard[1] in one.escalation.guards
            where = (*path, "guards", guard[1]) if guard is not None and named else (*path, "guards")
            what = str(problem)[guard.end() :] if guard is not None and named else str(problem)
            raise refusal(protocol, where, what) from None


def _field(escalation: Escalation, message: str) -> tuple[tuple[str, ...], str]:
    """Where in the escalation a design's complaint belongs, and the complaint without the name of that place."""
    bare = message.removeprefix(f"{escalation.design}: ")
    name = re.match(r"(\w+)(?:: | is (?=not a parameter))", bare)
    if name is None:
        return ("parameters",), message
    what = bare[name.end() :].replace("not a parameter.", f"not a parameter of {escalation.design}.", 1)
    if name[1] in ("start", "cohort", "target"):
        return (name[1],), what
    if name[1] in escalation.parameters:
        return ("parameters", name[1]), what
    return ("parameters",), bare
