"""The chart script of the report page: made once per installed version, then read from the user's cache folder."""

from __future__ import annotations

import os
import tempfile
from importlib.metadata import version
from pathlib import Path

from remit.report import figures

TRIES = 6


def scripts() -> str:
    """The script as text. A cache that cannot be written costs some seconds, nothing else."""
    path = _folder() / f"charts-{version('vl-convert-python')}-{version('remit')}.js"
    try:
        return path.read_text("utf-8")
    except OSError:
        text = _agreed()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8", newline="") as file:
            file.write(text)
        Path(file.name).replace(path)
    except OSError:
        pass
    return text


def _folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "remit"


def _agreed() -> str:
    """The text that came twice.

    The bundler loads modules at the same time and about once in forty times writes them in another order; a report
    must have the same bytes wherever it is made.
    """
    seen: set[str] = set()
    for _ in range(TRIES):
        text = figures.bundle()
        if text in seen:
            break
        seen.add(text)
    return text


if __name__ == "__main__":
    scripts()
