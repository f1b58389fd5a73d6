"""A kept solution is the solution: the same numbers, a changed design is another file, a broken file is no harm."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from remit import designs
from remit.cli.solved import solved

SLOW = designs.build(
    "titration-3+3-expansion", {"levels": 4, "titration_through_level": 2, "expansion_subjects": 13}, {"no-skipping": 1}
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "remit"


def test_what_was_kept_is_what_was_solved(cache: Path) -> None:
    first, kept, fresh = solved(SLOW), solved(SLOW), designs.exact(SLOW)

    assert len(list(cache.iterdir())) == 1
    for one in (first, kept):
        assert one.planned == fresh.planned
        for name in ("treated", "dlts", "paths", "cohorts", "selected", "singles"):
            assert np.array_equal(getattr(one, name), getattr(fresh, name))
    assert kept.under((0.05, 0.1, 0.25, 0.45)).selected == fresh.under((0.05, 0.1, 0.25, 0.45)).selected


def test_another_design_is_another_file(cache: Path) -> None:
    other = designs.build(
        "titration-3+3-expansion", {"levels": 4, "titration_through_level": 1, "expansion_subjects": 13}
    )

    solved(SLOW)
    assert solved(other).states != solved(SLOW).states
    assert len(list(cache.iterdir())) == 2


def test_a_quick_design_is_not_kept(cache: Path) -> None:
    solved(designs.build("3+3", {"levels": 3}))

    assert not cache.exists() or list(cache.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04broken"])
def test_a_broken_file_is_solved_again(cache: Path, content: bytes) -> None:
    solved(SLOW)
    (path,) = cache.iterdir()
    path.write_bytes(content)

    assert solved(SLOW).states == designs.exact(SLOW).states
    assert path.stat().st_size > 1_000
