"""What the safety analyses look for: events of interest, laboratory parameters, B cells."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import Field, model_validator

from remit.protocol.doc import Code, Doc, Key, Text


class EventOfInterest(Doc):
    """A family of adverse events, by preferred term (AEDECOD) or body system (AEBODSYS or AESOC)."""

    key: Key
    label: Text
    terms: tuple[Text, ...] = ()
    body_systems: tuple[Text, ...] = ()
    scale: Text | None = None

    @model_validator(mode="after")
    def _finds_something(self) -> Self:
        if not self.terms and not self.body_systems:
            raise ValueError('give "terms" or "body_systems", otherwise no event can match')
        return self


class Safety(Doc):
    """Events of interest, the scale of every grade that no event of interest names another for, and of the laboratory.

    ctcae   the version whose cut-offs grade laboratory values; versions are never mixed within a trial
    """

    toxicity_scale: Text = "CTCAE 5.0"
    ctcae: Literal["v5", "v6"] = "v5"
    interest: tuple[EventOfInterest, ...] = ()

    @model_validator(mode="after")
    def _one_version(self) -> Self:
        said = re.search(r"CTCAE\D*([56])", self.toxicity_scale, re.IGNORECASE)
        if said is not None and said[1] != self.ctcae[1]:
            raise ValueError(
                f"toxicity_scale grades events by CTCAE {said[1]} and ctcae grades the laboratory by {self.ctcae}: "
                "name one version"
            )
        return self


class LabParameter(Doc):
    """A laboratory parameter that the report shows.

    code    value of LBTESTCD
    unit    unit of the standard result
    grade   CTCAE term that grades it (words joined by hyphens), or None when it is shown ungraded
    """

    key: Key
    code: Code
    label: Text
    unit: Text
    grade: Key | None = None


class BCells(Doc):
    """Depletion and return of B cells: below the first limit; at or above the second in `consecutive` samples."""

    test_codes: tuple[Code, ...] = Field(min_length=1)
    unit: Text = "cells/uL"
    depleted_below: float = Field(default=10, gt=0)
    reconstituted_at: float = Field(default=10, gt=0)
    consecutive: int = Field(default=2, ge=1)
