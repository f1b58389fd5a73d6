"""Summaries and rounding against numpy, polars and integer arithmetic."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import polars as pl
import pytest

from remit.stats.rounding import fixed, percent
from remit.stats.summaries import quantile, summary
from remit.streams import stream


@pytest.mark.parametrize(("rule", "numpy_word"), [("sas-5", "averaged_inverted_cdf"), ("r-7", "linear")])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 8, 13, 20])
def test_quantiles_agree_with_numpy(rule: str, numpy_word: str, n: int) -> None:
    values = stream(1, "summary", n).normal(size=n)

    for share in (0, 0.1, 0.25, 0.3, 0.5, 0.75, 0.9, 1):
        expected = np.quantile(values, share, method=numpy_word)
        assert quantile(values.tolist(), share, rule) == pytest.approx(float(expected), abs=1e-12)


def test_moments_agree_with_polars() -> None:
    values = pl.Series(stream(1, "moments").normal(50, 10, 40)).extend(pl.Series([None, None], dtype=pl.Float64))

    column = summary(values)

    assert (column.n, column.missing) == (40, 2)
    assert column.mean == pytest.approx(values.mean())
    assert column.sd == pytest.approx(values.std())
    assert column.median == pytest.approx(values.median())
    assert (column.minimum, column.maximum) == (values.min(), values.max())


def test_every_percent_of_a_small_trial_is_rounded_as_integers_round() -> None:
    for n in range(1, 201):
        for x in range(n + 1):
            # tenths of a percent, a half upwards, without any float
            tenths = (2000 * x + n) // (2 * n)
            assert percent(x / n) == f"{tenths // 10}.{tenths % 10}", (x, n)


def test_printed_text_is_never_more_than_half_a_unit_away() -> None:
    for value in stream(1, "rounding").normal(0, 100, 500).tolist():
        for decimals in (0, 1, 3):
            text = fixed(value, decimals)
            assert abs(Fraction(Decimal(text)) - Fraction(Decimal(repr(value)))) <= Fraction(1, 2 * 10**decimals)
