"""A folder of parts is taken up where it was left, and never mixed with another run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.errors import InputError
from remit.jobs import InProcess, Job, Processes, run
from remit.jobs.digest import RowDigest
from rooms.jobs import work
from rooms.jobs.work import Raising, Tosses, job

TESTS = Path(__file__).parents[2]


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def started(folder: Path, diary: Path, pause: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("script.py")), str(folder), str(diary), str(pause)],
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def parts_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("part-*.parquet"))


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_a_killed_run_goes_on_from_its_parts(tmp_path: Path) -> None:
    folder, diary = tmp_path / "parts", tmp_path / "diary"
    first = started(folder, diary, 0.15)
    until(lambda: len(parts_in(folder)) >= 4)
    first.kill()
    first.communicate()
    workers = {process for _, process in work.lines(diary)}
    until(lambda: not any(alive(process) for process in workers))
    done = {int(path.name[5:10]) for path in parts_in(folder)}
    before = len(work.lines(diary))

    second = started(folder, diary, 0)
    digest, problems = second.communicate(timeout=60)

    redone = {block for block, _ in work.lines(diary)[before:]}
    assert problems == ""
    assert 4 <= len(done) < 12
    assert redone == set(range(12)) - done
    assert digest.strip() == run(job(), InProcess(), tmp_path / "other").digest()


def test_ctrl_c_leaves_parts_and_says_how_to_go_on(tmp_path: Path) -> None:
    folder, diary = tmp_path / "parts", tmp_path / "diary"
    running = started(folder, diary, 0.15)
    until(lambda: len(parts_in(folder)) >= 3)

    os.killpg(running.pid, signal.SIGINT)
    printed, problems = running.communicate(timeout=60)

    assert (running.returncode, printed) == (130, "")
    assert problems.startswith("Stopped after ")
    assert "run the same command again" in problems
    assert "Traceback" not in problems
    assert not any(alive(process) for _, process in work.lines(diary))
    assert run(job(), InProcess(), tmp_path / "other").digest() == run(job(Tosses()), InProcess(), folder).digest()


def test_ctrl_c_while_workers_start_is_quiet(tmp_path: Path) -> None:
    folder, diary = tmp_path / "parts", tmp_path / "diary"
    running = started(folder, diary, 0.15)
    until((folder / "plan.json").exists)
    time.sleep(0.05)

    os.killpg(running.pid, signal.SIGINT)
    _, problems = running.communicate(timeout=60)

    assert running.returncode == 130
    assert problems.count("\n") == 1


@pytest.mark.parametrize(
    "harm",
    [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b[:40] + bytes([b[40] ^ 1]) + b[41:]],
    ids=["cut short", "empty", "one bit"],
)
def test_a_harmed_part_is_done_again(harm: Callable[[bytes], bytes], tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    tosses = job(Tosses(diary=diary))
    digest = run(tosses, InProcess(), tmp_path / "parts").digest()
    harmed = parts_in(tmp_path / "parts")[4]
    harmed.write_bytes(harm(harmed.read_bytes()))
    before = len(work.lines(diary))

    again = run(tosses, Processes(1), tmp_path / "parts")

    assert [block for block, _ in work.lines(diary)[before:]] == [4]
    assert again.digest() == digest


def test_a_part_half_written_when_the_power_failed_is_no_part(tmp_path: Path) -> None:
    digest = run(job(), InProcess(), tmp_path).digest()
    whole = parts_in(tmp_path)[2]
    whole.rename(tmp_path / f".{whole.name}.tmp")

    again = run(job(), InProcess(), tmp_path)

    assert again.digest() == digest
    assert list(tmp_path.glob(".*")) == []


def test_what_is_finished_stays_when_the_function_raises(tmp_path: Path) -> None:
    with pytest.raises(ArithmeticError):
        run(job(Raising(at=5)), InProcess(), tmp_path)
    seen: list[tuple[int, int]] = []

    run(job(Raising(at=99)), InProcess(), tmp_path, lambda done, total: seen.append((done, total)))

    assert seen[0] == (35, 60)
    assert seen[-1] == (60, 60)


def test_a_run_taken_up_keeps_its_block_size(tmp_path: Path) -> None:
    with pytest.raises(ArithmeticError):
        run(job(Raising(at=5), size=7), InProcess(), tmp_path)

    parts = run(job(Raising(at=99), size=20), InProcess(), tmp_path)

    assert parts.size == 7
    assert len(parts_in(tmp_path)) == 9
    assert parts.digest() == run(job(), InProcess(), tmp_path / "other").digest()


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (job(seed=12), "seed was 11, and now is 12"),
        (job(total=61), "total was 60, and now is 61"),
        (job(Raising(at=3)), 'function was "rooms.jobs.work.Tosses", and now is "rooms.jobs.work.Raising"'),
        (job(seed=11, scenario=3), "scenario was not given, and now is 3"),
    ],
)
def test_parts_of_another_plan_are_refused(other: Job, says: str, tmp_path: Path) -> None:
    run(job(), InProcess(), tmp_path)

    with pytest.raises(InputError, match=says):
        run(other, InProcess(), tmp_path)


def test_parts_made_with_another_numpy_are_refused(tmp_path: Path) -> None:
    run(job(), InProcess(), tmp_path)
    plan = json.loads((tmp_path / "plan.json").read_text())
    plan["versions"]["numpy"] = "1.0.0"
    (tmp_path / "plan.json").write_text(json.dumps(plan))

    with pytest.raises(InputError, match=r'numpy was "1\.0\.0", and now is'):
        run(job(), InProcess(), tmp_path)


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    folder, diary = tmp_path / "parts", tmp_path / "diary"
    running = started(folder, diary, 0.1)
    until(lambda: len(parts_in(folder)) >= 1)

    with pytest.raises(InputError, match="Another run is at work"):
        run(job(), InProcess(), folder)

    assert running.communicate(timeout=60)[0]


def test_a_missing_part_has_no_digest(tmp_path: Path) -> None:
    parts = run(job(), InProcess(), tmp_path)
    parts_in(tmp_path)[3].unlink()

    with pytest.raises(InputError, match=r"lacks 1 of 9 parts, the first for block 3 \(items 21–27\)"):
        parts.digest()


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "i": st.none() | st.integers(-(2**62), 2**62),
            "x": st.none() | st.floats(),
            "s": st.none() | st.text(max_size=3),
            "b": st.none() | st.booleans(),
            "l": st.none() | st.lists(st.none() | st.text(max_size=2), max_size=3),
            "d": st.none() | st.dates(),
            "t": st.none() | st.fixed_dictionaries({"u": st.none() | st.integers(0, 3)}),
            "c": st.none() | st.sampled_from(["low", "high"]),
        }
    ),
    max_size=8,
)
SCHEMA = {
    "i": pl.Int64,
    "x": pl.Float64,
    "s": pl.String,
    "b": pl.Boolean,
    "l": pl.List(pl.String),
    "d": pl.Date,
    "t": pl.Struct({"u": pl.Int8}),
    "c": pl.Enum(["low", "high"]),
}


def digest_of(frames: list[pl.DataFrame]) -> str:
    rows = RowDigest()
    for frame in frames:
        rows.add(frame)
    return rows.hexdigest()


@settings(max_examples=100, deadline=None)
@given(rows=ROWS, cut=st.integers(0, 8))
def test_the_digest_does_not_see_where_rows_are_cut(rows: list[dict[str, object]], cut: int) -> None:
    frame = pl.DataFrame(rows, schema=SCHEMA)

    assert digest_of([frame]) == digest_of([frame[:cut], frame[cut:]])


@settings(max_examples=100, deadline=None)
@given(one=ROWS, other=ROWS)
def test_different_rows_have_different_digests(one: list[dict[str, object]], other: list[dict[str, object]]) -> None:
    left, right = pl.DataFrame(one, schema=SCHEMA), pl.DataFrame(other, schema=SCHEMA)

    same = left.equals(right) and repr(left.rows()) == repr(right.rows())
    assert (digest_of([left]) == digest_of([right])) == same


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"l": [["a"], []]}, {"l": [[], ["a"]]}),
        ({"l": [[], None]}, {"l": [None, []]}),
        ({"l": [[None], ["a"]]}, {"l": [["a"], [None]]}),
        ({"s": ["ab", "c"]}, {"s": ["a", "bc"]}),
        ({"s": ["", None]}, {"s": [None, ""]}),
        ({"x": [0.0]}, {"x": [-0.0]}),
        ({"x": [float("nan")]}, {"x": [None]}),
    ],
)
def test_near_rows_have_different_digests(left: dict[str, list[object]], right: dict[str, list[object]]) -> None:
    name = next(iter(left))
    schema = {name: SCHEMA[name]}

    assert digest_of([pl.DataFrame(left, schema=schema)]) != digest_of([pl.DataFrame(right, schema=schema)])


def test_parts_with_other_columns_have_no_digest() -> None:
    with pytest.raises(ValueError, match="Parts differ in their columns"):
        digest_of([pl.DataFrame({"a": [1]}), pl.DataFrame({"a": ["1"]})])
