"""Imports only go down. The dict below is the map of the house."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "remit"

FLOORS: dict[str, float] = {
    "cli": 9,
    "web": 8,
    "exchange": 7,
    "capture": 7,
    "jobs": 7,
    "report": 6,
    "virtual": 5.5,
    "evidence": 5.5,
    "analysis": 5,
    "derive": 4,
    "instruments": 3,
    "designs": 3,
    "biology": 3,
    "records": 2,
    "protocol": 1,
    "stats": 0,
    "units": 0,
    "days": 0,
    "criteria": 0,
    "citations": 0,
    "streams": 0,
    "errors": -1,
}

# What a room may never import although the floor would allow it, and why.
FORBIDDEN = {
    ("designs", "records"): "designs see Outcomes only; derive/outcomes.py is the bridge",
    ("instruments", "protocol"): "a registry study with no protocol uses instruments too",
    ("report", "stats"): "reports never compute",
    ("report", "analysis"): "reports know only the row type analysis.result",
}
ALLOWED_MODULES = {("report", "analysis"): {"analysis.result"}}

# Third-party and standard libraries that must not be seen below the edges (floor 7).
EDGE_ONLY = {
    "os",
    "logging",
    "random",
    "sqlalchemy",
    "django",
    "httpx",
    "requests",
    "pyreadstat",
    "openpyxl",
    "xlsxwriter",
    "distributed",
    "multiprocessing",
}


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports_of(tree: ast.AST) -> list[str]:
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def violations(files: dict[str, str]) -> list[str]:
    """Every broken rule in {path: source text}, as the sentences a developer reads."""
    broken: list[str] = []
    for name, text in files.items():
        room = Path(name).parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        floor = FLOORS.get(room)
        if floor is None:
            broken.append(f"{name}: room {room} is not in the house; give it a floor in tests/house/test_floors.py")
            continue
        tree = ast.parse(text)
        for target in imports_of(tree):
            parts = target.split(".")
            if parts[0] == "remit" and len(parts) > 1:
                other = parts[1]
                if other == room or other not in FLOORS or other == "errors":
                    continue
                module = ".".join(parts[1:3])
                if FLOORS[other] >= floor:
                    broken.append(f"{name}: {room} (floor {floor:g}) imports {other} (floor {FLOORS[other]:g})")
                elif (room, other) in FORBIDDEN and module not in ALLOWED_MODULES.get((room, other), set()):
                    broken.append(f"{name}: {room} imports {other}: {FORBIDDEN[room, other]}")
            elif floor < 7 and parts[0] in EDGE_ONLY:
                broken.append(f"{name}: {room} (floor {floor:g}) imports {parts[0]}, which belongs to the edges")
        broken += clock_and_chance(name, room, floor, tree)
    return broken


def clock_and_chance(name: str, room: str, floor: float, tree: ast.AST) -> list[str]:
    broken = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
        if floor < 7 and node.attr in {"now", "today", "utcnow"} and owner in {"datetime", "date"}:
            broken.append(f"{name}: asks the time ({owner}.{node.attr})")
        if room != "streams" and node.attr == "random" and owner in {"np", "numpy"}:
            broken.append(f"{name}: numpy.random outside streams")
    return broken


def source_files() -> dict[str, str]:
    return {str(p.relative_to(SOURCE)): p.read_text("utf-8") for p in sorted(SOURCE.rglob("*.py"))}


def test_imports_only_go_down() -> None:
    assert violations(source_files()) == []


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("biology/model.py", "from remit.designs import boin", "biology (floor 3) imports designs (floor 3)"),
        ("designs/boin.py", "import remit.records", "designs imports records"),
        ("report/page.py", "from remit.analysis import trace", "report imports analysis"),
        ("derive/adsl.py", "import os", "imports os"),
        ("derive/adsl.py", "from datetime import date\ndate.today()", "asks the time"),
        ("virtual/run.py", "import numpy as np\nnp.random.seed(1)", "numpy.random outside streams"),
        ("utils/x.py", "", "not in the house"),
        ("analysis/x.py", "from remit.virtual import run", "imports virtual (floor 5.5)"),
    ],
)
def test_a_planted_violation_is_named(name: str, text: str, says: str) -> None:
    assert any(says in line for line in violations({name: text}))
