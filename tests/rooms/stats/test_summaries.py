import math

import pytest

from remit.stats.summaries import quantile, summary


def test_all_statistics_of_a_small_column() -> None:
    column = summary([4, 1, None, 3, 2, math.nan])

    assert (column.n, column.missing) == (4, 2)
    assert (column.mean, column.median) == (2.5, 2.5)
    assert column.sd == pytest.approx(math.sqrt(5 / 3))
    assert (column.minimum, column.maximum) == (1, 4)


@pytest.mark.parametrize(
    ("rule", "q1", "q3"),
    [("sas-5", 1.5, 3.5), ("r-7", 1.75, 3.25)],  # 1, 2, 3, 4 in SAS PROC MEANS and in R quantile()
)
def test_quartiles_follow_the_named_definition(rule: str, q1: float, q3: float) -> None:
    column = summary([1, 2, 3, 4], rule)

    assert (column.q1, column.q3) == (q1, q3)


def test_one_value_has_no_standard_deviation() -> None:
    column = summary([7.0])

    assert (column.mean, column.median, column.q1, column.q3) == (7, 7, 7, 7)
    assert column.sd is None


def test_nothing_known_is_nothing_but_counts() -> None:
    column = summary([None, None])

    assert (column.n, column.missing) == (0, 2)
    assert (column.mean, column.sd, column.median, column.q1, column.q3) == (None,) * 5
    assert (column.minimum, column.maximum) == (None, None)


def test_shares_that_binary_cannot_hold_still_meet_exactly() -> None:
    # 10 values, share 0.3: between the third and the fourth, although 10 · 0.3 is not 3 for 0.1 + 0.2
    assert quantile(range(1, 11), 0.1 + 0.2) == 3.5
    assert quantile(range(1, 12), 0.1 + 0.2, "r-7") == 4


def test_ends_are_minimum_and_maximum() -> None:
    for rule in ("sas-5", "r-7"):
        assert quantile([3, 1, 2], 0, rule) == 1
        assert quantile([3, 1, 2], 1, rule) == 3
        assert quantile([], 0.5, rule) is None


def test_a_share_outside_zero_and_one_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile([1], 1.5)
