"""Objectives, endpoints with their estimands, analysis sets and groups of subjects.

Estimand attributes follow ICH E9(R1): population, treatment, variable, intercurrent events with one strategy each,
population-level summary.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from remit.protocol.doc import Code, Doc, Key, Options, Text


class Objective(Doc):
    """What the trial wants to learn, and the endpoints that answer it."""

    key: Key
    importance: Literal["primary", "secondary", "exploratory"]
    text: Text
    endpoints: tuple[Key, ...] = ()


class IntercurrentEvent(Doc):
    """Something after treatment that changes what the variable means, and how it is handled."""

    event: Text
    strategy: Literal[
        "treatment-policy", "hypothetical", "composite", "while-on-treatment", "principal-stratum", "not-evaluable"
    ]
    note: Text | None = None


class Estimand(Doc):
    """The estimand of an endpoint; its population is the endpoint's."""

    treatment: Text
    variable: Text
    events: tuple[IntercurrentEvent, ...] = ()
    summary: Text
    sensitivity: tuple[Text, ...] = ()


class Endpoint(Doc):
    """One endpoint: which instrument, when, in whom, and what a missing answer means.

    instrument   key of an instrument and `variant` its default; both empty for a safety endpoint, which the safety
                 analyses answer without an instrument
    paramcd      PARAMCD of the derived rows, empty likewise
    timepoints   keys of visits, or `last`: the last assessment on or before the cut
    groups       keys of groups in which it is reported as well
    variants     other variants of the instrument, shown beside the default
    within       key of the group to which the question applies; for anyone outside it is not applicable, which is
                 neither yes nor no nor missing. None: it applies to the whole population
    of           with the instrument state-time: key of the state endpoint whose observed time is counted
    supportive   beside the endpoints of the trial: in its own tables, not in the headline, the figures, the abstract or
                 virtual trials
    """

    key: Key
    label: Text
    kind: Literal["state", "response", "event", "safety"]
    instrument: str = ""
    variant: str = ""
    paramcd: Code | Literal[""] = ""
    timepoints: tuple[Key, ...] = ()
    groups: tuple[Key, ...] = ()
    population: Key
    missing: Literal["not-evaluable", "non-responder", "observed"] = "not-evaluable"
    variants: tuple[Text, ...] = ()
    within: Key | None = None
    of: Key | None = None
    supportive: bool = False
    estimand: Estimand | None = None

    @model_validator(mode="after")
    def _instrument_named(self) -> Self:
        if self.kind in ("state", "response") and not (self.instrument and self.paramcd):
            raise ValueError(f'a {self.kind} endpoint needs "instrument" and "paramcd"')
        if (self.instrument == "state-time") != (self.of is not None):
            raise ValueError('"of" names the state whose time is counted; it goes with the instrument "state-time"')
        return self


class Group(Doc):
    """Subjects with enough of one measure; exactly one of `above` (strict) and `at_least` is given.

    measure   length of follow-up in months, or the protein/creatinine ratio of the urine at baseline in g/g
    """

    key: Key
    label: Text
    measure: Literal["follow-up-months", "follow-up-to-cut-months", "baseline-upcr"] = "follow-up-months"
    above: float | None = None
    at_least: float | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.above is None) == (self.at_least is None):
            raise ValueError('give exactly one of "above" and "at_least"')
        return self


class AnalysisSet(Doc):
    """A set of subjects, by rule.

    flag                the ADSL variable that says who is in
    minimum_infusions   infusions a member needs under the rule, None = what the rule itself says
    definition          the protocol's own words
    """

    key: Key
    label: Text
    flag: Code
    rule: Literal[
        "screened", "enrolled", "conditioned", "infused", "dlt-evaluable", "efficacy-evaluable", "per-protocol"
    ]
    minimum_infusions: int | None = Field(default=None, ge=1)
    definition: Text | None = None


class InstrumentChoice(Doc):
    """How this trial uses one instrument: its variant (None = the instrument's default) and its options."""

    variant: str | None = None
    options: Options = Field(default_factory=dict)
