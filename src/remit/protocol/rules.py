"""The conventions of the analysis that two careful people could settle differently, each a field with a name."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from remit.protocol.doc import Doc

# A study without cells writes "first-treatment"; the document keeps one word for the one meaning.
_OTHER_SPELLINGS = {"first-treatment": "first-cells", "before-first-treatment": "before-first-cells"}


def _one_word(value: object) -> object:
    return _OTHER_SPELLINGS.get(value, value) if isinstance(value, str) else value


class Rules(Doc):
    """How days, months, emergence, rounding, intervals and baseline are understood.

    month                    `days`: a month is `month_days` days; `calendar`: calendar months
    treatment_emergent_from  an event is emergent from this moment; `first-cells` is the first study treatment, and a
                             study without cells may write `first-treatment` for it
    emergent_through_days    last day after the last treatment that still counts; None = no upper limit
    baseline                 last value before this moment; `before-first-treatment` may be written likewise
    partial_start            a start without a day: `impute-first` takes the first of the month, `leave` leaves it
                             unknown; a start without a month stays unknown either way
    actual_arm               whether subjects are shown under the arm they got or the arm that was planned
    treatment_end            where the last exposure has no end date: leave it, or take the date of disposition
    """

    month: Literal["days", "calendar"] = "days"
    month_days: float = Field(default=30.4375, gt=27, lt=32)
    treatment_emergent_from: Annotated[Literal["conditioning", "first-cells"], BeforeValidator(_one_word)] = (
        "conditioning"
    )
    emergent_through_days: int | None = Field(default=None, ge=0)
    rounding: Literal["half-up", "half-even"] = "half-up"
    interval: Literal["clopper-pearson", "wilson", "jeffreys", "mid-p", "blaker"] = "clopper-pearson"
    interval_level: float = Field(default=0.95, gt=0.5, lt=1)
    follow_up_to: Literal["last-contact", "cut"] = "last-contact"
    baseline: Annotated[Literal["before-conditioning", "before-first-cells"], BeforeValidator(_one_word)] = (
        "before-conditioning"
    )
    partial_start: Literal["impute-first", "leave"] = "impute-first"
    actual_arm: Literal["actual", "planned"] = "actual"
    treatment_end: Literal["last-exposure", "last-exposure-or-disposition"] = "last-exposure"
