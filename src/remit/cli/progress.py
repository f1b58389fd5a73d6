"""A progress bar for work that lasts: on standard error, only on a terminal, only after the first second."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from remit.jobs import Report

# seconds before a bar appears: quick work stays quiet
QUIET = 1.0


@contextmanager
def progress(what: str) -> Iterator[Report | None]:
    """A `report` for `jobs.run` while the block lasts; none when standard error is no terminal.

    what  the items in the plural, such as "trials"
    """
    if not sys.stderr.isatty():
        yield None
        return
    bar = _Bar(what)
    # a timer, so that the bar also appears while a long first block is still at work
    timer = threading.Timer(QUIET, bar.show)
    timer.daemon = True
    timer.start()
    try:
        yield bar.report
    finally:
        timer.cancel()
        bar.end()


class _Bar:
    def __init__(self, what: str) -> None:
        self.what = what
        self.began = time.monotonic()
        self.before: int | None = None
        self.done, self.total = 0, 1
        self.ended = False
        self.lock = threading.Lock()
        self.shown: _Shown | None = None

    def report(self, done: int, total: int) -> None:
        with self.lock:
            if self.before is None:
                # what an earlier run had done says nothing about the rate of this one
                self.before = done
            self.done, self.total = done, total
            if self.shown is not None:
                self.shown.update(done, total, self._pace())

    def show(self) -> None:
        with self.lock:
            if not self.ended:
                self.shown = _Shown()
                self.shown.update(self.done, self.total, self._pace())

    def end(self) -> None:
        with self.lock:
            self.ended = True
            if self.shown is not None:
                self.shown.stop()

    def _pace(self) -> str:
        new = self.done - (self.before or 0)
        rate = new / max(time.monotonic() - self.began, 1e-9)
        if not new:
            return f"{self.done:,}/{self.total:,} {self.what}"
        left = (self.total - self.done) / rate
        return f"{self.done:,}/{self.total:,} {self.what} · {_rate(rate)} · {_clock(left)} left"


class _Shown:
    """The bar itself; rich is imported when one appears."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

        columns = (
            SpinnerColumn(),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[pace]}"),
        )
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task("", pace="")
        self._progress.start()

    def update(self, done: int, total: int, pace: str) -> None:
        self._progress.update(self._task, completed=done, total=total, pace=pace)

    def stop(self) -> None:
        self._progress.stop()


def _rate(rate: float) -> str:
    return f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s" if rate >= 1 else f"{60 * rate:.1f}/min"


def _clock(seconds: float) -> str:
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
