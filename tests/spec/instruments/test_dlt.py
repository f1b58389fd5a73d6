"""Dose-limiting toxicity: window, lines, exclusions, and who can be judged."""

from __future__ import annotations

from typing import Any

import pytest

from remit import instruments
from spec.instruments.story import stories

LINES = stories("""
    type                | grade   | duration_d | cause        | dlt
    CRS                 | 2       |            |              | no
    CRS                 | 3       |            |              | yes
    CRS                 | 4       |            | cells        | yes
    CRS                 | 3       |            | infection    | no        # fever of a known infection
    CRS                 | unknown |            |              | unknown
    ICANS               | 2       |            |              | no
    ICANS               | 3       |            |              | yes
    aGvHD               | 1       |            |              | no
    aGvHD               | 2       |            |              | yes
    IEC-HS              | 2       |            |              | no
    IEC-HS              | 3       |            |              | yes
    neutropenia         | 4       | 28         | cells        | no        # must last longer than 28 days
    neutropenia         | 4       | 29         | cells        | yes
    neutropenia         | 3       | 60         | cells        | no
    neutropenia         | 4       | 29         | conditioning | no
    neutropenia         | 4       | 29         |              | yes       # nobody showed that conditioning explains it
    neutropenia         | 4       |            | cells        | unknown
    neutropenia         | unknown | 29         | conditioning | no
    thrombocytopenia    | 4       | 29         | cells        | yes
    thrombocytopenia    | 4       | 28         | cells        | no
    infusion_reaction   | 3       | 1          | cells        | no        # resolved within a day
    infusion_reaction   | 3       | 2          | cells        | yes
    infusion_reaction   | 2       | 5          | cells        | no
    infusion_reaction   | 3       |            | cells        | unknown
    non_haematological  | 3       | 7          | cells        | no        # back within 7 days
    non_haematological  | 3       | 8          | cells        | yes
    non_haematological  | 2       | 30         | cells        | no
    non_haematological  | 3       | 8          | sle          | no
    non_haematological  | 3       | 8          | infection    | no
    non_haematological  | 3       | 8          | conditioning | no
    non_haematological  | 3       | 8          | other        | no
    non_haematological  | 3       | 8          |              | unknown   # attribution has to be shown
    non_haematological  | 3       |            | cells        | unknown
    non_haematological  | 5       |            | cells        | yes
    death               | 5       |            | other        | yes
    death               | 5       |            | infection    | yes
    death               | 5       |            | sle          | no
    unknown             | 3       |            |              | unknown
""")


@pytest.mark.parametrize("story", LINES)
def test_each_line_of_the_template(story: dict[str, Any]) -> None:
    wanted = story.pop("dlt")

    answer = instruments.call("dlt", None, {"last_infusion_day": 14, "event": {**story, "day": 20}})

    assert answer["dlt"] is wanted


WINDOW = stories("""
    variant        | last    | day     | dlt
    template       | 14      | 42      | yes      # last infusion + 28, inclusive
    template       | 14      | 43      | no
    template       | 14      | 14      | yes
    template       | 14      | 3       | yes      # between repeated infusions
    template       | 0       | 0       | yes
    template       | 0       | 28      | yes
    template       | 0       | 29      | no
    template       | 0       | -1      | no       # conditioning, before the cells
    template       | unknown | 28      | yes      # inside whatever the last infusion day was
    template       | unknown | 29      | unknown
    template       | 14      | unknown | unknown
    first_infusion | 14      | 28      | yes
    first_infusion | 14      | 29      | no
    first_infusion | 14      | 35      | no
    first_infusion | unknown | 20      | yes
""")


@pytest.mark.parametrize("story", WINDOW)
def test_window_is_inclusive_and_its_anchor_is_a_choice(story: dict[str, Any]) -> None:
    given = {"last_infusion_day": story["last"], "event": {"type": "CRS", "grade": 3, "day": story["day"]}}

    assert instruments.call("dlt", story["variant"], given)["dlt"] is story["dlt"]


def test_outside_the_window_even_an_unknown_grade_is_no() -> None:
    given = {"last_infusion_day": 0, "event": {"type": "CRS", "grade": None, "day": 40}}

    assert instruments.call("dlt", None, given)["dlt"] is False


EVALUABLE = stories("""
    infusions_received | followed_days_after_last | stopped_for_dlt | had_dlt | evaluable
    3                  | 28                       | no              | no      | yes
    3                  | 27                       | no              | no      | no
    3                  | 10                       | no              | yes     | yes
    1                  | 5                        | yes             | yes     | yes
    1                  | 5                        | yes             | unknown | yes
    0                  | 28                       | yes             | yes     | no
    2                  | 28                       | no              | no      | no       # replaced
    3                  | unknown                  | no              | no      | unknown
    3                  | 27                       | no              | unknown | unknown
    unknown            | 28                       | no              | no      | unknown
    2                  | 28                       | unknown         | no      | unknown
""")


@pytest.mark.parametrize("story", EVALUABLE)
def test_evaluable_needs_the_cells_and_the_window(story: dict[str, Any]) -> None:
    wanted = story.pop("evaluable")

    assert instruments.call("dlt", None, {"evaluable": story})["evaluable"] is wanted


def test_first_infusion_anchor_counts_follow_up_from_the_first_infusion() -> None:
    exposure = {"infusions_received": 3, "followed_days_after_last": 14, "stopped_for_dlt": False, "had_dlt": False}

    first = instruments.call("dlt", "first_infusion", {"last_infusion_day": 14, "evaluable": exposure})
    last = instruments.call("dlt", "template", {"last_infusion_day": 14, "evaluable": exposure})

    assert (first["evaluable"], last["evaluable"]) == (True, False)
