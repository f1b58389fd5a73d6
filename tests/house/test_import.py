"""`import remit` stays light: the heavy libraries wait until a room needs them."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {
    "altair",
    "vl_convert",
    "pyreadstat",
    "scipy.stats",
    "jinja2",
    "django",
    "numba",
    "ortools",
    "typer",
    "rich",
    "pandas",
}


def test_import_remit_pulls_in_no_web_plot_or_file_library() -> None:
    code = f"import sys, remit; print(sorted(set(sys.modules) & {HEAVY!r}))"

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"
