"""The key `investigational` of LLDAS and DORIS: "none", one course so many days ago, or repeated courses."""

from __future__ import annotations

from collections.abc import Mapping

from remit.errors import InputError
from remit.instruments.catalog import Payload
from remit.instruments.door import reading
from remit.instruments.investigational import NONE, Investigational

_ALLOWED = '"none", {"single_course_days_ago": number}, {"repeated_courses": true} or null'


def product(payload: Payload, key: str = "investigational") -> Investigational | None:
    """What is known of an investigational product; None is unknown."""
    value = payload.get(key)
    if value is None:
        return None
    if value == "none":
        return NONE
    if not isinstance(value, Mapping) or not value:
        raise InputError(f'"{key}" must be {_ALLOWED}.')
    reading.only(value, key, ("single_course_days_ago", "repeated_courses"))
    days = reading.as_number(value.get("single_course_days_ago"), f"{key}.single_course_days_ago", reading.NOT_NEGATIVE)
    repeated = reading.as_truth(value.get("repeated_courses"), f"{key}.repeated_courses")
    if repeated:
        return Investigational("repeated-courses")
    if "single_course_days_ago" in value:
        return Investigational("single-course", days)
    return NONE if repeated is False else None
