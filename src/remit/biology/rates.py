"""The description evaluated plainly with numpy: right-hand side, Jacobian, starting values, observables.

Slow and obvious; scipy's solvers use it as the oracle of the compiled one. Every function takes parameters of shape
(parameters,) or (patients, parameters) and gives arrays whose last axis runs over the states.
"""

from __future__ import annotations

import ast
from functools import cache
from types import CodeType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from remit.biology import expressions
from remit.biology.lowering import partials
from remit.biology.model import Model

Array = NDArray[np.float64]
_FUNCTIONS = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt, "__builtins__": {}}


def start(model: Model, parameters: Array) -> Array:
    """Every state before anything is given."""
    names = _parameters(model, parameters)
    return _stack([_value(state.start, names) for state in model.states], np.shape(parameters)[:-1])


def rates(model: Model, day: float, values: Array, parameters: Array) -> Array:
    """The change of every state per day; `day` only sets the switches."""
    names = _all(model, day, values, parameters)
    return _stack([_value(state.rate, names) for state in model.states], np.shape(values)[:-1])


def jacobian(model: Model, day: float, values: Array, parameters: Array) -> Array:
    """Partial derivatives of the rates, (…, states, states): row is the rate, column the state."""
    names = _all(model, day, values, parameters)
    helpers, entries = partials(model)
    for name, node in helpers:
        names[name] = _evaluate(node, names)
    size = len(model.states)
    matrix = np.zeros((*np.shape(values)[:-1], size, size))
    for (row, column), node in entries.items():
        matrix[..., row, column] = _evaluate(node, names)
    return matrix


def factor(model: Model, route: str, parameters: Array) -> Array:
    """What one unit of a route's amount adds to its state."""
    value = _value(model.route(route).factor, _parameters(model, parameters))
    return np.broadcast_to(np.asarray(value, dtype=float), np.shape(parameters)[:-1])


def switch_days(model: Model, parameters: Array) -> Array:
    """The day of each switch, (…, switches)."""
    names = _parameters(model, parameters)
    return _stack([_value(switch.day, names) for switch in model.switches], np.shape(parameters)[:-1])


def observe(model: Model, key: str, values: Array, parameters: Array) -> Array:
    """One observable over a whole course.

    values      (patients, times, states)
    parameters  (patients, parameters)
    returns     (patients, times), without assay noise; formulas that use a switch are not known here
    """
    names = _all(model, None, values, parameters[..., np.newaxis, :])
    value = _value(model.observable(key).formula, names)
    return np.array(np.broadcast_to(value, np.shape(values)[:-1]), dtype=float)


def _parameters(model: Model, parameters: Array) -> dict[str, Any]:
    return {name: np.asarray(parameters)[..., position] for position, name in enumerate(model.parameter_names)}


def _all(model: Model, day: float | None, values: Array, parameters: Array) -> dict[str, Any]:
    names = _parameters(model, parameters)
    names |= {name: np.asarray(values)[..., position] for position, name in enumerate(model.state_names)}
    if day is not None:
        for switch in model.switches:
            names[switch.name] = np.where(day >= _value(switch.day, names), 1.0, 0.0)
    for term in model.terms:
        if day is not None or not _uses(term.formula, model):
            names[term.name] = _value(term.formula, names)
    return names


def _uses(formula: str, model: Model) -> bool:
    used = expressions.names(expressions.parse(formula))
    return any(switch.name in used for switch in model.switches)


def _value(formula: str, names: dict[str, Any]) -> Any:
    return _evaluate(expressions.parse(formula), names)


def _evaluate(node: ast.expr, names: dict[str, Any]) -> Any:
    return eval(_code(node), _FUNCTIONS, names)


@cache
def _code(node: ast.expr) -> CodeType:
    # a node is its own key; both parsed formulas and a model's partial derivatives are kept for good
    return compile(ast.unparse(node), "<formula>", "eval")


def _stack(columns: list[Any], shape: tuple[int, ...]) -> Array:
    out = np.empty((*shape, len(columns)))
    for position, column in enumerate(columns):
        out[..., position] = column
    return out
