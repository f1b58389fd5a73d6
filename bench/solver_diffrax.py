"""The same task by diffrax (jax), where it is installed: `pip install diffrax`. All patients together under vmap.

Kvaerno5 is its L-stable fifth-order method. Compiling is left out of the time, as it is for ours.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from remit.biology import Model, rates
from remit.biology.solver import Dose

jax.config.update("jax_enable_x64", True)
Array = NDArray[np.float64]


def timed(model: Model, parameters: Array, doses: Sequence[Dose], days: Array, tolerance: float) -> tuple[float, Array]:
    """(CPU seconds, (patients, times, states)) of the second run."""
    states = [compile(state.rate, state.name, "eval") for state in model.states]
    terms = [(term.name, compile(term.formula, term.name, "eval")) for term in model.terms]
    small = jnp.array([tolerance * state.small for state in model.states])
    stops = sorted({*(float(np.asarray(dose.day)) for dose in doses), float(days[-1])})

    def rate(_: float, y: jax.Array, p: jax.Array) -> jax.Array:
        names = {"exp": jnp.exp, "log": jnp.log, "sqrt": jnp.sqrt, "__builtins__": {}}
        names |= {name: p[place] for place, name in enumerate(model.parameter_names)}
        names |= {name: y[place] for place, name in enumerate(model.state_names)}
        for name, formula in terms:
            names[name] = eval(formula, names)
        return jnp.stack([eval(formula, names) for formula in states])

    def one(y: jax.Array, p: jax.Array, added: jax.Array) -> jax.Array:
        seen, now = [y], float(days[0])
        for place, stop in enumerate(stops):
            if stop > now:
                inside = days[(days > now) & (days <= stop)]
                grid = np.unique([*inside, stop])
                found = diffrax.diffeqsolve(
                    diffrax.ODETerm(rate),
                    diffrax.Kvaerno5(),
                    now,
                    stop,
                    None,
                    y,
                    p,
                    saveat=diffrax.SaveAt(ts=grid),
                    stepsize_controller=diffrax.PIDController(rtol=tolerance, atol=small),
                    max_steps=100_000,
                )
                seen += [found.ys[k] for k in range(len(inside))]
                y, now = found.ys[-1], stop
            y = y + added[place]
        return jnp.stack(seen)

    added = np.zeros((len(parameters), len(stops), len(model.states)))
    for dose in doses:
        place, route = stops.index(float(np.asarray(dose.day))), model.route(dose.route)
        amount = float(np.asarray(dose.amount)) * rates.factor(model, route.key, parameters)
        added[:, place, model.state(route.state)] += amount
    begin = rates.start(model, parameters)
    many = jax.jit(jax.vmap(one))
    many(begin, parameters, added).block_until_ready()
    before = time.process_time()
    values = many(begin, parameters, added).block_until_ready()
    return time.process_time() - before, np.asarray(values)
