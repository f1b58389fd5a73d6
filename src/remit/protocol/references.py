"""What the document says about itself: keys are unique, every name it uses is declared, numbers fit together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from remit.errors import ProtocolError, nearest
from remit.protocol.complaints import Problem, complain, listed, shown
from remit.protocol.document import Protocol
from remit.protocol.dosing import Dose, Escalation, Level
from remit.protocol.letters import letters
from remit.protocol.places import Path, resolve

_KEYED = (
    ("schedules", "key"), ("levels", "key"), ("parts", "key"), ("visits", "key"), ("visits", "number"),
    ("endpoints", "key"), ("analysis_sets", "key"), ("analysis_sets", "flag"), ("groups", "key"), ("labs", "key"),
    ("cuts", "key"), ("analyses", "key"), ("objectives", "key"), ("stopping", "key"), ("levels", "arm"),
    ("assumed", "path"),
)  # fmt: skip


def problems(protocol: Protocol) -> list[Problem]:
    """Every contradiction inside a document whose fields are valid; empty when there is none."""
    return [
        *_unique(protocol),
        *_levels(protocol),
        *_parts(protocol),
        *_visits(protocol),
        *_product(protocol),
        *_endpoints(protocol),
        *_plans(protocol),
        *letters(protocol),
        *_assumed(protocol),
    ]


def check_names(protocol: Protocol, instruments: Mapping[str, Collection[str]], designs: Collection[str]) -> None:
    """Names that other rooms give meaning to: instruments with their variants, and designs.

    instruments   key of each instrument, with the names of its variants (an empty collection accepts any)
    designs       keys of the designs
    raises        ProtocolError for the first name that nobody knows, with its file and line
    """
    for problem in _foreign(protocol, instruments, designs):
        raise refusal(protocol, *problem)


def refusal(protocol: Protocol, path: Path, what: str) -> ProtocolError:
    """The exception for what another room finds wrong at a path of the document, with its file and line."""
    return complain(Problem(path, what), protocol.model_dump(), protocol.places)


def _foreign(
    protocol: Protocol, instruments: Mapping[str, Collection[str]], designs: Collection[str]
) -> Iterator[Problem]:
    def variant(path: Path, instrument: str, word: str) -> Iterator[Problem]:
        known = instruments.get(instrument, ())
        if known and word not in known:
            yield _unknown(path, word, f'a variant of "{instrument}"', "Variants", known)

    classification = protocol.disease.classification
    if classification is not None and classification not in instruments:
        yield _unknown(("disease", "classification"), classification, "an instrument", "Instruments", instruments)
    for key, choice in protocol.instruments.items():
        if key not in instruments:
            yield _unknown(("instruments", key), key, "an instrument", "Instruments", instruments)
        elif choice.variant is not None:
            yield from variant(("instruments", key, "variant"), key, choice.variant)
    for i, endpoint in enumerate(protocol.endpoints):
        here: Path = ("endpoints", i)
        if not endpoint.instrument:
            continue
        if endpoint.instrument not in instruments:
            yield _unknown((*here, "instrument"), endpoint.instrument, "an instrument", "Instruments", instruments)
            continue
        if endpoint.variant:
            yield from variant((*here, "variant"), endpoint.instrument, endpoint.variant)
        for j, word in enumerate(endpoint.variants):
            yield from variant((*here, "variants", j), endpoint.instrument, word)
    for path, escalation in _escalations(protocol):
        if escalation.design not in designs:
            yield _unknown((*path, "design"), escalation.design, "a design", "Designs", designs)


def _escalations(protocol: Protocol) -> Iterator[tuple[Path, Escalation]]:
    if protocol.escalation is not None:
        yield ("escalation",), protocol.escalation
    for i, part in enumerate(protocol.parts):
        if part.escalation is not None:
            yield ("parts", i, "escalation"), part.escalation


def _unknown(path: Path, word: str, what: str, heading: str, allowed: Iterable[str]) -> Problem:
    words = list(allowed)
    there = f"{heading}: {listed(words)}." if words else f"{heading}: none declared."
    return Problem(path, f"{shown(word)} is not {what}.{nearest(word, words)} {there}")


def _known(path: Path, words: Sequence[str], what: str, heading: str, allowed: Sequence[str]) -> Iterator[Problem]:
    for i, word in enumerate(words):
        if word not in allowed:
            yield _unknown((*path, i), word, what, heading, allowed)


def _unique(protocol: Protocol) -> Iterator[Problem]:
    for name, attribute in _KEYED:
        seen: set[Any] = set()
        for i, item in enumerate(getattr(protocol, name)):
            value = getattr(item, attribute)
            if value in seen:
                yield Problem((name, i, attribute), f"{shown(value)} is there already; each {attribute} is used once.")
            seen.add(value)


def _levels(protocol: Protocol) -> Iterator[Problem]:
    schedules = [schedule.key for schedule in protocol.schedules]
    parts = [part.key for part in protocol.parts]
    previous = 0
    for i, level in enumerate(protocol.levels):
        here: Path = ("levels", i)
        if level.level <= previous:
            yield Problem((*here, "level"), f"{level.level} comes after {previous}; levels rise in the order written.")
        previous = level.level
        if level.schedule not in schedules:
            yield _unknown((*here, "schedule"), level.schedule, "a schedule", "Schedules", schedules)
        if level.part is not None and level.part not in parts:
            yield _unknown((*here, "part"), level.part, "a part", "Parts", parts)
        if level.part is None and parts:
            yield Problem((*here, "part"), f"missing: a level of a trial with parts names one. Parts: {listed(parts)}.")
        yield from _dose((*here, "dose"), level.dose)
    for i, schedule in enumerate(protocol.schedules):
        if list(schedule.days) != sorted(set(schedule.days)):
            yield Problem(("schedules", i, "days"), "the days of a schedule rise, each written once.")
        last = schedule.daily_through
        if last is not None and (len(schedule.days) > 1 or last <= schedule.days[0]):
            yield Problem(("schedules", i, "daily_through"), "a later day than the one day that the schedule then has.")


def _dose(here: Path, dose: Dose) -> Iterator[Problem]:
    if dose.basis != "weight-tier":
        if dose.tiers:
            yield Problem((*here, "tiers"), 'tiers belong to the basis "weight-tier" only.')
        if dose.amount is None:
            yield Problem((*here, "amount"), f'missing: the basis "{dose.basis}" needs an amount.')
        return
    if dose.amount is not None:
        yield Problem((*here, "amount"), 'the tiers give the amount; leave it out with the basis "weight-tier".')
    if not dose.tiers:
        yield Problem((*here, "tiers"), 'missing: the basis "weight-tier" needs tiers.')
    for i, (lighter, heavier) in enumerate(zip(dose.tiers, dose.tiers[1:], strict=False)):
        if lighter.below_kg != heavier.from_kg:
            what = f"starts at {heavier.from_kg:g} kg, but the tier before it ends below {lighter.below_kg or 0:g} kg."
            yield Problem((*here, "tiers", i + 1, "from_kg"), what)
    for i, tier in enumerate(dose.tiers):
        if tier.below_kg is not None and tier.below_kg <= tier.from_kg:
            yield Problem((*here, "tiers", i, "below_kg"), f"not above {tier.from_kg:g} kg, where the tier starts.")


def _parts(protocol: Protocol) -> Iterator[Problem]:
    interest = [event.key for event in protocol.safety.interest]
    for i, part in enumerate(protocol.parts):
        if part.kind != "expansion" and not protocol.levels_in(part):
            yield Problem(("parts", i, "key"), f'no level names "{part.key}" as its part.')
    for path, escalation in _escalations(protocol):
        levels: Sequence[Level] = protocol.levels
        if path[0] == "parts":
            levels = protocol.levels_in(protocol.parts[int(path[1])]) or protocol.levels
        numbers = [level.level for level in levels]
        if escalation.start not in numbers:
            yield Problem((*path, "start"), f"{escalation.start} is not a level there. Levels: {listed(numbers)}.")
    lines = [(("dlt",), protocol.dlt), *((("parts", i, "dlt"), part.dlt) for i, part in enumerate(protocol.parts))]
    for where, dlt in lines:
        if dlt is None:
            continue
        for j, line in enumerate(dlt.definition):
            there = (*where, "definition", j, "not_interest")
            yield from _known(there, line.not_interest, "an event of interest", "Events of interest", interest)
            if line.interest is not None and line.interest not in interest:
                path = (*where, "definition", j, "interest")
                yield _unknown(path, line.interest, "an event of interest", "Events of interest", interest)


def _visits(protocol: Protocol) -> Iterator[Problem]:
    for i, visit in enumerate(protocol.visits):
        if visit.window is None:
            continue
        low, high = visit.window
        if low > high:
            yield Problem(("visits", i, "window"), f"the window ends (day {high}) before it starts (day {low}).")
        elif visit.day is not None and not low <= visit.day <= high:
            yield Problem(("visits", i, "day"), f"day {visit.day} is outside the window, day {low} to {high}.")


def _product(protocol: Protocol) -> Iterator[Problem]:
    product = protocol.product
    for i, level in enumerate(protocol.levels):
        if level.dose.unit != product.dose_unit:
            what = f"{shown(level.dose.unit)}, but product › dose_unit is {shown(product.dose_unit)}; write one unit."
            yield Problem(("levels", i, "dose", "unit"), what)
    for i, agent in enumerate(protocol.conditioning):
        if agent.treatment in product.treatments:
            what = f"{shown(agent.treatment)} is study product as well; a treatment is one or the other."
            yield Problem(("conditioning", i, "treatment"), what)
    seen: set[str] = set()
    for i, lot in enumerate(product.lots):
        here: Path = ("product", "lots", i)
        if lot.key in seen:
            yield Problem((*here, "key"), f"{shown(lot.key)} is there already; each lot is written once.")
        seen.add(lot.key)
        if lot.donor is not None and product.donors and lot.donor not in product.donors:
            yield _unknown((*here, "donor"), lot.donor, "a donor", "Donors", product.donors)
        if lot.bank is not None and product.cell_banks and lot.bank not in product.cell_banks:
            yield _unknown((*here, "bank"), lot.bank, "a cell bank", "Cell banks", product.cell_banks)


def _endpoints(protocol: Protocol) -> Iterator[Problem]:
    sets = [one.key for one in protocol.analysis_sets]
    times = [*(visit.key for visit in protocol.visits), "last"]
    groups = [group.key for group in protocol.groups]
    for i, endpoint in enumerate(protocol.endpoints):
        here: Path = ("endpoints", i)
        if endpoint.population not in sets:
            yield _unknown((*here, "population"), endpoint.population, "an analysis set", "Analysis sets", sets)
        yield from _known((*here, "timepoints"), endpoint.timepoints, 'a visit or "last"', "Visits", times)
        yield from _known((*here, "groups"), endpoint.groups, "a group", "Groups", groups)
        if endpoint.within is not None and endpoint.within not in groups:
            yield _unknown((*here, "within"), endpoint.within, "a group", "Groups", groups)
        states = [e.key for e in protocol.endpoints if e.kind == "state" and e.of is None and e.instrument]
        if endpoint.of is not None and endpoint.of not in states:
            yield _unknown((*here, "of"), endpoint.of, "a state endpoint", "State endpoints", states)
        if endpoint.variant and endpoint.variant in endpoint.variants:
            where = (*here, "variants", endpoint.variants.index(endpoint.variant))
            yield Problem(where, f"{shown(endpoint.variant)} is the default already; name only the others.")


def _plans(protocol: Protocol) -> Iterator[Problem]:
    sets = [one.key for one in protocol.analysis_sets]
    cuts = [cut.key for cut in protocol.cuts]
    endpoints = [endpoint.key for endpoint in protocol.endpoints]
    for i, objective in enumerate(protocol.objectives):
        yield from _known(("objectives", i, "endpoints"), objective.endpoints, "an endpoint", "Endpoints", endpoints)
    for i, analysis in enumerate(protocol.analyses):
        here: Path = ("analyses", i)
        if analysis.cut is not None and analysis.cut not in cuts:
            yield _unknown((*here, "cut"), analysis.cut, "a data cut", "Data cuts", cuts)
        if analysis.population is not None and analysis.population not in sets:
            yield _unknown((*here, "population"), analysis.population, "an analysis set", "Analysis sets", sets)
        yield from _known((*here, "endpoints"), analysis.endpoints, "an endpoint", "Endpoints", endpoints)


def _assumed(protocol: Protocol) -> Iterator[Problem]:
    if not protocol.assumed:
        return
    data = protocol.model_dump()
    for i, assumption in enumerate(protocol.assumed):
        if resolve(data, assumption.path) is None:
            what = f'"{assumption.path}" leads to nothing in this document, so nothing is assumed there.'
            yield Problem(("assumed", i, "path"), what)
