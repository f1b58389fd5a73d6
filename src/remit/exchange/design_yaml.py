"""A design on its own as YAML: its name, parameters and guards, and the true rates to ask about.

    design: boin
    parameters: {levels: 5, target: 0.3, cohort: 3, cohorts: 10}
    scenarios:
      likely: [0.05, 0.15, 0.30, 0.45, 0.60]
    monotone: true                            # false also accepts rates that fall from one level to the next
    overdose: {above: 0.3, share: 0.6}        # more than 60 % of the subjects above a rate of 30 %
    triggers:                                 # titration only: rate per level of an event that is not a DLT
      likely: [0.1, 0.1, 0.1, 0.1, 0.1]
    calendar: {window_days: 28, per_month: 2} # designs in calendar time, simulated
    responses:                                # bf-boin only
      likely: [0.2, 0.3, 0.4, 0.5, 0.5]
    simulation: {trials: 10000, seed: 1}      # with a calendar only

Unless `monotone: false` is said, rates that fall are refused: they are a slip far more often than a belief.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remit import designs
from remit.designs import parameters
from remit.errors import InputError, ProtocolError, nearest
from remit.exchange.protocol_yaml import MAXIMUM_BYTES, node_of
from remit.protocol import Node

if TYPE_CHECKING:
    from remit.designs.calendar import Calendar, CalendarDesign

FIELDS = (
    "design",
    "parameters",
    "guards",
    "scenarios",
    "monotone",
    "overdose",
    "triggers",
    "calendar",
    "responses",
    "simulation",
)
TIMED = ("tite-boin", "tite-crm", "rolling-six", "bf-boin")
# Designs without a file of their own kind, and the calls that answer for them.
CALLED = {
    "simon": "`remit call simon_two_stage`",
    "simon-two-stage": "`remit call simon_two_stage`",
    "ahern": "`remit call single_stage_ahern`",
    "single-stage": "`remit call single_stage_ahern`",
    "predictive-probability": "`remit call predictive_design`",
    "boin12": "`remit call boin12_rds` or `remit call efftox_oc`",
    "efftox": "`remit call efftox_oc`",
    "u-boin": '`remit call efftox_oc` with `"design": "u-boin"`',
    "bop2": "`remit call bop2_design`",
}
SHARE = 0.6
WITHOUT_TARGET = 1 / 3
TRIALS, SEED = 10_000, 1

Rates = dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Timed:
    """A design in calendar time: how subjects come and are watched, and how many trials are simulated."""

    design: CalendarDesign
    calendar: Calendar
    trials: int
    seed: int
    responses: Rates = field(default_factory=dict)


@dataclass(frozen=True)
class DesignSpec:
    """A design and the curves of true DLT rates, lowest level first, by name.

    name      file name without its ending
    design    solved exactly; None for one that is simulated, which is `timed`
    above, share    a trial over-dosed if more than this share of its subjects was treated above this rate
    triggers  rates of trigger events by scenario, for a titration
    overdose_stated  whether the file itself names `above`; else it is the target, or one third
    """

    name: str
    key: str
    levels: int
    target: float | None
    scenarios: Rates
    above: float
    share: float
    design: designs.Design | None = None
    triggers: Rates = field(default_factory=dict)
    timed: Timed | None = None
    overdose_stated: bool = False

    @property
    def exact(self) -> designs.Design:
        """The design, where it is one that looks at counts only.

        raises   InputError for a design in calendar time
        """
        if self.design is None:
            raise InputError(
                f"{self.key}: decides in calendar time, so it has no table and no pathway; ask `remit design oc`."
            )
        return self.design


def read_design(path: Path) -> DesignSpec:
    """The design in a file.

    raises   InputError of one sentence: file and line, what is wrong, what is allowed
    """
    node = _node(path)
    given = node.plain()
    if not isinstance(given, dict):
        raise InputError(f"{path.name}: must be a mapping with `design`; fields: {', '.join(FIELDS)}.")
    try:
        for name in given:
            if name not in FIELDS:
                raise InputError(f"{name}: not a field.{nearest(str(name), FIELDS)} Fields: {', '.join(FIELDS)}.")
        if "design" not in given:
            raise InputError(f"design: is missing; it names one of {', '.join([*designs.DESIGNS, *TIMED])}.")
        return _spec(path.stem, given)
    except InputError as problem:
        raise InputError(_located(node, path.name, str(problem))) from None


def _node(path: Path) -> Node:
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a folder; give the file that names the design.")
        if path.stat().st_size > MAXIMUM_BYTES:
            raise InputError(f"{path.name}: too large for a design; at most {MAXIMUM_BYTES / 1e6:g} MB is read.")
        text = path.read_bytes().decode("utf-8-sig")
        if not any(line.split("#")[0].strip(" \t-.") for line in text.splitlines()):
            raise InputError(f"{path.name}: holds no design; start with `design: boin`, then `parameters`.")
        return node_of(text, path.name)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: not UTF-8 text; save the file as UTF-8.") from None
    except ProtocolError as problem:
        raise InputError(str(problem)) from None


def _spec(name: str, given: dict[str, Any]) -> DesignSpec:
    key, calendar = str(given["design"]), given.get("calendar")
    stated = _mapping(given, "parameters")
    timed: Timed | None = None
    design: designs.Design | None = None
    if calendar is None:
        if key in TIMED:
            raise InputError(
                f"calendar: {key} decides in calendar time; add `calendar: {{window_days: 28, per_month: 2}}`."
            )
        for word in ("responses", "simulation"):
            if word in given:
                raise InputError(f"{word}: only for a design with a `calendar`; this one is solved exactly.")
        called = CALLED.get(key.lower().replace("_", "-"))
        if key not in designs.DESIGNS and called is not None:
            raise InputError(f"design: {key} does not escalate by DLTs alone, so it has no design file; ask {called}.")
        if key not in designs.DESIGNS:
            every = [*designs.DESIGNS, *TIMED]
            raise InputError(f'design: "{key}" is not a design.{nearest(key, every)} Designs: {", ".join(every)}.')
        design = designs.build(key, stated, _guards(given))
    else:
        timed = _timed(key, stated, given)
    built = design if timed is None else timed.design
    assert built is not None
    levels, target = built.levels, getattr(built, "target", None)
    # Levels that are only partly ordered have no reason to rise by number.
    rising = parameters.yes_no("monotone", given.get("monotone", not hasattr(built, "order")))
    stated_above = "above" in _mapping(given, "overdose")
    above, share = _overdose(given, WITHOUT_TARGET if target is None else target)
    scenarios = _rates(given, "scenarios", levels, rising)
    triggers = _rates(given, "triggers", levels, False)
    for word in triggers:
        if word not in scenarios:
            raise InputError(
                f"triggers › {word}: not a scenario.{nearest(word, scenarios)} Scenarios: {_listed(scenarios)}."
            )
        if not hasattr(built, "branches"):
            raise InputError(f"triggers: {key} does not grade single subjects; only titration-3+3-expansion does.")
        for level, (rate, more) in enumerate(zip(scenarios[word], triggers[word], strict=True), start=1):
            if rate + more > 1:
                raise InputError(
                    f"triggers › {word}: with the DLT rate of its level, a rate must be 1 at most; "
                    f"level {level} has {rate:g} and {more:g}."
                )
    return DesignSpec(name, key, levels, target, scenarios, above, share, design, triggers, timed, stated_above)


def _timed(key: str, stated: Mapping[str, object], given: dict[str, Any]) -> Timed:
    # numpy alone; numba is imported when a trial is simulated
    from remit.designs import calendar

    if given.get("guards"):
        raise InputError("guards: a design in calendar time takes none; leave them out.")
    if key not in calendar.DESIGNS:
        words = list(calendar.DESIGNS)
        raise InputError(
            f'design: "{key}" is not simulated in calendar time.{nearest(key, words)} Such designs: {_listed(words)}.'
        )
    design = calendar.build(key, stated)
    when = calendar.calendar_of(_mapping(given, "calendar"))
    simulation = _mapping(given, "simulation")
    for name in simulation:
        if name not in ("trials", "seed"):
            raise InputError(
                f"simulation › {name}: not a field.{nearest(name, ('trials', 'seed'))} Fields: trials, seed."
            )
    trials = parameters.count("simulation › trials", simulation.get("trials", TRIALS), 1, 10_000_000)
    seed = parameters.count("simulation › seed", simulation.get("seed", SEED), 0, 2**32 - 1)
    return Timed(design, when, trials, seed, _rates(given, "responses", design.levels, False))


def _guards(given: dict[str, Any]) -> dict[str, int]:
    return {name: parameters.count(f"guards › {name}", n) for name, n in _mapping(given, "guards").items()}


def _rates(given: dict[str, Any], name: str, levels: int, rising: bool) -> Rates:
    found = {}
    for key, values in _mapping(given, name).items():
        where = f"{name} › {key}"
        try:
            found[str(key)] = designs.rates(where, values, levels)
            parameters.rates(where, values, levels, rising=rising)
        except InputError as problem:
            if rising and str(key) in found:
                raise InputError(
                    f"{where}: the rates fall from one level to the next; if you mean it, add `monotone: false`."
                ) from None
            raise problem from None
    return found


def _overdose(given: dict[str, Any], default: float) -> tuple[float, float]:
    stated = _mapping(given, "overdose")
    for name in stated:
        if name not in ("above", "share"):
            raise InputError(
                f"overdose › {name}: not a field.{nearest(name, ('above', 'share'))} Fields: above, share."
            )
    above = parameters.probability("overdose › above", stated.get("above", default))
    return above, parameters.probability("overdose › share", stated.get("share", SHARE))


def _mapping(given: dict[str, Any], name: str) -> dict[str, Any]:
    value = given.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InputError(f"{name}: must be a mapping of names and values.")
    return value


def _listed(words: Mapping[str, object] | list[str]) -> str:
    return ", ".join(words) or "none"


def _located(node: Node, file: str, message: str) -> str:
    """The message with the file, the line and the path of the field that it names."""
    head, colon, rest = message.partition(": ")
    key = str(node.value["design"].value) if "design" in node.value else ""
    name, comma, entry = head.partition(", ")
    if head in (key, "calendar"):
        name = rest.partition(" ")[0].rstrip(":")
    if not colon:
        head, rest, name = "design", message, "design"
    for path in ((name,), ("parameters", name), ("guards", name), ("calendar", name), tuple(name.split(" › "))):
        place, at = node, 0
        while at < len(path) and isinstance(place.value, dict) and path[at] in place.value:
            place, at = place.value[path[at]], at + 1
        if at == len(path):
            said = " › ".join(path)
            text = rest.removeprefix(f"{name}: ").removeprefix(f"{name} ") if head in (key, "calendar") else rest
            return f"{place.place} › {said}{comma}{entry}: {text}"
    return f"{file} › {message}"
