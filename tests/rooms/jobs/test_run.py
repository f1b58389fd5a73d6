"""One answer, whatever the place, the block size and what dies on the way."""

from __future__ import annotations

import pickle
from pathlib import Path

import polars as pl
import pytest

from remit.errors import InputError
from remit.jobs import Block, BlockFailed, InProcess, Job, Processes, Where, collect, place, run
from remit.jobs import blocks as blocks_of
from rooms.jobs import work
from rooms.jobs.work import Deadly, Raising, Tosses, job


@pytest.fixture(scope="module")
def digest(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The answer of one process, in blocks of seven."""
    return run(job(), InProcess(), tmp_path_factory.mktemp("parts")).digest()


@pytest.mark.parametrize(
    ("where", "size"), [(InProcess(), 1), (InProcess(), 60), (Processes(1), 7), (Processes(2), 13), (Processes(4), 5)]
)
def test_one_digest_for_any_workers_and_block_size(where: Where, size: int, digest: str, tmp_path: Path) -> None:
    assert run(job(size=size), where, tmp_path).digest() == digest


def test_another_seed_has_another_digest(digest: str, tmp_path: Path) -> None:
    assert run(job(Tosses(seed=12)), InProcess(), tmp_path).digest() != digest


def test_a_killed_worker_costs_its_block_and_nothing_else(digest: str, tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    deadly = Deadly(at=3, scar=tmp_path / "scar", inner=Tosses(diary=diary))

    parts = run(job(deadly), Processes(2), tmp_path / "parts")

    assert (tmp_path / "scar").exists()
    assert parts.digest() == digest
    assert sorted(block for block, _ in work.lines(diary)) == list(range(9))


def test_a_block_that_kills_every_worker_is_named_and_the_others_stay(tmp_path: Path) -> None:
    with pytest.raises(BlockFailed) as caught:
        run(job(Deadly(at=3)), Processes(2), tmp_path)

    assert "Block 3 (items 21–27) ended its worker 3 times (signal SIGKILL)" in str(caught.value)
    assert len(list(tmp_path.glob("part-*"))) >= 3


@pytest.mark.parametrize("where", [InProcess(), Processes(2)])
def test_an_exception_arrives_with_its_block(where: Where, tmp_path: Path) -> None:
    with pytest.raises(ArithmeticError, match="no such number") as caught:
        run(job(Raising(at=2)), where, tmp_path)

    assert "in block 2 (items 14–20)" in caught.value.__notes__[0]
    # with two workers, block 2 goes out when the first of blocks 0 and 1 is done: either may be that one
    assert list(tmp_path.glob("part-0000[01]-*"))


def test_an_exception_that_cannot_be_sent_arrives_as_its_text(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="Odd: odd 1 2") as caught:
        run(job(Raising(at=0, odd=True)), Processes(1), tmp_path)

    assert "in block 0" in caught.value.__notes__[0]


def test_no_more_blocks_are_out_than_workers(tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    ahead: list[int] = []

    def report(done: int, total: int) -> None:
        if done:
            # while this part was being written, each of the two workers may have begun one other block
            ahead.append(len(work.lines(diary)) - done)

    run(job(Tosses(diary=diary), size=1, total=40), Processes(2), tmp_path / "parts", report)

    assert len(ahead) == 40
    assert max(ahead) <= 2


def test_a_worker_has_one_thread(tmp_path: Path) -> None:
    there = collect(Job(work.threads, 2, 1, ("trial",)), Processes(1))

    assert there["threads"].to_list() == [1, 1]


def test_collected_rows_are_those_of_the_parts(tmp_path: Path) -> None:
    parts = run(job(), InProcess(), tmp_path)

    together = collect(job(size=11), Processes(2))

    assert together.equals(parts.scan().collect())
    assert together.equals(pl.concat(parts.frames()))
    assert together["trial"].is_sorted()


def test_a_function_that_no_worker_can_import_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be sent to a worker.*no lambda"):
        run(job(lambda block: Tosses()(block)), Processes(1), tmp_path)


@pytest.mark.parametrize(
    ("function", "says"), [(work.nothing, "returns a polars DataFrame"), (work.twice, "share their key")]
)
def test_an_answer_that_is_none_is_refused(function: object, says: str, tmp_path: Path) -> None:
    with pytest.raises((TypeError, ValueError), match=says):
        run(job(function), InProcess(), tmp_path)


def test_blocks_cover_every_item_once() -> None:
    assert blocks_of(7, 3) == (Block(0, 0, 3), Block(1, 3, 3), Block(2, 6, 1))
    with pytest.raises(ValueError, match="at least one item"):
        blocks_of(0, 3)


def test_one_worker_is_this_process_and_two_places_are_one_too_many() -> None:
    assert place(None, None) == place(1, None) == InProcess()
    assert place(3, None) == Processes(3)
    with pytest.raises(InputError, match="not both"):
        place(2, "tcp://10.0.0.5:8786")
    with pytest.raises(InputError, match="Give 1 or more"):
        place(0, None)


def test_a_block_survives_the_way_to_a_worker() -> None:
    assert pickle.loads(pickle.dumps(Block(3, 21, 7))) == Block(3, 21, 7)
