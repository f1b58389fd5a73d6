import pytest

from remit.stats.rounding import fixed, half_even, half_up, percent


@pytest.mark.parametrize(
    ("value", "decimals", "up", "even"),
    [
        (0.125, 2, 0.13, 0.12),
        (38.5, 0, 39, 38),
        (2.5, 0, 3, 2),
        (-2.5, 0, -3, -2),
        (0.285, 2, 0.29, 0.28),  # stored below 0.285; the reader sees 0.285
        (1.005, 2, 1.01, 1.0),
        (0.35, 1, 0.4, 0.4),
        (1e22, 0, 1e22, 1e22),
        (1234.5, -2, 1200, 1200),
        (7, 2, 7, 7),
    ],
)
def test_a_half_goes_where_the_rule_says(value: float, decimals: int, up: float, even: float) -> None:
    assert half_up(value, decimals) == up
    assert half_even(value, decimals) == even


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (5, 0, "5"),
        (5, 1, "5.0"),
        (0.125, 2, "0.13"),
        (-0.04, 1, "0.0"),
        (1e-7, 2, "0.00"),
        (1250, -2, "1300"),
        (1e21, 1, "1000000000000000000000.0"),
    ],
)
def test_text_has_the_decimals_that_were_asked_for(value: float, decimals: int, text: str) -> None:
    assert fixed(value, decimals) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [
        (0.5, "50.0"),
        (6 / 8, "75.0"),
        (1 / 16, "6.3"),
        (3 / 16, "18.8"),
        (0.0, "0.0"),
        (1.0, "100.0"),
        (1 / 3, "33.3"),
    ],
)
def test_a_fraction_as_percent(fraction: float, text: str) -> None:
    assert percent(fraction) == text


def test_the_rule_of_a_percent_can_be_named() -> None:
    assert percent(1 / 16, rule="half-even") == "6.2"
    assert fixed(38.5, 0, "half-even") == "38"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_a_number_is_not_printed(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        fixed(value, 1)
