"""iec-hs, hys-law, infection and hypogammaglobulinemia through JSON."""

from __future__ import annotations

from collections.abc import Mapping

from remit.errors import InputError
from remit.instruments import hys_law, iec_hs, immunoglobulin, infection
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.ctcae import INFECTION_TREATMENT
from remit.instruments.door import answers, reading

_ALERT_KEYS = (
    "ferritin", "ferritin_uln", "ferritin_baseline", "ferritin_rising", "transaminase_x_uln", "fibrinogen_mg_dl",
    "hemophagocytosis", "cytopenia", "attributable",
)  # fmt: skip


def _alert(payload: Payload) -> dict[str, object]:
    numbers = {
        key: reading.number(payload, key, reading.NOT_NEGATIVE)
        for key in ("ferritin", "ferritin_baseline", "transaminase_x_uln", "fibrinogen_mg_dl")
    }
    facts = iec_hs.InflammationFacts(
        ferritin=numbers["ferritin"],
        ferritin_uln=reading.number(payload, "ferritin_uln", positive=True),
        ferritin_baseline=numbers["ferritin_baseline"],
        ferritin_rising=reading.truth(payload, "ferritin_rising"),
        transaminase_x_uln=numbers["transaminase_x_uln"],
        fibrinogen_mg_dl=numbers["fibrinogen_mg_dl"],
        hemophagocytosis=reading.truth(payload, "hemophagocytosis"),
        cytopenia=reading.truth(payload, "cytopenia"),
        attributable=reading.truth(payload, "attributable"),
    )
    return answers.state("alert", iec_hs.alert(facts))


_HLH_KEYS = ("peak_ferritin", "liver_grade", "kidney_grade", "lung_grade", "hemophagocytosis")


def _car_hlh(payload: Payload) -> dict[str, object]:
    liver, kidney, lung = (reading.count(payload, key, 5) for key in _HLH_KEYS[1:4])
    peak = reading.number(payload, "peak_ferritin", reading.NOT_NEGATIVE)
    return answers.state("alert", iec_hs.car_hlh(peak, liver, kidney, lung, reading.truth(payload, "hemophagocytosis")))


_GRADE_KEYS = ("present", "intervention", "severe_consequence", "life_threatening", "death")


def _iec_grade(payload: Payload) -> dict[str, object]:
    present, intervention, severe, threat = (reading.truth(payload, key) for key in _GRADE_KEYS[:4])
    death = reading.truth(payload, "death") if "death" in payload else False
    return answers.grade(iec_hs.grade(present, intervention, severe, threat, death))


IEC_HS = Instrument(
    "iec-hs",
    "Immune effector cell-associated HLH-like syndrome",
    iec_hs.CITATION,
    (
        Variant("alert", _ALERT_KEYS, ("alert",), _alert),
        Variant("grade", _GRADE_KEYS, ("grade",), _iec_grade),
        Variant("carHLH_2018", _HLH_KEYS, ("alert",), _car_hlh),
    ),
)

_HYS_KEYS = ("alt", "alt_uln", "ast", "ast_uln", "bilirubin", "bilirubin_uln", "alp", "alp_uln")


def _multiple(payload: Payload, test: str) -> float | None:
    value = reading.number(payload, test, reading.NOT_NEGATIVE)
    uln = reading.number(payload, f"{test}_uln", positive=True)
    return None if value is None or uln is None else value / uln


def _hys(name: str) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        peaks = hys_law.LiverPeaks(*(_multiple(payload, test) for test in ("alt", "ast", "bilirubin", "alp")))
        ratio = hys_law.r_value(peaks)
        out = answers.state("hys_law", hys_law.judge(peaks, name))
        return {**out, "quadrant": hys_law.quadrant(peaks), "r_value": ratio, "pattern": hys_law.pattern(ratio)}

    return Variant(name, _HYS_KEYS, ("hys_law", "quadrant", "r_value", "pattern"), function)


