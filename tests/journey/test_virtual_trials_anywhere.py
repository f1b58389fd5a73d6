"""The same virtual trials wherever they run: here, in processes, on a dask cluster, and when a worker is killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from remit.jobs import Cluster, InProcess, Job, Processes, Where, run
from remit.virtual import Replicates
from rooms.jobs.test_cluster import cluster
from rooms.virtual.trials import design, protocol, scenario

TRIALS = 24
KEPT = ("efficacy/", "safety/", "exposure/", "b-cells/", "trial/", "follow-up/")


def _job(size: int) -> Job:
    work = Replicates(protocol(), scenario(), 17, design(), KEPT)
    return Job(work, TRIALS, size, ("trial", "id"), {"what": "the same virtual trials"})


def _digest(where: Where, folder: Path, size: int) -> str:
    return run(_job(size), where, folder).digest()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> str:
    return _digest(InProcess(), tmp_path_factory.mktemp("here"), TRIALS)


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "size"), [(1, 5), (2, 6), (4, 3)])
def test_any_number_of_processes_and_any_block_size(here: str, tmp_path: Path, workers: int, size: int) -> None:
    assert _digest(Processes(workers), tmp_path, size) == here


@pytest.mark.slow
def test_a_cluster_and_one_whose_worker_is_killed(here: str, tmp_path: Path) -> None:
    (tmp_path / "cluster").mkdir()
    with cluster(tmp_path / "cluster", 2) as (address, processes):
        assert _digest(Cluster(address), tmp_path / "whole", 6) == here

        def kill() -> None:
            parts = tmp_path / "wounded"
            while not list(parts.glob("part-*.parquet")):
                time.sleep(0.05)
            os.kill(processes[1].pid, signal.SIGKILL)

        killer = threading.Thread(target=kill, daemon=True)
        killer.start()
        assert _digest(Cluster(address), tmp_path / "wounded", 4) == here
        killer.join(5)
        assert processes[1].poll() is not None
