"""How the exact solution of a design grows: CPU time, states and memory, as a table and a picture.

Eight levels and ten cohorts no longer fit one 64-bit integer a state and go the general way: seconds instead.

    python bench/growth.py [FILE.svg]
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

from remit.designs import build, exact
from remit.report.figures import svg

LEVELS = (3, 4, 5, 6, 7)
COHORTS = (4, 6, 8, 10, 12)
RATES = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55)


def measured(levels: int, cohorts: int) -> dict[str, float]:
    """CPU milliseconds (best of three), final states and peak MiB of one solution."""
    design = build("boin", {"levels": levels, "target": 0.3, "cohorts": cohorts})
    taken = []
    for _ in range(3):
        start = time.process_time()
        chain = exact(design)
        taken.append(1000 * (time.process_time() - start))
    tracemalloc.start()
    chain = exact(design)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    total = sum(chain.under(RATES[:levels]).selected) + chain.under(RATES[:levels]).none_selected
    assert abs(total - 1) < 1e-10
    return {
        "levels": levels,
        "cohorts": cohorts,
        "milliseconds": min(taken),
        "states": len(chain.paths),
        "MiB": peak,
    }


def picture(rows: list[dict[str, float]]) -> dict[str, Any]:
    """One panel a quantity: cohorts across, a line a number of levels, logarithmic up."""
    x = {"field": "cohorts", "type": "quantitative", "title": "cohorts of 3", "scale": {"zero": False}}
    color = {"field": "levels", "type": "ordinal", "title": "levels", "scale": {"scheme": "blues"}}

    def panel(field: str, title: str) -> dict[str, Any]:
        y = {"field": field, "type": "quantitative", "title": title, "scale": {"type": "log"}}
        mark = {"type": "line", "point": True}
        return {"width": 260, "height": 220, "mark": mark, "encoding": {"x": x, "y": y, "color": color}}

    panels = [panel("milliseconds", "CPU time, ms"), panel("states", "final states"), panel("MiB", "peak memory, MiB")]
    return {"data": {"values": rows}, "hconcat": panels}


def main() -> None:
    """Print the table; write the picture where asked, else to out/growth.svg."""
    rows = []
    print(f"{'levels':>6} {'cohorts':>8} {'CPU ms':>9} {'states':>9} {'MiB':>8}")
    for levels in LEVELS:
        for cohorts in COHORTS:
            row = measured(levels, cohorts)
            rows.append(row)
            print(f"{levels:>6} {cohorts:>8} {row['milliseconds']:>9.1f} {row['states']:>9} {row['MiB']:>8.1f}")
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("out/growth.svg")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg(picture(rows), "growth"), "utf-8")
    print(f"picture: {path}")


if __name__ == "__main__":
    main()
