from __future__ import annotations

import datetime

import pytest

from remit.errors import InputError
from remit.records import TABLES, Records
from remit.records.columns import facts
from remit.records.findings import Finding, errors, in_order, to_dicts, to_frame
from remit.records.sponsor_codes import SLEDAI_ITEMS, SPONSOR_CODES
from rooms.records.plants import admitted, clean


def test_a_table_that_was_not_collected_has_its_columns_and_no_rows():
    records = Records()

    for table in TABLES:
        frame = records.table(table.name)
        assert frame.height == 0
        assert frame.columns == [*table.columns, "record_id"]
        assert not records.collected(table.name)


def test_a_record_is_found_by_its_id_and_an_unknown_id_is_refused():
    records, _ = admitted(clean())

    assert records.record("SV/S-001/1")["VISIT"] == "Screening"
    assert records.record("SUPPAE/S-001/1/AEDLT")["QVAL"] == "N"
    with pytest.raises(InputError, match="No record is called AE/S-001/99"):
        records.record("AE/S-001/99")


def test_a_record_set_aside_can_still_be_looked_up():
    rows = clean()
    rows["AE"].append(rows["AE"][0] | {"AETOXGR": "2"})

    records, _ = admitted(rows)

    assert records.record("AE/row-2")["AETOXGR"] == "2"


def test_supplemental_qualifiers_are_tied_to_the_number_of_their_parent():
    records, _ = admitted(clean())

    assert records.supp("AE", "AEDLT").rows() == [("S-001", 1, "N", "SUPPAE/S-001/1/AEDLT")]
    assert records.supp("EX", "DONOR").rows() == []


def test_the_latest_day_is_that_of_any_table():
    records, _ = admitted(clean())

    assert records.latest_day() == datetime.date(2024, 2, 22)
    assert Records().latest_day() is None


def test_findings_are_listed_errors_first_and_numbers_in_their_order():
    findings = [
        Finding("AE", "AE/S/10", None, "AE-X", "error", "x", "x"),
        Finding("AE", "AE/S/9", None, "AE-X", "error", "x", "x"),
        Finding("AE", None, None, "AE-Y", "note", "x", "x"),
        Finding("LB", None, None, "LB-Y", "warning", "x", "x"),
    ]

    ordered = in_order(findings)

    assert [finding.record for finding in ordered] == ["AE/S/9", "AE/S/10", None, None]
    assert [finding.severity for finding in ordered] == ["error", "error", "warning", "note"]
    assert errors(findings) == findings[:2]
    assert to_frame(ordered).rows(named=True) == to_dicts(ordered)
    assert list(to_dicts(ordered)[0]) == ["severity", "table", "record", "column", "rule", "what", "remedy"]


def test_declarations_keep_to_the_limits_of_a_transport_file():
    for table in TABLES:
        for name, column in table.columns.items():
            assert len(name) <= 8
            assert 0 < len(facts(column)["label"]) <= 40
            assert facts(column)["core"] in ("Req", "Exp", "Perm", "Sponsor")
        assert all(part in table.columns for part in table.key)


def test_sponsor_codes_keep_to_the_limits_and_the_weights_sum_to_105():
    assert len({(code.domain, code.code) for code in SPONSOR_CODES}) == len(SPONSOR_CODES)
    assert all(len(code.code) <= 8 for code in SPONSOR_CODES)
    # Gladman, Ibañez & Urowitz 2002: 8 items of 8, 6 of 4, 7 of 2, 3 of 1
    assert sum(weight for _, weight in SLEDAI_ITEMS) == 105
