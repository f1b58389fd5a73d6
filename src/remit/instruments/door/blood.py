"""icaht and t-icaht through JSON."""

from __future__ import annotations

import re

from remit.errors import InputError
from remit.instruments import icaht, t_icaht
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import answers, reading
from remit.instruments.door.answers import whole

_DAY = re.compile(r"-?\d{1,4}", re.ASCII)


def by_day(payload: Payload, key: str, said: str) -> dict[int, float | None]:
    """Protocol day -> value of an object with days as keys; `said` names the values in the refusal."""
    found: dict[int, float | None] = {}
    for day, value in (reading.mapping(payload, key) or {}).items():
        if not isinstance(day, str) or _DAY.fullmatch(day) is None:
            raise InputError(f'"{key}" must have protocol days as keys ("0" to "30") and {said} as values.')
        found[int(day)] = reading.as_number(value, f"{key}.{day}", reading.NOT_NEGATIVE)
    return found


def _early(name: str, longest_run: bool) -> Variant:
    key = "anc_per_ul_by_day"

    def function(payload: Payload) -> dict[str, object]:
        counts = by_day(payload, key, "counts per µL")
        return answers.grade(icaht.early(counts, longest_run))

    return Variant(name, (key,), ("grade",), function)


def _late(name: str, single_value: bool) -> Variant:
    key = "anc_per_ul_after_day30"

    def function(payload: Payload) -> dict[str, object]:
        values = [reading.as_number(value, key, reading.NOT_NEGATIVE) for value in reading.items(payload, key) or ()]
        return answers.grade(icaht.late(values, single_value))

    return Variant(name, (key,), ("grade",), function)


def _unit(payload: Payload) -> dict[str, object]:
    value = reading.number(payload, "anc_e9_l", reading.NOT_NEGATIVE)
    if value is None:
        return {"anc_per_ul": None, "because": ["unknown: anc_e9_l"]}
    return {"anc_per_ul": whole(icaht.per_ul(value)), "because": ["×1000"]}


ICAHT = Instrument(
    "icaht",
    "Immune effector cell-associated hematotoxicity, neutrophils",
    icaht.CITATION,
    (
        _early("early_cumulative", longest_run=False),
        _early("early_longest_run", longest_run=True),
        _late("late", single_value=False),
        _late("late_single_value", single_value=True),
        Variant("unit", ("anc_e9_l",), ("anc_per_ul",), _unit),
    ),
)


def _platelets_early(payload: Payload) -> dict[str, object]:
    days = [reading.count(payload, key, 31) for key in ("days_below_50", "days_below_20")]
    return answers.grade(t_icaht.early(*days))


def _platelets_late(payload: Payload) -> dict[str, object]:
    days = [reading.count(payload, key, 70) for key in ("days_below_100", "days_below_50", "days_below_20")]
    return answers.grade(t_icaht.late(*days))


_PLATELETS = "platelets_e9_l_by_day"
_PLATELETS_SAID = "platelets ×10⁹/L"


def _from_counts(name: str, late: bool, code_2024: bool) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        counts = by_day(payload, _PLATELETS, _PLATELETS_SAID)
        grade = t_icaht.late_from_counts if late else t_icaht.early_from_counts
        return answers.grade(grade(counts, code_2024))

    return Variant(name, (_PLATELETS,), ("grade",), function)


def _recovery(payload: Payload) -> dict[str, object]:
    counts = by_day(payload, _PLATELETS, _PLATELETS_SAID)
    days = [
        reading.as_number(day, "transfusion_days", (0.0, 1e4), whole=True)
        for day in reading.items(payload, "transfusion_days") or ()
    ]
    return answers.state("recovered", t_icaht.recovery(counts, [int(day) for day in days if day is not None]))


T_ICAHT = Instrument(
    "t-icaht",
    "Immune effector cell-associated hematotoxicity, platelets",
    t_icaht.CITATION,
    (
        Variant("early", ("days_below_50", "days_below_20"), ("grade",), _platelets_early),
        Variant("late", ("days_below_100", "days_below_50", "days_below_20"), ("grade",), _platelets_late),
        _from_counts("early_from_counts", late=False, code_2024=False),
        _from_counts("late_from_counts", late=True, code_2024=False),
        _from_counts("early_code_2024", late=False, code_2024=True),
        _from_counts("late_code_2024", late=True, code_2024=True),
        Variant("recovery", (_PLATELETS, "transfusion_days"), ("recovered",), _recovery),
    ),
)