HYS_LAW = Instrument(
    "hys-law", "Hy's law flags of liver injury", hys_law.CITATION, tuple(_hys(name) for name in hys_law.VARIANTS)
)

_INFECTION_KEYS = ("site", "organism", "treatment", "death")


def _one_infection(payload: Payload) -> infection.Infection:
    return infection.Infection(
        reading.word(payload, "site", infection.SITES),
        reading.word(payload, "organism", (*infection.ORGANISMS, "not_found")),
        reading.word(payload, "treatment", INFECTION_TREATMENT),
        reading.truth(payload, "death") or False,
    )


def _infection(payload: Payload) -> dict[str, object]:
    one = _one_infection(payload)
    judged = infection.judge(one)
    out = {"kind": judged.kind, "opportunistic": judged.opportunistic, "severe": judged.severe}
    because = [] if judged.kind else ["unknown: organism"]
    graded = answers.grade(judged.grade)
    return {**graded, **out, "because": [*judged.grade.because, *because]}


def _tally(payload: Payload) -> dict[str, object]:
    given = reading.items(payload, "infections")
    if given is None:
        return {"because": ["unknown: infections"]}
    found = []
    for one in given:
        if not isinstance(one, Mapping):
            raise InputError(f'"infections" must hold objects with the keys {", ".join(_INFECTION_KEYS)}.')
        reading.only(one, "infections", _INFECTION_KEYS)
        found.append(_one_infection(one))
    counts = infection.tally(found)
    by = {f"by_{name}": dict(sorted(count.items())) for name, count in counts.items()}
    severe = sum(1 for one in found if infection.judge(one).severe)
    return {**by, "severe": severe, "because": [f"{len(found)} infections"]}


INFECTION = Instrument(
    "infection",
    "Infections by site, organism and severity",
    infection.CITATION,
    (
        Variant("judge", _INFECTION_KEYS, ("kind", "opportunistic", "grade", "severe"), _infection),
        Variant("tally", ("infections",), ("by_site", "by_kind", "by_grade", "severe"), _tally),
    ),
)

_G_PER_L = {"g/L": 1.0, "mg/dL": 0.01}


def _grams(payload: Payload, key: str, positive: bool = False) -> float | None:
    unit = reading.word(payload, "unit", _G_PER_L) or "g/L"
    value = reading.number(payload, key, reading.NOT_NEGATIVE, positive=positive)
    return None if value is None else value * _G_PER_L[unit]


def _band(payload: Payload) -> dict[str, object]:
    ivig = reading.truth(payload, "ivig") if "ivig" in payload else False
    days = reading.number(payload, "days_since_ivig", reading.NOT_NEGATIVE)
    found = immunoglobulin.level(_grams(payload, "igg"), _grams(payload, "lln", positive=True), days, ivig)
    return {"band": found.band, "because": list(found.because)}


def _recovered(payload: Payload) -> dict[str, object]:
    samples = []
    for pair in reading.items(payload, "igg_by_day") or ():
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise InputError('"igg_by_day" must hold pairs of protocol day and value.')
        day, value = reading.as_number(pair[0], "igg_by_day"), reading.as_number(pair[1], "igg_by_day", (0.0, 1e4))
        if day is not None and value is not None:
            samples.append((day, value * _G_PER_L[reading.word(payload, "unit", _G_PER_L) or "g/L"]))
    given = [reading.as_number(day, "ivig_days") for day in reading.items(payload, "ivig_days") or ()]
    lln = _grams(payload, "lln", positive=True)
    return answers.state("recovered", immunoglobulin.recovered(samples, lln, [day for day in given if day is not None]))


HYPOGAMMAGLOBULINEMIA = Instrument(
    "hypogammaglobulinemia",
    "Low immunoglobulin G and its recovery",
    immunoglobulin.CITATION,
    (
        Variant("band", ("igg", "lln", "unit", "ivig", "days_since_ivig"), ("band",), _band),
        Variant("recovery", ("igg_by_day", "lln", "unit", "ivig_days"), ("recovered",), _recovered),
    ),
)
