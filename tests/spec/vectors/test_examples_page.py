"""The page of worked examples is what the tables say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_page_is_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "build_examples.py"), "--check"], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr + "; run python docs/build_examples.py"
