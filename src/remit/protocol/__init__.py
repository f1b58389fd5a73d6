"""The protocol room (floor 1): one typed, frozen document that says what the trial is and how it is analyzed."""

from remit.protocol.amendments import Amendment, Change
from remit.protocol.build import build
from remit.protocol.doc import Doc, Frozen
from remit.protocol.document import Assumption, Identification, Protocol, RegistryNumber, Site
from remit.protocol.dosing import (
    Dlt,
    DltEvaluable,
    DltLine,
    Dose,
    Escalation,
    Level,
    Part,
    WeightTier,
)
from remit.protocol.eligibility import Condition, Eligibility, EligibilityCriterion, StoppingRule
from remit.protocol.endpoints import (
    AnalysisSet,
    Endpoint,
    Estimand,
    Group,
    InstrumentChoice,
    IntercurrentEvent,
    Objective,
)
from remit.protocol.places import Node, Place, Places
from remit.protocol.product import ConditioningAgent, Disease, Lot, Product
from remit.protocol.references import check_names, refusal
from remit.protocol.rules import Rules
from remit.protocol.safety import BCells, EventOfInterest, LabParameter, Safety
from remit.protocol.schedule import DataCut, PlannedAnalysis, Schedule, Visit

__all__ = [
    "Amendment",
    "AnalysisSet",
    "Assumption",
    "BCells",
    "Change",
    "Condition",
    "ConditioningAgent",
    "DataCut",
    "Disease",
    "Dlt",
    "DltEvaluable",
    "DltLine",
    "Doc",
    "Dose",
    "Eligibility",
    "EligibilityCriterion",
    "Endpoint",
    "Escalation",
    "Estimand",
    "EventOfInterest",
    "Frozen",
    "Group",
    "Identification",
    "InstrumentChoice",
    "IntercurrentEvent",
    "LabParameter",
    "Level",
    "Lot",
    "Node",
    "Objective",
    "Part",
    "Place",
    "Places",
    "PlannedAnalysis",
    "Product",
    "Protocol",
    "RegistryNumber",
    "Rules",
    "Safety",
    "Schedule",
    "Site",
    "StoppingRule",
    "Visit",
    "WeightTier",
    "build",
    "check_names",
    "refusal",
]
