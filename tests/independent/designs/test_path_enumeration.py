"""Every path of a small trial, nothing merged: slow, obvious, and equal to the chain."""

import itertools
import math

import numpy as np
import pytest

from remit.designs import Design, build, decide, exact, nobody_yet
from remit.designs.accelerated import TitrationThenThree
from remit.designs.outcomes import Cohort

RATES = (0.12, 0.31, 0.47)
SMALL: dict[str, tuple[str, dict[str, object]]] = {
    "3+3": ("3+3", {}),
    "3+3 without descent": ("3+3", {"descend": False}),
    "3+3, top after three, two of six": ("3+3", {"confirm_top": False, "most_of_six": 2}),
    "3+3 from the middle": ("3+3", {"start": 2}),
    "boin": ("boin", {"target": 0.3, "cohorts": 4}),
    "boin, extra safe, early stop": ("boin", {"target": 0.25, "cohorts": 4, "extra_safe": True, "early_stop": 6}),
    "boin, titration": ("boin", {"target": 0.3, "cohorts": 4, "titration": True}),
    "boin, bound, pairs": ("boin", {"target": 0.3, "cohort": 2, "cohorts": 5, "bound_mtd": True}),
    "keyboard": ("keyboard", {"target": 0.3, "cohorts": 4}),
    "mtpi": ("mtpi", {"target": 0.2, "cohorts": 4, "least_to_eliminate": 1}),
    "mtpi2": ("mtpi2", {"target": 0.2, "cohorts": 3, "early_stop": 6}),
    "i3+3": ("i3+3", {"target": 0.3, "cohort": 1, "cohorts": 9, "start": 2}),
    "table": ("table", {"target": 0.3, "early_stop": 6, "rows": "3: E S D DU"}),
    "crm": ("crm", {"target": 0.3, "cohort": 2, "cohorts": 5}),
    "crm, likelihood": ("crm", {"target": 0.3, "cohort": 2, "cohorts": 5, "method": "likelihood"}),
    "crm, stops": ("crm", {"target": 0.2, "cohorts": 3, "model": "logistic", "stop_certainty": 0.9}),
    "blrm": ("blrm", {"doses": "1 3 10", "reference": 5.0, "cohorts": 3, "enough": 6}),
}


def enumerated(design: Design, rates: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Selection (none first), subjects and DLTs by following every sequence of subjects."""
    selected, treated, dlts = np.zeros(len(rates) + 1), np.zeros(len(rates)), np.zeros(len(rates))
    waiting = [(nobody_yet(len(rates), design.start), 1.0)]
    while waiting:
        seen, chance = waiting.pop()
        decision = decide(design, seen)
        if decision.level is None:
            selected[design.select(seen) or 0] += chance
            treated += chance * np.array(seen.treated)
            dlts += chance * np.array(seen.dlts)
            continue
        rate = rates[decision.level - 1]
        for each in itertools.product((0, 1), repeat=decision.subjects):
            way = np.prod([rate if dlt else 1 - rate for dlt in each])
            waiting.append((seen.after(Cohort(decision.level, decision.subjects, sum(each))), chance * way))
    return selected, treated, dlts


@pytest.mark.parametrize("name", SMALL)
def test_the_chain_agrees_with_every_single_path(name: str) -> None:
    key, parameters = SMALL[name]
    design = build(key, {"levels": 3, **parameters})

    found = exact(design).under(RATES)
    selected, treated, dlts = enumerated(design, RATES)

    assert selected.sum() == pytest.approx(1, abs=1e-10)
    assert [found.none_selected, *found.selected] == pytest.approx(selected, abs=1e-10)
    assert found.treated == pytest.approx(treated, abs=1e-10)
    assert found.dlts == pytest.approx(dlts, abs=1e-10)


@pytest.mark.parametrize("count", [True, False])
@pytest.mark.parametrize("triggers", [(0.0, 0.0, 0.0), (0.2, 0.3, 0.1)])
def test_titration_with_triggers_agrees_with_every_single_path(count: bool, triggers: tuple[float, ...]) -> None:
    design = TitrationThenThree(
        levels=3, titration_through_level=2, trigger_count=2, titration_subjects_count=count, expansion_subjects=7
    )
    selected, treated = np.zeros(4), np.zeros(3)
    waiting = [(design.begin(), 1.0)]
    while waiting:
        seen, chance = waiting.pop()
        decision = decide(design, seen)
        if decision.level is None:
            selected[design.select(seen) or 0] += chance
            treated += chance * np.array(seen.treated)
            continue
        level, rate = decision.level, RATES[decision.level - 1]
        if decision.subjects == 1 and level <= 2 and seen.at(level)[0] == 0:
            extra = triggers[level - 1]
            for single, way in ((0, 1 - rate - extra), (1, extra), (2, rate)):
                waiting.append((seen.after_single(level, single), chance * way))
            continue
        for dlts in range(decision.subjects + 1):
            way = math.comb(decision.subjects, dlts) * rate**dlts * (1 - rate) ** (decision.subjects - dlts)
            waiting.append((seen.after(Cohort(level, decision.subjects, dlts)), chance * way))

    found = exact(design).under(RATES, triggers=triggers)

    assert selected.sum() == pytest.approx(1, abs=1e-10)
    assert [found.none_selected, *found.selected] == pytest.approx(selected, abs=1e-10)
    assert found.treated == pytest.approx(treated, abs=1e-10)


def test_a_three_plus_three_written_again_from_the_definition_agrees() -> None:
    # Recursion on (level, counts) with the textbook rules: descent, and six at the top.
    levels = len(RATES)

    def play(n: tuple[int, ...], y: tuple[int, ...], level: int) -> dict[int, float]:
        out: dict[int, float] = {}
        for each in itertools.product((0, 1), repeat=3):
            dlts = sum(each)
            way = RATES[level] ** dlts * (1 - RATES[level]) ** (3 - dlts)
            n2, y2 = list(n), list(y)
            n2[level] += 3
            y2[level] += dlts
            for answer, share in next_step(tuple(n2), tuple(y2), level).items():
                out[answer] = out.get(answer, 0.0) + way * share
        return out

    def next_step(n: tuple[int, ...], y: tuple[int, ...], level: int) -> dict[int, float]:
        if y[level] >= 2:
            if level == 0:
                return {0: 1.0}
            return {level: 1.0} if n[level - 1] == 6 else play(n, y, level - 1)
        above_toxic = level + 1 < levels and y[level + 1] >= 2
        if n[level] == 3 and (y[level] == 1 or above_toxic or level == levels - 1):
            return play(n, y, level)
        if above_toxic or level == levels - 1:
            return {level + 1: 1.0}
        return play(n, y, level + 1)

    expected = play((0,) * levels, (0,) * levels, 0)
    found = exact(build("3+3", {"levels": levels})).under(RATES)

    assert [found.none_selected, *found.selected] == pytest.approx([expected[k] for k in range(levels + 1)], abs=1e-12)
