"""Run a job at a place: block by block, bounded in memory, taken up where it stopped."""

from __future__ import annotations

import io
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import polars as pl

from remit.jobs import worker
from remit.jobs.blocks import Block, Job
from remit.jobs.parts import Parts, opened
from remit.jobs.places import Cluster, InProcess, Processes, Where
from remit.jobs.problems import Interrupted, named, not_sendable

# called with items done so far and items in all; the first call tells what an earlier run had done
Report = Callable[[int, int], None]


def run(job: Job, where: Where, folder: Path, report: Report | None = None) -> Parts:
    """The job's parts in `folder`, all of them; blocks that are done already are not done again.

    Each part is on disk before the next is taken, and no more blocks are out than there are workers.

    raises  the function's own exception, with the block in its notes; BlockFailed for a block that ended three workers;
            Interrupted after Ctrl-C; InputError when the folder belongs to another job or a cluster does not answer.
            Whatever it is, finished parts stay and the same call goes on from them
    """
    items = 0
    try:
        with opened(folder, job) as parts:
            plan = job.sized(parts.size)
            done = parts.done()
            items = sum(block.count for block in plan.blocks if block.index in done)
            if report is not None:
                report(items, job.total)
            with closing(_answers(plan, [block for block in plan.blocks if block.index not in done], where)) as answers:
                for block, content in answers:
                    parts.write(block, content)
                    items += block.count
                    if report is not None:
                        report(items, job.total)
            return parts
    except KeyboardInterrupt:
        raise Interrupted(
            f"Stopped after {items} of {job.total}. Finished parts stay in {folder}; run the same command again to go "
            "on from them."
        ) from None


def collect(job: Job, where: Where, report: Report | None = None) -> pl.DataFrame:
    """The whole answer in memory, in order of items; nothing is written, nothing can be taken up.

    raises  as `run`, without Interrupted
    """
    frames: dict[int, pl.DataFrame] = {}
    items = 0
    with closing(_answers(job, job.blocks, where)) as answers:
        for block, content in answers:
            frames[block.index] = pl.read_parquet(io.BytesIO(content))
            items += block.count
            if report is not None:
                report(items, job.total)
    return pl.concat([frames[index] for index in sorted(frames)])


def _answers(job: Job, work: Sequence[Block], where: Where) -> Generator[tuple[Block, bytes]]:
    if not work:
        return
    if isinstance(where, InProcess):
        yield from _here(job, work)
        return
    content = worker.payload(job)
    if isinstance(where, Cluster) and job.name.startswith("__main__."):
        raise not_sendable(job.name, "it is defined in the program itself")
    with closing(_elsewhere(content, work, where)) as answers:
        for block, answer in answers:
            if answer.error is not None:
                raise named(answer.error, block, answer.traceback)
            yield block, answer.part


def _elsewhere(
    content: bytes, work: Sequence[Block], where: Processes | Cluster
) -> Generator[tuple[Block, worker.Answer]]:
    if isinstance(where, Processes):
        from remit.jobs.processes import answers

        yield from answers(content, work, where.workers)
    else:
        from remit.jobs.cluster import answers as from_cluster

        yield from from_cluster(content, work, where.address)


def _here(job: Job, work: Sequence[Block]) -> Iterator[tuple[Block, bytes]]:
    for block in work:
        try:
            content = worker.part(job.function, job.key, block)
        except Exception as problem:
            named(problem, block)
            raise
        yield block, content
