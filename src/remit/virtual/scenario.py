"""The scenario: the assumed truth of a virtual trial, kept apart from the protocol.

Everything here is an assumption about patients, sites and assays; nothing here may change what a protocol says.
Fields that are left out take a default that is an assumption too, each with its reason beside it.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from remit.protocol.doc import Doc, Key, Text, frozen

Chance = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Rate = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Spread = Annotated[float, Field(ge=0, le=3, allow_inf_nan=False)]
"""Of a logarithm: 3 already spreads the middle 95 % of values over a factor of 100,000."""
Often = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]
"""Events per month; more often than every third day nobody could tell one from the next."""
Number = Annotated[float, Field(allow_inf_nan=False)]


class Parameter(Doc):
    """Another typical value or another spread of one parameter of the model; what is left out stays as published."""

    value: Number | None = None
    spread: Rate | None = None


class Enrolment(Doc):
    """How subjects come.

    first         date of the first infusion of the trial
    per_month     subjects ready for infusion per month, while the trial is open (Poisson)
    subjects      no more than this many are infused; None leaves it to the design and the data cut
    screen_failures    share of those screened who are never enrolled
    lots          infusion lots there are; None when cells never run out
    failed_lots   share of infusions whose lot fails release: the infusion is given two days later
    """

    first: datetime.date = datetime.date(2023, 10, 2)
    per_month: Positive = 3.0
    subjects: int | None = Field(default=None, ge=1)
    screen_failures: Chance = 0.1
    lots: int | None = Field(default=None, ge=1)
    failed_lots: Chance = 0.0


class Visiting(Doc):
    """How well visits are kept.

    missed              share of visits after the last infusion that do not take place
    late_sd_days        spread of a visit's day around its planned day; visits stay inside their window
    withdrawn_per_year, lost_per_year     rates at which consent is withdrawn, and contact is lost
    pga_missing         share of visits at which the physician's global is not recorded
    """

    missed: Chance = 0.03
    late_sd_days: Rate = 2.0
    withdrawn_per_year: Rate = 0.04
    lost_per_year: Rate = 0.02
    pga_missing: Chance = 0.0


class Events(Doc):
    """Toxicity that the model does not make.

    infections_per_month    rate over the whole course; doubled in the first 90 days, while B cells are gone
    serious_infections      share of infections of grade 3 or more
    cytopenia               share of subjects whose neutrophils fall to grade 3 or 4 after the conditioning
    other_per_month         rate of other mild events
    deaths_per_year         rate of deaths from other causes
    """

    infections_per_month: Often = 0.06
    serious_infections: Chance = 0.1
    cytopenia: Chance = 0.5
    other_per_month: Often = 0.15
    deaths_per_year: Rate = 0.0


class Assays(Doc):
    """Noise of what is measured: standard deviations of the logarithm unless the name says otherwise.

    b_cells_lloq, cells_lloq    lower limits of quantification, cells/uL
    copies_per_cell             copies/ug of DNA per CAR-NK cell/uL in blood
    """

    b_cells_sd: Spread = 0.3
    b_cells_lloq: Positive = 1.0
    cells_sd: Spread = 0.4
    cells_lloq: Positive = 0.05
    copies_per_cell: Positive = 100.0
    laboratory_sd: Spread = 0.06
    pga_sd_points: Rate = 0.1
    temperature_sd_celsius: Rate = 0.15


class Scenario(Doc):
    """One assumed truth.

    parameters      other values for the model's parameters, by name
    dlt_rates       true chance of a dose-limiting toxicity per level, lowest first and not falling within a part; one
                    per level of the protocol. In a virtual trial those of cytokine release, which the model makes, and
                    of death, by `deaths_per_year`, come on top; an exact design reads the rate as the whole
    cut             date of the data cut; None takes the protocol's last one
    """

    contract: Literal["scenario/1"]
    key: Key
    title: Text
    note: str = ""
    model: Literal["immune-reset"] = "immune-reset"
    parameters: Annotated[dict[str, Parameter], AfterValidator(frozen)] = Field(default_factory=dict)
    dlt_rates: tuple[Chance, ...] = Field(min_length=1)
    enrolment: Enrolment = Enrolment()
    visiting: Visiting = Visiting()
    events: Events = Events()
    assays: Assays = Assays()
    cut: datetime.date | None = None
