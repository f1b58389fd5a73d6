"""The model's page says what the description says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_generated_parts_of_the_page_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "build_model.py"), "--check"], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_warns_that_it_is_not_for_choosing_a_dose() -> None:
    page = (ROOT / "docs" / "explanation" / "immune-reset.md").read_text("utf-8")

    assert page.count("must not be used to choose a dose for people") == 2
