"""The protocol: one typed, frozen document that everything else is a function of."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, PrivateAttr

from remit.protocol.amendments import Amendment
from remit.protocol.doc import Doc, Key, Text, frozen
from remit.protocol.dosing import Dlt, Escalation, Level, Part
from remit.protocol.eligibility import Eligibility, StoppingRule
from remit.protocol.endpoints import AnalysisSet, Endpoint, Group, InstrumentChoice, Objective
from remit.protocol.letters import INSTRUMENT as LETTERS
from remit.protocol.places import Places
from remit.protocol.product import ConditioningAgent, Disease, Product
from remit.protocol.rules import Rules
from remit.protocol.safety import BCells, LabParameter, Safety
from remit.protocol.schedule import DataCut, PlannedAnalysis, Schedule, Visit

_Item = TypeVar("_Item", Level, Visit, Schedule, Endpoint, AnalysisSet, Group)


class RegistryNumber(Doc):
    """The number of the trial in one registry."""

    registry: Text
    number: Text


class Site(Doc):
    """One site: the value that SITEID carries, its name where public, its country."""

    number: Text
    name: Text | None = None
    country: Text | None = None


class Identification(Doc):
    """Who runs the trial, where it is registered, how large it is planned to be."""

    sponsor: Text | None = None
    phase: Text | None = None
    registry: tuple[RegistryNumber, ...] = ()
    planned_subjects: int | None = Field(default=None, ge=1)
    sites: tuple[Site, ...] = ()


class Assumption(Doc):
    """A value of this document that no source states: where it stands (`levels/dl2/dose/amount`), and why it is so."""

    path: Text
    why: Text


class Protocol(Doc):
    """One trial.

    version      counts amendments, as text
    assumed      every value that is this project's assumption and not a source's
    levels_are   what the levels are called in headings: dose levels, or the arms of a study
    dlt, escalation   of the whole trial; a part may have its own (`dlt_of`, `escalation_of`)
    instruments  how the trial uses an instrument, by instrument key
    amendments   those applied, in order
    """

    contract: Literal["protocol/1"]
    id: Key
    version: Text
    title: Text
    short_title: Text
    identification: Identification = Identification()
    assumed: tuple[Assumption, ...] = ()
    disease: Disease
    product: Product
    conditioning: tuple[ConditioningAgent, ...] = ()
    schedules: tuple[Schedule, ...] = Field(min_length=1)
    levels_are: Literal["dose-levels", "arms"] = "dose-levels"
    levels: tuple[Level, ...] = Field(min_length=1)
    parts: tuple[Part, ...] = ()
    dlt: Dlt | None = None
    escalation: Escalation | None = None
    visits: tuple[Visit, ...] = ()
    eligibility: Eligibility = Eligibility()
    objectives: tuple[Objective, ...] = ()
    stopping: tuple[StoppingRule, ...] = ()
    analysis_sets: tuple[AnalysisSet, ...] = ()
    groups: tuple[Group, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    instruments: Annotated[dict[Key, InstrumentChoice], AfterValidator(frozen)] = Field(default_factory=dict)
    b_cells: BCells | None = None
    safety: Safety = Safety()
    labs: tuple[LabParameter, ...] = ()
    rules: Rules = Rules()
    cuts: tuple[DataCut, ...] = ()
    analyses: tuple[PlannedAnalysis, ...] = ()
    amendments: tuple[Amendment, ...] = ()

    _places: Places = PrivateAttr(default=Places())

    @property
    def places(self) -> Places:
        """Where each path of the document was written (file and line); empty for a document made in memory."""
        return self._places

    @property
    def headline(self) -> tuple[Endpoint, ...]:
        """The endpoints of the trial itself, without those that are only shown beside them."""
        return tuple(endpoint for endpoint in self.endpoints if not endpoint.supportive)

    @property
    def pooled(self) -> Protocol:
        """The protocol as virtual trials read it: without what only the report of one trial shows."""
        instruments = {key: one for key, one in self.instruments.items() if key != LETTERS}
        return self.model_copy(update={"endpoints": self.headline, "instruments": frozen(instruments)})

    @property
    def follow_up_groups(self) -> tuple[Group, ...]:
        """The groups of subjects followed long enough."""
        return tuple(group for group in self.groups if group.measure.startswith("follow-up"))

    def level_of(self, arm: str | None) -> Level | None:
        """The level whose ARMCD this is; None for a screen failure, an arm nobody declared, or no arm."""
        return next((level for level in self.levels if level.arm == arm), None)

    def level(self, key: str) -> Level:
        """The level with this key. Raises KeyError for a key that is not in the document, as the next four do."""
        return _named(self.levels, key)

    def visit(self, key: str) -> Visit:
        """The visit with this key."""
        return _named(self.visits, key)

    def schedule(self, key: str) -> Schedule:
        """The schedule with this key."""
        return _named(self.schedules, key)

    def endpoint(self, key: str) -> Endpoint:
        """The endpoint with this key."""
        return _named(self.endpoints, key)

    def analysis_set(self, key: str) -> AnalysisSet:
        """The analysis set with this key."""
        return _named(self.analysis_sets, key)

    def group(self, key: str) -> Group:
        """The group with this key."""
        return _named(self.groups, key)

    def part_of(self, level: Level) -> Part | None:
        """The part a level belongs to; None when the trial has one part."""
        return next((part for part in self.parts if part.key == level.part), None)

    def dlt_of(self, level: Level) -> Dlt | None:
        """The definition of DLT that holds at a level: its part's, else the trial's."""
        part = self.part_of(level)
        return part.dlt if part is not None and part.dlt is not None else self.dlt

    def escalation_of(self, part: Part | None) -> Escalation | None:
        """The escalation that a part follows: its own, else the trial's."""
        return part.escalation if part is not None and part.escalation is not None else self.escalation

    def levels_in(self, part: Part | None) -> tuple[Level, ...]:
        """The levels of a part, lowest first; all levels when `part` is None."""
        return tuple(level for level in self.levels if part is None or level.part == part.key)

    def planned_infusions(self, level: Level) -> int:
        """How many infusions the schedule of a level plans."""
        schedule = self.schedule(level.schedule)
        if schedule.daily_through is None:
            return len(schedule.days)
        return schedule.daily_through - schedule.days[0] + 1

    def last_cut(self) -> datetime.date | None:
        """The date of the latest data cut that the document declares; None when it declares none."""
        return max((cut.date for cut in self.cuts), default=None)


def _named(items: tuple[_Item, ...], key: str) -> _Item:
    for item in items:
        if item.key == key:
            return item
    raise KeyError(key)
