from __future__ import annotations

from datetime import date, timedelta

import pytest

from remit.derive.outcomes import Treated
from remit.derive.stopping import stopping
from rooms.virtual.trials import protocol

# the seed trial: three DLTs among the first six subjects of a level, or one death attributed to the cells


def _people(*dlts: bool | None, level: int = 3, worst: int | None = None) -> list[Treated]:
    return [
        Treated(f"S{n}", date(2024, 1, 1) + timedelta(days=n), level, True, dlt, worst, False, "", ())
        for n, dlt in enumerate(dlts)
    ]


@pytest.mark.parametrize(
    ("dlts", "met"),
    [
        ((True, True, False), False),
        ((True, True, True), True),
        ((True, True, False, False, False, False, True), False),  # the third came with the seventh subject
        ((True, True, False, False, False, True), True),
        ((True, True, None), False),  # still to be judged: not a DLT so far
    ],
)
def test_three_dlts_among_the_first_six_of_a_level_pause_the_trial(dlts: tuple[bool | None, ...], met: bool) -> None:
    assert (stopping(protocol(), _people(*dlts)) is not None) == met


def test_dlts_of_different_levels_are_not_added_up() -> None:
    assert stopping(protocol(), [*_people(True, True, level=3), *_people(True, level=4)]) is None


def test_a_death_that_nobody_called_unrelated_pauses_the_trial() -> None:
    said = stopping(protocol(), _people(False, worst=5))

    assert said == "The stopping rule toxicity is met: 1 death not recorded as unrelated to the product."
