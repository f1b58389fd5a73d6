"""Formulas made ready for a compiled step: whatever holds for a whole patient is computed once and named.

`kkill*Nt/(E50 + Nt)` stays; `sF*F/VF` becomes `_k0*F` with `_k0 = sF/VF` worked out once. The partial derivatives of
the rates are taken through the terms, so that a term appears in them by name.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cache

from remit.biology import expressions
from remit.biology.expressions import add, divide, is_zero, multiply, number, parse
from remit.biology.model import Model


@dataclass
class Lowering:
    """Collects the once-per-patient parts while formulas are rewritten."""

    constant: set[str]
    named: dict[str, str] = field(default_factory=dict)

    def lower(self, node: ast.expr) -> ast.expr:
        """The same formula with every once-per-patient part replaced by a name."""
        if self._is_constant(node):
            return self._name(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            return ast.BinOp(self.lower(node.left), node.op, self.lower(node.right))
        if isinstance(node, ast.Call):
            return ast.Call(node.func, [self.lower(node.args[0])], [])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            return ast.BinOp(self.lower(node.left), node.op, node.right)
        if isinstance(node, ast.BinOp | ast.UnaryOp):
            return self._product(node)
        return node

    def _product(self, node: ast.expr) -> ast.expr:
        negative, above, below = expressions.factors(node)
        coefficient = number(1)
        for factor in (f for f in above if self._is_constant(f)):
            coefficient = multiply(coefficient, factor)
        for factor in (f for f in below if self._is_constant(f)):
            coefficient = divide(coefficient, factor)
        if negative:
            coefficient = ast.UnaryOp(ast.USub(), coefficient)
        moving = number(1)
        for factor in (f for f in above if not self._is_constant(f)):
            moving = multiply(moving, self.lower(factor))
        divisor = number(1)
        for factor in (f for f in below if not self._is_constant(f)):
            divisor = multiply(divisor, self.lower(factor))
        return divide(multiply(self._name(coefficient), moving), divisor)

    def _is_constant(self, node: ast.expr) -> bool:
        return all(name in self.constant for name in expressions.names(node))

    def _name(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Name | ast.Constant):
            return node
        text = ast.unparse(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
            return node
        return ast.Name(self.named.setdefault(text, f"_k{len(self.named)}"))


@cache
def partials(model: Model) -> tuple[tuple[tuple[str, ast.expr], ...], dict[tuple[int, int], ast.expr]]:
    """Partial derivatives of the rates with respect to the states.

    returns  (name, formula) of the derivatives of the terms, in the order in which they can be computed, and the
             formula of each entry (row, column) of the Jacobian that is not zero everywhere
    """
    helpers: list[tuple[str, ast.expr]] = []
    through: dict[tuple[str, str], ast.expr] = {}
    for term in model.terms:
        for state in model.state_names:
            rate = _total(parse(term.formula), state, model, through)
            if is_zero(rate):
                continue
            if isinstance(rate, ast.Constant):
                through[term.name, state] = rate
            else:
                helpers.append((f"_d_{term.name}_{state}", rate))
                through[term.name, state] = ast.Name(helpers[-1][0])
    entries: dict[tuple[int, int], ast.expr] = {}
    for row, state_row in enumerate(model.states):
        for column, state in enumerate(model.state_names):
            rate = _total(parse(state_row.rate), state, model, through)
            if not is_zero(rate):
                entries[row, column] = rate
    return tuple(helpers), entries


def _total(node: ast.expr, state: str, model: Model, through: dict[tuple[str, str], ast.expr]) -> ast.expr:
    total = expressions.derivative(node, state)
    for term in model.terms:
        if (term.name, state) in through:
            total = add(total, multiply(expressions.derivative(node, term.name), through[term.name, state]))
    return total


def blocks(model: Model) -> tuple[tuple[str, ...], ...]:
    """States that depend on each other, grouped; in the model's order each group needs only those before it.

    A model whose groups all hold one state has a lower-triangular Jacobian.
    """
    _, entries = partials(model)
    size = len(model.states)
    reach = [[row == column or (row, column) in entries for column in range(size)] for row in range(size)]
    for middle in range(size):
        for row in range(size):
            if reach[row][middle]:
                reach[row] = [now or via for now, via in zip(reach[row], reach[middle], strict=True)]
    groups: list[tuple[str, ...]] = []
    seen: set[int] = set()
    for row in range(size):
        if row not in seen:
            group = [other for other in range(size) if reach[row][other] and reach[other][row]]
            seen.update(group)
            groups.append(tuple(model.state_names[other] for other in group))
    return tuple(groups)
