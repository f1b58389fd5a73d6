"""The generated page about designs says what the code says."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from remit import designs
from remit.designs import calendar

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "designs.md"


def test_the_page_is_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "build_designs.py"), "--check"], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + "; run python docs/build_designs.py"


@pytest.mark.parametrize("key", [*designs.DESIGNS, *calendar.DESIGNS])
def test_every_parameter_of_every_design_is_explained(key: str) -> None:
    kind = designs.DESIGNS.get(key) or calendar.DESIGNS[key]
    text = PAGE.read_text("utf-8")
    part = text[text.index(f"### `{key}`\n") :].split("\n### ")[0]

    for field in fields(kind):  # type: ignore[arg-type]
        if field.name != "guards":
            row = next(line for line in part.split("\n") if line.startswith(f"| `{field.name}` |"))
            assert row.split(" | ")[-1].strip(" |"), row
