import math

import pytest

from remit.biology.expressions import derivative, names, parse
from remit.errors import InputError

FORMULAS = [
    "a*x**3 - x/b + 2",
    "a*x/(b + x)",
    "exp(-a*x)*log(b + x)",
    "sqrt(a + x*x)/(1 - b*x)",
    "-(x - a)*(x - b)",
    "a**2",
]


def value(node: object, x: float) -> float:
    import ast

    text = ast.unparse(node)  # type: ignore[call-overload]
    return float(eval(text, {"exp": math.exp, "log": math.log, "sqrt": math.sqrt, "a": 1.7, "b": 0.3, "x": x}))


@pytest.mark.parametrize("formula", FORMULAS)
def test_derivative_is_the_slope(formula: str) -> None:
    node = parse(formula)

    slope = (value(node, 0.7 + 1e-6) - value(node, 0.7 - 1e-6)) / 2e-6

    assert value(derivative(node, "x"), 0.7) == pytest.approx(slope, rel=1e-8, abs=1e-8)


def test_functions_are_not_names() -> None:
    assert set(names(parse("exp(-k*t) + V"))) == {"k", "t", "V"}


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("a +", "not arithmetic"),
        ("a if b else c", "allowed are"),
        ("open('x')", "allowed are"),
        ("a.b", "allowed are"),
        ("a**b", "constant powers"),
        ("exp(a, b)", "allowed are"),
        ("'a'", "allowed are"),
        ("a < b", "allowed are"),
    ],
)
def test_anything_but_arithmetic_is_refused(formula: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        parse(formula)
