"""ctcae-v5 through JSON: one variant per term; value, limits and baseline share one unit."""

from __future__ import annotations

from remit.instruments import ctcae
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
    ),
)
