import subprocess
import sys

import pytest

from remit.stats.intervals import INTERVALS, interval, lower_bound, upper_bound


def test_exact_limits_are_the_default_method() -> None:
    assert next(iter(INTERVALS)) == "clopper-pearson"


@pytest.mark.parametrize("method", ["clopper-pearson", "wilson", "jeffreys", "mid-p", "blaker"])
@pytest.mark.parametrize("n", [1, 2, 7, 60, 1000])
def test_nobody_has_low_exactly_zero_and_everybody_high_exactly_one(method: str, n: int) -> None:
    assert interval(method, 0, n)[0] == 0.0
    assert interval(method, n, n)[1] == 1.0


def test_the_word_may_be_written_with_underscores() -> None:
    assert interval("mid_p", 3, 9) == interval("mid-p", 3, 9)


def test_one_sided_bound_for_no_toxicity_in_thirteen() -> None:
    # the p at which 13 of 13 without toxicity has probability 0.05
    assert upper_bound(0, 13) == pytest.approx(0.2058, abs=5e-5)
    assert upper_bound(13, 13) == 1.0
    assert lower_bound(0, 13) == 0.0
    assert lower_bound(13, 13) == pytest.approx(1 - upper_bound(0, 13), abs=1e-15)


def test_one_sided_bound_is_the_two_sided_limit_of_a_wider_level() -> None:
    assert upper_bound(3, 20, 0.95) == pytest.approx(interval("clopper-pearson", 3, 20, 0.90)[1], abs=1e-14)
    assert lower_bound(3, 20, 0.95) == pytest.approx(interval("clopper-pearson", 3, 20, 0.90)[0], abs=1e-14)


def test_limits_hold_for_large_and_for_rare_counts() -> None:
    low, high = interval("blaker", 3, 100_000)
    exact_low, exact_high = interval("clopper-pearson", 3, 100_000)

    assert exact_low < low < 3e-5 < high <= exact_high


def test_wald_may_leave_the_unit_interval_and_says_so_by_its_numbers() -> None:
    assert interval("wald", 1, 5)[0] < 0
    assert interval("wald", 0, 5) == (0.0, 0.0)


@pytest.mark.parametrize(("x", "n"), [(-1, 5), (6, 5), (0, 0), (1, 0)])
@pytest.mark.parametrize("method", list(INTERVALS))
def test_counts_that_cannot_be_counts_are_refused(method: str, x: int, n: int) -> None:
    with pytest.raises(ValueError, match="0 <= x <= n"):
        interval(method, x, n)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.5])
def test_a_level_outside_zero_and_one_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        interval("wilson", 1, 5, level)
    with pytest.raises(ValueError, match="between 0 and 1"):
        upper_bound(1, 5, level)


def test_a_misspelt_method_is_answered_with_the_nearest_word() -> None:
    with pytest.raises(ValueError, match='Did you mean "wilson"'):
        interval("wilsen", 1, 5)


def test_importing_the_limits_leaves_scipy_stats_alone() -> None:
    program = "import sys, remit.stats.intervals; sys.exit('scipy.stats' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
