"""Which CTCAE terms grade a laboratory parameter, by the version that the protocol names, and in which unit.

A parameter that the protocol lists is graded as the list says. One that it does not list is graded by the terms of
its CDISC test code, so that no collected value goes ungraded; sodium has a term for low and one for high values, and a
value has the grade of the one that it meets. Total calcium is not among them: its terms are for corrected calcium.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from remit.errors import nearest
from remit.instruments import ctcae, ctcae_v6
from remit.instruments.ctcae_bands import LabTerm, Reference
from remit.instruments.lab_units import to_term_unit
from remit.protocol import Protocol, refusal

VERSIONS: Final[dict[str, tuple[str, Mapping[str, LabTerm]]]] = {
    "v5": ("CTCAE v5", ctcae.LAB_TERMS),
    "v6": ("CTCAE v6", ctcae_v6.LAB_TERMS),
}

BY_TEST: Final[dict[str, tuple[str, ...]]] = {
    "NEUT": ("neutrophils",),
    "PLAT": ("platelets",),
    "LYM": ("lymphocytes", "lymphocytes_high"),
    "WBC": ("leukocytes", "leukocytosis"),
    "HGB": ("anemia", "hemoglobin_high"),
    "EOS": ("eosinophils",),
    "ALT": ("alt",),
    "AST": ("ast",),
    "ALP": ("alp",),
    "GGT": ("ggt",),
    "BILI": ("bilirubin",),
    "CREAT": ("creatinine",),
    "CK": ("ck",),
    "LDH": ("ldh",),
    "LIPASE": ("lipase",),
    "AMYLASE": ("amylase",),
    "ALB": ("albumin",),
    "SODIUM": ("sodium_low", "sodium_high"),
    "K": ("potassium_low", "potassium_high"),
    "CAION": ("ionized_calcium_low", "ionized_calcium_high"),
    "MG": ("magnesium_low", "magnesium_high"),
    "GLUC": ("glucose_low",),
    "URATE": ("urate_high",),
    "CHOL": ("cholesterol",),
    "TRIG": ("triglycerides",),
    "FIBRINO": ("fibrinogen",),
    "HAPTOG": ("haptoglobin",),
    "APTT": ("aptt",),
    "INR": ("inr",),
}
"""CDISC test code -> the terms that grade it."""

HIGH: Final = frozenset({
    "alt", "ast", "alp", "ggt", "bilirubin", "creatinine", "ck", "ldh", "lipase", "amylase", "urate_high",
    "cholesterol", "triglycerides", "aptt", "inr", "eosinophils", "proteinuria", "lymphocytes_high", "leukocytosis",
    "hemoglobin_high", "sodium_high", "potassium_high", "calcium_high", "ionized_calcium_high", "magnesium_high",
})  # fmt: skip
"""Terms of values that are too high; the others are too low."""

AGAINST_BASELINE: Final = frozenset({
    "alt", "ast", "alp", "ggt", "bilirubin", "creatinine", "fibrinogen", "eosinophils",
})  # fmt: skip
"""Terms whose bands ask for the baseline. That of the INR is for subjects on anticoagulants only, who are not known."""

Grader = Callable[[float], int | None]


def scale_of(protocol: Protocol) -> str:
    """What grades the laboratory values of this trial: CTCAE v5 or v6."""
    return VERSIONS[protocol.safety.ctcae][0]


def terms_of(protocol: Protocol, codes: list[str]) -> dict[str, tuple[LabTerm, ...]]:
    """Test code -> the terms that grade it in this trial; a code that nothing grades is left out."""
    known = VERSIONS[protocol.safety.ctcae][1]
    listed: dict[str, tuple[str, ...]] = {
        lab.code: (lab.grade.replace("-", "_"),) if lab.grade else () for lab in protocol.labs
    }
    found = {
        code: tuple(known[key] for key in listed.get(code, BY_TEST.get(code, ())) if key in known) for code in codes
    }
    return {code: terms for code, terms in found.items() if terms}


def check_lab_terms(protocol: Protocol) -> None:
    """Every grade that the protocol's laboratory parameters ask for is a term.

    raises   ProtocolError for the first that is none, or that the version named has no cut-offs for here
    """
    title, known = VERSIONS[protocol.safety.ctcae]
    for place, lab in enumerate(protocol.labs):
        if lab.grade is None:
            continue
        key = lab.grade.replace("-", "_")
        if key not in ctcae.LAB_TERMS:
            words = [name.replace("_", "-") for name in ctcae.LAB_TERMS]
            near = nearest(lab.grade, words)
            what = f'"{lab.grade}" is not a laboratory term of CTCAE.{near} Terms: {", ".join(words)}.'
        elif key not in known:
            words = [name.replace("_", "-") for name in known]
            what = f'"{lab.grade}" has no {title} cut-offs here. Leave the grade out; terms: {", ".join(words)}.'
        else:
            continue
        raise refusal(protocol, ("labs", place, "grade"), what)


def grader(term: LabTerm, unit: str | None, low: float | None, high: float | None, base: float | None) -> Grader:
    """What grades a value in this unit; always None where the unit matters and has no known way to the term's.

    low, high, base   in the unit of the value
    """
    scale: float | None = 1.0
    if term.absolute:
        scale = None if unit is None else to_term_unit(term.key, unit)
    if scale is None:
        return lambda value: None
    lln, uln, baseline = (None if x is None else x * scale for x in (low, high, base))
    reference = Reference(lln, uln, baseline if term.key in AGAINST_BASELINE else None)
    return lambda value: term.rule(value * scale, reference).grade


def direction(term: LabTerm) -> str:
    """HIGH or LOW: which side of normal the term is about."""
    return "HIGH" if term.key in HIGH else "LOW"
