"""licats and gvhd-magic through JSON."""

from __future__ import annotations

from remit.errors import InputError
from remit.instruments import gvhd_magic, licats
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import answers, reading
from remit.units import BILIRUBIN_UMOL_L_IN_ONE_MG_DL


def _onset(payload: Payload) -> dict[str, object]:
    day = reading.number(payload, "onset_day", reading.NOT_NEGATIVE)
    onset = licats.onset_class(day)
    return {"class": onset, "because": ["unknown: onset_day"] if onset is None else [f"onset {onset}"]}


def _grade(payload: Payload) -> dict[str, object]:
    event = licats.LicatsEvent(
        resolution=reading.word(payload, "resolution", licats.RESOLUTIONS),
        glucocorticoid_treatment=reading.truth(payload, "glucocorticoid_treatment"),
        hospitalisation=reading.word(payload, "hospitalisation", licats.HOSPITALISATIONS) or "none",
        icu=reading.truth(payload, "icu") or False,
    )
    return answers.grade(licats.grade(event))


def _eligible(payload: Payload) -> dict[str, object]:
    return answers.state("licats", licats.eligible(reading.truth(payload, "organ_affected_before")))


LICATS = Instrument(
    "licats",
    "Local immune effector cell-associated toxicity syndrome",
    licats.CITATION,
    (
        Variant("onset_class", ("onset_day",), ("class",), _onset),
        Variant("grade", ("resolution", "hospitalisation", "icu", "glucocorticoid_treatment"), ("grade",), _grade),
        Variant("eligible", ("organ_affected_before",), ("licats",), _eligible),
    ),
)


def _overall(payload: Payload) -> dict[str, object]:
    skin, liver, upper, lower = (reading.count(payload, organ, most) for organ, most in gvhd_magic.MOST.items())
    return answers.grade(gvhd_magic.overall(skin, liver, upper, lower))


def _stage(stage: int | None, key: str) -> dict[str, object]:
    return {"stage": stage, "because": [f"unknown: {key}"] if stage is None else [f"{key} band {stage}"]}


def _liver(payload: Payload) -> dict[str, object]:
    value = reading.number(payload, "bili_mg_dl", reading.NOT_NEGATIVE)
    return _stage(None if value is None else gvhd_magic.liver_stage(value), "bili_mg_dl")


def _skin(payload: Payload) -> dict[str, object]:
    value = reading.number(payload, "rash_bsa_pct", (0.0, 100.0))
    severe = reading.truth(payload, "bullae_and_desquamation")
    return _stage(None if value is None else gvhd_magic.skin_stage(value, severe), "rash_bsa_pct")


def _lower_gi(payload: Payload) -> dict[str, object]:
    stage = gvhd_magic.lower_gi_stage(
        reading.number(payload, "ml_per_day", reading.NOT_NEGATIVE),
        reading.number(payload, "episodes_per_day", reading.NOT_NEGATIVE),
        reading.truth(payload, "severe_pain_ileus_or_gross_blood"),
    )
    return _stage(stage, "stool")


def _episodes(payload: Payload) -> dict[str, object]:
    stage = gvhd_magic.lower_gi_stage_by_volume(
        reading.number(payload, "ml_per_day", reading.NOT_NEGATIVE),
        reading.number(payload, "episodes_per_day", reading.NOT_NEGATIVE),
        reading.truth(payload, "severe_pain_ileus_or_gross_blood"),
    )
    return _stage(stage, "stool")


_FACTS = (
    "rash_bsa_pct", "bullae_and_desquamation", "bili_mg_dl", "bili_umol_l", "persistent_upper_gi_symptoms",
    "ml_per_day", "episodes_per_day", "severe_pain_ileus_or_gross_blood",
)  # fmt: skip


def _from_facts(payload: Payload) -> dict[str, object]:
    bilirubin = reading.number(payload, "bili_mg_dl", reading.NOT_NEGATIVE)
    micromolar = reading.number(payload, "bili_umol_l", reading.NOT_NEGATIVE)
    if bilirubin is not None and micromolar is not None:
        raise InputError('"bili_mg_dl" and "bili_umol_l" state one value twice: give one of them.')
    if micromolar is not None:
        bilirubin = micromolar / BILIRUBIN_UMOL_L_IN_ONE_MG_DL
    rash = reading.number(payload, "rash_bsa_pct", (0.0, 100.0))
    stages = {
        "skin": None
        if rash is None
        else gvhd_magic.skin_stage(rash, reading.truth(payload, "bullae_and_desquamation")),
        "liver": None if bilirubin is None else gvhd_magic.liver_stage(bilirubin),
        "upper_gi": gvhd_magic.upper_gi_stage(reading.truth(payload, "persistent_upper_gi_symptoms")),
        "lower_gi": gvhd_magic.lower_gi_stage(
            reading.number(payload, "ml_per_day", reading.NOT_NEGATIVE),
            reading.number(payload, "episodes_per_day", reading.NOT_NEGATIVE),
            reading.truth(payload, "severe_pain_ileus_or_gross_blood"),
        ),
    }
    return {**stages, **answers.grade(gvhd_magic.overall(**stages))}


GVHD = Instrument(
    "gvhd-magic",
    "Acute graft-versus-host disease, MAGIC",
    gvhd_magic.CITATION,
    (
        Variant("overall", tuple(gvhd_magic.MOST), ("grade",), _overall),
        Variant("liver_stage", ("bili_mg_dl",), ("stage",), _liver),
        Variant("skin_stage", ("rash_bsa_pct", "bullae_and_desquamation"), ("stage",), _skin),
        Variant(
            "lower_gi_stage",
            ("ml_per_day", "episodes_per_day", "severe_pain_ileus_or_gross_blood"),
            ("stage",),
            _lower_gi,
        ),
        Variant(
            "lower_gi_stage_by_volume",
            ("ml_per_day", "episodes_per_day", "severe_pain_ileus_or_gross_blood"),
            ("stage",),
            _episodes,
        ),
        Variant("from_facts", _FACTS, (*gvhd_magic.MOST, "grade"), _from_facts),
    ),
)
