"""What was known by a cutoff."""

from __future__ import annotations

from datetime import timedelta

import pytest

from remit.derive import known_by
from remit.derive.known import STARTS
from remit.records.tables import TABLES
from rooms.derive.small import DAY0, conditioning, day, derived, infusions, only, records, steroid


def test_every_dated_table_has_a_start_by_which_it_is_cut() -> None:
    dated = {table.name for table in TABLES if table.dates}

    assert dated - {"DM"} == set(STARTS)
    assert all(STARTS[table.name] in table.dates for table in TABLES if table.name in STARTS)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("2024-03-09", True), ("2024-03-09T23:59", True), ("2024-03-10", False), ("2024-03", True), ("2024", True),
     ("2024-04", False), (None, True)],
)  # fmt: skip
def test_a_record_stays_unless_it_is_certainly_later(text: str | None, kept: bool) -> None:
    given = records(LB=[{"LBTESTCD": "C3", "LBSTRESN": 1, "LBDTC": text}])

    assert known_by(given, DAY0 + timedelta(days=5)).table("LB").height == int(kept)


def test_what_ends_later_is_still_open_and_its_outcome_is_not_known() -> None:
    event = {"AETERM": "x", "AESTDTC": day(1), "AEENDTC": day(9), "AEOUT": "FATAL", "AETOXGR": "5", "AESDTH": "Y"}
    given = records(
        DM=[{"DTHDTC": day(9), "DTHFL": "Y"}], AE=[event], CM=[steroid(10, day(-90), day(9))],
        EX=[*infusions([0], EXENDTC=day(9))],
    )  # fmt: skip

    early, late = (known_by(given, DAY0 + timedelta(days=d)) for d in (8, 9))

    assert late.tables["AE"].equals(given.tables["AE"])
    assert late.tables["CM"].equals(given.tables["CM"])
    assert late.tables["DM"].equals(given.tables["DM"])
    row = early.table("AE").row(0, named=True)
    assert [row[c] for c in ("AEENDTC", "AEOUT", "AETOXGR", "AESDTH")] == [None] * 4
    row = early.table("CM").row(0, named=True)
    assert (row["CMENDTC"], row["CMENRTPT"], row["CMENTPT"]) == (None, "ONGOING", day(8))
    row = early.table("DM").row(0, named=True)
    assert (row["DTHDTC"], row["DTHFL"]) == (None, None)
    assert early.table("EX")["EXENDTC"].to_list() == [None]
    assert only(derived(given, DAY0 + timedelta(days=8))["adsl"], USUBJID="S1")["EOSSTT"] == "ONGOING"


@pytest.mark.parametrize("consent", ["RFICDTC", None])
def test_a_subject_is_not_screened_before_consent_or_the_first_record(consent: str | None) -> None:
    given = records(
        DM=[{consent: day(-20)} if consent else {}],
        VS=[{"VSTESTCD": "TEMP", "VSDTC": day(-20)}],
        MH=[{"MHTERM": "Systemic lupus erythematosus", "MHSTDTC": "2015-05-01"}],
    )

    assert derived(given, DAY0 - timedelta(days=21))["adsl"].height == 0
    assert derived(given, DAY0 - timedelta(days=20))["adsl"].height == 1


def test_an_arm_is_not_known_before_it_was_given() -> None:
    given = records(
        DS=[
            {"DSCAT": "PROTOCOL MILESTONE", "DSDECOD": "INFORMED CONSENT OBTAINED", "DSSTDTC": day(-20)},
            {"DSCAT": "PROTOCOL MILESTONE", "DSDECOD": "ENTERED INTO TRIAL", "DSSTDTC": day(-6)},
        ]
    )

    flow = {
        cut: tuple(
            only(derived(given, DAY0 + timedelta(days=cut))["adsl"], USUBJID="S1")[c]
            for c in ("ENRLFL", "CONDFL", "SAFFL", "LEVEL", "NINFUS")
        )
        for cut in (-7, -6, -5, -1, 0, 7)
    }

    assert flow == {
        -7: ("N", "N", "N", None, 0),
        -6: ("Y", "N", "N", None, 0),
        -5: ("Y", "Y", "N", None, 0),
        -1: ("Y", "Y", "N", None, 0),
        0: ("Y", "Y", "Y", "dl4", 1),
        7: ("Y", "Y", "Y", "dl4", 2),
    }


def test_cut_before_the_first_infusion_a_conditioned_subject_has_scores_and_no_follow_up() -> None:
    tables = derived(records(EX=conditioning(), VS=[{"VSTESTCD": "TEMP", "VSDTC": day(-4)}]), DAY0 - timedelta(days=1))

    row = only(tables["adsl"], USUBJID="S1")
    assert (row["CONDFL"], row["SAFFL"], row["TRTSDT"], row["FUPMON"]) == ("Y", "N", None, None)
    assert tables["adtte"].height == 0
