"""A program that runs the tests' job in two processes, so that it can be stopped from outside: FOLDER DIARY PAUSE."""

from __future__ import annotations

import sys
from pathlib import Path

from remit.errors import RemitError
from remit.jobs import Processes, run
from rooms.jobs.work import Tosses, job

if __name__ == "__main__":
    folder, diary, pause = sys.argv[1:]
    try:
        parts = run(job(Tosses(pause=float(pause), diary=Path(diary)), size=5), Processes(2), Path(folder))
    except RemitError as problem:
        print(problem, file=sys.stderr)
        sys.exit(problem.exit_code)
    print(parts.digest())
