"""Guards: rules beside the design that may overrule its decision, each with a sentence of its own."""

from __future__ import annotations

from remit.designs.guards.most_subjects import MostSubjects
from remit.designs.guards.no_skipping import NoSkipping
from remit.designs.guards.stop_at_level import StopAtLevel
from remit.designs.guards.stop_if_too_toxic import StopIfTooToxic

__all__ = ["MostSubjects", "NoSkipping", "StopAtLevel", "StopIfTooToxic"]
