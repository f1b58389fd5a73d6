"""The worker's side: one block in, one Parquet part or one exception out. It needs no file of this machine."""

from __future__ import annotations

import gc
import io
import os
import pickle
import platform
import signal
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from typing import Any

import polars as pl

from remit.errors import InputError
from remit.jobs.blocks import Block, Job
from remit.jobs.problems import not_sendable
from remit.jobs.versions import difference

# As many workers as processors: more threads in each would only get into each other's way. Set before a worker starts,
# because these libraries read it when they are imported.
ONE_THREAD = {
    "POLARS_MAX_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


@dataclass(frozen=True)
class Answer:
    """A block's part, as the bytes of a Parquet file, or the exception of its function."""

    part: bytes = b""
    error: Exception | None = None
    traceback: str = ""


def payload(job: Job) -> bytes:
    """What a worker needs of a job, as bytes.

    raises  InputError for a function that cannot be pickled
    """
    what = job.name
    try:
        content = pickle.dumps((job.function, job.key))
        pickle.loads(content)
    except Exception as problem:
        raise not_sendable(what, f"{type(problem).__name__}: {problem}") from problem
    return content


def part(function: Callable[[Block], pl.DataFrame], key: Sequence[str], block: Block) -> bytes:
    """The answer to one block, rows in order of their key, as a Parquet file.

    raises  what the function raises; TypeError when it returns no frame; ValueError when the key is not there, is
            null for an item, or cannot tell the rows apart
    """
    frame = function(block)
    if not isinstance(frame, pl.DataFrame):
        raise TypeError(f"A job's function returns a polars DataFrame, not {type(frame).__name__}.")
    missing = [name for name in key if name not in frame.columns]
    if missing:
        raise ValueError(f"The answer lacks the key column {missing[0]}; it has {', '.join(frame.columns) or 'none'}.")
    if frame[key[0]].null_count():
        raise ValueError(f"{key[0]}, the first key column, tells the item and is never null.")
    if frame.select(key).is_duplicated().any():
        raise ValueError(
            f"Two rows of the answer share their key ({', '.join(key)}); add a column that tells them apart."
        )
    out = io.BytesIO()
    frame.sort(key).write_parquet(out)
    return out.getvalue()


def answer(content: bytes, block: Block, versions: dict[str, str | None] | None = None) -> Answer:
    """One block done from a job's `payload`. Never raises: an exception comes back in the answer.

    versions  of the machine that asks; a worker with others does nothing
    """
    try:
        if versions is not None:
            difference(versions)
        function, key = _loaded(content)
        return Answer(part(function, key, block))
    except BaseException as problem:  # a panic of polars is no Exception, and must not look like a killed worker
        return Answer(error=_sendable(problem), traceback=traceback.format_exc())


def _loaded(content: bytes) -> Any:
    try:
        return pickle.loads(content)
    except Exception as problem:
        raise InputError(
            f"Worker {platform.node()} cannot import what it is to run ({type(problem).__name__}: {problem}). Install "
            "the same remit, and every module the function is in, on every machine."
        ) from problem


def _sendable(problem: BaseException) -> Exception:
    try:
        again = pickle.loads(pickle.dumps(problem))
    except Exception:
        again = None
    if isinstance(again, Exception) and type(again) is type(problem):
        return again
    return RuntimeError(f"{type(problem).__qualname__}: {problem}")


def serve(channel: Connection, content: bytes) -> None:
    """A local worker's life: say that it is there, answer blocks until the channel closes."""
    # Ctrl-C reaches every process of a terminal; the parent alone decides what it means
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    try:
        pickle.loads(content)
        # blocks make many rows and few cycles: look for these seldom, and not among what was imported
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        channel.send(None)
        while True:
            channel.send(answer(content, channel.recv()))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def _leave_with_parent() -> None:
    # a parent that was killed cannot say so; without this its workers would finish their blocks for nobody
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
