"""Renal response, serological remission, BICLA and time in a state from records, and what stays unknown."""

from __future__ import annotations

from typing import Any

import pytest

from remit import derive
from remit.protocol import Endpoint, Group, Protocol
from rooms.derive.small import CUT, conditioning, day, derived, infusions, only, rated, records, seed_protocol, steroid

STEROID = [steroid(5, "2023-01-01")]
MYCOPHENOLATE = {
    "CMTRT": "MYCOPHENOLATE MOFETIL", "CMCAT": "IMMUNOSUPPRESSANT", "CMDOSE": 1000, "CMDOSU": "mg", "CMDOSFRQ": "BID",
    "CMROUTE": "ORAL", "CMSTDTC": "2023-01-01", "CMENRTPT": "ONGOING", "CMENTPT": "DATA CUT",
}  # fmt: skip
KEEPS = [*STEROID, MYCOPHENOLATE]
SYSTEMS = ("CON", "MUC", "NPS", "MSK", "CAR", "GI", "OPH", "REN", "HAE")
ADULT = {"DM": [{"AGE": 40, "AGEU": "YEARS"}]}


def asking(**fields: Any) -> Protocol:
    """The seed's protocol with one endpoint more and a group of subjects with proteinuria."""
    protocol = seed_protocol()
    own = {"key": "own", "label": "Own", "kind": "response", "paramcd": "OWN", "timepoints": ("last",)}
    endpoint = Endpoint(**{**own, "population": "efficacy-evaluable", **fields})
    group = Group(key="nephritis", label="with proteinuria", measure="baseline-upcr", at_least=0.5)
    return protocol.model_copy(
        update={"endpoints": (*protocol.endpoints, endpoint), "groups": (*protocol.groups, group)}
    )


def urine(on: int, value: float | None, unit: str = "g/g", **cells: Any) -> dict[str, Any]:
    number = {} if value is None else {"LBORRES": value, "LBSTRESC": value, "LBSTRESN": value}
    return {"LBTESTCD": "PROTCRT", "LBTEST": "Protein", "LBSTRESU": unit, "LBDTC": day(on), **number, **cells}


def creatinine(on: int, value: float) -> dict[str, Any]:
    return {"LBTESTCD": "CREAT", "LBTEST": "Creatinine", "LBORRES": value, "LBSTRESC": value, "LBSTRESN": value,
            "LBSTRESU": "umol/L", "LBDTC": day(on)}  # fmt: skip


def renal(labs: list[Any], variant: str = "PERR_BLISSLN", drugs: Any = None, dm: Any = None) -> dict[str, Any]:
    """The last answer of a renal response."""
    protocol = asking(instrument="renal-response", variant=variant, within="nephritis")
    rows = [*rated(-8, ["proteinuria"]), *rated(84)]
    given = records(RS=rows, LB=labs, CM=KEEPS if drugs is None else drugs, **(ADULT if dm is None else {"DM": dm}))
    return only(derived(given, CUT, protocol)["adeff"], ENDPOINT="own", TIMEPOINT="last", GROUP="all")


def test_a_fallen_ratio_with_a_kept_kidney_is_a_response() -> None:
    row = renal([urine(-8, 2.0), creatinine(-8, 60), urine(84, 0.7), creatinine(84, 62)])

    assert (row["IN"], row["ANSWER"], row["BECAUSE"]) == ("Y", "Y", ["UPCR 0.7", "eGFR kept"])


@pytest.mark.parametrize(
    ("value", "unit", "answer"), [(79.0, "mg/mmol", "Y"), (80.0, "mg/mmol", "N"), (701, "mg/g", "N")]
)
def test_the_ratio_is_read_in_its_own_unit(value: float, unit: str, answer: str) -> None:
    # 0.7 g/g are 79.17 mg/mmol
    row = renal([urine(-8, 2.0), creatinine(-8, 60), urine(84, value, unit), creatinine(84, 60)])

    assert row["ANSWER"] == answer


def test_who_had_no_proteinuria_at_baseline_is_not_asked() -> None:
    row = renal([urine(-8, 0.49), creatinine(-8, 60), urine(84, 3.0), creatinine(84, 60)])

    assert (row["IN"], row["ANSWER"]) == ("N", None)
    assert row["SENTENCE"] == "Own not applicable: proteinuria at baseline 0.49 g/g, below 0.5"


def test_an_endpoint_without_its_group_still_never_says_no() -> None:
    protocol = asking(instrument="renal-response", variant="PERR_BLISSLN")
    given = records(RS=[*rated(-8), *rated(84)], LB=[urine(-8, 0.1), urine(84, 3.0)], CM=KEEPS, **ADULT)

    row = only(derived(given, CUT, protocol)["adeff"], ENDPOINT="own", TIMEPOINT="last", GROUP="all")
    assert (row["IN"], row["ANSWER"]) == ("Y", None)
    assert row["BECAUSE"] == ["not applicable: proteinuria at baseline 0.1 g/g, below 0.5"]
    assert (row["AVALNRI"], row["APPLFL"]) == (None, "N")


