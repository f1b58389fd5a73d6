import pytest

from remit.stats.turnbull import turnbull


def test_mass_lies_on_the_innermost_intervals() -> None:
    # (0, 2] and (1, 3] overlap in (1, 2]; all of the mass can go there.
    estimate = turnbull([0, 1], [2, 3])

    assert (estimate.low, estimate.high) == ((1,), (2,))
    assert estimate.mass == pytest.approx((1,))
    assert estimate.survival(1) == (1.0, 1.0)
    assert estimate.survival(1.5) == (0.0, 1.0)  # where inside, the data do not say
    assert estimate.survival(2) == (0.0, 0.0)


def test_three_visits_worked_by_hand() -> None:
    # Two seen within (0, 4], one within (4, 8], one not by 8: thirds do not arise, quarters do.
    estimate = turnbull([0, 0, 4, 8], [4, 4, 8, None])

    assert (estimate.low, estimate.high) == ((0, 4, 8), (4, 8, None))
    assert estimate.mass == pytest.approx((0.5, 0.25, 0.25))
    assert estimate.survival(4) == pytest.approx((0.5, 0.5))
    assert estimate.median() == (0, 4)


def test_a_subject_lost_early_shares_out_over_what_came_later() -> None:
    # Redistribution to the right: the one lost at 4 splits over (4, 8] and beyond 8 as the others do.
    estimate = turnbull([0, 4, 4, 8], [4, None, 8, None])

    assert estimate.mass == pytest.approx((0.25, 0.375, 0.375), abs=1e-7)


def test_an_exact_time_is_not_inside_an_interval_that_opens_there() -> None:
    estimate = turnbull([3, 3], [3, 5])

    assert (estimate.low, estimate.high) == ((3, 3), (3, 5))
    assert estimate.mass == pytest.approx((0.5, 0.5))
    assert estimate.survival(3) == pytest.approx((0.5, 0.5))


def test_no_event_at_all_leaves_everything_beyond_follow_up() -> None:
    estimate = turnbull([5, 9], [None, None])

    assert (estimate.low, estimate.high, estimate.mass) == ((9,), (None,), (1.0,))
    assert estimate.survival(5) == (1.0, 1.0)
    assert estimate.median() == (9, None)


def test_no_subjects_give_an_empty_estimate() -> None:
    estimate = turnbull([], [])

    assert estimate.mass == ()
    assert estimate.median() is None


def test_running_out_of_steps_is_told() -> None:
    estimate = turnbull([0, 2, 1, 3, 0], [3, 6, 4, None, 2], tolerance=0, steps=1)

    assert estimate.steps == 1
    assert not estimate.converged


@pytest.mark.parametrize(("lows", "highs"), [([1], [0.5]), ([-1], [2]), ([float("nan")], [2]), ([1], [float("nan")])])
def test_ends_that_cannot_be_are_refused(lows: list[float], highs: list[float | None]) -> None:
    with pytest.raises(ValueError, match="Interval ends"):
        turnbull(lows, highs)


def test_ends_of_different_number_are_refused() -> None:
    with pytest.raises(ValueError, match="one right end"):
        turnbull([1, 2], [3])
