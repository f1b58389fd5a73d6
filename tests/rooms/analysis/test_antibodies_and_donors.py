"""Results about the product's cells, donors and antibodies, on a few subjects: denominators, refusals, absences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from remit.analysis import Result, trace
from remit.analysis.donors import donors
from remit.analysis.exposure_response import exposure_response
from remit.analysis.immunogenicity import immunogenicity
from remit.analysis.kinetics import kinetics
from remit.analysis.study import Study
from remit.analysis.vaccines import vaccines
from remit.protocol import Protocol
from remit.records import checks
from rooms.derive import small
from rooms.derive.test_adis import against, vaccine

LEVELS = {"S1": "DL3", "S2": "DL3", "S3": "DL4", "S4": "DL4"}
LOTS = {"S1": ("L1", "D1"), "S2": ("L1", "D1"), "S3": ("L2", "D2"), "S4": ("L2", "D2")}


def given(lots: Mapping[str, tuple[str, str]] = LOTS, **tables: Any) -> Any:
    people = [{"USUBJID": who, "SUBJID": who, "ARMCD": arm, "ACTARMCD": arm} for who, arm in LEVELS.items()]
    cells, donor = [], []
    for who in LEVELS:
        mine = [*small.conditioning(USUBJID=who), *small.infusions((0,), USUBJID=who, EXLOT=lots[who][0])]
        cells += mine
        donor.append({"USUBJID": who, "IDVARVAL": len(mine), "QNAM": "DONOR", "QLABEL": "Donor", "QVAL": lots[who][1]})
    supplement = {"SUPPEX": donor} if donor[0]["QVAL"] else {}
    seen = [{"USUBJID": who, "VISITNUM": 12, "VISIT": "Week 8", "SVSTDTC": small.day(60)} for who in LEVELS]
    # drugs were asked for, so that no immunoglobulin means none
    drugs = {"CM": [{"CMTRT": "WATER", "CMDECOD": "WATER", "CMSTDTC": small.day(1)}]}
    return small.records(DM=people, EX=cells, SV=seen, **supplement, **{**drugs, **tables})


def study(records: Any, protocol: Protocol | None = None) -> Study:
    return Study(protocol or small.seed_protocol(), small.derived(records))


def by_id(made: Any) -> dict[str, Result]:
    return {result.id: result for result in made}


def copies(who: str, on: int, value: float, unit: str = "copies/ug") -> dict[str, Any]:
    return {
        "USUBJID": who, "PCTESTCD": "CARCOPY", "PCTEST": "CAR transgene copies", "PCSPEC": "BLOOD",
        "PCDTC": small.day(on), "PCORRES": value, "PCSTRESC": value, "PCSTRESN": value, "PCORRESU": unit,
        "PCSTRESU": unit, "VISITNUM": 4,
    }  # fmt: skip


def flow(who: str, on: int, value: float | str) -> dict[str, Any]:
    return {
        "USUBJID": who, "CPTESTCD": "CARCE", "CPTEST": "CAR-positive cells", "CPCAT": "CELL KINETICS",
        "CPSPEC": "BLOOD", "CPDTC": small.day(on), "CPORRES": value, "CPSTRESC": value,
        "CPSTRESN": None if isinstance(value, str) else value, "CPSTRESU": "cells/uL",
    }  # fmt: skip


def test_two_analytes_have_their_own_numbers_in_their_own_unit() -> None:
    pc = [copies(who, 1, 1000.0 * k) for k, who in enumerate(LEVELS, start=1)]
    cp = [flow(who, 1, 2.5 * k) for k, who in enumerate(LEVELS, start=1)]
    cp += [flow(who, 14, "<0.5") for who in LEVELS]

    made = by_id(kinetics(study(given(PC=pc, CP=cp))))

    assert (made["kinetics/carcopy/cmax/median"].value, made["kinetics/carcopy/cmax/median"].text) == (2500, "2500")
    assert (made["kinetics/carce/cmax/median"].value, made["kinetics/carce/cmax/median"].text) == (6.25, "6.3")
    assert "cells/uL" in made["kinetics/carce/auc-last/median"].title
    # 0 until the infusion, 2.5·k on day 1, 0 from day 14 on: half of that over 14 days
    assert made["kinetics/carce/auc-0-28/max"].value == pytest.approx(10 * 14 / 2)
    assert made["kinetics/carce/still-detected/count"].text.startswith("0/4")
    assert next(iter(made)).startswith("kinetics/carcopy/")


def test_one_analyte_under_one_code_in_both_tables_keeps_its_ids_apart() -> None:
    cp = [flow("S1", 1, 3.0) | {"CPTESTCD": "CARCOPY"}]

    made = by_id(kinetics(study(given(PC=[copies("S1", 1, 900.0)], CP=cp))))

    assert made["kinetics/carcopy/cmax/median"].value == 900
    assert made["kinetics/carcopy-blood-cp/cmax/median"].value == 3
    assert made["kinetics/carcopy-blood-cp/clast/median"].value == 3


def test_an_analyte_in_two_units_is_refused_in_the_row_and_by_a_finding() -> None:
    records = given(PC=[copies("S1", 1, 900.0), copies("S2", 1, 800.0), copies("S3", 1, 5000.0, "copies/mL")])
    here = study(records)

    made = by_id(kinetics(here))

    why = "recorded in copies/mL and copies/ug: values in different units make no spread"
    assert {id: r.note for id, r in made.items()} == {
        "kinetics/carcopy/cmax/median": why, "kinetics/carcopy/auc-0-28/median": why,
    }  # fmt: skip
    assert all(r.value is None for r in made.values())
    assert not [id for id in by_id(exposure_response(here)) if "third" in id]
    told = [f for f in checks.all(small.seed_protocol(), records) if f.rule == "PC-MIXED-UNIT"]
    assert [(f.record, f.what) for f in told] == [
        ("PC/S3/1", "CARCOPY (BLOOD) is given in copies/mL, elsewhere in copies/ug.")
    ]


def test_two_spellings_of_one_unit_are_one_unit() -> None:
    records = given(CP=[flow("S1", 1, 3.0), flow("S2", 1, 4.0) | {"CPSTRESU": "/uL"}])

    assert not [f for f in checks.all(small.seed_protocol(), records) if f.rule.endswith("MIXED-UNIT")]


def test_what_was_not_tested_is_in_no_denominator() -> None:
    rows = [
        against(-7, "NEGATIVE", USUBJID="S1"), against(28, "POSITIVE", USUBJID="S1"),
        against(28, 40, "QUANTIFY", "TITER", USUBJID="S1"),
        against(-7, "NEGATIVE", USUBJID="S2"), against(28, "NEGATIVE", USUBJID="S2"),
        against(-7, "POSITIVE", USUBJID="S3"),
    ]  # fmt: skip
    here = study(given(IS=rows))

    made = by_id(immunogenicity(here))

    emergent = made["immunogenicity/anti-car/emergent/proportion"]
    assert (emergent.n, emergent.denominator) == (1, 2)
    assert emergent.note == "not tested or not clear in 2 of 4, left out; 4-fold margin of a boost"
    assert made["immunogenicity/anti-car/tested-before/count"].n == 3
    assert made["immunogenicity/anti-car/before/count"].text == "1/3 (33.3 %; 95 % CI 0.8–90.6)"
    assert made["immunogenicity/anti-car/emergent/dl4/count"].value is None
    assert made["immunogenicity/anti-car/peak-titer/median"].value == 40
    assert made["immunogenicity/anti-car/still-found/proportion"].value == 1
    assert made["immunogenicity/donor-specific-hla/emergent/proportion"].note.startswith("not collected")
    parts = trace(emergent, here.derived).parts
    assert [(p.role, p.rows["USUBJID"].to_list()) for p in parts] == [("counted", ["S1"]), ("population", ["S1", "S2"])]
    assert {record for p in parts for sources in p.rows["sources"] for record in sources} >= {
        "IS/S1/1",
        "IS/S1/2",
        "IS/S2/1",
    }


def test_titers_below_quantification_have_no_number_and_are_not_protective() -> None:
    rows = [
        vaccine(-7, 0.9, USUBJID="S1"), vaccine(84, 0.5, USUBJID="S1"),
        vaccine(-7, 0.2, USUBJID="S2"), vaccine(84, "<0.01", USUBJID="S2"),
        vaccine(-7, 0.05, USUBJID="S3"), vaccine(84, "<0.01", USUBJID="S3"),
    ]  # fmt: skip

    made = by_id(vaccines(study(given(IS=rows))))

    assert made["vaccine/tetanus/week-12/median"].text == "<0.01"
    assert made["vaccine/tetanus/week-12/median"].value is None
    assert made["vaccine/tetanus/week-12/max"].value == 0.5
    assert made["vaccine/tetanus/protective/week-12/count"].text.startswith("1/3")
    still = made["vaccine/tetanus/still-protective/proportion"]
    assert (still.n, still.denominator) == (1, 2)
    assert still.note == "of those protected before; not protected before in 1"
    assert made["vaccine/tetanus-ratio/week-12/n"].n == 1


def test_titers_in_two_units_have_no_course_but_may_still_be_protective() -> None:
    rows = [vaccine(-7, 0.9, USUBJID="S1"), vaccine(-7, 900, unit="mIU/mL", USUBJID="S2")]

    made = by_id(vaccines(study(given(IS=rows))))

    assert made["vaccine/tetanus/baseline/median"].note == "recorded in IU/mL and mIU/mL"
    assert made["vaccine/tetanus/protective/baseline/count"].text.startswith("2/2")


def test_donors_that_follow_the_levels_carry_a_warning() -> None:
    made = by_id(donors(study(given())))

    alone = made["donors/donor/at-one-level/total"]
    assert alone.text == "2/2"
    assert alone.note == (
        "donor D1 went to DL3 only; donor D2 went to DL4 only; DL3 got donor D1 only; DL4 got donor D2 only: "
        "a difference between donors may be one between levels, and the reverse"
    )
    assert made["donors/donor-d1/subjects/count"].text.startswith("2/4")
    assert made["donors/donor-d1/subjects/dl4/count"].text.startswith("0/2")
    assert made["donors/lot-l2/cells-total/median"].value == 6


def test_donors_spread_over_the_levels_carry_none() -> None:
    spread = {"S1": ("L1", "D1"), "S2": ("L2", "D2"), "S3": ("L1", "D1"), "S4": ("L2", "D2")}

    alone = by_id(donors(study(given(spread))))["donors/donor/at-one-level/total"]

    assert alone.text == "0/2"
    assert "may be one between levels" not in alone.note


def test_a_trial_of_cells_says_what_it_did_not_collect() -> None:
    here = study(small.records())

    absent = {r.id: r.note for make in (kinetics, donors, vaccines, immunogenicity) for r in make(here)}

    assert absent == dict.fromkeys((
        "kinetics/product/cmax/median", "donors/donor/count", "vaccine/any/still-protective/proportion",
        "immunogenicity/anti-car/emergent/proportion", "immunogenicity/donor-specific-hla/emergent/proportion",
    ), "not collected")  # fmt: skip


def test_a_trial_of_a_drug_is_asked_for_none_of_it() -> None:
    product = small.seed_protocol().product.model_copy(update={"source": None})
    here = study(small.records(), small.seed_protocol().model_copy(update={"product": product}))

    assert [r for make in (kinetics, donors, vaccines, immunogenicity) for r in make(here)] == []


def test_without_derived_rows_nothing_is_made() -> None:
    empty = Study(small.seed_protocol(), {name: frame.clear() for name, frame in small.derived(given()).items()})

    assert [r for make in (kinetics, donors, vaccines, immunogenicity) for r in make(empty)] == []
