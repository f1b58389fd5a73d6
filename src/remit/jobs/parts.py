"""A folder of finished parts: one Parquet file a block, and the plan they belong to.

    plan.json                              what is run; another plan is refused
    part-00017-9f2c04d1b7e35a68.parquet    block 17; the rest of the name is the start of the file's SHA-256
    lock                                   held while a run is at work

A part appears whole or not at all: it is written under another name, flushed to disk and then renamed. A file whose
content no longer fits its name (a full disk, a copy that broke off) counts as not done.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from remit.errors import InputError
from remit.jobs.blocks import Block, Job, blocks
from remit.jobs.digest import RowDigest
from remit.jobs.versions import installed

CONTRACT = "plan/1"
NAME = re.compile(r"part-(\d{5,})-([0-9a-f]{16})\.parquet")


@dataclass(frozen=True)
class Parts:
    """The parts of one job in `folder`; `size` is the number of items a block, as the first run chose it."""

    folder: Path
    total: int
    size: int
    key: tuple[str, ...]

    def paths(self) -> tuple[Path, ...]:
        """Every part in order of items.

        raises  InputError when one is missing
        """
        found = dict(_named(self.folder))
        wanted = blocks(self.total, self.size)
        missing = [block for block in wanted if block.index not in found]
        if missing:
            raise InputError(
                f"{self.folder} lacks {len(missing)} of {len(wanted)} parts, the first for {missing[0]}. "
                "Run the same command again to finish."
            )
        return tuple(found[block.index] for block in wanted)

    def frames(self) -> Iterator[pl.DataFrame]:
        """The rows, one part at a time, in order of items; only one part is in memory."""
        for path in self.paths():
            yield pl.read_parquet(path)

    def scan(self) -> pl.LazyFrame:
        """All rows in order of items, to be reduced without reading everything at once."""
        return pl.scan_parquet(list(self.paths()))

    def digest(self) -> str:
        """SHA-256 of the rows in order of their key: the same for any block size, number of workers and place.

        raises  InputError when a part is missing; ValueError when parts have different columns, or the first key
                column does not grow with the item
        """
        rows = RowDigest()
        last: object = None
        for frame in self.frames():
            rows.add(frame)
            if frame.height:
                first = frame[self.key[0]][0]
                if last is not None and not first > last:
                    raise ValueError(f"{self.key[0]}, the first key column, does not grow from part to part.")
                last = frame[self.key[0]][-1]
        return rows.hexdigest()

    def done(self) -> set[int]:
        """Indexes of the blocks that are done; a file whose content does not fit its name is removed."""
        for path in self.folder.glob(".part-*.tmp"):
            path.unlink()
        good = set()
        for index, path in _named(self.folder):
            if index not in good and path.name == _name(index, path.read_bytes()):
                good.add(index)
            else:
                path.unlink()
        return good

    def write(self, block: Block, content: bytes) -> None:
        """One part, whole or not at all."""
        _write(self.folder / _name(block.index, content), content)


@contextmanager
def opened(folder: Path, job: Job) -> Iterator[Parts]:
    """The folder of a job, made or taken up again; nobody else can write to it meanwhile.

    A run that is taken up keeps the block size with which it began.

    raises  InputError when the folder belongs to another job, or another run is at work in it
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise InputError(f"{folder} cannot be made: {problem.strerror}.") from None
    with _locked(folder):
        plan = _plan(job)
        path = folder / "plan.json"
        if path.exists():
            before = _read_plan(path)
            _same(folder, before, plan)
            plan["size"] = before["size"]
        elif any(_named(folder)):
            raise InputError(f"{folder} holds parts but no plan.json. Give an empty folder, or a new one.")
        else:
            _write(path, (json.dumps(plan, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode())
        yield Parts(folder, job.total, plan["size"], job.key)


def _plan(job: Job) -> dict[str, Any]:
    return {
        "contract": CONTRACT,
        "function": job.name,
        "total": job.total,
        "size": job.size,
        "key": list(job.key),
        "given": dict(job.given),
        "versions": installed(),
    }


def _read_plan(path: Path) -> dict[str, Any]:
    try:
        plan = json.loads(path.read_bytes())
    except ValueError:
        plan = None
    if not isinstance(plan, dict) or not isinstance(plan.get("size"), int) or plan["size"] < 1:
        raise InputError(f"{path} is not the plan of a run. Give an empty folder, or a new one.")
    return plan


def _same(folder: Path, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    for name, then, here in _differences(_flat(before), _flat(now)):
        raise InputError(
            f"{folder} holds parts of another run: {name} was {then}, and now is {here}. Give another folder, "
            "or remove this one to start again."
        )


def _flat(plan: Mapping[str, Any]) -> dict[str, Any]:
    # block size is no part of the answer
    flat = {name: value for name, value in plan.items() if name not in {"size", "given", "versions"}}
    for group in ("given", "versions"):
        inner = plan.get(group)
        flat |= {f"{name}": value for name, value in inner.items()} if isinstance(inner, dict) else {}
    return flat


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name in sorted({*before, *now}):
        then, here = before.get(name), now.get(name)
        if then != here:
            yield name, _said(then), _said(here)


def _said(value: Any) -> str:
    text = "not given" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else f"{text[:16]}…"


def _named(folder: Path) -> Iterator[tuple[int, Path]]:
    for path in sorted(folder.glob("part-*.parquet")):
        match = NAME.fullmatch(path.name)
        if match:
            yield int(match[1]), path


def _name(index: int, content: bytes) -> str:
    return f"part-{index:05d}-{hashlib.sha256(content).hexdigest()[:16]}.parquet"


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    if os.name == "posix":
        # the new name itself must outlast a power cut
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder; the system lets go when the process ends, however it ends."""
    if os.name != "posix":
        yield
        return
    import fcntl

    with (folder / "lock").open("wb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"Another run is at work in {folder}. Wait for it, or give another folder.") from None
        yield
