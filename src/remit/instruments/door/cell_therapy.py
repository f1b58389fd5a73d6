"""crs-astct, icans-astct and ice through JSON."""

from __future__ import annotations

from remit.instruments import crs_astct, crs_scales, icans_astct, ice
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import answers, reading

_CRS_KEYS = (
    "fever_c", "fever_attributable", "prior_crs", "anticytokine_or_antipyretic", "vasopressors",
    "fluid_responsive_hypotension", "oxygen", "o2_l_min", "outcome",
)  # fmt: skip


def _facts(payload: Payload) -> crs_astct.CrsFacts:
    return crs_astct.CrsFacts(
        fever_c=reading.number(payload, "fever_c", (25.0, 45.0)),
        fever_attributable=reading.truth(payload, "fever_attributable"),
        prior_crs=reading.truth(payload, "prior_crs"),
        anticytokine_or_antipyretic=reading.truth(payload, "anticytokine_or_antipyretic"),
        vasopressors=reading.words(payload, "vasopressors", crs_astct.VASOPRESSORS),
        fluid_responsive_hypotension=reading.truth(payload, "fluid_responsive_hypotension"),
        oxygen=reading.word(payload, "oxygen", crs_astct.OXYGEN),
        o2_l_min=reading.number(payload, "o2_l_min", reading.NOT_NEGATIVE),
        outcome=reading.word(payload, "outcome", crs_astct.OUTCOMES),
    )


def _crs(payload: Payload) -> dict[str, object]:
    return answers.grade(crs_astct.grade(_facts(payload)))


CRS = Instrument(
    "crs-astct",
    "Cytokine release syndrome, ASTCT 2019",
    crs_astct.CITATION,
    (Variant("ASTCT", _CRS_KEYS, ("grade",), _crs),),
)


COURSE_KEYS = (
    *_CRS_KEYS, "high_dose_vasopressor", "fio2_percent", "transaminase_grade", "creatinine_grade", "organ_grade",
    "hospital_for_crs",
)  # fmt: skip


def _toxicity(payload: Payload, key: str) -> int | None:
    """A CTCAE grade from CRS; absent is none, null is unknown."""
    return reading.count(payload, key, 4) if key in payload else 0


def course(payload: Payload) -> crs_scales.CrsCourse:
    """The facts that all scales of cytokine release syndrome read."""
    return crs_scales.CrsCourse(
        _facts(payload),
        high_dose_vasopressor=reading.truth(payload, "high_dose_vasopressor"),
        fio2_percent=reading.number(payload, "fio2_percent", (21.0, 100.0)),
        transaminase_grade=_toxicity(payload, "transaminase_grade"),
        creatinine_grade=_toxicity(payload, "creatinine_grade"),
        organ_grade=_toxicity(payload, "organ_grade"),
        hospital_for_crs=reading.truth(payload, "hospital_for_crs") if "hospital_for_crs" in payload else False,
    )


def _other(scale: str) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        return answers.grade(crs_scales.grade(course(payload), scale))

    return Variant(scale, COURSE_KEYS, ("grade",), function)


CRS_SCALES = Instrument(
    "crs-scales",
    "Cytokine release syndrome by the scales before ASTCT 2019",
    crs_scales.CITATION,
    tuple(_other(scale) for scale in crs_scales.SCALES),
)


def _icans(payload: Payload) -> dict[str, object]:
    facts = icans_astct.IcansFacts(
        ice=reading.count(payload, "ice", 10),
        arousal=reading.word(payload, "arousal", icans_astct.AROUSAL),
        motor_deep_focal=reading.truth(payload, "motor_deep_focal"),
        seizure=reading.word(payload, "seizure", icans_astct.SEIZURE) or "none",
        edema=reading.word(payload, "edema", icans_astct.EDEMA) or "none",
    )
    return answers.grade(icans_astct.grade(facts))


ICANS = Instrument(
    "icans-astct",
    "Immune effector cell-associated neurotoxicity syndrome, ASTCT 2019",
    icans_astct.CITATION,
    (Variant("ASTCT", ("ice", "arousal", "seizure", "motor_deep_focal", "edema"), ("grade",), _icans),),
)


def _ice(payload: Payload) -> dict[str, object]:
    score = ice.score({task: reading.count(payload, task, most) for task, most in ice.TASKS.items()})
    out: dict[str, object] = {"score": score.score, "because": list(score.because)}
    if score.score is None:
        out |= {"min": score.low, "max": score.high}
    return out


ICE = Instrument(
    "ice",
    "Immune effector cell-associated encephalopathy score",
    ice.CITATION,
    (Variant("score", tuple(ice.TASKS), ("score",), _ice),),
)