def test_without_a_baseline_nobody_knows_whether_to_ask() -> None:
    row = renal([urine(84, 0.1), creatinine(84, 60)])

    assert (row["IN"], row["ANSWER"], row["BECAUSE"]) == (None, None, ["proteinuria at baseline is not known"])


@pytest.mark.parametrize(
    ("labs", "drugs", "dm", "unknown"),
    [
        ([urine(-8, 2.0), creatinine(-8, 60), urine(84, 0.6)], None, None, "eGFR"),
        ([urine(-8, 2.0), creatinine(-8, 60), urine(84, 0.6, "%"), creatinine(84, 60)], None, None, "UPCR"),
        ([urine(-8, 2.0), creatinine(-8, 60), urine(84, 0.6), creatinine(84, 60)], [], None, "no treatment failure"),
        ([urine(-8, 2.0), creatinine(-8, 60), urine(84, 0.6), creatinine(84, 60)], None, [{}], "eGFR"),
    ],
    ids=["no creatinine that day", "no such unit", "no drugs recorded", "no age"],
)
def test_what_is_not_there_stays_unknown(labs: list[Any], drugs: Any, dm: Any, unknown: str) -> None:
    row = renal(labs, drugs=drugs, dm=dm)

    assert row["ANSWER"] is None
    assert any(line.startswith(f"unknown: {unknown}") for line in row["BECAUSE"])


def test_below_the_limit_of_the_assay_is_a_normal_ratio() -> None:
    low = urine(84, None, LBORRES="<0.05", LBSTRESC="<0.05")

    assert renal([urine(-8, 2.0), creatinine(-8, 60), low, creatinine(84, 60)])["ANSWER"] == "Y"


def test_more_steroid_than_at_baseline_is_rescue() -> None:
    drugs = [*KEEPS[1:], steroid(5, "2023-01-01", day(20)), steroid(20, day(21))]
    labs = [urine(-8, 2.0), creatinine(-8, 60), urine(84, 0.2), creatinine(84, 60)]

    assert renal(labs, drugs=drugs)["BECAUSE"] == ["not: no treatment failure"]


HEALED = [urine(-8, 2.0), creatinine(-8, 60), urine(200, 0.2), creatinine(200, 60)]


@pytest.mark.parametrize(
    ("dose", "on", "variant", "answer"),
    [
        (12.5, 200, "PERR_BLISSLN", "N"),
        (12.5, 168, "CRR_BLISSLN", "N"),
        (12.5, 167, "CRR_BLISSLN", "Y"),
        (10, 200, "CRR_BLISSLN", "Y"),
        (12.5, 200, "KDIGO_complete", "Y"),
        (None, 200, "PERR_BLISSLN", None),
    ],
)
def test_from_week_24_bliss_ln_allows_ten_milligrams(dose: float | None, on: int, variant: str, answer: str) -> None:
    labs = [urine(-8, 2.0), creatinine(-8, 60), urine(on, 0.2), creatinine(on, 60)]

    assert renal(labs, variant, drugs=[MYCOPHENOLATE, steroid(dose, "2023-01-01")])["ANSWER"] == answer


@pytest.mark.parametrize(
    "rescue",
    [
        steroid(40, day(40), day(50)),
        {**MYCOPHENOLATE, "CMTRT": "RITUXIMAB", "CMCAT": "BIOLOGIC", "CMSTDTC": day(40), "CMENDTC": day(50),
         "CMENRTPT": None, "CMENTPT": None},
    ],
    ids=["steroid", "biologic"],
)  # fmt: skip
def test_rescue_that_ended_stays_rescue(rescue: dict[str, Any]) -> None:
    row = renal(HEALED, drugs=[*KEEPS, rescue])

    assert (row["ANSWER"], row["BECAUSE"]) == ("N", ["not: no treatment failure"])
    assert "CM/S1/3" in row["sources"]


def test_a_reported_filtration_rate_goes_before_creatinine() -> None:
    reported = {"LBTESTCD": "GFRE", "LBTEST": "GFR", "LBSTRESU": "mL/min/1.73m2"}
    rates = [
        {**reported, "LBORRES": value, "LBSTRESC": value, "LBSTRESN": value, "LBDTC": day(on)}
        for on, value in ((-8, 90), (84, 50))
    ]
    labs = [urine(-8, 2.0), creatinine(-8, 60), urine(84, 0.2), creatinine(84, 60), *rates]

    assert renal(labs)["BECAUSE"] == ["not: eGFR ≥ 60 or not > 20 % lower"]


