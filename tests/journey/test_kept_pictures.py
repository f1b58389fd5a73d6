"""A kept picture is the picture: the same text, unreadable without its spec, and drawn again when it is damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from remit.cli.drawings import drawn
from remit.report.figures import svg

SPEC: dict[str, Any] = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "data": {"values": [{"who": "CH01-001", "x": 1}, {"who": "CH01-002", "x": 3}]},
    "mark": "bar",
    "encoding": {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "who", "type": "nominal"}},
}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "remit"


def test_what_was_kept_is_what_is_drawn(cache: Path) -> None:
    assert drawn(SPEC, "one") == drawn(SPEC, "one") == svg(SPEC, "one")
    assert len(list(cache.iterdir())) == 1


def test_another_spec_and_another_name_are_other_pictures(cache: Path) -> None:
    drawn(SPEC, "one")

    assert drawn({**SPEC, "mark": "point"}, "one") == svg({**SPEC, "mark": "point"}, "one")
    assert drawn(SPEC, "two") == svg(SPEC, "two")
    assert len(list(cache.iterdir())) == 3


def test_nobody_reads_a_subject_out_of_the_cache(cache: Path) -> None:
    import zlib

    assert "CH01-001" in drawn(SPEC, "one")
    kept = next(cache.iterdir()).read_bytes()

    assert b"CH01" not in kept
    with pytest.raises(zlib.error):
        zlib.decompress(kept[32:])


@pytest.mark.parametrize("damage", [b"", b"x", bytes(4000)])
def test_a_damaged_picture_is_drawn_again(cache: Path, damage: bytes) -> None:
    drawn(SPEC, "one")
    next(cache.iterdir()).write_bytes(damage)

    assert drawn(SPEC, "one") == svg(SPEC, "one")


def test_no_cache_is_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "remit").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert drawn(SPEC, "one") == svg(SPEC, "one")
