"""Time and memory of many virtual trials by their number: whole commands, two workers; and how the time is spent.

python bench/virtual.py [--trials 1000]
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from remit import derive
from remit.analysis.many import many
from remit.derive.declared import declared_for
from remit.exchange.protocol_yaml import read_protocol
from remit.exchange.scenario_yaml import read_scenario
from remit.report.figures import svg
from remit.virtual import conduct
from remit.virtual.checked import checked
from remit.virtual.conduct import trial_of

ROOT = Path(__file__).parents[1]
TRIAL = ROOT / "examples" / "kn5501-sle"


def command(trials: int, workers: int) -> dict[str, float]:
    """One `remit simulate`: wall and CPU seconds, and peak MiB of its largest process."""
    remit = str(Path(sys.executable).parent / "remit")
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        subprocess.run(
            [remit, "simulate", str(TRIAL), "--trials", str(trials), "--workers", str(workers), "--out", folder],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        wall = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"trials": trials, "wall": wall, "CPU": cpu, "MiB": after.ru_maxrss / 1024}


def steps(trials: int) -> None:
    """CPU milliseconds per trial of each step, in one process."""
    protocol, scenario = read_protocol(TRIAL / "protocol.yaml"), read_scenario(TRIAL / "scenarios" / "likely.yaml")
    design = declared_for(protocol, None).build()
    taken: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        start = time.process_time()
        made = work()
        taken[name] = 1000 * (time.process_time() - start) / trials
        return made

    timed("warm up", lambda: conduct(protocol, scenario, 1, [1], design))
    done = timed("conduct", lambda: conduct(protocol, scenario, 1, range(1, trials + 1), design))
    derived = timed(
        "derive", lambda: derive.all(protocol.pooled, done.records, checked(protocol, scenario), traced=False)
    )
    names = derived["adsl"]["USUBJID"].to_list()
    timed("analyze", lambda: many(protocol.pooled, derived, {name: trial_of(name) for name in names}))
    said = ", ".join(f"{name} {value:.1f}" for name, value in taken.items() if name != "warm up")
    print(f"CPU ms per trial, {trials} together: {said}")


def picture(rows: list[dict[str, float]]) -> dict[str, Any]:
    """Seconds by trials."""
    x = {"field": "trials", "type": "quantitative", "title": "virtual trials"}
    y = {"field": "wall", "type": "quantitative", "title": "seconds, two workers"}
    return {"data": {"values": rows}, "mark": {"type": "line", "point": True}, "encoding": {"x": x, "y": y}}


def main() -> None:
    """Print the table, write out/virtual.svg."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--trials", type=int, default=1000)
    most = asked.parse_args().trials
    print(f"{os.cpu_count()} cores; the target for 1,000 trials of 20 subjects is 60 s on two cores, below 2 GB")
    steps(100)
    rows = []
    for trials in (most // 8, most // 4, most // 2, most):
        row = command(trials, 2)
        rows.append(row)
        print(f"{trials:>6} trials: {row['wall']:6.1f} s, {row['CPU']:6.1f} s CPU, {row['MiB']:6.0f} MiB")
    path = Path("out/virtual.svg")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(svg(picture(rows), "virtual"), "utf-8")
    print(f"picture: {path}")


if __name__ == "__main__":
    main()
