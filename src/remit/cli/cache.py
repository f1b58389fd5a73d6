"""Where the command line keeps what it made once and can make again."""

from __future__ import annotations

import os
from pathlib import Path


def folder() -> Path:
    """The user's cache folder for remit; it may not exist."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "remit"
