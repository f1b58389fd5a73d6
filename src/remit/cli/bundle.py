"""The chart script of the report page: made once per installed version, then read from the user's cache folder."""

from __future__ import annotations

import hashlib
import tempfile
from importlib.metadata import version
from pathlib import Path

from remit.cli.cache import folder
from remit.report import figures


def scripts() -> str:
    """The script as text. A cache that cannot be written costs a second, nothing else."""
    asked = hashlib.sha256(figures.SNIPPET.encode()).hexdigest()[:8]
    path = folder() / f"charts-{version('vl-convert-python')}-{asked}.js"
    try:
        return path.read_text("utf-8")
    except OSError:
        text = figures.bundle()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8", newline="") as file:
            file.write(text)
        Path(file.name).replace(path)
    except OSError:
        pass
    return text


if __name__ == "__main__":
    scripts()
