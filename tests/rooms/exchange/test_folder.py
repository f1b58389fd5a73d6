from __future__ import annotations

import datetime
from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from remit.errors import ExchangeError
from remit.exchange.folder import read_records, write_records
from remit.records import Finding, Records
from remit.records.rules import READING
from rooms.exchange.reading_plants import AE, DM, PLANTS, ROW, VS, semicolons, vs
from rooms.records.plants import clean, folder


@pytest.fixture
def read(tmp_path: Path):
    """Reads a folder that holds a clean dm.csv and the given files."""

    def reader(files: dict[str, bytes]) -> tuple[Records, list[Finding]]:
        for name, content in ({"dm.csv": DM.encode()} | files).items():
            (tmp_path / name).write_bytes(content)
        return read_records(tmp_path)

    return reader


def rules(findings: list[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


@pytest.mark.parametrize("kind", PLANTS)
def test_a_planted_problem_is_found_and_nothing_stops(kind, read):
    expected, files = PLANTS[kind]

    records, findings = read(files)

    rule = next(rule for rule in READING if rule.id == kind)
    found = [finding for finding in findings if finding.rule == expected]
    assert found
    assert all(finding.severity == rule.severity and finding.what and finding.remedy for finding in found)
    assert kind in ("NO-DM", "RANGE") or records.table("DM").height == 2


def test_every_reading_rule_is_planted_here_or_below():
    assert {rule.id for rule in READING} == {*PLANTS, "TYPE", "NOTHING"}


def test_a_folder_without_records_is_one_note(tmp_path):
    (tmp_path / "NOTICE.txt").write_text("Invented.", "utf-8")

    records, findings = read_records(tmp_path)

    assert [(f.rule, f.severity) for f in findings] == [("FOLDER-NOTHING", "note")]
    assert records.notice == "Invented."


def test_a_column_of_lists_is_unknown_and_said_to_be(read, tmp_path):
    pl.DataFrame({"STUDYID": ["S"], "USUBJID": ["S-001"], "AESEQ": [1], "AETERM": [["a", "b"]]}).write_parquet(
        tmp_path / "ae.parquet"
    )

    records, findings = read({})

    assert "AE-TYPE" in rules(findings)
    assert records.table("AE")["AETERM"].to_list() == [None]


def test_a_clean_folder_is_read_without_a_finding(tmp_path):
    _, findings = read_records(folder(clean(), tmp_path))

    assert findings == []


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(ExchangeError, match=r"There is no folder of records at .*absent"):
        read_records(tmp_path / "absent")


@pytest.mark.parametrize("name", ["VS.CSV", "Vs.csv", "vs.csv"])
def test_file_names_are_taken_in_any_case(name, read):
    records, findings = read({name: (VS + ROW).encode()})

    assert findings == []
    assert records.table("VS")["record_id"].to_list() == ["VS/S-001/1"]


@pytest.mark.parametrize(
    ("encoding", "word", "said"),
    [
        ("utf-8-sig", "体温", None),
        ("gb18030", "体温测量", "GB18030"),
        ("latin-1", "Sjögren température", "Windows-1252"),
        ("utf-16", "体温", "UTF-16"),
        ("utf-16-le", "Sjögren", "UTF-16"),
    ],
)
def test_letters_survive_the_encoding_and_a_guess_is_told(encoding, word, said, read):
    records, findings = read({"vs.csv": (VS + ROW.replace("Temperature", word)).encode(encoding)})

    assert records.table("VS")["VSTEST"].to_list() == [word]
    assert [finding.what for finding in findings if said and said in finding.what] or said is None
    assert said is not None or findings == []


def test_na_stays_text_and_leading_zeros_stay(read):
    records, findings = read({"ae.csv": (AE + "S,AE,S-001,1,NA,007,NA\n").encode()})

    assert findings == []
    assert records.table("AE").select("AETERM", "AEDECOD", "AESER").row(0) == ("NA", "007", "NA")
    assert records.table("DM")["SUBJID"].to_list() == ["001", "002"]


def test_a_decimal_comma_is_read_only_where_it_can_be_nothing_else(read, tmp_path):
    both = "S,VS,S-001,1,TEMP,T,x,38_5,2024-01-05\nS,VS,S-001,2,TEMP,T,x,1_234,2024-01-05\n"
    settled, _ = read({"vs.csv": semicolons(VS + both)})
    unsettled, findings = read({"vs.csv": semicolons(VS + both.split("\n")[1] + "\n")})
    quoted, about_quoted = read({"vs.csv": (VS + 'S,VS,S-001,1,TEMP,T,x,"38,5",2024-01-05\n').encode()})

    assert settled.table("VS")["VSSTRESN"].to_list() == [38.5, 1.234]
    assert unsettled.table("VS")["VSSTRESN"].to_list() == [None]
    assert quoted.table("VS")["VSSTRESN"].to_list() == [None]
    assert "VS-NUMBER" in rules(findings) & rules(about_quoted)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("01/02/2024", "not guessed"),
        ("25/12/2024", "not converted"),
        ("45292", "day number"),
        ("2024-02-30", "no calendar has"),
        ("0000-00-00", "no calendar has"),
        ("20240105", "not an ISO 8601 date"),
        ("yesterday", "not an ISO 8601 date"),
    ],
)
def test_what_is_no_iso_date_is_unknown_and_never_guessed(written, said, read):
    records, findings = read(vs(f"S,VS,S-001,1,TEMP,T,38.5,38.5,{written}"))

    assert records.table("VS")["VSDTC"].to_list() == [None]
    (finding,) = findings
    assert (finding.rule, finding.record, finding.column) == ("VS-DATE", "VS/S-001/1", "VSDTC")
    assert said in finding.what


