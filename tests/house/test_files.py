"""Files stay short enough to read, named by a noun, and every public name says what it is."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "remit"
CEILING = 400

# A longer file stands here with its reason.
LONGER: dict[str, str] = {}

NEVER = {"core", "common", "utils", "util", "helpers", "base", "services", "manager", "misc"}


def test_no_file_outgrows_the_ceiling() -> None:
    long = {
        str(path.relative_to(SOURCE)): lines
        for path in SOURCE.rglob("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > CEILING
    }

    assert set(long) == set(LONGER), long


def test_no_room_is_a_drawer() -> None:
    names = {part for path in SOURCE.rglob("*.py") for part in (*path.parent.parts, path.stem)}

    assert names & NEVER == set()


def test_every_public_name_is_documented() -> None:
    missing: list[str] = []
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        where = path.relative_to(SOURCE)
        if not ast.get_docstring(tree):
            missing.append(f"{where}: module")
        for node in tree.body:
            if (
                isinstance(node, ast.FunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and not ast.get_docstring(node)
            ):
                missing.append(f"{where}: {node.name}")

    assert missing == []
