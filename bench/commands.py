"""Time and memory of the commands people wait for, each as a whole process from a cold interpreter.

Median of several runs; CPU time and peak memory come from the operating system's accounting of the child.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[1]
RUNS = 5


def measure(command: Sequence[str]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak MiB of one run."""
    start = time.perf_counter()
    child = os.posix_spawn(
        command[0],
        list(command),
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ],
    )
    _, _, usage = os.wait4(child, 0)
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def line(label: str, command: Sequence[str], target: str) -> float:
    """Print one row; returns the median wall time."""
    runs = [measure(command) for _ in range(RUNS)]
    wall, cpu, memory = (statistics.median(run[n] for run in runs) for n in range(3))
    low, high = min(run[0] for run in runs), max(run[0] for run in runs)
    print(f"{label:<44} {wall:7.2f} s  ({low:.2f}–{high:.2f})  {cpu:7.2f} s CPU  {memory:6.0f} MiB   {target}")
    return wall


def main() -> None:
    """Measure everything; RUNS cold processes each, after one that fills the caches on disk."""
    print(f"{RUNS} runs each, median (range); {os.cpu_count()} cores; Python {sys.version.split()[0]}")
    python, remit = str(BIN / "python"), str(BIN / "remit")
    bare = line("python -c pass", [python, "-c", "pass"], "")
    loaded = line("python -c 'import remit'", [python, "-c", "import remit"], "")
    print(f"{'import remit over a bare interpreter':<44} {loaded - bare:7.2f} s  {'':>42} at most 0.3 s")
    with tempfile.TemporaryDirectory() as folder:
        for name, target in (("kn5501-sle", "at most 4 s"), ("cdisc-pilot", "at most 12 s")):
            trial, out = ROOT / "examples" / name, Path(folder) / name
            if not (trial / "records").is_dir():
                print(f"examples/{name}: no records; `make install` writes them")
                continue
            command = [remit, "report", str(trial), "--out", str(out)]
            measure(command)
            line(f"remit report examples/{name}", command, target)
            line(f"remit check examples/{name}", [remit, "check", str(trial)], "")
            size = (out / "report.html").stat().st_size / 2**20
            print(f"{'report.html':<44} {size:7.2f} MiB")
        seed = ROOT / "examples" / "kn5501-sle"
        line(
            "remit trace (seed, one id)",
            [remit, "trace", str(seed), "efficacy/lldas/over-6-months/proportion"],
            "at most 2 s",
        )
        shutil.rmtree(folder, ignore_errors=True)
    print(f"peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
