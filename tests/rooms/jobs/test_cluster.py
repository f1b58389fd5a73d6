"""A dask cluster, really started: the same answer, also when a worker or the scheduler is killed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from remit.errors import InputError
from remit.jobs import BlockFailed, Cluster, InProcess, run, worker
from remit.jobs.versions import installed
from rooms.jobs import work
from rooms.jobs.work import Deadly, Raising, Tosses, job

pytest.importorskip("distributed", reason='pip install "remit[cluster]"')

TESTS = Path(__file__).parents[2]
WORKER = ("worker", "--nthreads", "1", "--no-nanny", "--death-timeout", "60")


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@contextmanager
def dask(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(TESTS),
        "POLARS_MAX_THREADS": "1",
        # a block may end one worker; with the second it is given up
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    }
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments], cwd=folder, env=environment, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler on a free port and some workers: the address, and the processes, the scheduler first."""
    where = folder / "scheduler.json"
    place = ("--no-dashboard", "--scheduler-file", str(where))
    # the time-outs are for the day on which the tests themselves are killed
    with dask(folder, "scheduler", "--host", "127.0.0.1", "--port", "0", "--idle-timeout", "300", *place) as scheduler:
        hands = [dask(folder, *WORKER, *place) for _ in range(workers)]
        processes = [scheduler, *(hand.__enter__() for hand in hands)]
        try:
            # the file is there before its content is
            until(lambda: where.exists() and where.read_text().rstrip().endswith("}"))
            yield json.loads(where.read_text())["address"], processes
        finally:
            for hand in hands:
                hand.__exit__(None, None, None)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster(tmp_path_factory.mktemp("dask"), 2) as (found, _):
        yield found


@pytest.fixture(scope="module")
def digest(tmp_path_factory: pytest.TempPathFactory) -> str:
    return run(job(), InProcess(), tmp_path_factory.mktemp("parts")).digest()


def test_a_cluster_gives_the_answer_of_one_process(address: str, digest: str, tmp_path: Path) -> None:
    assert run(job(size=9), Cluster(address), tmp_path).digest() == digest


def test_an_exception_on_a_cluster_arrives_with_its_block(address: str, tmp_path: Path) -> None:
    with pytest.raises(ArithmeticError, match="no such number") as caught:
        run(job(Raising(at=2)), Cluster(address), tmp_path)

    assert "in block 2 (items 14–20)" in caught.value.__notes__[0]


def test_no_more_blocks_are_out_than_the_cluster_has_threads(address: str, tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    ahead: list[int] = []

    def report(done: int, total: int) -> None:
        ahead.append(len(work.lines(diary)) - done)

    run(job(Tosses(diary=diary), size=1, total=30), Cluster(address), tmp_path / "parts", report)

    assert max(ahead) <= 2


def test_a_worker_killed_on_the_way_changes_nothing(digest: str, tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    with cluster(tmp_path, 2) as (address, processes):
        killed = threading.Thread(target=kill_at_work, args=(diary, processes[1:]))
        killed.start()
        parts = run(job(Tosses(pause=0.15, diary=diary), size=4), Cluster(address), tmp_path / "parts")
        killed.join()

        assert [p.poll() for p in processes].count(-signal.SIGKILL) == 1

    starts = [block for block, _ in work.lines(diary)]
    assert len(starts) > len(set(starts)) == 15
    assert parts.digest() == digest


def kill_at_work(diary: Path, workers: list[subprocess.Popen[bytes]]) -> None:
    """Kill the worker that has just begun a block, once both have begun some."""
    until(lambda: len({process for _, process in work.lines(diary)}) == 2 and len(work.lines(diary)) >= 4)
    last = work.lines(diary)[-1][1]
    next(p for p in workers if p.pid == last).kill()


def test_a_scheduler_that_dies_is_said_and_parts_stay(digest: str, tmp_path: Path) -> None:
    folder, diary = tmp_path / "parts", tmp_path / "diary"
    with cluster(tmp_path, 1) as (address, processes):

        def report(done: int, total: int) -> None:
            if done >= 8:
                processes[0].kill()

        with pytest.raises(InputError, match=r"scheduler at .* is gone"):
            run(job(Tosses(pause=0.05, diary=diary), size=4), Cluster(address), folder, report)

    assert len(list(folder.glob("part-*"))) >= 2
    assert run(job(), InProcess(), folder).digest() == digest


def test_nobody_at_the_address_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"No dask scheduler answers at tcp://127.0.0.1:9 .*dask scheduler"):
        run(job(), Cluster("tcp://127.0.0.1:9"), tmp_path)


def test_a_block_that_kills_every_worker_of_a_cluster_is_named(tmp_path: Path) -> None:
    with (
        cluster(tmp_path, 2) as (address, _),
        pytest.raises(BlockFailed, match=r"Block 3 \(items 21–27\) ended.* 2 times"),
    ):
        run(job(Deadly(at=3)), Cluster(address), tmp_path / "parts")


def test_a_worker_that_comes_late_does_the_work(digest: str, tmp_path: Path) -> None:
    with cluster(tmp_path, 0) as (address, _):
        late = dask(tmp_path, *WORKER, "--no-dashboard", address)
        threading.Timer(0.5, late.__enter__).start()
        try:
            parts = run(job(), Cluster(address), tmp_path / "parts")
        finally:
            late.__exit__(None, None, None)

    assert parts.digest() == digest


def test_a_worker_with_another_numpy_does_nothing() -> None:
    tosses = job()

    refused = worker.answer(worker.payload(tosses), tosses.blocks[0], {**installed(), "numpy": "1.0.0"})

    assert refused.part == b""
    assert isinstance(refused.error, InputError)
    assert re.search(r"has numpy [\d.]+, this machine 1\.0\.0", str(refused.error))


def test_a_worker_without_the_function_says_what_to_install() -> None:
    tosses = job()
    elsewhere = worker.payload(tosses).replace(b"rooms.jobs.work", b"rooms.jobs.gone")

    refused = worker.answer(elsewhere, tosses.blocks[0])

    assert isinstance(refused.error, InputError)
    assert "No module named 'rooms.jobs.gone'" in str(refused.error)


def test_a_function_of_the_program_itself_is_not_sent_to_a_cluster(address: str, tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
import polars as pl
from remit.jobs import Cluster, Job, run

def rows(block):
    return pl.DataFrame({"trial": list(block.items)})

run(Job(rows, 2, 1, ("trial",)), Cluster(sys.argv[1]), Path(sys.argv[2]))
"""

    done = subprocess.run([sys.executable, "-c", script, address, str(tmp_path)], capture_output=True, text=True)

    assert "__main__.rows cannot be sent to a worker: it is defined in the program itself" in done.stderr
