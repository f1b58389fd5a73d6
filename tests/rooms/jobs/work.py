"""Functions that the tests give to workers, in a module that a new process can import."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from remit.jobs import Block, Job
from remit.streams import stream

SEED = 11
TOTAL = 60


@dataclass(frozen=True)
class Tosses:
    """A few rows an item, drawn by item; `pause` seconds a block, and a line in `diary` at the start of each block."""

    seed: int = SEED
    pause: float = 0.0
    diary: Path | None = None

    def __call__(self, block: Block) -> pl.DataFrame:
        if self.diary is not None:
            _note(self.diary, f"{block.index} {os.getpid()}")
        time.sleep(self.pause)
        return pl.concat([self._item(item) for item in block.items])

    def _item(self, item: int) -> pl.DataFrame:
        rng = stream(self.seed, "trial", item)
        rows = int(rng.integers(1, 4))
        known = rng.random(rows) < 0.8
        return pl.DataFrame(
            {
                "trial": [item] * rows,
                "draw": list(range(rows))[::-1],
                "value": [x if k else None for x, k in zip(rng.normal(size=rows).tolist(), known.tolist())],
                "word": ["ab" * int(n) for n in rng.integers(0, 3, rows)],
                "sources": [[f"LB-{item}-{n}" for n in range(int(m))] for m in rng.integers(0, 3, rows)],
            },
            schema={
                "trial": pl.Int64,
                "draw": pl.Int64,
                "value": pl.Float64,
                "word": pl.String,
                "sources": pl.List(pl.String),
            },
        )


@dataclass(frozen=True)
class Deadly:
    """Kills the process it runs in at block `at`: once (with a `scar` file that remembers it), or every time."""

    at: int
    scar: Path | None = None
    inner: Tosses = field(default_factory=Tosses)

    def __call__(self, block: Block) -> pl.DataFrame:
        if block.index == self.at and not (self.scar and self.scar.exists()):
            if self.scar:
                self.scar.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return self.inner(block)


class Odd(Exception):
    """An exception that cannot be unpickled."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__(f"odd {one} {two}")


@dataclass(frozen=True)
class Raising:
    """Raises at block `at`; `odd` raises what no process can send."""

    at: int
    odd: bool = False

    def __call__(self, block: Block) -> pl.DataFrame:
        if block.index == self.at:
            if self.odd:
                raise Odd(1, 2)
            raise ArithmeticError("no such number")
        return Tosses()(block)


def threads(block: Block) -> pl.DataFrame:
    """The number of threads that polars uses where the block runs."""
    return pl.DataFrame({"trial": list(block.items), "threads": [pl.thread_pool_size()] * block.count})


def nothing(block: Block) -> pl.DataFrame:
    """No frame at all."""
    return None  # type: ignore[return-value]


def twice(block: Block) -> pl.DataFrame:
    """Two rows with one key."""
    return pl.DataFrame({"trial": [block.first] * 2, "draw": [0, 0]})


def job(function: object = None, size: int = 7, total: int = TOTAL, **given: int) -> Job:
    """A job of `Tosses`, unless another function is given."""
    return Job(function or Tosses(), total, size, ("trial", "draw"), given or {"seed": SEED})  # type: ignore[arg-type]


def _note(diary: Path, line: str) -> None:
    with diary.open("a") as file:
        file.write(line + "\n")


def lines(diary: Path) -> list[list[int]]:
    """What the diary holds: block and process of every start."""
    return [[int(n) for n in line.split()] for line in diary.read_text().splitlines()] if diary.exists() else []
