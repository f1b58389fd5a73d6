"""Time of designs in calendar time: CPU time of one thread, best of several, the cold start apart.

python bench/calendar.py           a table
python bench/calendar.py --json    the same as JSON
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

TRIALS = 10_000
RATES = (0.05, 0.15, 0.30, 0.45, 0.60)
RESPONSES = (0.1, 0.2, 0.3, 0.4, 0.5)
LIMITS_MS = {"tite-boin": 80}
COLD = """
from remit.designs.calendar import Calendar, Truth, build, simulate
simulate(build("tite-boin", {"levels": 5, "target": 0.3}), Calendar(28, 2), Truth((0.05, 0.15, 0.3, 0.45, 0.6)), 10)
"""


def best(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return 1000 * min(taken)


def works() -> dict[str, Callable[[int], object]]:
    from remit.designs.calendar import Calendar, Truth, build, simulate

    calendar = Calendar(window_days=28, per_month=2)
    cells = Calendar(
        window_days=28,
        per_month=2,
        infusion_days=(0, 7, 14),
        stagger_first_days=14,
        manufacturing_days=18,
        manufacturing_failure=0.05,
        not_evaluable=0.05,
    )
    given: dict[str, object] = {"levels": 5, "target": 0.3}
    truth = Truth(RATES)

    def run(key: str, parameters: dict[str, object], when: Calendar, what: Truth) -> Callable[[int], object]:
        design = build(key, parameters)
        return lambda trials: simulate(design, when, what, trials)

    return {
        "tite-boin": run("tite-boin", given, calendar, truth),
        "tite-boin, staggered, three infusions, losses": run("tite-boin", given, cells, truth),
        "tite-crm, 10 cohorts of 3": run("tite-crm", given | {"cohort": 3, "cohorts": 10}, calendar, truth),
        "tite-crm, 30 cohorts of 1": run("tite-crm", given, calendar, truth),
        "rolling-six": run("rolling-six", {"levels": 5}, calendar, truth),
        "bf-boin": run("bf-boin", given, calendar, Truth(RATES, RESPONSES)),
        "boin": run("boin", given, calendar, truth),
        "3+3": run("3+3", {"levels": 5}, calendar, truth),
    }


def measured() -> dict[str, float]:
    out = {}
    for name, work in works().items():
        work(1000)
        out[name] = best(lambda work=work: work(TRIALS), 5)  # type: ignore[misc]
    return out


def growth() -> dict[str, float]:
    """Milliseconds of TITE-BOIN by number of trials."""
    work = works()["tite-boin"]
    work(1000)
    return {f"{trials:,} trials": best(lambda trials=trials: work(trials), 3) for trials in (1_000, 10_000, 100_000)}  # type: ignore[misc]


def cold() -> dict[str, float]:
    """Seconds of the first ten trials in a new process: nothing on disk, then with the machine code kept there."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
        taken = {}
        for name in ("compiled", "from disk"):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", COLD], env=environment, check=True)
            taken[name] = time.perf_counter() - start
    return taken


def main() -> None:
    times, grown, first = measured(), growth(), cold()
    if "--json" in sys.argv:
        print(json.dumps({"ms": times, "growth_ms": grown, "cold_s": first}, indent=1))
        return
    print(f"{TRIALS:,} trials, CPU ms")
    for name, ms in times.items():
        print(f"{name:<48} {ms:8.1f}" + (f"   at most {LIMITS_MS[name]}" if name in LIMITS_MS else ""))
    print("tite-boin by number of trials, CPU ms")
    for name, ms in grown.items():
        print(f"{name:<48} {ms:8.1f}")
    print("first ten trials of a new process, wall s")
    for name, seconds in first.items():
        print(f"{name:<48} {seconds:8.1f}")


if __name__ == "__main__":
    main()
