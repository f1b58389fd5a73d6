"""Dose levels, the parts of a trial, dose-limiting toxicity and the escalation that a part follows."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from remit.protocol.doc import Doc, Guards, Key, Parameters, Text


class WeightTier(Doc):
    """One weight band of a tiered dose: from `from_kg` up to, not including, `below_kg` (None = no limit)."""

    from_kg: float = Field(ge=0)
    below_kg: float | None = Field(default=None, gt=0)
    amount: float = Field(ge=0)

    def holds(self, weight_kg: float) -> bool:
        """Whether a weight falls in this band."""
        return self.from_kg <= weight_kg and (self.below_kg is None or weight_kg < self.below_kg)


class Dose(Doc):
    """The planned dose of one infusion.

    amount   in `unit`, per kilogram or per square meter as `basis` says; None when tiers by weight give it
    tiers    the weight bands, lightest first; only with basis `weight-tier`
    """

    amount: float | None = Field(default=None, ge=0)
    unit: Text
    basis: Literal["flat", "per-kg", "per-m2", "weight-tier"] = "flat"
    tiers: tuple[WeightTier, ...] = ()

    def planned(self, weight_kg: float | None = None, bsa_m2: float | None = None) -> float | None:
        """The planned amount of one infusion for one subject; None when what it needs of the subject is unknown."""
        if self.basis == "flat":
            return self.amount
        if self.basis == "weight-tier":
            if weight_kg is None:
                return None
            return next((tier.amount for tier in self.tiers if tier.holds(weight_kg)), None)
        size = weight_kg if self.basis == "per-kg" else bsa_m2
        return None if size is None or self.amount is None else self.amount * size


class Level(Doc):
    """One dose level (or, in a study with arms, one arm): a dose on a schedule.

    level      1-based, as spoken; numbers rise in the order written and are unique in the document
    arm        value of ARMCD and ACTARMCD
    schedule   key of the schedule of infusions
    part       key of the part the level belongs to, or None when the trial has one part only
    """

    level: int = Field(ge=1)
    key: Key
    name: Text
    arm: Text
    dose: Dose
    schedule: Key
    part: Key | None = None


class DltLine(Doc):
    """One line of the definition of dose-limiting toxicity.

    interest        key of an event of interest in `safety`, or None for any event
    not_interest    keys of events of interest that this line leaves to others
    at_least_grade  lowest grade that counts on `scale`
    over_days       the grade must have lasted longer than this many days; None = at once
    related         whether only events attributed to the cells count
    counts          False switches the line off without deleting it
    """

    key: Key
    text: Text
    interest: Key | None = None
    not_interest: tuple[Key, ...] = ()
    scale: Text | None = None
    at_least_grade: int | None = Field(default=None, ge=1, le=5)
    over_days: int | None = Field(default=None, ge=0)
    related: bool = True
    counts: bool = True


class DltEvaluable(Doc):
    """Who counts in a dose decision: enough infusions (or fewer because of a DLT), and a DLT or a full window."""

    minimum_infusions: int = Field(default=1, ge=1)
    fewer_if_stopped_for_dlt: bool = True
    complete_window: bool = True


class Dlt(Doc):
    """Dose-limiting toxicity: the days from the anchor to anchor + window_days, both counted, and what counts."""

    window_days: int = Field(ge=1, le=365)
    anchor: Literal["first-infusion", "last-infusion"]
    definition: tuple[DltLine, ...] = ()
    evaluable: DltEvaluable = DltEvaluable()


class Escalation(Doc):
    """The design that chooses the next level. The design and the guards are named here and built elsewhere.

    design       key of a design; the design checks its own `parameters`
    start        number of the level that the first cohort gets
    cohort       subjects per cohort
    target       target probability of DLT, or None for a design without one
    guards       rules that may overrule the design, applied in the order written
    """

    design: Text
    start: int = Field(default=1, ge=1)
    cohort: int = Field(default=3, ge=1)
    target: float | None = Field(default=None, gt=0, lt=1)
    parameters: Parameters = Field(default_factory=dict)
    guards: Guards = Field(default_factory=dict)


class Part(Doc):
    """A part of the trial with its own window and escalation; what it leaves out it takes from the document."""

    key: Key
    label: Text
    kind: Literal["single-ascending", "multiple-ascending", "expansion"]
    dlt: Dlt | None = None
    escalation: Escalation | None = None
