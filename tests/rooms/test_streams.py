import os
import subprocess
import sys

import numpy as np
import pytest

from remit.streams import stream


def test_a_place_has_the_same_numbers_on_every_machine() -> None:
    # Fixed here on purpose: a change of these moves every simulated number that was ever reported.
    assert stream(1, "trial", 17).integers(0, 2**32, 3).tolist() == [10978820, 3679381902, 2278978129]


def test_a_place_does_not_depend_on_the_places_asked_before() -> None:
    alone = stream(1, "subject", 4).random(5).tolist()

    for other in range(10):
        stream(1, "subject", other).random(100)
    afterwards = stream(1, "subject", 4).random(5).tolist()

    assert afterwards == alone


def test_a_place_is_the_same_in_another_process_with_another_hash_seed() -> None:
    program = "from remit.streams import stream; print(stream(7, 'a', 1).random(3).tolist())"

    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("1", "2")
    }

    assert printed == {str(stream(7, "a", 1).random(3).tolist())}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((1, "a"), (2, "a")),
        ((1, "a"), (-1, "a")),
        ((1, "a", "b"), (1, "ab")),
        ((1, "a", "bc"), (1, "ab", "c")),
        ((1, 1), (1, "1")),
        ((1, 12), (1, 1, 2)),
        ((1, "a", "b"), (1, "b", "a")),
        ((1,), (1, "")),
    ],
)
def test_different_places_have_different_numbers(one: tuple[int | str, ...], other: tuple[int | str, ...]) -> None:
    first = stream(int(one[0]), *one[1:]).integers(0, 2**63, 4)
    second = stream(int(other[0]), *other[1:]).integers(0, 2**63, 4)

    assert not (first == second).any()


def test_neighboring_places_are_not_correlated() -> None:
    draws = np.array([stream(1, "subject", number).random(400) for number in range(50)])

    correlations = np.corrcoef(draws)[np.triu_indices(50, k=1)]

    # 1225 pairs of 400 draws: standard error 0.05, so 5 standard errors
    assert abs(correlations).max() < 0.25
    assert draws.mean() == pytest.approx(0.5, abs=5 * 0.2887 / 20000**0.5)


def test_numpy_integers_name_the_same_place() -> None:
    assert stream(1, np.int64(3)).random() == stream(1, 3).random()


def test_a_place_of_fractions_is_refused() -> None:
    with pytest.raises(TypeError):
        stream(1, 0.5)
