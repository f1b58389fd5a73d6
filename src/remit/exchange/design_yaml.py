"""A design on its own as YAML: its name, parameters and guards, and the true rates to ask about.

design: boin
parameters: {levels: 5, target: 0.3, cohort: 3, cohorts: 10}
scenarios:
  likely: [0.05, 0.15, 0.30, 0.45, 0.60]
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from remit import designs
from remit.errors import InputError, ProtocolError, nearest
from remit.exchange.protocol_yaml import node_of

FIELDS = ("design", "parameters", "guards", "scenarios")


@dataclass(frozen=True)
class DesignSpec:
    """A design and the curves of true DLT rates, lowest level first, by name."""

    design: designs.Design
    scenarios: dict[str, tuple[float, ...]]


def read_design(path: Path) -> DesignSpec:
    """The design in a file.

    raises   InputError of one sentence: file, what is wrong, what is allowed
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: not UTF-8 text; save the file as UTF-8.") from None
    try:
        given = node_of(text, path.name).plain()
    except ProtocolError as problem:
        raise InputError(str(problem)) from None
    if not isinstance(given, dict) or "design" not in given:
        raise InputError(f"{path.name}: must be a mapping with `design`; fields: {', '.join(FIELDS)}.")
    for name in given:
        if name not in FIELDS:
            raise InputError(
                f"{path.name} › {name}: not a field.{nearest(str(name), FIELDS)} Fields: {', '.join(FIELDS)}."
            )
    try:
        parameters, guards = _mapping(given, "parameters"), _mapping(given, "guards")
        design = designs.build(str(given["design"]), parameters, guards)
        scenarios = {str(k): designs.rates(str(k), v, design.levels) for k, v in _mapping(given, "scenarios").items()}
    except InputError as problem:
        raise InputError(f"{path.name} › {problem}") from None
    return DesignSpec(design, scenarios)


def _mapping(given: dict[str, Any], name: str) -> dict[str, Any]:
    value = given.get(name) or {}
    if not isinstance(value, dict):
        raise InputError(f"{name}: must be a mapping of names and values.")
    return value