@pytest.mark.parametrize("written", ["2024", "2024-03", "2024-03-15", "2024-03-15T10:30", "2024-03-15T10:30:00+08:00"])
def test_iso_dates_stay_as_written(written, read):
    records, findings = read(vs(f"S,VS,S-001,1,TEMP,T,38.5,38.5,{written}"))

    assert findings == []
    assert records.table("VS")["VSDTC"].to_list() == [written]


@pytest.mark.parametrize("written", ["inf", "-Infinity", "NaN", "45%", "1e999", "38.5 C"])
def test_what_is_no_finite_number_is_unknown(written, read):
    records, findings = read(vs(f"S,VS,S-001,1,TEMP,T,x,{written},2024-01-05"))

    assert records.table("VS")["VSSTRESN"].to_list() == [None]
    assert rules(findings) == {"VS-NUMBER"}


def test_an_assessment_off_its_scale_and_a_negative_concentration_are_unknown(read):
    rs = "STUDYID,DOMAIN,USUBJID,RSSEQ,RSTESTCD,RSTEST,RSSTRESN\n"
    rs += "S,RS,S-001,1,PGAL0101,PGA,3.01\nS,RS,S-001,2,PGAL0101,PGA,3\n"
    lb = "STUDYID,DOMAIN,USUBJID,LBSEQ,LBTESTCD,LBTEST,LBSTRESN\nS,LB,S-001,1,C3,C3,-1\nS,LB,S-001,2,BASEEXCS,B,-1\n"

    records, findings = read({"rs.csv": rs.encode(), "lb.csv": lb.encode()})

    assert records.table("RS")["RSSTRESN"].to_list() == [None, 3.0]
    assert records.table("LB")["LBSTRESN"].to_list() == [None, -1.0]
    assert rules(findings) == {"RS-RANGE", "LB-RANGE"}


def test_of_equal_rows_one_stays_and_of_contradicting_rows_none(read):
    other = ROW.strip().replace("S-001", "S-002")
    records, findings = read(vs(ROW.strip(), ROW.strip(), other, other.replace(",38.5,2", ",38.9,2")))

    assert records.table("VS")["record_id"].to_list() == ["VS/S-001/1"]
    assert records.set_aside["VS"]["reason"].to_list() == ["REPEATED", "DUPLICATE", "DUPLICATE"]
    assert records.set_aside["VS"]["record_id"].to_list() == ["VS/row-2", "VS/row-3", "VS/row-4"]
    assert [finding.record for finding in findings] == ["VS/row-3", "VS/row-4", "VS/S-001/1"]


def test_a_row_without_a_number_keeps_its_place_as_its_name(read):
    records, _ = read(vs(ROW.strip(), "S,VS,S-001,,TEMP,T,38.5,38.5,2024-01-05"))

    assert records.table("VS")["record_id"].to_list() == ["VS/S-001/1", "VS/row-2"]


def test_ragged_rows_are_set_aside_and_the_others_stay(read):
    short, long = "S,VS,S-001,2,TEMP,T,38.5", ROW.strip().replace(",1,", ",3,") + ",surplus"
    trailing = ROW.strip().replace(",1,", ",4,") + ",,,"

    records, findings = read(vs(ROW.strip(), short, "", long, trailing))

    assert records.table("VS")["VSSEQ"].to_list() == [1, 4]
    assert records.set_aside["VS"]["record_id"].to_list() == ["VS/row-2", "VS/row-4"]
    assert {"VS-RAGGED", "VS-BLANK"} == rules(findings)


def test_a_cell_may_hold_delimiter_quotation_marks_and_a_line_break(read):
    text = 'He said ""hot"",\nand left'
    records, findings = read(vs(f'S,VS,S-001,1,TEMP,"{text}",38.5,38.5,2024-01-05'))

    assert findings == []
    assert records.table("VS")["VSTEST"].to_list() == ['He said "hot",\nand left']


