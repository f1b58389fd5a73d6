"""B cells gone and back."""

from __future__ import annotations

from typing import Any

import pytest

from remit import instruments
from remit.errors import InputError
from remit.instruments.b_cells import Sample, course


def history(*pairs: list[object]) -> Any:
    return instruments.call("b-cells", None, {"cd19_per_ul": list(pairs)})


def test_return_needs_two_samples_and_is_known_only_between_two() -> None:
    answer = history([0, 200], [7, 3], [28, 1], [56, 6], [84, 12], [112, 30])

    assert answer["depleted_day"] == 7
    assert answer["reconstituted_day"] == 84
    assert answer["interval"] == [56, 84]
    assert answer["aplasia"] == [49, 77]
    assert answer["depletion_assessable"] is True


@pytest.mark.parametrize(
    ("pairs", "depleted", "returned", "censored"),
    [
        ([[0, 200], [7, 3], [28, 12], [56, 4], [84, 8]], 7, None, 84),  # one high sample is not a return
        ([[0, 200], [7, 3], [84, 12]], 7, None, 84),  # not confirmed yet
        ([[0, 200], [7, 3], [28, 10], [56, 10]], 7, 28, None),  # 10 is back
        ([[0, 200], [7, 10], [28, 9.9]], 28, None, 28),  # 10 is not depleted
        ([[0, 200], [7, 50], [28, 20]], None, None, None),  # never depleted
        ([[84, 12], [0, 200], [112, 30], [7, 3]], 7, 84, None),  # order does not matter
        ([[0, 200], [7, 3], [28, None], [56, 11], [84, 15]], 7, 56, None),  # not measured is no sample
        ([[-7, 150], [0, 6], [28, 0]], 0, None, 28),  # conditioning acts before the cells
        ([[0, 200], [7, "<1"], [28, "<1"]], 7, None, 28),  # below quantification is below the threshold
        ([[0, 200], [7, "<20"], [28, 5]], 28, None, 28),  # a limit above the threshold tells nothing
    ],
)
def test_course(pairs: list[list[object]], depleted: object, returned: object, censored: object) -> None:
    answer = history(*pairs)

    assert (answer["depleted_day"], answer["reconstituted_day"], answer["censor_day"]) == (depleted, returned, censored)


def test_never_depleted_has_no_duration() -> None:
    answer = history([0, 200], [28, 150])

    assert answer["aplasia"] is None
    assert answer["because"] == ["never depleted"]


def test_low_baseline_makes_depletion_not_assessable() -> None:
    answer = history([0, 4], [7, 1], [84, 30], [112, 40])

    assert answer["depletion_assessable"] is False
    assert (answer["depleted_day"], answer["reconstituted_day"]) == (None, None)


def test_without_a_sample_before_the_cells_that_is_unknown() -> None:
    answer = history([7, 1], [28, 2])

    assert (answer["depletion_assessable"], answer["depleted_day"]) == (None, 7)


def test_thresholds_are_arguments() -> None:
    samples = [Sample(0, 200.0), Sample(7, 7.0), Sample(28, 4.0), Sample(56, 6.0)]

    found = course(samples, depleted_below=5, reconstituted_at=5, consecutive=1)

    assert (found.depleted_day, found.interval) == (28, (28, 56))


@pytest.mark.parametrize(("percent", "depleted"), [(0.9, True), (1.0, False), (None, None)])
def test_percentage_alternative(percent: float | None, depleted: bool | None) -> None:
    assert instruments.call("b-cells", "pct", {"cd19_pct_lymphocytes": percent})["depleted"] is depleted


@pytest.mark.parametrize("samples", [[[0]], ["0"], [[None, 5]], [[0, "low"]], [[0, -1]], {"0": 5}])
def test_malformed_samples_are_refused(samples: object) -> None:
    with pytest.raises(InputError, match="cd19_per_ul"):
        instruments.call("b-cells", None, {"cd19_per_ul": samples})


def test_a_sample_that_tells_nothing_does_not_bound_the_return() -> None:
    # "<20" may be 12: B cells may already have been back, so the return lies after day 28, not after day 56
    answer = history([0, 200], [7, 3], [28, 1], [56, "<20"], [84, 12], [112, 30])

    assert answer["reconstituted_day"] == 84
    assert answer["interval"] == [28, 84]
