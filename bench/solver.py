"""Patients per CPU-second of the compiled solver on one core, its error, and other solvers beside it.

Task: random patients of the immune-reset model, conditioning and three infusions, 365 days on a weekly grid, relative
tolerance 1e-6. Error: the greatest |value - reference| / max(|reference|, small) over patients, days and states; the
reference is the same task at 1e-11, itself compared with scipy's LSODA at 1e-11. `small` is the state's own amount that
does not matter (0.01 CAR-NK/uL, 0.001 B cells/uL). Other solvers are timed on five patients, scipy's
with the plain right-hand side and Jacobian that the room evaluates from the same formulas.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from independent.biology.oracle import scipy_course
from remit.biology import IMMUNE_RESET
from remit.biology.population import draw
from remit.biology.solver import Dose, Settings, solve
from remit.biology.tableaus import RODAS4, RODAS5P

TARGET_PER_SECOND, TARGET_ERROR = 8_000, 1e-4
SMALL = np.array([state.small for state in IMMUNE_RESET.states])
DAYS = np.array([-5.0, *np.arange(0.0, 366.0, 7.0)])
DOSES: Sequence[Dose] = (
    *(Dose("fludarabine", day, 25.0) for day in (-5, -4, -3)),
    *(Dose("cyclophosphamide", day, 300.0) for day in (-5, -4, -3)),
    *(Dose("car-nk", day, 6.0) for day in (0, 3, 6)),
)


def error(values: NDArray[np.float64], reference: NDArray[np.float64]) -> float:
    """The greatest relative error, vanished states measured against `small`."""
    return float((np.abs(values - reference) / np.maximum(np.abs(reference), SMALL)).max())


def line(label: str, patients: int, seconds: float, wrong: float | None, note: str = "") -> None:
    """Print one row."""
    shown = "" if wrong is None else f"{wrong:9.1e}"
    print(f"{label:<44} {patients:>8,} {patients / seconds:>12,.1f} {shown:>10}   {note}")


def main() -> None:
    """Measure and print; CPU time of this process, best of three for the compiled solver."""
    start = time.perf_counter()
    solve(IMMUNE_RESET, draw(IMMUNE_RESET, 1, ("bench",), 0, 1), DOSES, DAYS)
    print(
        f"{os.cpu_count()} cores ({platform.machine()}), load {os.getloadavg()[0]:.1f}; "
        f"Python {platform.python_version()}"
    )
    print(f"first call: {time.perf_counter() - start:.2f} s (compiles, or reads the compiled code from the cache)\n")
    print(f"{'':<44} {'patients':>8} {'per CPU-s':>12} {'error':>10}")

    some = draw(IMMUNE_RESET, 1, ("bench",), 0, 500)
    reference = solve(IMMUNE_RESET, some, DOSES, DAYS, Settings(relative_tolerance=1e-11)).values
    for method in (RODAS5P, RODAS4):
        for tolerance in (1e-6, 1e-5):
            settings = Settings(relative_tolerance=tolerance, method=method)
            parameters = draw(IMMUNE_RESET, 1, ("bench",), 0, 4_000)
            times = []
            for _ in range(3):
                before = time.process_time()
                course = solve(IMMUNE_RESET, parameters, DOSES, DAYS, settings)
                times.append(time.process_time() - before)
            wrong = error(course.values[:500], reference)
            taken, refused = course.steps.mean(axis=0)
            note = f"{taken:.0f} steps, {refused:.1f} refused"
            if method is RODAS5P and tolerance == 1e-6:
                met = 4_000 / min(times) >= TARGET_PER_SECOND and wrong < TARGET_ERROR
                note += f"; target {TARGET_PER_SECOND:,} below {TARGET_ERROR:.0e}: {'met' if met else 'NOT met'}"
            line(f"compiled {method.key}, tolerance {tolerance:.0e}", 4_000, min(times), wrong, note)

    for method_name in ("LSODA", "BDF", "Radau"):
        before = time.process_time()
        courses = [scipy_course(IMMUNE_RESET, row, DOSES, DAYS, method_name, 1e-6) for row in some[:5]]
        line(
            f"scipy {method_name}, tolerance 1e-06",
            5,
            time.process_time() - before,
            error(np.array(courses), reference[:5]),
        )
    before = time.process_time()
    oracle = [scipy_course(IMMUNE_RESET, row, DOSES, DAYS, "LSODA", 1e-11) for row in some[:5]]
    line("scipy LSODA, tolerance 1e-11", 5, time.process_time() - before, error(np.array(oracle), reference[:5]))
    if importlib.util.find_spec("diffrax") is None:
        print(f"{'diffrax':<44} not installed, not timed")
    else:
        import solver_diffrax

        taken, values = solver_diffrax.timed(IMMUNE_RESET, some[:200], DOSES, DAYS, 1e-6)
        line("diffrax Kvaerno5, tolerance 1e-06, vmap", 200, taken, error(values, reference[:200]))
    if importlib.util.find_spec("numbalsoda") is None:
        print(f"{'numbalsoda':<44} not installed, not timed (no wheel; its build needs a Fortran compiler)")

    print("\ncost against the number of patients (drawing included, three states kept)")
    for patients in (1_000, 10_000, 100_000):
        before = time.process_time()
        for first in range(0, patients, 10_000):
            count = min(10_000, patients - first)
            block = draw(IMMUNE_RESET, 2, ("bench",), first, count)
            failed = solve(IMMUNE_RESET, block, DOSES, DAYS, Settings(keep=("B", "Nb", "D"))).failed
            assert len(failed) == 0
        line("in blocks of at most 10,000", patients, time.process_time() - before, None)


if __name__ == "__main__":
    main()
