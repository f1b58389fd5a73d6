"""ctcae-v5 through JSON: one variant per term; value, limits and baseline share one unit."""

from __future__ import annotations

from collections.abc import Mapping

from remit.errors import InputError, nearest
from remit.instruments import ctcae, ctcae_v6, lab_units
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import answers, reading


def _lab(term: str, value: str, lln: bool = False, uln: bool = False, baseline: str = "") -> Variant:
    keys = [value, *(["lln"] if lln else []), *(["uln"] if uln else []), *([baseline] if baseline else [])]

    def function(payload: Payload) -> dict[str, object]:
        reference = ctcae.Reference(
            lln=reading.number(payload, "lln", positive=True) if lln else None,
            uln=reading.number(payload, "uln", positive=True) if uln else None,
            baseline=reading.number(payload, baseline, reading.NOT_NEGATIVE) if baseline else None,
        )
        return answers.grade(ctcae.lab(term, reading.number(payload, value, reading.NOT_NEGATIVE), reference))

    return Variant(term, tuple(keys), ("grade",), function)


def _infection(payload: Payload) -> dict[str, object]:
    return answers.grade(ctcae.infection(reading.word(payload, "treatment", ctcae.INFECTION_TREATMENT)))


def _febrile_neutropenia(payload: Payload) -> dict[str, object]:
    anc = reading.number(payload, "anc_e9_l", reading.NOT_NEGATIVE)
    return answers.grade(ctcae.febrile_neutropenia(anc, reading.number(payload, "single_temp_c", (25.0, 45.0))))


def _fever(payload: Payload) -> dict[str, object]:
    hours = reading.number(payload, "hours", reading.NOT_NEGATIVE)
    return answers.grade(ctcae.fever(reading.number(payload, "temp_c", (25.0, 45.0)), hours))


def _limit_only(term: str, value: str, baseline: str) -> Variant:
    """The sensitivity reading: an abnormal baseline is not regarded, the upper limit always decides."""

    def function(payload: Payload) -> dict[str, object]:
        reading.number(payload, baseline, reading.NOT_NEGATIVE)
        given = reading.number(payload, value, reading.NOT_NEGATIVE)
        reference = ctcae.Reference(uln=reading.number(payload, "uln", positive=True))
        if given is None:
            return answers.grade(ctcae.lab(term, None, reference))
        return answers.grade(ctcae.by_limit_only(term, given, reference))

    return Variant(f"{term}_uln_only", (value, "uln", baseline), ("grade",), function)


_LAB_KEYS = ("term", "value", "unit", "lln", "uln", "baseline", "limits_unit", "symptomatic")


def _term(payload: Payload, terms: Mapping[str, ctcae.LabTerm]) -> ctcae.LabTerm | None:
    name = reading.text(payload, "term")
    if name is None:
        return None
    if name in ctcae.NOT_GRADED:
        raise InputError(f'"term": CTCAE has no laboratory term for {ctcae.NOT_GRADED[name]}.')
    if name not in terms:
        raise InputError(f'"term": "{name}" is not known.{nearest(name, list(terms))} Allowed: {", ".join(terms)}.')
    return terms[name]


def _scale(payload: Payload, term: ctcae.LabTerm) -> float:
    """What brings value and limits to the unit of the term; they must share one unit."""
    unit = reading.text(payload, "unit") or term.unit
    factor = lab_units.to_term_unit(term.key, unit)
    if factor is None:
        known = ", ".join(lab_units.UNITS[term.key])
        raise InputError(f'"unit": "{unit}" is not a unit of {term.key}. Allowed: {known}.')
    other = reading.text(payload, "limits_unit")
    if other is not None and lab_units.to_term_unit(term.key, other) != factor:
        raise InputError(f'"limits_unit" must be the unit of the value ("{unit}"): convert the limits first.')
    return factor


def _any_lab(payload: Payload, version: int) -> dict[str, object]:
    terms = ctcae.LAB_TERMS if version == 5 else ctcae_v6.LAB_TERMS
    term = _term(payload, terms)
    value = reading.number(payload, "value", reading.NOT_NEGATIVE)
    limits = [reading.number(payload, key, positive=True) for key in ("lln", "uln")]
    baseline = reading.number(payload, "baseline", reading.NOT_NEGATIVE)
    symptomatic = reading.truth(payload, "symptomatic")
    if term is None:
        return {"grade": None, "because": ["unknown: term"]}
    factor = _scale(payload, term)
    lln, uln, before = (None if one is None else one * factor for one in (*limits, baseline))
    reference = ctcae.Reference(lln, uln, before, symptomatic)
    grade = (ctcae if version == 5 else ctcae_v6).lab(term.key, None if value is None else value * factor, reference)
    return {**answers.grade(grade), "name": term.name, "unit": term.unit}


V6 = Instrument(
    "ctcae-v6",
    "Common Terminology Criteria for Adverse Events, version 6.0, laboratory terms",
    ctcae_v6.CITATION,
    (Variant("lab", _LAB_KEYS, ("grade", "name", "unit"), lambda payload: _any_lab(payload, 6)),),
)

INSTRUMENT = Instrument(
    "ctcae-v5",
    "Common Terminology Criteria for Adverse Events, version 5.0",
    ctcae.CITATION,
    (
        _lab("neutrophils", "value_e9_l", lln=True),
        _lab("platelets", "value_e9_l", lln=True),
        _lab("lymphocytes", "value_e9_l", lln=True),
        _lab("anemia", "hb_g_dl", lln=True),
        Variant("infection", ("treatment",), ("grade",), _infection),
        Variant("febrile_neutropenia", ("anc_e9_l", "single_temp_c"), ("grade",), _febrile_neutropenia),
        _lab("leukocytes", "value_e9_l", lln=True),
        _lab("alt", "value_u_l", uln=True, baseline="baseline_u_l"),
        _lab("bilirubin", "value_mg_dl", uln=True, baseline="baseline_mg_dl"),
        _lab("creatinine", "value_umol_l", uln=True, baseline="baseline_umol_l"),
        Variant("fever", ("temp_c", "hours"), ("grade",), _fever),
        _lab("ast", "value_u_l", uln=True, baseline="baseline_u_l"),
        _lab("cd4", "value_e9_l", lln=True),
        _lab("ck", "value_u_l", uln=True),
        _lab("fibrinogen", "value_g_l", lln=True, baseline="baseline_g_l"),
        Variant("lab", _LAB_KEYS, ("grade", "name", "unit"), lambda payload: _any_lab(payload, 5)),
        _limit_only("alt", "value_u_l", "baseline_u_l"),
        _limit_only("ast", "value_u_l", "baseline_u_l"),
        _limit_only("bilirubin", "value_mg_dl", "baseline_mg_dl"),
    ),
)
