"""The report lays out; it never computes a number that it prints."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import remit.report

ROOM = Path(remit.report.__file__).parent

AGGREGATES = {
    "agg",
    "group_by",
    "sum",
    "mean",
    "median",
    "std",
    "var",
    "quantile",
    "n_unique",
    "count",
    "value_counts",
    "cum_sum",
    "describe",
    "pivot",
    "rolling",
    "min",
    "max",
    "round",
    "fmean",
    "stdev",
}
LIBRARIES = {"numpy", "scipy", "statistics", "math", "random"}


def computed(text: str) -> list[str]:
    """Every aggregation, and every import of a library that computes, in one file."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in AGGREGATES:
                found.append(f"line {node.lineno}: {name}")
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            found += [f"line {node.lineno}: {n}" for n in names if n.split(".")[0] in LIBRARIES]
        if isinstance(node, ast.Dict):
            keys = {k.value for k in node.keys if isinstance(k, ast.Constant)}
            found += [
                f"line {node.lineno}: Vega-Lite {k}" for k in sorted(keys & {"aggregate", "joinaggregate", "bin"})
            ]
    return found


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.py")), ids=lambda p: str(p.relative_to(ROOM)))
def test_no_file_of_the_report_aggregates(path: Path) -> None:
    assert computed(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "frame['AVAL'].mean()",
        "sum(ages)",
        "import numpy as np",
        "spec = {'aggregate': 'median'}",
        "df.group_by('A').agg()",
    ],
)
def test_a_planted_computation_is_found(text: str) -> None:
    assert computed(text)
