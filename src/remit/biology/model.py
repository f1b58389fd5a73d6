"""A mechanistic model as one immutable description: states, parameters, terms, rates, doses, observables.

Everything else is read off it: the compiled solver (`remit.biology.kernel`), the plain right-hand side for scipy
(`remit.biology.rates`), the draws of a virtual population and the documentation page. Time is in days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from remit.biology import expressions
from remit.citations import Citation
from remit.errors import InputError, nearest

Basis = Literal["published", "calibrated", "assumed", "recalled"]
Scale = Literal["log", "logit"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of the model.

    value    typical value, in `unit`
    spread   standard deviation between patients on `scale`; 0 means that patients share the typical value
    scale    "log" for a positive quantity, "logit" for a share between 0 and 1
    low, high  what a patient's value may be; `low` itself is allowed only when `low_allowed`
    basis    where the number comes from: published, calibrated (chosen to meet the targets), assumed, recalled
             (from memory, unverified)
    role     "input" marks what the world sets (steroid factor, body size) rather than the biology
    """

    name: str
    value: float
    unit: str
    meaning: str
    basis: Basis
    source: str
    spread: float = 0.0
    scale: Scale = "log"
    low: float = 0.0
    high: float = float("inf")
    low_allowed: bool = False
    role: Literal["biology", "input"] = "biology"


@dataclass(frozen=True, slots=True)
class State:
    """One amount that changes with time.

    start    formula over parameters: the value before anything is given
    rate     formula for the change per day
    small    an amount too small to matter, in `unit`: the absolute tolerance is the relative one times this
    """

    name: str
    unit: str
    meaning: str
    start: str
    rate: str
    small: float


@dataclass(frozen=True, slots=True)
class Term:
    """A named part of the rates; it may use parameters, states, switches and the terms before it."""

    name: str
    unit: str
    meaning: str
    formula: str


@dataclass(frozen=True, slots=True)
class Switch:
    """A name that is 0 before a day and 1 from it on; the solver stops exactly there.

    day  formula over parameters
    """

    name: str
    meaning: str
    day: str


@dataclass(frozen=True, slots=True)
class Route:
    """A way to give something: a dose of `amount` adds amount × factor to a state at once.

    factor   formula over parameters
    unit     the unit of the amount given
    """

    key: str
    state: str
    factor: str
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Observable:
    """What an instrument would read: a formula over states, parameters and terms."""

    key: str
    unit: str
    meaning: str
    formula: str


@dataclass(frozen=True, slots=True)
class Correlation:
    """Correlation of two parameters between patients, on their scales."""

    first: str
    second: str
    value: float


@dataclass(frozen=True)
class Model:
    """The description. Names are checked when it is made: InputError names the formula and the nearest known word."""

    key: str
    title: str
    states: tuple[State, ...]
    parameters: tuple[Parameter, ...]
    sources: tuple[Citation, ...]
    terms: tuple[Term, ...] = ()
    switches: tuple[Switch, ...] = ()
    routes: tuple[Route, ...] = ()
    observables: tuple[Observable, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    limits: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check(self)

    @cached_property
    def state_names(self) -> tuple[str, ...]:
        """The states in order."""
        return tuple(state.name for state in self.states)

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """The parameters in order: the columns of a parameter array."""
        return tuple(parameter.name for parameter in self.parameters)

    def state(self, name: str) -> int:
        """Position of a state; InputError names the nearest one."""
        return _position(self.state_names, name, f"{self.key}: state")

    def parameter(self, name: str) -> int:
        """Position of a parameter; InputError names the nearest one."""
        return _position(self.parameter_names, name, f"{self.key}: parameter")

    def route(self, key: str) -> Route:
        """A route by its key; InputError names the nearest one."""
        return self.routes[_position(tuple(route.key for route in self.routes), key, f"{self.key}: route")]

    def observable(self, key: str) -> Observable:
        """An observable by its key; InputError names the nearest one."""
        keys = tuple(observable.key for observable in self.observables)
        return self.observables[_position(keys, key, f"{self.key}: observable")]


def _position(known: tuple[str, ...], name: str, what: str) -> int:
    if name not in known:
        raise InputError(f'{what} "{name}" is not known.{nearest(name, known)} Known: {", ".join(known)}.')
    return known.index(name)


def _check(model: Model) -> None:
    parameters = [parameter.name for parameter in model.parameters]
    states = [state.name for state in model.states]
    switches = [switch.name for switch in model.switches]
    terms = [term.name for term in model.terms]
    everything = parameters + states + switches + terms
    for name in everything:
        if everything.count(name) > 1:
            raise InputError(f'{model.key}: the name "{name}" is used twice; every name means one thing.')
        if not name.isidentifier() or name.startswith("_") or name in expressions.FUNCTIONS:
            raise InputError(f'{model.key}: "{name}" cannot be a name in a formula; use letters and digits.')
    for position, term in enumerate(model.terms):
        _known(model.key, f"term {term.name}", term.formula, parameters + states + switches + terms[:position])
    for state in model.states:
        _known(model.key, f"{state.name} at the start", state.start, parameters)
        _known(model.key, f"rate of {state.name}", state.rate, everything)
        if not state.small > 0:
            raise InputError(f"{model.key}: the small amount of {state.name} must be above 0 {state.unit}.")
    for switch in model.switches:
        _known(model.key, f"day of {switch.name}", switch.day, parameters)
    for route in model.routes:
        _position(tuple(states), route.state, f"{model.key}: route {route.key}: state")
        _known(model.key, f"route {route.key}", route.factor, parameters)
    for observable in model.observables:
        _known(model.key, f"observable {observable.key}", observable.formula, everything)
    for correlation in model.correlations:
        for name in (correlation.first, correlation.second):
            _position(tuple(parameters), name, f"{model.key}: correlation: parameter")


def _known(key: str, where: str, formula: str, allowed: Iterable[str]) -> None:
    known = list(allowed)
    for name in expressions.names(expressions.parse(formula)):
        if name not in known:
            raise InputError(f'{key}: {where}: "{name}" is not known there.{nearest(name, known)}')
