"""The progress bar is for people at a terminal who have waited a second, and for nobody else."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys

SCRIPT = """
import sys, time
from remit.cli.progress import progress
pause, first = float(sys.argv[1]), int(sys.argv[2])
with progress("trials") as report:
    for done in range(first, 2001, 100):
        if report:
            report(done, 2000)
        time.sleep(pause)
print("done")
"""


def on_terminal(pause: float, first: int = 0) -> str:
    """What a terminal on standard error is sent."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SCRIPT, str(pause), str(first)],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=environment,
    ):
        os.close(theirs)
        sent = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # Linux says so when the other end has closed
                break
            if not piece:
                break
            sent += piece
    os.close(ours)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", sent.decode())


def test_long_work_shows_its_rate_and_the_time_left() -> None:
    shown = on_terminal(0.1)

    assert re.search(r"[\d,]+/2,000 trials · \d[\d,]*/s · 0:0\d left", shown)


def test_the_rate_leaves_out_what_an_earlier_run_had_done() -> None:
    shown = on_terminal(0.7, first=1800)

    rates = [float(rate) for rate in re.findall(r"([\d.]+)/s", shown)]
    assert rates
    assert max(rates) < 300


def test_quick_work_shows_nothing() -> None:
    assert on_terminal(0.0) == ""


def test_a_file_on_standard_error_gets_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT, "0.1", "0"], capture_output=True, text=True, timeout=30)

    assert (done.stdout, done.stderr) == ("done\n", "")
