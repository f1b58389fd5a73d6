"""Where the BILAG-2004 letters of a trial come from: entered by the investigator, or computed from the items as well.

The rules from items to letters are recalled, not read from the paper. So computed letters count only behind the name of
the clinician who compared them with it, and an entered letter counts before a computed one in every case.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from remit.protocol.complaints import Problem

if TYPE_CHECKING:
    from remit.protocol.document import Protocol

INSTRUMENT = "bilag-2004"
ENTERED, COMPUTED = "entered", "computed"
OPTIONS = ("letters", "signed_off_by")


def signed_off(protocol: Protocol) -> str | None:
    """Who signed the rules, where the protocol lets computed letters stand in for missing ones; None: it does not."""
    choice = protocol.instruments.get(INSTRUMENT)
    if choice is None or choice.options.get("letters", ENTERED) != COMPUTED:
        return None
    return str(choice.options.get("signed_off_by", "")).strip() or None


def letters(protocol: Protocol) -> Iterator[Problem]:
    """What is wrong with the options of the instrument: a word nobody knows, or computed letters without a name."""
    choice = protocol.instruments.get(INSTRUMENT)
    if choice is None:
        return
    here = ("instruments", INSTRUMENT, "options")
    for name in choice.options:
        if name not in OPTIONS:
            yield Problem((*here, name), f'"{name}" is not an option of {INSTRUMENT}. Options: {", ".join(OPTIONS)}.')
    said = choice.options.get("letters", ENTERED)
    if said not in (ENTERED, COMPUTED):
        yield Problem((*here, "letters"), f'must be "{ENTERED}" or "{COMPUTED}"; got "{said}".')
    elif said == COMPUTED and signed_off(protocol) is None:
        yield Problem(
            (*here, "letters"),
            "computed letters need the name of the clinician who compared the item rules with the paper: "
            'add "signed_off_by", or leave "letters" at "entered".',
        )
