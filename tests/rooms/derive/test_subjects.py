"""The subject's row: arms, days of treatment, follow-up, and data that are odd or missing."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from remit import derive
from remit.derive.adex import power_of_ten
from remit.records import Records
from rooms.derive.small import DAY0, conditioning, day, derived, infusions, only, records, seed_protocol


def person(**tables: Any) -> dict[str, Any]:
    return only(derived(records(**tables))["adsl"], USUBJID="S1")


@pytest.mark.parametrize(
    ("cells", "level", "enrolled"),
    [
        ({}, "dl4", "Y"),
        ({"ACTARMCD": "DL3"}, "dl3", "Y"),
        ({"ACTARMCD": None}, "dl4", "Y"),
        ({"ACTARMCD": None, "ARMNRS": "UNPLANNED TREATMENT"}, None, "Y"),
        ({"ACTARMCD": "DL9"}, None, "Y"),
        ({"ARMCD": "DL9", "ACTARMCD": "DL9"}, None, "Y"),
    ],
)
def test_the_level_is_the_one_received_and_never_guessed(
    cells: dict[str, Any], level: str | None, enrolled: str
) -> None:
    row = person(DM=[cells])

    assert (row["LEVEL"], row["ENRLFL"]) == (level, enrolled)


@pytest.mark.parametrize(("arm", "enrolled"), [(None, "N"), ("Scrnfail", "N"), ("DL2", "Y"), ("DL9", None)])
def test_without_cells_enrolled_is_who_has_an_arm_of_the_protocol(arm: str | None, enrolled: str | None) -> None:
    tables = derived(records(DM=[{"ARMCD": arm, "ACTARMCD": None}], EX=[]))

    assert only(tables["adsl"], USUBJID="S1")["ENRLFL"] == enrolled
    assert only(tables["adset"], SET="enrolled")["IN"] == enrolled


@pytest.mark.parametrize(
    ("starts", "first"),
    [
        ((0, 7, 14), day(0)),
        ((0, 7, "2024-04"), day(0)),
        ((0, 7, "2024-03"), None),
        ((0, 7, None), None),
        (("2024-02", 7, 14), None),
    ],
)
def test_the_first_infusion_is_unknown_where_one_without_a_full_date_may_be_it(
    starts: tuple[Any, ...], first: str | None
) -> None:
    rows = [{**infusions([0])[0], "EXENDTC": None, "EXSTDTC": day(s) if isinstance(s, int) else s} for s in starts]

    row = person(EX=rows)

    assert (row["SAFFL"], row["NINFUS"]) == ("Y", 3)
    assert row["TRTSDT"] == (None if first is None else DAY0)


def test_two_bags_are_one_infusion_and_a_dose_of_zero_is_none() -> None:
    rows = [
        *infusions([0, 0], EXDOSE=3, EXLNKID="INF1"),
        *infusions([7, 7], EXDOSE=3),
        *infusions([14], EXDOSE=0),
        *conditioning([-5], EXDOSE=0),
    ]

    tables = derived(records(EX=rows))

    row = only(tables["adsl"], USUBJID="S1")
    assert (row["NINFUS"], row["DOSE01A"], row["CONDFL"], row["LDSDT"]) == (2, 6.0, "N", None)
    assert row["TRTEDT"].isoformat() == day(7)
    assert tables["adex"].filter(pl.col("PARCAT1") == "CELLS")["INFNUM"].to_list() == [1, 1, 2, 2, None]


@pytest.mark.parametrize(
    ("planned", "given", "factor"),
    [
        ("10^9 cells", "10^9 Therapeutic Cells", 1.0),
        ("10^9 cells", "10^6 Therapeutic Cells", 1000.0),
        ("10^6 cells", "10^9 Therapeutic Cells", 0.001),
        ("mg", "mg", 1.0),
        ("mg", "g", None),
        ("10^9 cells", "mL", None),
        ("10^9 cells", None, None),
    ],
)
def test_planned_and_given_are_compared_in_one_unit(planned: str, given: str | None, factor: float | None) -> None:
    found = power_of_ten(planned, given)

    assert found == (None if factor is None else pytest.approx(factor))


def test_share_of_the_plan() -> None:
    body = [
        {"VSTESTCD": "HEIGHT", "VSSTRESN": 160, "VSSTRESU": "cm", "VSDTC": day(-8)},
        {"VSTESTCD": "WEIGHT", "VSSTRESN": 90, "VSSTRESU": "kg", "VSDTC": day(-8)},
    ]
    millions = infusions([0], EXDOSE=3000, EXDOSU="10^6 Therapeutic Cells")

    tables = derived(records(EX=[*conditioning([-5], EXDOSE=45), *millions], VS=body))

    # Mosteller: root of 160 × 90 / 3600 = 2 m²; 25 mg/m² of fludarabine are 50 mg; level 4 is 6 × 10^9 cells
    assert tables["adex"].select("PLANNED", "PCTPLAN").rows() == [
        (50.0, 90.0),
        (pytest.approx(6000), pytest.approx(50)),
    ]


CONTACTS: list[tuple[dict[str, Any], str]] = [
    ({"VS": [{"VSTESTCD": "TEMP", "VSDTC": day(50)}]}, day(50)),
    ({"VS": [{"VSTESTCD": "TEMP", "VSDTC": day(50), "VSSTAT": "NOT DONE"}]}, day(14)),
    ({"SV": [{"VISITNUM": 12, "SVSTDTC": day(56), "SVOCCUR": "N"}]}, day(14)),
    ({"DS": [{"DSCAT": "DISPOSITION EVENT", "DSDECOD": "LOST TO FOLLOW-UP", "DSSTDTC": day(200)}]}, day(14)),
    ({"DS": [{"DSCAT": "DISPOSITION EVENT", "DSDECOD": "WITHDRAWAL BY SUBJECT", "DSSTDTC": day(40)}]}, day(40)),
    ({"FA": [{"FATESTCD": "FEVER", "FAOBJ": "CRS", "FADTC": day(30)}]}, day(30)),
    ({"LB": [{"LBTESTCD": "C3", "LBDTC": "2024-08"}]}, day(14)),
]


@pytest.mark.parametrize(("tables", "last"), CONTACTS)
def test_contact_is_a_day_on_which_somebody_saw_the_subject(tables: dict[str, Any], last: str) -> None:
    assert person(**tables)["LSTALVDT"].isoformat() == last


def test_nobody_seen_is_no_contact_and_not_the_cut() -> None:
    assert person(EX=[])["LSTALVDT"] is None


@pytest.mark.parametrize(
    ("diagnoses", "years"),
    [
        (["2014-03-04"], 10.0),
        (["2019-03-04", "2014-03-04"], 10.0),
        (["2014", "2019-03-04"], None),
        (["2019-03-04", None], 5.0),
    ],
)
def test_disease_duration_starts_at_the_earliest_diagnosis(diagnoses: list[str | None], years: float | None) -> None:
    term = "Systemic lupus erythematosus"
    found = person(MH=[{"MHTERM": term, "MHEVDTYP": "DIAGNOSIS", "MHSTDTC": d} for d in diagnoses])["DISDUR"]

    assert found == (None if years is None else pytest.approx(years, abs=0.01))


SEROLOGY = [
    ([("C3", 0.5, 0.9, 1.8), ("C4", 0.2, 0.1, 0.4)], "Y"),
    ([("C3", 1.0, 0.9, 1.8), ("C4", 0.2, 0.1, 0.4)], "N"),
    ([("C3", 0.5, 0.9, 1.8), ("C4", 0.2, None, None)], "Y"),
    ([("C3", 1.0, 0.9, 1.8), ("C4", 0.2, None, None)], None),
    ([("C3", 1.0, None, 1.8)], None),
    ([], None),
]


@pytest.mark.parametrize(("samples", "low"), SEROLOGY)
def test_complement_is_low_when_one_is_and_normal_only_against_a_limit(
    samples: list[tuple[str, float, float | None, float | None]], low: str | None
) -> None:
    rows = [
        {"LBTESTCD": code, "LBDTC": day(-8), "LBSTRESN": value, "LBSTRESC": value, "LBSTNRLO": lo, "LBSTNRHI": hi}
        for code, value, lo, hi in samples
    ]

    row = person(LB=rows)

    assert row["LOWCBL"] == low
    assert {f"LB/S1/{n}" for n in range(1, len(rows) + 1)} <= set(row["sources"])


def test_a_trial_of_subjects_only_and_a_trial_of_nobody_have_all_tables() -> None:
    for given in (records(EX=[]), records(DM=[], EX=[]), Records({})):
        tables = derived(given)

        assert set(tables) | {"adae"} == {table.name for table in derive.DERIVED}
        assert all(isinstance(frame, pl.DataFrame) for frame in tables.values())
        assert tables["adsl"]["SENTENCE"].null_count() == 0


def test_no_row_of_an_unknown_subject_and_no_row_without_a_sentence() -> None:
    stray = {"USUBJID": "X9"}
    given = records(
        AE=[{**stray, "AETERM": "Rash"}, {}], EX=[*infusions(), {**stray, "EXTRT": "KN5501"}],
        LB=[{**stray, "LBTESTCD": "C3", "LBSTRESN": 1}, {"LBSTRESN": 2}], RS=[{**stray, "RSTESTCD": "PGAL0101"}],
    )  # fmt: skip
    # as a program could make them: nobody set the strays aside
    whole = Records(
        {
            **given.tables,
            **{
                k: pl.concat([v, given.set_aside[k].select(v.columns)])
                for k, v in given.tables.items()
                if k in given.set_aside
            },
        }
    )

    for name, frame in derive.all(seed_protocol(), whole, DAY0).items():
        assert frame.filter(pl.col("USUBJID") == "X9").height == 0, name
        assert frame["SENTENCE"].null_count() == 0, name
