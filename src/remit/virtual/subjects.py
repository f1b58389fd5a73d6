"""Virtual subjects from who they are to what truly happens to them."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from remit.biology import find
from remit.errors import InputError
from remit.protocol import Level, Protocol
from remit.virtual.course import Array, Course, Enrolled, Patients
from remit.virtual.disease import STATES, follow
from remit.virtual.events import events, toxicity
from remit.virtual.fever import fever
from remit.virtual.numbers import uniforms
from remit.virtual.population import patients
from remit.virtual.scenario import Scenario
from remit.virtual.visits import calendar, level_at

__all__ = ["course", "patients"]

_CELLS: Final = re.compile(r"(?:10\^(\d+)|×10\^(\d+))?\s*(?:therapeutic )?cells(?:/kg|/m2)?", re.IGNORECASE)


def course(protocol: Protocol, scenario: Scenario, seed: int, enrolled: Enrolled) -> Course:
    """What happens to these subjects, of any number of trials; each the same in whatever block it is asked for.

    raises   InputError: the scenario does not fit the protocol, or its numbers cannot be
    """
    who = patients(protocol, scenario, seed, enrolled.trial, enrolled.subject)
    toxic = toxicity(protocol, scenario, seed, enrolled)
    when = calendar(protocol, scenario, seed, enrolled, toxic.day)
    cells = _cells(protocol, scenario, enrolled, who, when.infusion_day.shape[1]) * (when.infusion_day >= 0)
    seen = follow(protocol, scenario, seed, enrolled, who, when, cells)
    signs = uniforms(seed, enrolled.trial, enrolled.subject, "signs", (2,))
    feverish = fever(seen.il6_daily, signs, when.end_day)
    conditioned = sorted({day for agent in protocol.conditioning for day in agent.days})
    state = {name: seen.states[:, :, place] for place, name in enumerate(STATES)}
    return Course(
        enrolled=enrolled,
        patients=who,
        infusion_day=when.infusion_day,
        infusion_cells=cells,
        conditioning_day=np.array(conditioned, dtype=np.int64),
        visit_day=when.visit_day,
        attended=when.attended,
        end_day=when.end_day,
        end_reason=when.end_reason,
        b_cells=state["B"],
        car_nk=state["Nb"],
        anti_dsdna=state["A"],
        c3=state["C3"],
        lymphocytes=state["L"],
        activity=state["D"],
        il6=state["X"],
        items=seen.items,
        pga=seen.pga,
        prednisone_mg=seen.prednisone_mg,
        fever_day=feverish.day,
        fever_days=feverish.days,
        hypotension=feverish.hypotension,
        hypoxia=feverish.hypoxia,
        events=events(protocol, scenario, seed, enrolled, when, toxic, feverish),
    )


def _cells(protocol: Protocol, scenario: Scenario, enrolled: Enrolled, who: Patients, infusions: int) -> Array:
    """(subjects, infusions) 10^9 cells planned per infusion at the level received."""
    place = level_at(protocol, enrolled.level)
    amount = np.zeros(len(place))
    for position, level in enumerate(protocol.levels):
        here = np.flatnonzero(place == position)
        scale = in_billions(level)
        if level.dose.basis == "flat":
            amount[here] = (level.dose.amount or 0.0) * scale
            continue
        surface = who.parameters[:, find(scenario.model).parameter("BSA")]
        for row in here:
            planned = level.dose.planned(float(who.weight_kg[row]), float(surface[row]))
            if planned is None:
                where = f"levels › {level.key} › dose"
                raise InputError(f"{where}: gives no amount for a weight that occurs; close the gap between its tiers.")
            amount[row] = planned * scale
    return np.repeat(amount[:, None], infusions, axis=1)


def in_billions(level: Level) -> float:
    """How many 10^9 cells one of the level's unit is."""
    found = _CELLS.fullmatch(level.dose.unit.strip())
    if found is None:
        where = f"levels › {level.key} › dose › unit"
        raise InputError(f'{where}: "{level.dose.unit}" cannot be simulated; give cells, such as 10^9 cells.')
    power = found.group(1) or found.group(2)
    return 10.0 ** (int(power) - 9) if power else 1e-9
