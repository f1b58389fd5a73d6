"""Where a job runs. The answer is the same everywhere; only time and memory differ."""

from __future__ import annotations

from dataclasses import dataclass

from remit.errors import InputError


@dataclass(frozen=True)
class InProcess:
    """Here, one block after the other."""


@dataclass(frozen=True)
class Processes:
    """In `workers` processes of this machine, each with one thread."""

    workers: int


@dataclass(frozen=True)
class Cluster:
    """On the workers of the dask scheduler at `address`, such as tcp://10.0.0.5:8786."""

    address: str


Where = InProcess | Processes | Cluster


def place(workers: int | None, cluster: str | None) -> Where:
    """What `--workers N` or `--cluster ADDRESS` mean; neither, or one worker, is this process.

    raises  InputError for both at once, or fewer than one worker
    """
    if cluster is not None:
        if workers is not None:
            raise InputError("Give --workers or --cluster, not both: a cluster brings its own workers.")
        return Cluster(cluster)
    if workers is not None and workers < 1:
        raise InputError(f"--workers {workers} is not possible. Give 1 or more.")
    return InProcess() if workers is None or workers == 1 else Processes(workers)
