"""Workers of a dask cluster, reached by the address of its scheduler.

A worker that dies loses its block to another worker: dask sees to it. Parts come back as bytes and are written here, so
that the machines need no common disk.
"""

from __future__ import annotations

import asyncio
import queue
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING
from uuid import uuid4

from remit.errors import InputError
from remit.jobs import worker
from remit.jobs.blocks import Block
from remit.jobs.problems import killer
from remit.jobs.versions import installed

if TYPE_CHECKING:
    from distributed import Client, Future

# Seconds: to reach the scheduler; to wait for a first worker, or while all are gone; between looks at who is there.
REACH = 5
PATIENCE = 120
LOOK = 2
# times that a block is sent again when dask loses it without a word
RESENDS = 10


def answers(content: bytes, work: Sequence[Block], address: str) -> Iterator[tuple[Block, worker.Answer]]:
    """Every block's answer as it comes; no more blocks are out than the workers have threads.

    raises  BlockFailed for a block that ended worker after worker; InputError when dask is not installed, nobody
            answers at the address, the workers cannot import remit, or all workers stay away
    """
    client = _connect(address)
    flock = _Flock(client, content, deque(work), address)
    try:
        while flock.more():
            yield flock.next()
    finally:
        flock.dismiss()


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError:
        raise InputError('--cluster needs dask.distributed. Install it: pip install "remit[cluster]".') from None
    try:
        return Client(address, timeout=REACH, set_as_default=False)
    except (OSError, ValueError, TypeError) as problem:
        raise InputError(
            f"No dask scheduler answers at {address} ({type(problem).__name__}). Give the address that "
            "`dask scheduler` prints, such as tcp://10.0.0.5:8786, and look whether a firewall stands between."
        ) from None


class _Flock:
    def __init__(self, client: Client, content: bytes, waiting: deque[Block], address: str) -> None:
        self.client = client
        self.content = content
        self.waiting = waiting
        self.address = address
        self.run = uuid4().hex[:8]
        self.sent = 0
        self.out: dict[str, tuple[Future, Block]] = {}
        self.arrived: queue.SimpleQueue[tuple[str, worker.Answer | BaseException]] = queue.SimpleQueue()
        self.resent: Counter[int] = Counter()
        self.threads = 0
        self.looked = self.seen = time.monotonic()

    def more(self) -> bool:
        return bool(self.waiting or self.out)

    def next(self) -> tuple[Block, worker.Answer]:
        while True:
            self._look()
            self._fill()
            try:
                key, arrived = self.arrived.get(timeout=LOOK)
            except queue.Empty:
                continue
            future, block = self.out.pop(key)
            future.release()
            if isinstance(arrived, worker.Answer):
                # the next block goes out before this answer is written, so that no worker waits for the disk
                self._fill()
                return block, arrived
            self._again(block, arrived)

    def _fill(self) -> None:
        while self.waiting and len(self.out) < self.threads:
            self._send(self.waiting.popleft())

    def _send(self, block: Block) -> None:
        self.sent += 1
        key = f"remit-{self.run}-{self.sent}-block-{block.index}"
        future = self.client.submit(worker.answer, self.content, block, installed(), key=key, pure=False)
        self.out[key] = future, block
        self.client.loop.add_callback(self._bring, key, future)

    async def _bring(self, key: str, future: Future) -> None:
        # in the client's own thread: a part whose worker dies before it is fetched is waited for again, and no other
        # part waits with it
        try:
            (answer,) = await self.client.gather([future], asynchronous=True)
        except BaseException as problem:
            self.arrived.put((key, problem))
        else:
            self.arrived.put((key, answer))

    def _look(self) -> None:
        """How many threads are there now: workers come, go and die while a job runs."""
        now = time.monotonic()
        if self.threads and now - self.looked < LOOK:
            return
        self.looked = now
        try:
            self.threads = sum(self.client.nthreads().values())
        except Exception:
            raise self._lost() from None
        if self.threads:
            self.seen = now
        elif now - self.seen > PATIENCE:
            raise InputError(
                f"The cluster at {self.address} has had no worker for {PATIENCE} seconds. Start `dask worker "
                f"{self.address}` on some machine; finished parts stay, and the same command goes on from them."
            )

    def _again(self, block: Block, problem: BaseException) -> None:
        """Send a block once more that dask has lost on its way; any other problem ends the run."""
        from distributed import KilledWorker

        if isinstance(problem, KilledWorker):
            raise killer(block, problem.allowed_failures + 1, "dask gave it up")
        if not isinstance(problem, CancelledError | asyncio.CancelledError | OSError):
            raise InputError(
                f"A worker of {self.address} could not take up {block}: {type(problem).__name__}: {problem}. Install "
                "the same remit, and every module the job's function is in, on every machine of the cluster."
            )
        self.resent[block.index] += 1
        if self.client.status != "running" or self.resent[block.index] > RESENDS:
            raise self._lost()
        self.threads = 0  # look at once
        self.waiting.appendleft(block)

    def _lost(self) -> InputError:
        return InputError(
            f"The dask scheduler at {self.address} is gone. Finished parts stay; start it and its workers again, and "
            "the same command goes on from them."
        )

    def dismiss(self) -> None:
        left = [future for future, _ in self.out.values()]
        if left and self.client.status == "running":
            self.client.cancel(left, force=True)
        self.client.close(timeout=REACH)
