"""Which findings a dose decision waits for: those that touch a fact of a DLT call that counts, in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from remit.derive import known_by, outcomes
from remit.derive.dose_decision import dose_tables
from remit.derive.open_queries import OpenQuery, open_queries
from remit.records import Finding
from rooms.derive.small import DAY0, day, records, seed_protocol

EVENT = {"AETERM": "Fever", "AEDECOD": "Pyrexia", "AETOXGR": "1", "AEREL": "RELATED", "AESTDTC": day(3)}
GIVEN = records(
    AE=[EVENT, {**EVENT, "AESTDTC": day(40)}, {**EVENT, "AESTDTC": day(-2)}, {**EVENT, "AESTDTC": "2024-03"}],
    SUPPAE=[
        {"IDVARVAL": "1", "QNAM": "AEDLT", "QVAL": "N", "QLABEL": "DLT", "QORIG": "CRF"},
        {"IDVARVAL": "1", "QNAM": "OTHER", "QVAL": "N", "QLABEL": "Other", "QORIG": "CRF"},
    ],
)


def asked(*findings: Finding, cutoff: int = 60) -> tuple[OpenQuery, ...]:
    protocol, cut = seed_protocol(), DAY0 + timedelta(days=cutoff)
    tables = dose_tables(protocol, GIVEN, cut)
    return open_queries(protocol, known_by(GIVEN, cut), findings, tables["adsl"], protocol.levels)


def finding(record: str | None, column: str | None, severity: str = "warning") -> Finding:
    table = (record or "AE").split("/")[0]
    return Finding(table, record, column, f"{table}-RULE", severity, "What was seen.", "Do this.")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("record", "column", "waits"),
    [
        ("AE/S1/1", "AETOXGR", True),
        ("AE/S1/1", "AEREL", True),
        ("AE/S1/1", "AEBODSYS", False),  # no line of the definition reads it
        ("AE/S1/2", "AETOXGR", False),  # day 40: outside the window
        ("AE/S1/2", "AESTDTC", True),  # but if the day itself is in doubt, it may be inside
        ("AE/S1/3", "AETOXGR", False),  # before the cells
        ("AE/S1/4", "AETOXGR", True),  # some day in March may be in the window
        ("SUPPAE/S1/1/AEDLT", "QVAL", True),
        ("SUPPAE/S1/1/OTHER", "QVAL", False),
        ("EX/S1/4", "EXDOSE", True),  # the first infusion
        ("EX/S1/1", "EXDOSE", False),  # fludarabine
        ("DM/S1", "ACTARMCD", True),
        ("DM/S1", "RACE", False),
        ("AE/S9/1", "AETOXGR", False),  # a record that is not there as of the cutoff
    ],
)
def test_a_finding_counts_when_it_touches_the_call(record: str, column: str, waits: bool) -> None:
    assert bool(asked(finding(record, column))) is waits


def test_a_note_never_holds_a_decision_up() -> None:
    assert asked(finding("AE/S1/1", "AETOXGR", "note")) == ()


def test_a_lost_column_concerns_everyone_and_a_count_of_rows_nobody() -> None:
    (lost,) = asked(finding(None, "AETOXGR", "error"))

    assert lost.sentence == "all subjects: AE.AETOXGR is in question (AE-RULE). What was seen."
    assert asked(finding(None, "AESTDTC", "warning")) == ()


def test_what_had_not_happened_by_the_cutoff_holds_nothing_up() -> None:
    assert asked(finding("AE/S1/1", "AETOXGR"), cutoff=2) == ()


def test_the_sentence_names_subject_day_and_item() -> None:
    (one,) = asked(finding("AE/S1/1", "AETOXGR"))

    assert one.sentence == "S1, day 3: AE.AETOXGR is in question (AE-RULE). What was seen."


def test_how_much_of_a_window_has_passed() -> None:
    protocol = seed_protocol()
    given = records(AE=[], SV=[{"VISITNUM": 1, "SVSTDTC": day(12)}])

    (one,) = outcomes.treated(protocol, dose_tables(protocol, given, DAY0 + timedelta(days=13)))

    assert one.wait == f"window open until day 28 ({day(28)}), today is day 13"
    assert one.share == pytest.approx(12 / 28)  # seen last on day 12
    assert one.awaited
