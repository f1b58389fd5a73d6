from __future__ import annotations

import random
import tempfile
from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.exchange.folder import read_records
from remit.records import Records, admit, raw
from remit.records.cells import MISSING_WORDS

SUBJECTS = ("S-001", "S-002", "S-003")
NUMBERS = st.one_of(
    st.none(),
    st.floats(allow_nan=True, allow_infinity=True).map(str),
    st.sampled_from(["38,5", "1,234", "45%", "３８", "−2", "high", "1e5", " 7 ", "0x10", "<5", "NaN", "NA", "."]),
    st.text(max_size=6),
)
DATES = st.one_of(
    st.none(),
    st.dates().map(str),
    st.sampled_from(["2024", "2024-03", "01/02/2024", "45292", "2024-02-30", "2024-01-05 10:30", "NA", "T"]),
    st.text(max_size=6),
)
ROWS = st.lists(st.tuples(st.sampled_from(SUBJECTS), NUMBERS, DATES), max_size=12)
FEW = settings(max_examples=60, deadline=None)


def vital_signs(rows: list[tuple[str, str | None, str | None]]) -> pl.DataFrame:
    """One row a measurement, numbered so that every key is unique."""
    return pl.DataFrame(
        [("S", subject, place, "TEMP", "T", value, day) for place, (subject, value, day) in enumerate(rows, start=1)],
        schema={
            "STUDYID": pl.String,
            "USUBJID": pl.String,
            "VSSEQ": pl.Int64,
            "VSTESTCD": pl.String,
            "VSTEST": pl.String,
            "VSSTRESN": pl.String,
            "VSDTC": pl.String,
        },
        orient="row",
    )


def people(subjects: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(
        {"STUDYID": "S", "USUBJID": list(subjects), "SUBJID": list(subjects), "SITEID": "1", "SEX": "F"}
    )


def taken(frame: pl.DataFrame, subjects: tuple[str, ...] = SUBJECTS) -> Records:
    return admit([raw("DM", people(subjects)), raw("VS", frame)])[0]


@FEW
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(rows, chance: random.Random):
    frame = vital_signs(rows)
    order = list(range(frame.height))
    chance.shuffle(order)

    assert taken(frame[order]).table("VS").equals(taken(frame).table("VS"))


@FEW
@given(ROWS, ROWS)
def test_another_subject_never_changes_a_subjects_rows(rows, others):
    own = vital_signs(rows)
    stranger = vital_signs(others).with_columns(pl.lit("S-900").alias("USUBJID"))

    alone = taken(own).table("VS")
    together = taken(pl.concat([stranger, own]), (*SUBJECTS, "S-900")).table("VS")

    assert together.filter(pl.col("USUBJID") != "S-900").equals(alone)


@FEW
@given(ROWS)
def test_no_cell_vanishes_without_a_finding(rows):
    frame = vital_signs(rows)

    records, findings = admit([raw("DM", people(SUBJECTS)), raw("VS", frame)])

    kept = records.table("VS")
    assert kept.height == frame.height
    for column in ("VSSTRESN", "VSDTC"):
        stripped = frame[column].str.strip_chars()
        # a word for no value is told once a column
        words = stripped.is_in(list(MISSING_WORDS)).sum()
        assert not words or [one for one in findings if (one.rule, one.column) == ("VS-MISSING", column)]
        filled = frame.height - int((stripped.is_null() | (stripped == "")).sum()) - words
        lost = [one for one in findings if one.column == column and one.severity == "error"]
        assert filled == kept[column].count() + len(lost)
        assert len({one.record for one in lost}) == len(lost)


@FEW
@given(
    st.lists(st.tuples(st.sampled_from([*SUBJECTS, "S-900", ""]), st.integers(0, 3), st.integers(0, 2)), max_size=10)
)
def test_no_row_vanishes_without_being_set_aside(rows):
    frame = vital_signs([(subject, str(value), None) for subject, _, value in rows])
    frame = frame.with_columns(pl.Series("VSSEQ", [number or None for _, number, _ in rows], dtype=pl.Int64))

    records, findings = admit([raw("DM", people(SUBJECTS)), raw("VS", frame)])

    aside = records.set_aside.get("VS")
    assert records.table("VS").height + (0 if aside is None else aside.height) == frame.height
    assert aside is None or findings
    ids = records.table("VS")["record_id"]
    assert ids.n_unique() == ids.len()


@FEW
@given(st.binary(max_size=300), st.sampled_from(["vs.csv", "vs.tsv", "vs.parquet", "vs.xpt"]))
def test_no_content_of_a_file_stops_the_reading(content, name):
    with tempfile.TemporaryDirectory() as at:
        folder = Path(at)
        people(SUBJECTS).write_csv(folder / "dm.csv")
        (folder / name).write_bytes(content)
        (folder / "ae.csv").write_bytes(b"STUDYID,USUBJID,AESEQ,AETERM,AEDECOD\nS,S-001,1,x," + content[:40])

        records, findings = read_records(folder)

    assert records.table("DM").height == len(SUBJECTS)
    assert findings
