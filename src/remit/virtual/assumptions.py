"""What a scenario assumes that differs from the defaults, one line each: what a reader must know before any number."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from remit.biology import find
from remit.protocol import Protocol
from remit.protocol.doc import Doc
from remit.virtual.scenario import Assays, Enrolment, Events, Scenario, Visiting
from remit.virtual.spread import plain


@dataclass(frozen=True)
class Assumption:
    """One assumed value.

    path      where it stands in the scenario
    words     what it is
    usual     what holds when nothing is said; empty where something must always be said
    """

    path: str
    words: str
    value: str
    usual: str


GROUPS: tuple[tuple[str, type[Doc]], ...] = (
    ("enrolment", Enrolment),
    ("visiting", Visiting),
    ("events", Events),
    ("assays", Assays),
)

WORDS = {
    "enrolment.first": "first infusion of the trial",
    "enrolment.per_month": "subjects ready for infusion per month",
    "enrolment.subjects": "subjects infused at most",
    "enrolment.screen_failures": "share of those screened who are not enrolled",
    "enrolment.lots": "infusion lots there are",
    "enrolment.failed_lots": "share of infusions whose lot fails release",
    "visiting.missed": "share of later visits that are missed",
    "visiting.late_sd_days": "spread of a visit around its day, days",
    "visiting.withdrawn_per_year": "consent withdrawn, per year",
    "visiting.lost_per_year": "lost to follow-up, per year",
    "visiting.pga_missing": "share of visits without the physician's global",
    "events.infections_per_month": "infections per month",
    "events.serious_infections": "share of infections of grade 3 or more",
    "events.cytopenia": "share whose neutrophils fall to grade 3 or 4",
    "events.other_per_month": "other mild events per month",
    "events.deaths_per_year": "deaths from other causes, per year",
}


def assumptions(protocol: Protocol, scenario: Scenario) -> tuple[Assumption, ...]:
    """The true DLT rates, and every field that differs from its default."""
    rates = ", ".join(
        f"{level.name} {_said(rate)}" for level, rate in zip(protocol.levels, scenario.dlt_rates, strict=False)
    )
    return (
        Assumption(
            "dlt_rates",
            "true chance of a dose-limiting toxicity per level, beside those of cytokine release and death",
            rates,
            "",
        ),
        *_parameters(scenario),
        *(one for name, kind in GROUPS for one in _group(name, getattr(scenario, name), kind)),
        *_cut(protocol, scenario),
    )


def _parameters(scenario: Scenario) -> Iterator[Assumption]:
    model = find(scenario.model)
    for name, wanted in scenario.parameters.items():
        usual = model.parameters[model.parameter(name)]
        unit = "" if usual.unit == "1" else f" {usual.unit}"
        if wanted.value is not None and wanted.value != usual.value:
            now, before = (f"{plain(value)}{unit}" for value in (wanted.value, usual.value))
            yield Assumption(f"parameters.{name}.value", usual.meaning, now, before)
        if wanted.spread is not None and wanted.spread != usual.spread:
            words = f"{usual.meaning}: spread between subjects"
            yield Assumption(f"parameters.{name}.spread", words, plain(wanted.spread), plain(usual.spread))


def _group(name: str, given: Doc, kind: type[Doc]) -> Iterator[Assumption]:
    for field, info in kind.model_fields.items():
        value, usual = getattr(given, field), info.default
        if value != usual:
            path = f"{name}.{field}"
            yield Assumption(path, WORDS.get(path, field.replace("_", " ")), _said(value), _said(usual))


def _cut(protocol: Protocol, scenario: Scenario) -> Iterator[Assumption]:
    if scenario.cut is not None and scenario.cut != protocol.last_cut():
        yield Assumption("cut", "date of the data cut", _said(scenario.cut), _said(protocol.last_cut()))


def _said(value: Any) -> str:
    if value is None:
        return "no limit"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return plain(value)
