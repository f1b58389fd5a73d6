"""Stopping rules of a protocol that counts can decide: too many DLTs among the first subjects of a level, or a death.

A rule is read by its parameters: `subjects` and `dlts` (so many DLTs among the first so many subjects of a level), and
`deaths` (so many events of grade 5 within the DLT window that are not recorded as unrelated to the product). A rule
with other parameters is for people to judge and is not read here.
"""

from __future__ import annotations

from collections.abc import Sequence

from remit.derive.outcomes import Treated
from remit.protocol import Protocol, StoppingRule

FATAL = 5


def stopping(protocol: Protocol, people: Sequence[Treated]) -> str | None:
    """The first rule that is met, as a sentence for the minutes; None when none is.

    people   in the order of their first infusion, with the protocol's numbers of the levels
    """
    for rule in protocol.stopping:
        met = _met(rule, protocol, people)
        if met is not None:
            return f"The stopping rule {rule.key} is met: {met}."
    return None


def readable(rule: StoppingRule) -> bool:
    """Whether counts can decide the rule."""
    given = rule.parameters
    return ("subjects" in given and "dlts" in given) or "deaths" in given


def _met(rule: StoppingRule, protocol: Protocol, people: Sequence[Treated]) -> str | None:
    given = rule.parameters
    if "subjects" in given and "dlts" in given:
        first, most = int(given["subjects"]), int(given["dlts"])
        for level in protocol.levels:
            here = [one for one in people if one.level == level.level][:first]
            dlts = sum(one.dlt is True for one in here)
            if dlts >= most:
                seen = f"{dlts} DLT{'s' * (dlts > 1)} among the first {len(here)} subjects at {level.name}"
                return f"{seen}, and {most} among {first} pause the trial"
    if "deaths" in given:
        deaths = sum(one.worst == FATAL for one in people)
        if deaths >= int(given["deaths"]):
            return f"{deaths} death{'s' * (deaths > 1)} not recorded as unrelated to the product"
    return None
