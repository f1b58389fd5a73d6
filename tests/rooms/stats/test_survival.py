import pytest

from remit.stats.survival import kaplan_meier, numbers_at_risk, reverse_kaplan_meier

# Four subjects: events at 2 and 5, last contact at 3 and 8.
TIMES, EVENTS = [2, 3, 5, 8], [1, 0, 1, 0]


def test_the_curve_falls_at_events_and_keeps_a_step_for_censoring() -> None:
    curve = kaplan_meier(TIMES, EVENTS)

    assert curve.time == (2, 3, 5, 8)
    assert curve.at_risk == (4, 3, 2, 1)
    assert curve.events == (1, 0, 1, 0)
    assert curve.censored == (0, 1, 0, 1)
    assert curve.survival == pytest.approx((0.75, 0.75, 0.375, 0.375))


def test_an_event_comes_before_a_censoring_of_the_same_time() -> None:
    curve = kaplan_meier([5, 5], [1, 0])

    assert (curve.at_risk, curve.survival) == ((2,), (0.5,))


def test_the_curve_is_one_before_the_first_time_and_unknown_after_the_last() -> None:
    curve = kaplan_meier(TIMES, EVENTS, "plain")

    assert curve.at(0) == (1.0, 1.0, 1.0, 4)
    assert curve.at(4.9)[0] == pytest.approx(0.75)
    assert curve.at(5) == (curve.survival[2], curve.low[2], curve.high[2], 2)
    assert curve.at(8.1) == (None, None, None, 0)


def test_log_log_has_no_limits_where_survival_is_one() -> None:
    assert kaplan_meier(TIMES, EVENTS, "log-log").at(1) == (1.0, None, None, 4)
    assert kaplan_meier([4], [0], "log").at(4) == (1.0, 1.0, 1.0, 1)


def test_a_curve_that_has_come_down_to_zero_stays_there() -> None:
    curve = kaplan_meier([2, 5], [1, 1])

    assert curve.error[-1] is None
    assert curve.at(100) == (0.0, None, None, 0)


def test_a_median_that_is_not_reached_is_none() -> None:
    assert kaplan_meier([3, 4, 6], [1, 0, 0]).median == (None, 3.0, None)
    assert kaplan_meier([3, 4], [0, 0]).median == (None, None, None)


def test_a_curve_flat_at_one_half_gives_the_middle_of_the_flat_stretch() -> None:
    assert kaplan_meier([1, 3, 7, 9], [1, 1, 1, 1]).median.time == 5
    assert kaplan_meier([1, 3, 9, 9], [1, 1, 0, 0]).median.time == 6


def test_no_subjects_give_an_empty_curve_and_no_answers() -> None:
    curve = kaplan_meier([], [])

    assert curve.time == ()
    assert curve.median == (None, None, None)
    assert curve.at(1) == (None, None, None, 0)


def test_follow_up_is_not_shortened_by_an_early_event() -> None:
    # The one with the event at day 2 would have been followed as long as the others.
    assert reverse_kaplan_meier([2, 100, 110, 120], [1, 0, 0, 0]).median.time == 110


def test_numbers_at_risk_count_who_is_still_there() -> None:
    assert numbers_at_risk(TIMES, [0, 2, 2.5, 8, 9]) == (4, 4, 3, 1, 0)


@pytest.mark.parametrize(
    ("times", "events", "message"),
    [
        ([1, 2], [1], "one event indicator per time"),
        ([-1], [1], "not negative"),
        ([float("nan")], [1], "finite"),
        ([float("inf")], [0], "finite"),
        ([1], [2], "1 \\(event\\) or 0"),
    ],
)
def test_times_and_events_that_cannot_be_are_refused(times: list[float], events: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        kaplan_meier(times, events)


def test_a_band_or_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="log-log, log, plain"):
        kaplan_meier([1], [1], "loglog")
    with pytest.raises(ValueError, match="between 0 and 1"):
        kaplan_meier([1], [1], level=95)
    with pytest.raises(ValueError, match="both excluded"):
        kaplan_meier([1], [1]).quantile(1)
