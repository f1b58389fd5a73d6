"""Formulas as text: parse once, differentiate, list the names, prepare for a compiled kernel.

A model's formulas are Python expressions over its own names: `+ - * /`, a power with a constant exponent, and
`exp`, `log`, `sqrt`. Nothing else is accepted, so a formula can be printed, differentiated and compiled from one text.
"""

from __future__ import annotations

import ast
from functools import cache
from typing import Final, TypeGuard

from remit.errors import InputError

FUNCTIONS: Final = ("exp", "log", "sqrt")
_OPERATORS: Final = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)


@cache
def parse(text: str) -> ast.expr:
    """The formula's tree; InputError for anything but arithmetic on names, numbers and the known functions."""
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        raise InputError(f'formula "{text}" is not arithmetic; write it as a Python expression.') from None
    _check(node, text)
    return node


def names(node: ast.expr) -> tuple[str, ...]:
    """Every name in the formula, once each; functions are not names."""
    called = {id(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
    found = [n for n in ast.walk(node) if isinstance(n, ast.Name) and id(n) not in called]
    return tuple(dict.fromkeys(n.id for n in found))


def derivative(node: ast.expr, name: str) -> ast.expr:
    """The partial derivative with respect to one name, every other name held; zeros and ones are simplified away."""
    if isinstance(node, ast.Constant):
        return number(0)
    if isinstance(node, ast.Name):
        return number(1 if node.id == name else 0)
    if isinstance(node, ast.UnaryOp):
        inner = derivative(node.operand, name)
        return subtract(number(0), inner) if isinstance(node.op, ast.USub) else inner
    if isinstance(node, ast.Call):
        return multiply(_outer(node), derivative(node.args[0], name))
    assert isinstance(node, ast.BinOp)
    left, right = node.left, node.right
    if isinstance(node.op, ast.Pow):
        lower = power(left, subtract(right, number(1)))
        return multiply(multiply(right, lower), derivative(left, name))
    left_rate, right_rate = derivative(left, name), derivative(right, name)
    if isinstance(node.op, ast.Add):
        return add(left_rate, right_rate)
    if isinstance(node.op, ast.Sub):
        return subtract(left_rate, right_rate)
    if isinstance(node.op, ast.Mult):
        return add(multiply(left_rate, right), multiply(left, right_rate))
    return subtract(divide(left_rate, right), divide(multiply(left, right_rate), multiply(right, right)))


def is_zero(node: ast.expr) -> bool:
    """Whether the formula is the number 0."""
    return isinstance(node, ast.Constant) and node.value == 0


def number(value: float) -> ast.expr:
    """A constant."""
    return ast.Constant(value)


def add(left: ast.expr, right: ast.expr) -> ast.expr:
    """left + right."""
    if is_zero(left):
        return right
    return left if is_zero(right) else ast.BinOp(left, ast.Add(), right)


def subtract(left: ast.expr, right: ast.expr) -> ast.expr:
    """left - right."""
    if is_zero(right):
        return left
    if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
        return number(_value(left) - _value(right))
    return ast.UnaryOp(ast.USub(), right) if is_zero(left) else ast.BinOp(left, ast.Sub(), right)


def multiply(left: ast.expr, right: ast.expr) -> ast.expr:
    """left * right."""
    if is_zero(left) or is_zero(right):
        return number(0)
    if _is_one(left):
        return right
    return left if _is_one(right) else ast.BinOp(left, ast.Mult(), right)


def divide(left: ast.expr, right: ast.expr) -> ast.expr:
    """left / right."""
    return left if is_zero(left) or _is_one(right) else ast.BinOp(left, ast.Div(), right)


def power(base: ast.expr, exponent: ast.expr) -> ast.expr:
    """base ** exponent."""
    if is_zero(exponent):
        return number(1)
    return base if _is_one(exponent) else ast.BinOp(base, ast.Pow(), exponent)


def factors(node: ast.expr) -> tuple[bool, list[ast.expr], list[ast.expr]]:
    """A product taken apart: whether it is negative, what is multiplied, what is divided by."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        negative, above, below = factors(node.operand)
        return not negative, above, below
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        first_negative, above, below = factors(node.left)
        second_negative, more_above, more_below = factors(node.right)
        if isinstance(node.op, ast.Div):
            more_above, more_below = more_below, more_above
        return first_negative != second_negative, above + more_above, below + more_below
    return False, [node], []


def _check(node: ast.expr, text: str) -> None:
    if isinstance(node, ast.Name):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        _check(node.operand, text)
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
        if isinstance(node.op, ast.Pow) and not isinstance(node.right, ast.Constant):
            raise InputError(
                f'formula "{text}" raises to a power that is not a number; only constant powers are known.'
            )
        _check(node.left, text)
        _check(node.right, text)
        return
    if _is_known_call(node):
        _check(node.args[0], text)
        return
    raise InputError(
        f'formula "{text}" holds "{ast.unparse(node)}"; allowed are + - * /, constant powers, numbers, names and '
        f"{', '.join(FUNCTIONS)}."
    )


def _is_known_call(node: ast.expr) -> TypeGuard[ast.Call]:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return False
    return node.func.id in FUNCTIONS and len(node.args) == 1 and not node.keywords


def _outer(call: ast.Call) -> ast.expr:
    assert isinstance(call.func, ast.Name)
    inner = call.args[0]
    if call.func.id == "exp":
        return call
    if call.func.id == "log":
        return divide(number(1), inner)
    return divide(number(0.5), call)


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1


def _value(node: ast.Constant) -> float:
    assert isinstance(node.value, int | float)
    return node.value
