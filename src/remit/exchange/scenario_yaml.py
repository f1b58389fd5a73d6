"""The scenario of a virtual trial as YAML, read as the protocol is: a mistake with its line and the nearest word."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from remit.errors import InputError, ProtocolError, nearest
from remit.exchange.protocol_yaml import MAXIMUM_BYTES, node_of
from remit.protocol import Places
from remit.protocol.complaints import Problem, complain, problems_of
from remit.virtual.scenario import Scenario

FOLDER, DEFAULT = "scenarios", "likely"


def scenario_path(trial: Path, wanted: Path | None) -> Path:
    """The file of a scenario: as given, or by its name among those of the trial folder; `likely` when none is asked.

    raises   InputError naming the scenarios there are
    """
    if wanted is not None and wanted.is_file():
        return wanted
    name = DEFAULT if wanted is None else wanted.name.removesuffix(".yaml")
    path = trial / FOLDER / f"{name}.yaml"
    if path.is_file():
        return path
    known = sorted(other.stem for other in (trial / FOLDER).glob("*.yaml"))
    if not known:
        raise InputError(
            f"{trial} has no scenarios. A scenario is a file {FOLDER}/NAME.yaml that says what is assumed to be true."
        )
    raise InputError(f'There is no scenario "{name}".{nearest(name, known)} Scenarios: {", ".join(known)}.')


def read_scenario(path: Path) -> Scenario:
    """The scenario in a file.

    raises   InputError of one sentence: file, line, path, what is wrong, what is allowed
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise InputError(f"{path.name}: larger than {MAXIMUM_BYTES / 1e6:g} MB, which no scenario is.")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: not UTF-8 text; save the file as UTF-8.") from None
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror}).") from None
    return parse_scenario(text, path.name)


def parse_scenario(text: str, name: str = "scenario.yaml") -> Scenario:
    """The scenario in a text; `name` is what messages call the text."""
    if not text.strip():
        raise InputError(f"{name}: the file is empty; a scenario starts with `contract: scenario/1`.")
    try:
        node = node_of(text, name)
        data, places = node.plain(), Places(dict(node.places()))
        if not isinstance(data, dict):
            raise complain(Problem((), "this must be a mapping of fields, starting with `contract`."), data, places)
        try:
            return Scenario.model_validate_json(json.dumps(data, default=str), strict=True)
        except ValidationError as error:
            raise complain(problems_of(error, Scenario, data)[0], data, places) from None
    except ProtocolError as problem:
        raise InputError(str(problem)) from None
