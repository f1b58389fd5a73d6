"""Time of the designs room: CPU time of one thread, best of several, cold start apart.

python bench/designs.py            a table
python bench/designs.py --json     the same as JSON
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable

LIMITS_MS = {
    "BOIN 5 levels, 10 cohorts of 3: build": 5,
    "BOIN 5 levels, 10 cohorts of 3: one more scenario": 0.3,
    "BOIN 6 levels, 12 cohorts of 3: build": 15,
    "BOIN 5 levels, 30 cohorts of 1: build": 600,
    "CRM 5 levels, 10 cohorts of 3: build": 80,
    "CRM 5 levels, 30 cohorts of 1: build": 3000,
    "BLRM 5 levels, 10 cohorts of 3: build": 1500,
    "Simon (0.1, 0.3, 0.05, 0.1) to 100": 10,
}


def best(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return 1000 * min(taken)


def measured() -> dict[str, float]:
    from remit.designs import build, exact
    from remit.designs.response import binomial
    from remit.designs.response.simon import _search

    def boin(levels: int, cohorts: int, cohort: int) -> object:
        return build("boin", {"levels": levels, "target": 0.3, "cohorts": cohorts, "cohort": cohort})

    small, large, singles = boin(5, 10, 3), boin(6, 12, 3), boin(5, 30, 1)
    chain = exact(small)  # the table of a design is made once; it is not part of the walk

    def scenario() -> object:
        found = chain.under((0.05, 0.15, 0.30, 0.45, 0.60))
        return found.selected, found.treated, found.dlts

    def simon() -> object:
        binomial.table.cache_clear()
        return _search.__wrapped__(0.1, 0.3, 0.05, 0.1, 100)

    crm = build("crm", {"levels": 5, "target": 0.3})
    crm_singles = build("crm", {"levels": 5, "target": 0.3, "cohort": 1, "cohorts": 30})
    blrm = build("blrm", {"levels": 5, "doses": "1 3 10 30 100", "reference": 56, "correlation": -0.5})
    exact(large)
    works = [
        (lambda: exact(small), 20),
        (scenario, 50),
        (lambda: exact(large), 10),
        (lambda: exact(singles), 3),
        (lambda: exact(crm), 5),
        (lambda: exact(crm_singles), 2),
        (lambda: exact(blrm), 3),
        (simon, 10),
    ]
    return {name: best(work, times) for name, (work, times) in zip(LIMITS_MS, works, strict=True)}


def growth() -> list[dict[str, float]]:
    """States and time of BOIN as levels and cohorts grow."""
    from remit.designs import build, exact

    rows = []
    for levels in (3, 4, 5, 6):
        for cohorts in (6, 8, 10, 12):
            design = build("boin", {"levels": levels, "target": 0.3, "cohorts": cohorts})
            chain = exact(design)
            size = chain.treated.nbytes + chain.dlts.nbytes + chain.paths.nbytes
            ms = best(lambda design=design: exact(design), 3)
            rows.append({"levels": levels, "cohorts": cohorts, "states": chain.states, "ms": ms, "bytes": size})
    return rows


def cold() -> float:
    """Milliseconds of CPU from a new interpreter to the first characteristics."""
    program = (
        "import time; from remit.designs import build, exact;"
        "exact(build('boin', {'levels': 5, 'target': 0.3})).under((.05, .15, .3, .45, .6)).selected;"
        "print(1000 * time.process_time())"
    )
    return float(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout)


def main() -> None:
    found, start, grown = measured(), cold(), growth()
    if "--json" in sys.argv:
        print(json.dumps({"ms": found, "limits_ms": LIMITS_MS, "cold_ms": start, "growth": grown}, indent=1))
        return
    for name, limit in LIMITS_MS.items():
        print(f"{found[name]:9.2f} ms  of {limit:6g}  {'' if found[name] <= limit else 'TOO SLOW  '}{name}")
    print(f"{start:9.0f} ms  from a new interpreter to the first answer")
    for row in grown:
        print("{levels:3.0f} levels {cohorts:3.0f} cohorts {states:7.0f} states {ms:8.2f} ms".format(**row))


if __name__ == "__main__":
    main()
