"""The disease, the product that is given for it, and the conditioning before it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from remit.protocol.doc import Doc, Key, Text


class Disease(Doc):
    """What is treated, and how its first day is found in the medical history.

    classification     key of the instrument that classifies it, or None when the trial names none
    diagnosis_terms    values of MHDECOD or MHTERM whose start dates the disease
    diagnosis_event    value of MHEVDTYP that marks such a row
    """

    name: Text
    classification: Key | None = None
    diagnosis_terms: tuple[Text, ...] = ()
    diagnosis_event: Text = "DIAGNOSIS"


class Lot(Doc):
    """One manufactured lot: the value that EXLOT carries, its donor and the bank it came from."""

    key: Text
    donor: Text | None = None
    bank: Text | None = None


class Product(Doc):
    """The study product.

    treatments          values of EXTRT that are study product (never the conditioning drugs)
    zero_dose_counts    whether a dose of zero counts as treated (a placebo)
    dose_unit           unit of a dose as the levels state it
    donors, cell_banks  identifiers the lots may name; empty when not public
    """

    name: Text
    kind: Text
    target: Text | None = None
    source: Literal["autologous", "allogeneic"] | None = None
    treatments: tuple[Text, ...] = Field(min_length=1)
    zero_dose_counts: bool = False
    dose_unit: Text
    donors: tuple[Text, ...] = ()
    cell_banks: tuple[Text, ...] = ()
    lots: tuple[Lot, ...] = ()


class ConditioningAgent(Doc):
    """One drug given before the cells.

    treatment   value of EXTRT
    amount      per day, in `unit`
    days        protocol days (first infusion = day 0), so they are negative
    """

    drug: Text
    treatment: Text
    amount: float = Field(gt=0)
    unit: Literal["mg/m2/d", "mg/kg/d", "mg/d"]
    days: tuple[int, ...] = Field(min_length=1)
