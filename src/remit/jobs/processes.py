"""Local workers: one process each, one block each, and a new process for one that dies.

A process pool of the standard library breaks as a whole when one worker is killed and cannot say which block did it;
here every worker has its own channel, so the block is known and the other workers go on.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from remit.errors import InputError
from remit.jobs.blocks import Block
from remit.jobs.problems import killer
from remit.jobs.worker import ONE_THREAD, Answer, serve

# A block may end its worker twice by bad luck (the system ran out of memory); the third time it is the block.
ATTEMPTS = 3


def answers(content: bytes, work: Sequence[Block], workers: int) -> Iterator[tuple[Block, Answer]]:
    """Every block's answer as it comes; no more blocks are out than there are workers.

    raises  BlockFailed for a block that ended three workers, InputError when a worker cannot start
    """
    crew = _Crew(content, deque(work), workers)
    try:
        while crew.more():
            yield from crew.next()
    finally:
        crew.dismiss()


@dataclass(eq=False)
class _Worker:
    process: SpawnProcess
    channel: Connection
    ready: bool = False
    block: Block | None = None


class _Crew:
    def __init__(self, content: bytes, waiting: deque[Block], size: int) -> None:
        self.content = content
        self.waiting = waiting
        self.size = size
        self.workers: list[_Worker] = []
        self.deaths: Counter[int] = Counter()
        self.failed_starts = 0

    def more(self) -> bool:
        return bool(self.waiting) or any(w.block is not None for w in self.workers)

    def next(self) -> Iterator[tuple[Block, Answer]]:
        busy = sum(w.block is not None for w in self.workers)
        while len(self.workers) < min(self.size, len(self.waiting) + busy):
            self.workers.append(_start(self.content))
        for worker in tuple(self.workers):
            self._give(worker)
        if not self.workers:
            return
        reached = wait([w.channel for w in self.workers])
        for worker in [w for w in self.workers if w.channel in reached]:
            yield from self._hear(worker)

    def _give(self, worker: _Worker) -> None:
        if not worker.ready or worker.block is not None or not self.waiting:
            return
        worker.block = self.waiting.popleft()
        try:
            worker.channel.send(worker.block)
        except OSError:
            self._bury(worker)

    def _hear(self, worker: _Worker) -> Iterator[tuple[Block, Answer]]:
        try:
            said = worker.channel.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return
        if said is None:
            worker.ready, self.failed_starts = True, 0
            return
        block, worker.block = worker.block, None
        # the next block goes out before this answer is written, so that no worker waits for the disk
        self._give(worker)
        if block is not None:
            yield block, said

    def _bury(self, worker: _Worker) -> None:
        if worker not in self.workers:
            return
        self.workers.remove(worker)
        worker.channel.close()
        worker.process.join(1)
        worker.process.kill()
        worker.process.join()
        code = worker.process.exitcode or 0
        if worker.block is not None:
            self.deaths[worker.block.index] += 1
            if self.deaths[worker.block.index] >= ATTEMPTS:
                raise killer(worker.block, ATTEMPTS, _how(code))
            self.waiting.appendleft(worker.block)
        elif not worker.ready:
            self.failed_starts += 1
            if code >= 0 or self.failed_starts >= ATTEMPTS:
                raise InputError(
                    f"A worker process could not start ({_how(code)}); what it said stands above. The function must be "
                    "importable by a new Python process, and a script must call remit under "
                    '`if __name__ == "__main__":`.'
                )

    def dismiss(self) -> None:
        for worker in self.workers:
            worker.channel.close()
            if worker.block is not None or not worker.ready:
                worker.process.kill()
        for worker in self.workers:
            worker.process.join(5)
            if worker.process.exitcode is None:
                worker.process.kill()
                worker.process.join()


def _start(content: bytes) -> _Worker:
    # never fork: a copy of a process whose polars threads hold locks waits for them for ever
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, content), daemon=True, name="remit worker")
    # the tracker of spawned processes, when it first starts, unblocks Ctrl-C: let it start before
    resource_tracker.ensure_running()
    with _environment(ONE_THREAD), _without_ctrl_c():
        process.start()
    # only the worker may hold its end: then its death closes the channel, whatever it died of
    theirs.close()
    return _Worker(process, ours)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """A process started meanwhile never sees Ctrl-C: not even while it imports, before it could ask not to."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
