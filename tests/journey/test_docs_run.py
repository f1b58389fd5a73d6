"""Every code block of the documentation runs, in order, in an empty folder that holds only the examples."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted(p for p in (ROOT / "docs").rglob("*.md") if "decisions" not in p.parts and "reference" not in p.parts),
    *sorted((ROOT / "examples").rglob("README.md")),
]
BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block: its language and its text."""

    language: str
    text: str


def blocks(page: Path) -> list[Block]:
    return [Block(language, text) for language, text in BLOCK.findall(page.read_text("utf-8"))]


def runs(page: Path) -> Iterator[tuple[Block, str | None]]:
    """The blocks that run, each with the output it promises (an `output` block right behind it)."""
    found = blocks(page)
    for n, block in enumerate(found):
        # `make` lines are what continuous integration itself runs
        if block.language not in {"sh", "python"} or block.text.lstrip().startswith(("make ", "git clone")):
            continue
        following = found[n + 1] if n + 1 < len(found) else None
        yield block, following.text if following is not None and following.language == "output" else None


def shell(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "120"}
    return subprocess.run(
        ["bash", "-ec", text], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("page", [p for p in PAGES if list(runs(p))], ids=lambda p: str(p.relative_to(ROOT)))
def test_code_blocks_run(page: Path, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    earlier: list[str] = []
    for block, promised in runs(page):
        if block.language == "python":
            # a page's Python blocks share names, as when typed one after the other
            marker = "\x1e"
            script = "\n".join([*earlier, f"print({marker!r}, end='')", block.text])
            done = subprocess.run(
                [sys.executable, "-W", "error", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=120
            )
            printed = done.stdout.split(marker)[-1]
            earlier.append(block.text)
        else:
            done = shell(block.text, tmp_path)
            printed = done.stdout
        assert done.returncode == 0, f"{block.text}\n{done.stdout}\n{done.stderr}"
        if promised is not None:
            assert printed.strip() == promised.strip(), block.text


def test_every_fence_names_what_it_is() -> None:
    allowed = {"sh", "python", "output", "text", "yaml", "csv", "json", "mermaid"}

    unknown = [(str(p.relative_to(ROOT)), b.language) for p in PAGES for b in blocks(p) if b.language not in allowed]

    assert unknown == []
