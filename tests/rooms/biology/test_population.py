from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from remit.biology import IMMUNE_RESET
from remit.biology.model import Correlation
from remit.biology.population import CHUNK, draw
from remit.errors import InputError


def test_a_patient_is_the_same_alone_in_blocks_and_among_many() -> None:
    many = draw(IMMUNE_RESET, 7, ("trial", 1), 0, 2 * CHUNK + 30)

    for first, count in ((0, 1), (3, 20), (CHUNK - 5, 10), (CHUNK, CHUNK), (2 * CHUNK + 29, 1)):
        assert np.array_equal(draw(IMMUNE_RESET, 7, ("trial", 1), first, count), many[first : first + count])


def test_another_place_or_seed_holds_other_patients() -> None:
    here = draw(IMMUNE_RESET, 7, ("trial", 1), 0, 1)

    assert not np.array_equal(here, draw(IMMUNE_RESET, 7, ("trial", 2), 0, 1))
    assert not np.array_equal(here, draw(IMMUNE_RESET, 8, ("trial", 1), 0, 1))


def test_changing_one_spread_leaves_every_other_draw() -> None:
    wider = tuple(replace(p, spread=2 * p.spread) if p.name == "kB" else p for p in IMMUNE_RESET.parameters)

    before = draw(IMMUNE_RESET, 7, ("x",), 0, 50)
    after = draw(replace(IMMUNE_RESET, parameters=wider), 7, ("x",), 0, 50)

    changed = {IMMUNE_RESET.parameter_names[c] for c in np.flatnonzero((before != after).any(axis=0))}
    assert changed == {"kB"}


def test_median_and_spread_are_those_of_the_description() -> None:
    # 20,000 draws: the median of the logs is within 4 standard errors (1.25 x spread / sqrt n), the spread within 2 %
    drawn = draw(IMMUNE_RESET, 11, ("moments",), 0, 20_000)

    for column, parameter in enumerate(IMMUNE_RESET.parameters):
        values = drawn[:, column]
        if parameter.spread == 0:
            assert (values == parameter.value).all()
            continue
        typical = parameter.value
        if parameter.scale == "logit":
            values, typical = values / (1 - values), typical / (1 - typical)
        logs = np.log(values / typical)
        assert abs(np.median(logs)) < 4 * 1.25 * parameter.spread / np.sqrt(20_000), parameter.name
        assert np.std(logs) == pytest.approx(parameter.spread, rel=0.02), parameter.name


def test_declared_correlations_are_found_in_the_draws() -> None:
    pairs = (Correlation("kB", "kP", 0.8), Correlation("B0", "kP", -0.3))

    logs = np.log(draw(replace(IMMUNE_RESET, correlations=pairs), 1, ("x",), 0, 20_000))

    # standard error of a correlation at most 1 / sqrt(20,000) = 0.007
    for pair in pairs:
        columns = IMMUNE_RESET.parameter(pair.first), IMMUNE_RESET.parameter(pair.second)
        assert np.corrcoef(logs[:, columns[0]], logs[:, columns[1]])[0, 1] == pytest.approx(pair.value, abs=0.03)


def test_correlations_that_contradict_each_other_are_refused() -> None:
    pairs = (Correlation("kB", "kP", 0.9), Correlation("kP", "B0", 0.9), Correlation("kB", "B0", -0.9))

    with pytest.raises(InputError, match="contradict"):
        draw(replace(IMMUNE_RESET, correlations=pairs), 1, ("x",), 0, 1)


def test_a_population_of_nobody_is_refused() -> None:
    with pytest.raises(InputError, match="at least 1 patient"):
        draw(IMMUNE_RESET, 1, ("x",), 0, 0)
