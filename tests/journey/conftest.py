"""One run of the seed trial's report, shared by the tests that read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from remit.cli.app import run

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Reported:
    """A report on disk and its results by id."""

    trial: Path
    folder: Path
    code: int
    results: Mapping[str, Mapping[str, Any]]


def reported(trial: Path, folder: Path) -> Reported:
    code = run(["report", str(trial), "--out", str(folder)])
    rows = json.loads((folder / "results.json").read_text("utf-8"))["results"]
    return Reported(trial, folder, code, {row["id"]: row for row in rows})


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """The seed trial's report."""
    return reported(ROOT / "examples" / "kn5501-sle", tmp_path_factory.mktemp("seed"))


@pytest.fixture(scope="session")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Reported:
    """The report of the public CDISC pilot study."""
    return reported(ROOT / "examples" / "cdisc-pilot", tmp_path_factory.mktemp("pilot"))
