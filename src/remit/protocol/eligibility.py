"""Eligibility as data: each criterion has its words and, where it can be computed, a condition.

A condition is one comparison, or `all_of` or `any_of` several conditions. It is evaluated elsewhere, three-valued:
an unknown variable is never silently yes or no. A criterion without a condition is judged by the investigator.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from remit.protocol.doc import Doc, Key, Parameters, Scalar, Text

_NUMERIC = ("at_least", "at_most", "above", "below")


class Condition(Doc):
    """One comparison of a named variable, or a combination of conditions.

    value   a number for at_least, at_most, above and below; a list for one_of; absent for is_true
    unit    unit of `value`, or None for a score or a count
    """

    variable: Text | None = None
    op: Literal["at_least", "at_most", "above", "below", "equals", "is_true", "one_of"] | None = None
    value: Scalar | tuple[Scalar, ...] | None = None
    unit: Text | None = None
    all_of: tuple[Condition, ...] = ()
    any_of: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        comparison = self.variable is not None or self.op is not None
        shapes = sum((comparison, bool(self.all_of), bool(self.any_of)))
        if shapes != 1:
            raise ValueError('a condition is either "variable" with "op", or "all_of", or "any_of"')
        if not comparison:
            if self.value is not None or self.unit is not None:
                raise ValueError('"value" and "unit" belong to a comparison, not to "all_of" or "any_of"')
            return self
        if self.variable is None or self.op is None:
            raise ValueError('a comparison needs both "variable" and "op"')
        number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        if self.op in _NUMERIC and not number:
            raise ValueError(f'"{self.op}" needs a number as "value"')
        if self.op == "one_of" and not (isinstance(self.value, tuple) and self.value):
            raise ValueError('"one_of" needs a list as "value"')
        if self.op == "equals" and (self.value is None or isinstance(self.value, tuple)):
            raise ValueError('"equals" needs one "value"')
        if self.op == "is_true" and self.value is not None:
            raise ValueError('"is_true" takes no "value"')
        return self


class EligibilityCriterion(Doc):
    """One inclusion or exclusion criterion: its words, and its condition when a computer can judge it."""

    id: Key
    text: Text
    when: Condition | None = None


class Eligibility(Doc):
    """Who may enter: every inclusion criterion holds and no exclusion criterion does."""

    inclusion: tuple[EligibilityCriterion, ...] = ()
    exclusion: tuple[EligibilityCriterion, ...] = ()


class StoppingRule(Doc):
    """A rule that pauses or ends the trial: its key, its words, and its numbers as `parameters`."""

    key: Key
    rule: Text
    parameters: Parameters = Field(default_factory=dict)
