"""The compiled solver of one model: source text made from its description, compiled by numba, cached on disk.

`source` is plain text and needs no numba; `compiled` imports numba. Every stage is written out in scalars, the linear
algebra is the elimination of the model's own sparsity pattern (for a lower-triangular Jacobian: one division per state
and forward substitution), and whatever holds for a whole patient is worked out once. numba keeps the machine code in
`__pycache__` beside this file, or in the user's cache folder where that cannot be written (NUMBA_CACHE_DIR overrides
both); the name of the compiled function holds a digest of the text, so old code is never picked up.
"""

from __future__ import annotations

import ast
import hashlib
import math
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final

from remit.biology.expressions import names, parse
from remit.biology.lowering import Lowering, partials
from remit.biology.model import Model
from remit.biology.tableaus import Tableau
from remit.errors import InputError

SOLVED: Final = 0
STEP_TOO_SMALL: Final = 1
TOO_MANY_STEPS: Final = 2
NOT_FINITE: Final = 3

_SMALLEST_STEP_DAYS: Final = 1e-12
_HELPER: Final = "_of_"

CLOSE_DAYS: Final = 1e-10
"""Two moments nearer than this (some ten microseconds) are one moment."""

_COMPILED: dict[str, Callable[..., None]] = {}


# Writing the text takes some ten milliseconds, and a fit asks for the same model thousands of times.
@lru_cache(maxsize=64)
def compiled(model: Model, tableau: Tableau) -> Callable[..., None]:
    """The machine code for one model and method, made once per process and, thanks to the cache, once per machine.

    Its arguments are those of the text's `solve`; `remit.biology.solver` is the public door.
    """
    try:
        import numba
    except ImportError:
        raise InputError("The solver needs numba, which is not installed: pip install 'remit[simulate]'.") from None

    text = source(model, tableau)
    name = "solve_" + hashlib.sha256(text.encode()).hexdigest()[:16]
    if name not in _COMPILED:
        space: dict[str, Any] = {
            "__name__": __name__,
            "_nan": math.nan,
            "exp": math.exp,
            "log": math.log,
            "sqrt": math.sqrt,
        }
        # Compiled under this file's name: numba keeps its cache beside the file that a function says it comes from.
        exec(compile(text.replace("def solve(", f"def {name}("), __file__, "exec"), space)
        for helper in [key for key in space if key.startswith(_HELPER)]:
            space[helper] = numba.njit(error_model="numpy")(space[helper])
        _COMPILED[name] = numba.njit(cache=True, nogil=True, error_model="numpy")(space[name])
    return _COMPILED[name]


def source(model: Model, tableau: Tableau) -> str:
    """The Python text of the solver over a block of patients; it runs as plain Python too, slowly.

    Its `solve` takes arrays over patients: parameters _P (n, p), values _Y (n, s) in and out, spans _span (n, 2) of day
    and step in and out (step 0: choose), doses sorted by day _dd, _ds (state), _da (added) (n, d), grid days _G (n, t),
    _col (s) the output column of a state or -1, _rtol, _most steps, _out (n, t, k), _status (n), _steps (n, 2).
    """
    return "\n".join(_Writer(model, tableau).lines()) + "\n"