def test_ten_thousand_unknown_columns_are_counted_and_left_out(read):
    names = ",".join(f"X{number}" for number in range(10_000))
    rows = "\n".join(ROW.strip().replace(",1,", f",{number},") + ",1" * 10_000 for number in range(1, 30))

    records, findings = read({"vs.csv": f"{VS.strip()},{names}\n{rows}\n".encode()})

    (finding,) = findings
    assert "(10000)" in finding.what
    assert records.table("VS").height == 29
    assert "X1" not in records.table("VS").columns


def test_a_split_domain_is_joined_and_its_qualifiers_too(read):
    lb = "STUDYID,DOMAIN,USUBJID,LBSEQ,LBTESTCD,LBTEST\n"
    supp = "STUDYID,RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QLABEL,QVAL,QORIG\nS,LB,S-001,LBSEQ,2,LBX,x,y,CRF\n"

    records, findings = read(
        {
            "lbhe.csv": (lb + "S,LB,S-001,2,WBC,W\n").encode(),
            "lbch.csv": (lb + "S,LB,S-001,1,ALT,A\n").encode(),
            "supplbhe.csv": supp.encode(),
        }
    )

    assert findings == []
    assert records.table("LB")["LBTESTCD"].to_list() == ["ALT", "WBC"]
    assert records.supp("LB", "LBX").select("USUBJID", "LBSEQ", "QVAL").rows() == [("S-001", 2, "y")]


def test_a_table_without_rows_was_collected_and_an_empty_file_was_not(read):
    records, _ = read({"ae.csv": AE.encode(), "vs.csv": b""})

    assert records.collected("AE")
    assert not records.collected("VS")
    assert "VSSTRESN" in records.table("VS").columns
    assert records.table("VS").height == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rs.parquet", b"PAR1 and nothing that is one PAR1"),
        ("rs.parquet", b"x"),
        ("rs.xpt", b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!" + b"0" * 4000),
        ("rs.csv", b"\x00" * 5000),
        ("rs.csv", bytes(range(256)) * 40),
        ("rs.csv", b'"' * 1001),
    ],
)
def test_a_broken_file_is_a_finding_and_the_other_tables_are_read(name, content, read):
    records, findings = read({name: content, "vs.csv": (VS + ROW).encode()})

    assert records.table("VS").height == 1
    assert not records.collected("RS")
    assert {"RS-UNREADABLE", "RS-EMPTY-FILE"} & rules(findings)


def test_a_notice_is_kept(read):
    records, _ = read({"NOTICE.txt": b"Invented.\n"})

    assert records.notice == "Invented."


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_what_is_written_is_read_back_the_same(format, tmp_path, read):
    records, _ = read({"NOTICE.txt": b"Invented.\n", "vs.csv": (VS + ROW).encode(), "ae.csv": AE.encode()})

    write_records(records, tmp_path / "again", format)
    again, findings = read_records(tmp_path / "again")

    assert rules(findings) == {"AE-NO-ROWS"}
    assert again.notice == records.notice
    assert list(again.tables) == list(records.tables)
    assert all(again.tables[name].equals(frame) for name, frame in records.tables.items())


def test_a_sas_transport_file_reads_like_its_csv(read, tmp_path):
    from_csv, _ = read({"vs.csv": (VS + ROW).encode()})
    (tmp_path / "vs.csv").unlink()
    frame = from_csv.table("VS").select(pl.all().exclude("record_id"))
    filled = frame.select([name for name in frame.columns if frame[name].null_count() == 0])
    pyreadstat.write_xport(filled, str(tmp_path / "vs.xpt"), file_format_version=5)

    from_xpt, findings = read_records(tmp_path)

    assert findings == []
    assert from_xpt.table("VS").equals(from_csv.table("VS"))


def test_typed_dates_and_whole_floats_in_parquet_become_text(read, tmp_path):
    pl.DataFrame(
        {
            "STUDYID": ["S"],
            "USUBJID": ["S-001"],
            "AESEQ": [1.0],
            "AETERM": ["x"],
            "AEDECOD": ["x"],
            "AETOXGR": [3.0],
            "AESTDTC": [datetime.date(2024, 1, 5)],
            "AEENDTC": [datetime.datetime(2024, 1, 6, 10, 30)],
        }
    ).write_parquet(tmp_path / "ae.parquet")

    records, findings = read({})

    assert findings == []
    assert records.table("AE").select("AESEQ", "AETOXGR", "AESTDTC", "AEENDTC").row(0) == (
        1,
        "3",
        "2024-01-05",
        "2024-01-06T10:30:00",
    )


def test_an_orphan_is_set_aside_with_its_count(read):
    records, findings = read(
        vs(ROW.strip(), *(ROW.strip().replace("S-001", "S-009").replace(",1,", f",{n},") for n in (1, 2)))
    )

    (finding,) = findings
    assert (finding.rule, finding.record) == ("VS-ORPHAN", "VS/S-009/1")
    assert "2 rows" in finding.what
    assert records.set_aside["VS"].height == 2
    assert records.table("VS").height == 1