def test_serological_remission_needs_all_three_values() -> None:
    protocol = asking(kind="state", instrument="serology", variant="default")

    def answer(*missing: str) -> Any:
        labs = [
            {"LBTESTCD": code, "LBTEST": code, "LBORRES": 1.0, "LBSTRESC": 1.0, "LBSTRESN": 1.0, "LBSTRESU": "g/L",
             "LBSTNRLO": 0.5, "LBDTC": day(84)}
            for code in ("C3", "C4") if code not in missing
        ]  # fmt: skip
        antibody = {"ISTESTCD": "ATIGGAB", "ISBDAGNT": "DOUBLE STRANDED DNA", "ISORRES": 50, "ISSTRESC": 50,
                    "ISSTRESN": 50, "ISSTRESU": "IU/mL", "ISSTNRHI": 100, "ISDTC": day(84)}  # fmt: skip
        given = records(RS=[*rated(-8), *rated(84)], LB=labs or [urine(84, 0.1)], IS=[antibody], CM=STEROID)
        return only(derived(given, CUT, protocol)["adeff"], ENDPOINT="own", TIMEPOINT="last", GROUP="all")

    assert answer()["ANSWER"] == "Y"
    assert (answer("C4")["ANSWER"], answer("C4")["BECAUSE"]) == (None, ["unknown: C4 not low"])


def letters(on: int, **graded: str) -> list[dict[str, Any]]:
    """Nine letters, E where nothing is said; an empty one is a row without an answer."""
    return [
        {"RSCAT": "BILAG-2004", "RSTESTCD": f"BILG{s}", "RSORRES": graded.get(s, "E") or None, "RSDTC": day(on)}
        for s in SYSTEMS
    ]


def bicla(before: list[Any], now: list[Any]) -> dict[str, Any]:
    protocol = asking(instrument="bicla", variant="default")
    rows = [*rated(-8, ["arthritis"], pga=1.5), *before, *rated(84, pga=0.5), *now]
    given = records(RS=rows, CM=KEEPS)
    return only(derived(given, CUT, protocol)["adeff"], ENDPOINT="own", TIMEPOINT="last", GROUP="all")


@pytest.mark.parametrize("traced", [True, False])
def test_nothing_to_improve_at_baseline_is_no_miss(traced: bool) -> None:
    protocol = asking(instrument="bicla", variant="default", timepoints=("week-12", "week-24", "last"))

    def said(before: str, **now: str) -> list[Any]:
        rows = [*rated(-8, ["arthritis"], pga=1.5), *letters(-8, MSK=before), *rated(84), *letters(84, **now)]
        frame = derive.all(protocol, records(RS=rows, CM=KEEPS), CUT, traced=traced)["adeff"]
        places = (*protocol.endpoints[-1].timepoints, "ever")
        found = [only(frame, ENDPOINT="own", TIMEPOINT=at, GROUP="all") for at in places]
        return [(row["ANSWER"], row["AVALNRI"], row["APPLFL"]) for row in found]

    # nobody came at week 24: no miss either of who is not asked
    assert said("C", MSK="D") == [(None, None, "N")] * 4
    missed = (None, "N", "Y")
    assert said("B", MSK="") == [missed] * 4


@pytest.mark.parametrize(
    ("before", "now", "answer", "why"),
    [
        (letters(-8, MSK="B"), letters(84, MSK="D"), "Y", "BILAG improved"),
        (letters(-8, MSK="B"), letters(84, MSK="B"), "N", "not: every baseline B now C or D"),
        (letters(-8, MSK="C"), letters(84, MSK="D"), None, "not evaluable: no BILAG A or B at baseline"),
        (letters(-8, MSK="B"), [], None, "unknown: every baseline A now B, C or D"),
        ([], letters(84, MSK="D"), None, "unknown: every baseline A now B, C or D"),
        (letters(-8, MSK="B"), letters(84, MSK=""), None, "unknown: every baseline B now C or D"),
    ],
    ids=["improved", "stays B", "nothing to improve", "no letters now", "none before", "that letter missing"],
)
def test_bicla_from_letters(before: list[Any], now: list[Any], answer: str | None, why: str) -> None:
    row = bicla(before, now)

    assert row["ANSWER"] == answer
    assert why in row["BECAUSE"]


def test_the_time_after_an_unknown_state_is_unknown() -> None:
    protocol = asking(kind="state", instrument="state-time", variant="half_or_more", of="lldas")

    def share(*visits: list[dict[str, Any]]) -> dict[str, Any]:
        rows = [*rated(-8, ["vasculitis"]), *(row for visit in visits for row in visit)]
        given = records(RS=rows, CM=STEROID, EX=[*conditioning(), *infusions([0])])
        return only(derived(given, CUT, protocol)["adeff"], ENDPOINT="own", TIMEPOINT="last", GROUP="all")

    # not in the state until day 40, in it from there to day 100
    assert share(rated(40), rated(100))["BECAUSE"] == ["LLDAS on 60 of 100 days"]
    assert share(rated(40), rated(100))["ANSWER"] == "Y"
    assert share(rated(60), rated(100))["ANSWER"] == "N"
    row = share(rated(40), rated(60, pga=None), rated(100))
    assert (row["ANSWER"], row["BECAUSE"]) == (None, ["LLDAS on 20 of 100 days", "unknown: the state on 40 days"])


def test_the_records_of_an_answer_are_those_it_was_judged_on() -> None:
    row = renal([urine(-8, 2.0), creatinine(-8, 60), urine(40, 1.0), urine(84, 0.7), creatinine(84, 62)])

    labs = [record for record in row["sources"] if record.startswith("LB/")]
    assert labs == ["LB/S1/1", "LB/S1/2", "LB/S1/4", "LB/S1/5"]