class _Writer:
    """Writes the text; names that start with an underscore are the solver's, all others the model's."""

    def __init__(self, model: Model, tableau: Tableau) -> None:
        self.model = model
        self.tableau = tableau
        self.states = model.state_names
        self.stages = len(tableau.a)
        constant = set(model.parameter_names)
        self.fixed = []
        for term in model.terms:
            if all(name in constant for name in names(parse(term.formula))):
                constant.add(term.name)
                self.fixed.append(term)
        self.moving = [term for term in model.terms if term not in self.fixed]
        self.lowering = Lowering(constant)
        helpers, entries = partials(model)
        lower = self.lowering.lower
        self.terms = [(term.name, ast.unparse(lower(parse(term.formula)))) for term in self.moving]
        self.rates = [ast.unparse(lower(parse(state.rate))) for state in model.states]
        self.helpers = [(name, ast.unparse(lower(node))) for name, node in helpers]
        self.entries = {place: lower(node) for place, node in entries.items()}
        self.entry = {
            place: f"({ast.unparse(node)})"
            if names(node) == () or isinstance(node, ast.Name)
            else f"_j_{place[0]}_{place[1]}"
            for place, node in self.entries.items()
        }

    def lines(self) -> Iterator[str]:
        yield from self._helpers()
        yield "def solve(_P, _Y, _span, _dd, _ds, _da, _G, _col, _rtol, _most, _out, _status, _steps):"
        for state in self.model.states:
            yield f"    _tol_{state.name} = _rtol * {state.small!r}"
        yield "    for _n in range(_P.shape[0]):"
        yield from _indent(self._patient(), 8)

    def _helpers(self) -> Iterator[str]:
        """Small functions that the compiler puts in place: typing one call is quicker than typing a long sum."""
        table = self.tableau
        for stage in range(2, self.stages + 1):
            stages = ", ".join(f"u{j}" for j in range(1, stage))
            yield f"def {_HELPER}point_{stage}(b, {stages}):"
            yield f"    return b + {_sum(table.a[stage - 1])}"
            yield f"def {_HELPER}right_{stage}(r, i, {stages}):"
            yield f"    return r + i * ({_sum(table.c[stage - 1])})"
        stages = ", ".join(f"u{j}" for j in range(1, self.stages + 1))
        for number, row in enumerate(table.dense, 1):
            yield f"def {_HELPER}bend_{number}({stages}):"
            yield f"    return {_sum(row)}"
        bends = [f"q{number}" for number in range(1, len(table.dense) + 1)]
        inner = bends[-1]
        for bend in reversed(bends[:-1]):
            inner = f"({bend} + x * {inner})"
        yield f"def {_HELPER}between(x, b, y, {', '.join(bends)}):"
        yield f"    return max((1.0 - x) * b + x * (y + (1.0 - x) * {inner}), 0.0)"
        yield f"def {_HELPER}error(u, b, y, tol, rtol):"
        yield "    e = u / (tol + rtol * max(b, y))"
        yield "    return e * e"

    def _patient(self) -> Iterator[str]:
        model, states = self.model, self.states
        for position, name in enumerate(model.parameter_names):
            yield f"{name} = _P[_n, {position}]"
        for term in self.fixed:
            yield f"{term.name} = {term.formula}"
        for text, name in self.lowering.named.items():
            yield f"{name} = {text}"
        for position, name in enumerate(states):
            yield f"_b_{name} = _Y[_n, {position}]"
        yield "_t, _h = _span[_n, 0], _span[_n, 1]"
        for switch in model.switches:
            yield f"_at_{switch.name} = {switch.day}"
            yield f"{switch.name} = 1.0 if _at_{switch.name} <= _t + {CLOSE_DAYS!r} else 0.0"
        yield from (
            "_doses, _times = _dd.shape[1], _G.shape[1]",
            "_end = _G[_n, _times - 1]",
            "_g, _d, _bad, _took, _refused = 0, 0, 0, 0, 0",
            "while _g < _times and _G[_n, _g] <= _t:",
        )
        yield from (f"    if _col[{i}] >= 0: _out[_n, _g, _col[{i}]] = _b_{name}" for i, name in enumerate(states))
        yield "    _g += 1"
        yield "while _t < _end and _bad == 0:"
        yield from _indent(self._until_next_stop(), 4)
        for position, name in enumerate(states):
            yield f"_Y[_n, {position}] = _b_{name}"
        yield from (
            "_span[_n, 0], _span[_n, 1] = _t, _h",
            "_status[_n] = _bad",
            "_steps[_n, 0], _steps[_n, 1] = _took, _refused",
            "while _g < _times:",
            "    for _k in range(_out.shape[2]): _out[_n, _g, _k] = _nan",
            "    _g += 1",
        )

    def _until_next_stop(self) -> Iterator[str]:
        yield f"_now = _t + {CLOSE_DAYS!r}"
        yield "while _d < _doses and _dd[_n, _d] <= _now:"
        yield "    if _da[_n, _d] != 0.0: _h = 0.0"
        for route_state in dict.fromkeys(route.state for route in self.model.routes):
            position = self.states.index(route_state)
            yield f"    if _ds[_n, _d] == {position}: _b_{route_state} += _da[_n, _d]"
        yield "    _d += 1"
        yield "_stop = _end"
        yield "if _d < _doses and _dd[_n, _d] < _stop: _stop = _dd[_n, _d]"
        for switch in self.model.switches:
            name = switch.name
            yield f"if _at_{name} <= _now and {name} == 0.0: {name}, _h = 1.0, 0.0"
            yield f"if _at_{name} > _now and _at_{name} < _stop: _stop = _at_{name}"
        yield "while _t < _stop and _bad == 0:"
        yield from _indent(self._step(), 4)

    def _step(self) -> Iterator[str]:
        states = self.states
        for name in states:
            yield f"{name} = _b_{name}"
        yield from self._at_point("_f")
        yield from (f"{name} = {text}" for name, text in self.helpers)
        for place, node in self.entries.items():
            if self.entry[place].startswith("_j"):
                yield f"{self.entry[place]} = {ast.unparse(node)}"
        yield "if _h <= 0.0:"
        yield from _indent(self._first_step(), 4)
        yield "_shrunk, _final, _s, _factor = False, False, _h, 1.0"
        yield "while True:"
        yield from _indent(self._attempt(), 4)
        yield "if _bad != 0: break"
        yield "_took += 1"
        yield "_next = _stop if _final else _t + _s"
        yield f"if _took + _refused >= _most and _next < _end: _bad = {TOO_MANY_STEPS}"
        yield "if _g < _times and _G[_n, _g] <= _next:"
        yield from _indent(self._dense(), 4)
        yield from (f"_b_{name} = max(_y_{name}, 0.0)" for name in states)
        yield "_h = max(_h, _s * _factor) if _final and not _shrunk else _s * _factor"
        yield "_t = _next"

    def _at_point(self, prefix: str) -> Iterator[str]:
        yield from (f"{name} = {text}" for name, text in self.terms)
        yield from (f"{prefix}_{name} = {text}" for name, text in zip(self.states, self.rates, strict=True))

    def _first_step(self) -> Iterator[str]:
        # Hairer, Norsett and Wanner, Solving ODEs I, section II.4, with the second derivative J·f at hand.
        yield "_w = 1e-30"
        for row, name in enumerate(self.states):
            second = " + ".join(
                f"{text}*_f_{self.states[column]}" for (at, column), text in self.entry.items() if at == row
            )
            yield f"_e = 1.0 / (_tol_{name} + _rtol * _b_{name})"
            yield f"_w = max(_w, abs(_f_{name}) * _e, abs({second or '0.0'}) * _e)"
        yield f"_h = min((0.01 / _w) ** {1 / self.tableau.order!r}, _stop - _t)"

    def _attempt(self) -> Iterator[str]:
        states, tableau = self.states, self.tableau
        yield "_final = _s >= (_stop - _t) * (1.0 - 1e-9)"
        yield "if _final: _s = _stop - _t"
        yield "_i = 1.0 / _s"
        yield f"_w = _i * {1 / tableau.gamma!r}"
        yield from self._eliminate()
        for stage in range(1, self.stages + 1):
            if stage > 1:
                yield from self._stage_point(stage)
                yield from self._at_point("_r")
            yield from self._substitute(stage)
        for name in states:
            yield f"_y_{name} = {name} + _u{self.stages}_{name}"
        yield "_err = 0.0"
        for name in states:
            yield f"_err += {_HELPER}error(_u{self.stages}_{name}, _b_{name}, _y_{name}, _tol_{name}, _rtol)"
        yield f"_err = (_err * {1 / len(states)!r}) ** 0.5"
        yield "_low = " + " or ".join(f"_y_{name} < -_tol_{name}" for name in states)
        yield from (
            "if _err <= 1.0 and not _low:",
            f"    _factor = min(6.0, 0.95 * (_err + 1e-12) ** {-1 / tableau.order!r})",
            "    if _shrunk: _factor = min(_factor, 1.0)",
            "    _factor = max(_factor, 0.2)",
            "    break",
            "_refused += 1",
            "_shrunk = True",
            "if not _err < 1e30: _s *= 0.1",
            f"elif _err > 1.0: _s *= max(0.2, 0.95 * _err ** {-1 / tableau.order!r})",
            "else: _s *= 0.5",
            f"if _s < {_SMALLEST_STEP_DAYS!r}:",
            f"    _bad = {STEP_TOO_SMALL} if _err < 1e30 else {NOT_FINITE}",
            "    break",
        )

    def _eliminate(self) -> Iterator[str]:
        self.work = {place: f"-{text}" for place, text in self.entry.items() if place[0] != place[1]}
        size = len(self.states)
        self.upper = {row: {c for (r, c) in self.work if r == row and c > row} for row in range(size)}
        for pivot in range(size):
            diagonal = self.entry.get((pivot, pivot))
            changed = self.work.get((pivot, pivot))
            yield f"_d_{pivot} = 1.0 / ({changed or ('_w - ' + diagonal if diagonal else '_w')})"
            if not self.upper[pivot]:
                continue
            for row in range(pivot + 1, size):
                if (row, pivot) not in self.work:
                    continue
                yield f"_l_{row}_{pivot} = ({self.work[row, pivot]}) * _d_{pivot}"
                self.work[row, pivot] = f"_l_{row}_{pivot}"
                for column in sorted(self.upper[pivot]):
                    own = self.entry.get((row, row))
                    before = self.work.get((row, column))
                    if before is None:
                        before = ("_w - " + own if own else "_w") if row == column else "0.0"
                    yield f"_m_{row}_{column} = {before} - _l_{row}_{pivot} * ({self.work[pivot, column]})"
                    self.work[row, column] = f"_m_{row}_{column}"
                    if column > row:
                        self.upper[row].add(column)

    def _stage_point(self, stage: int) -> Iterator[str]:
        row, before = self.tableau.a[stage - 1], self.tableau.a[stage - 2]
        if row == (*before, 1.0) and stage > 2:
            yield from (f"{name} = {name} + _u{stage - 1}_{name}" for name in self.states)
            return
        for name in self.states:
            yield f"{name} = {_HELPER}point_{stage}(_b_{name}, {self._stages_of(name, stage - 1)})"

    def _substitute(self, stage: int) -> Iterator[str]:
        names_of = self.states
        for row, name in enumerate(names_of):
            text = f"_f_{name}"
            if stage > 1:
                text = f"{_HELPER}right_{stage}(_r_{name}, _i, {self._stages_of(name, stage - 1)})"
            for column in range(row):
                if (row, column) in self.work:
                    text += f" - ({self.work[row, column]}) * _u{stage}_{names_of[column]}"
            if not self.upper[row]:
                text = f"({text}) * _d_{row}"
            yield f"_u{stage}_{name} = {text}"
        for row in reversed(range(len(names_of))):
            if self.upper[row]:
                parts = [f"({self.work[row, c]}) * _u{stage}_{names_of[c]}" for c in sorted(self.upper[row])]
                own = f"_u{stage}_{names_of[row]}"
                yield f"{own} = ({own} - {' - '.join(parts)}) * _d_{row}"

    def _dense(self) -> Iterator[str]:
        bends = range(1, len(self.tableau.dense) + 1)
        for name in self.states:
            stages = self._stages_of(name, self.stages)
            yield from (f"_q{number}_{name} = {_HELPER}bend_{number}({stages})" for number in bends)
        yield "while _g < _times and _G[_n, _g] <= _next:"
        yield "    _x = min((_G[_n, _g] - _t) * _i, 1.0)"
        for position, name in enumerate(self.states):
            known = ", ".join([f"_b_{name}", f"_y_{name}", *(f"_q{number}_{name}" for number in bends)])
            yield f"    if _col[{position}] >= 0: _out[_n, _g, _col[{position}]] = {_HELPER}between(_x, {known})"
        yield "    _g += 1"

    def _stages_of(self, name: str, count: int) -> str:
        return ", ".join(f"_u{j}_{name}" for j in range(1, count + 1))


def _sum(coefficients: tuple[float, ...]) -> str:
    return " + ".join(f"{value!r} * u{number}" for number, value in enumerate(coefficients, 1) if value)


def _indent(lines: Iterator[str], by: int) -> Iterator[str]:
    return (" " * by + line for line in lines)
