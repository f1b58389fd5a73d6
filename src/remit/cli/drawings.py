"""Pictures of figures, kept: drawing one takes some 0.07 s and starting the chart library half a second.

A picture shows subjects, and the user's cache folder is no place for them. So each picture is kept under a keystream
that only its own spec yields: whoever lacks the data of the trial can read neither a picture nor its name. A picture
that cannot be read, or is not the one asked for, is drawn again.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from remit.cli.cache import folder
from remit.report.figures import render, svg

# Some thirty reports' worth, a few megabytes.
MOST_KEPT = 400
CHECK = 32


def drawn(spec: Mapping[str, Any], key: str) -> str:
    """`figures.svg`, from the cache where the same spec was drawn before; the same text either way."""
    asked = f"{_maker()} {key} {json.dumps(spec)}".encode()
    path = folder() / f"picture-{hashlib.sha256(b'name' + asked).hexdigest()[:32]}.bin"
    kept = _read(path, asked)
    if kept is not None:
        return kept
    text = svg(spec, key)
    _keep(path, asked, text)
    return text


@lru_cache(maxsize=1)
def _maker() -> str:
    """What decides how a spec is drawn: the chart library, and the code that asks it."""
    return f"{version('vl-convert-python')} {hashlib.sha256(Path(render.__file__).read_bytes()).hexdigest()}"


def _read(path: Path, asked: bytes) -> str | None:
    try:
        open_text = _turned(path.read_bytes(), asked)
        text = zlib.decompress(open_text[CHECK:])
    except (OSError, zlib.error):
        return None
    return text.decode() if hashlib.sha256(text).digest() == open_text[:CHECK] else None


def _keep(path: Path, asked: bytes, text: str) -> None:
    plain = text.encode()
    hidden = _turned(hashlib.sha256(plain).digest() + zlib.compress(plain), asked)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, delete=False) as file:
            file.write(hidden)
        Path(file.name).replace(path)
        kept = sorted(path.parent.glob("picture-*.bin"), key=lambda one: one.stat().st_mtime)
        for old in kept[:-MOST_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        pass


def _turned(text: bytes, asked: bytes) -> bytes:
    """The text under the keystream of its spec; turned twice it is itself."""
    stream = hashlib.shake_256(b"stream" + asked).digest(len(text))
    return (int.from_bytes(text, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(text), "big")
