"""The whole BILAG-2004 at one visit: nine letters, the numeric score, and how many systems have each letter.

Letters that the investigator entered always count. Letters computed from items are shown beside them, and stand in for
a missing entry only after a clinician has signed the rules against the paper: they are recalled, not read. Where both
exist and differ, that is a query, and the entered letter counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from remit.criteria import Truth
from remit.instruments.bilag_2004 import CODINGS, LETTERS, grade_system, numeric
from remit.instruments.bilag_items import SYSTEMS

Items = Mapping[str, float | bool | None]


@dataclass(frozen=True, slots=True)
class Index:
    """One visit.

    letters       system -> the letter that counts; None is unknown
    computed      system -> letter from items, where items were given
    score         numeric score, with its range while a letter is unknown
    tally         letter -> number of systems with it
    differences   systems whose entered and computed letters differ
    """

    letters: dict[str, str | None]
    computed: dict[str, str | None]
    score: int | None
    low: int
    high: int
    tally: dict[str, int]
    differences: tuple[str, ...]
    because: tuple[str, ...]


def judge(
    entered: Mapping[str, str | None],
    items: Mapping[str, Items],
    ever_active: Mapping[str, Truth],
    signed_off: Truth,
    coding: str = "numeric",
) -> Index:
    """Nine letters and what follows from them.

    entered       system -> the investigator's letter; not listed is not entered
    items         system -> its items, as `grade_system` reads them; a system not listed has none recorded
    ever_active   system -> whether it was ever A-D; decides between computed D and E
    signed_off    whether a clinician signed the item rules; only then does a computed letter count
    """
    computed = {name: grade_system(name, given, ever_active.get(name)).grade for name, given in items.items()}
    letters: dict[str, str | None] = {}
    because: list[str] = []
    for system in SYSTEMS:
        letter = entered.get(system)
        if letter is None and computed.get(system) is not None:
            if signed_off:
                letter = computed[system]
                because.append(f"{system}: computed {letter}")
            else:
                because.append(f"unknown: {system}; computed {computed[system]}, item rules not signed off")
        elif letter is None:
            because.append(f"unknown: {system}")
        letters[system] = letter
    differences = tuple(
        name
        for name, letter in computed.items()
        if letter is not None and entered.get(name) is not None and entered[name] != letter
    )
    because += [f"query: {name} entered {entered[name]}, computed {computed[name]}" for name in differences]
    score = numeric(list(letters.values()), coding)
    tally = {letter: sum(1 for one in letters.values() if one == letter) for letter in LETTERS}
    said = (*score.because, *because) if coding in CODINGS else tuple(because)
    return Index(letters, computed, score.score, score.low, score.high, tally, differences, said)
