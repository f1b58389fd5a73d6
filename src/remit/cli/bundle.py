"""The chart script of the report page: made once per installed version, then read from the user's cache folder."""

from __future__ import annotations

import os
import tempfile
from importlib.metadata import version
from pathlib import Path

from remit.report import figures


def _folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "remit"


def scripts() -> str:
    """The script as text. A cache that cannot be written costs a second, nothing else."""
    path = _folder() / f"charts-{version('vl-convert-python')}-{version('remit')}.js"
    try:
        return path.read_text("utf-8")
    except OSError:
        pass
    text = figures.bundle()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            file.write(text)
        Path(file.name).replace(path)
    except OSError:
        pass
    return text
