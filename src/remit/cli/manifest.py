"""What went in and what came out, as hashes: the same inputs give the same bytes, and anyone can check it.

Never an output path, a clock or a host.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from remit.cli.trial import Trial

SEED = 1

# Versions that decide what the bytes are.
DECIDING = ("remit", "polars", "numpy", "scipy", "vl-convert-python")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    """File name → SHA-256 of its content, in order of name."""
    return {name: _sha256(files[name]) for name in sorted(files)}


def inputs(trial: Trial) -> dict[str, Any]:
    """Hashes of the protocol, its amendments and every file of the records folder."""
    amendments = sorted((trial.folder / "amendments").glob("*.yaml"))
    return {
        "protocol": _sha256((trial.folder / "protocol.yaml").read_bytes()),
        "amendments": {path.name: _sha256(path.read_bytes()) for path in amendments},
        "records": _folder(trial.data),
    }


def _folder(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith("."))
    return {path.name: _sha256(path.read_bytes()) for path in files}


def short(files: Mapping[str, str]) -> str:
    """One short hash for a whole folder."""
    return _sha256(json.dumps(files, sort_keys=True).encode())[:8]


def text(trial: Trial, cutoff: date, given: Mapping[str, Any], outputs: Mapping[str, str]) -> bytes:
    """The content of manifest.json."""
    body = {
        "contract": "manifest/1",
        "trial": trial.protocol.id,
        "protocol_version": trial.protocol.version,
        "cutoff": cutoff.isoformat(),
        "seed": SEED,
        "versions": {name: version(name) for name in DECIDING},
        "inputs": given,
        "outputs": outputs,
    }
    return (json.dumps(body, indent=1, ensure_ascii=False) + "\n").encode()
