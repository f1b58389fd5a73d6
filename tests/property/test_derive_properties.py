"""Laws of the derivations, on the seed trial's records: order, other subjects, missing records, and the cutoff.

What deleting one record may do. A rating (RS) deleted can only take knowledge away: a state that was known stays as it
was or becomes unknown, and an unknown one stays unknown. A drug period (CM) deleted may say something else: without the
period that covers a day the dose is what the others add up to, and without the earlier one a drug looks new. What holds
then is that no dose rises, that an unknown one stays unknown, and that only what asks about drugs can change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from remit import derive
from remit.derive.known import ENDS, STARTS
from remit.exchange.folder import read_records
from remit.exchange.protocol_yaml import read_protocol
from remit.protocol import Protocol
from remit.records import Records

TRIAL = Path(__file__).parents[2] / "examples" / "kn5501-sle"
CUT = date(2024, 10, 1)
FEW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
SOME = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))

# A subject with everything: tapered steroids, three infusions, six assessments, remission.
SUBJECTS = ("CH01-003", "CH01-006", "CH01-008", "CH01-010")
KEYS = {
    "adpp": ("USUBJID", "SRCDOM", "ANALYTE", "PPSPEC", "WINDOW", "PARAMCD", "VARIANT"),
    "adis": ["USUBJID", "ANTIBODY", "PARAMCD", "VARIANT", "ADT"],
    "adsl": ["USUBJID"],
    "adset": ["USUBJID", "KIND", "SET"],
    "adex": ["USUBJID", "EXSEQ"],
    "adae": ["USUBJID", "AESEQ"],
    "adrs": ["USUBJID", "PARAMCD", "VARIANT", "ADT"],
    "adeff": ["USUBJID", "ENDPOINT", "VARIANT", "TIMEPOINT", "GROUP"],
    "adtte": ["USUBJID", "PARAMCD"],
    "adtox": ["USUBJID", "SCALE", "VARIANT", "OCCASION"],
}
# Flags that pick one of several rows, and words about which visit a row is the one of, look at the other rows.
PICKS = ("ANL01FL", "LASTFL", "WORSTFL", "AOCCFL", "AOCCSFL", "AOCCPFL", "AOCCIFL")


@cache
def protocol() -> Protocol:
    return read_protocol(TRIAL / "protocol.yaml")


@cache
def seed() -> Records:
    return read_records(TRIAL / "records")[0]


@cache
def tables() -> Mapping[str, pl.DataFrame]:
    return derive.all(protocol(), seed(), CUT)


@cache
def one(subject: str) -> Records:
    """The records of one subject: derivation of a part of the trial is quick."""
    return Records({name: frame.filter(pl.col("USUBJID") == subject) for name, frame in seed().tables.items()})


@cache
def tables_of(subject: str) -> Mapping[str, pl.DataFrame]:
    return derive.all(protocol(), one(subject), CUT)


def without(records: Records, record_id: str) -> Records:
    name = record_id.split("/", 1)[0]
    frame = records.tables[name].filter(pl.col("record_id") != record_id)
    return replace(records, tables={**records.tables, name: frame})


def same(left: Mapping[str, pl.DataFrame], right: Mapping[str, pl.DataFrame]) -> None:
    assert set(left) == set(right)
    for name in left:
        assert left[name].equals(right[name]), name


@FEW
@given(st.integers(0, 2**32))
def test_the_order_of_the_records_does_not_matter(shuffle: int) -> None:
    mixed = {name: frame.sample(fraction=1, shuffle=True, seed=shuffle) for name, frame in seed().tables.items()}

    same(derive.all(protocol(), replace(seed(), tables=mixed), CUT), tables())


@FEW
@given(st.sets(st.sampled_from([f"CH01-{n:03d}" for n in range(1, 21)]), min_size=1, max_size=6))
def test_the_other_subjects_do_not_matter(chosen: set[str]) -> None:
    part = {name: frame.filter(pl.col("USUBJID").is_in(chosen)) for name, frame in seed().tables.items()}

    found = derive.all(protocol(), Records(part), CUT)

    same(found, {name: frame.filter(pl.col("USUBJID").is_in(chosen)) for name, frame in tables().items()})


def test_sources_are_sorted_without_repeats_and_name_records() -> None:
    known = {r for frame in seed().tables.values() for r in frame["record_id"]}
    for name, frame in tables().items():
        sources = frame["sources"].to_list()
        assert all(row == sorted(set(row)) for row in sources), name
        assert all(sources), name
        assert {r for row in sources for r in row} <= known, name


def _keyed(frame: pl.DataFrame, name: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    key = KEYS.get(name)
    rows = frame.to_dicts()
    if key is None:
        # a measurement is named by its own record: the one of its sources that no other row of the day has
        return {
            (r["USUBJID"], r["SRCDOM"], r["PARAMCD"], str(r["ADT"]), r["VISITNUM"], r["AVAL"], r["AVALC"]): r
            for r in rows
        }
    return {tuple(row[c] for c in key): row for row in rows}


@st.composite
def _record(draw: st.DrawFn) -> tuple[str, str]:
    """A subject and one of its records, every table as likely as another."""
    subject = draw(st.sampled_from(SUBJECTS))
    held = {n: f for n, f in one(subject).tables.items() if f.height and n not in ("DM", "RELREC")}
    ids = held[draw(st.sampled_from(sorted(held)))]["record_id"].to_list()
    return subject, draw(st.sampled_from(ids))


@SOME
@given(_record())
def test_a_record_that_is_no_source_of_a_row_or_of_its_subject_does_not_change_it(chosen: tuple[str, str]) -> None:
    subject, record_id = chosen
    before, after = tables_of(subject), derive.all(protocol(), without(one(subject), record_id), CUT)
    # what every table repeats from the subject (level, days, follow-up) is traced there
    if record_id in set(before["adset"]["sources"].explode()):
        return
    for name in before:
        now = _keyed(after[name].drop(*PICKS, strict=False), name)
        for key, row in _keyed(before[name].drop(*PICKS, strict=False), name).items():
            if record_id not in row["sources"]:
                assert now[key] == row, (name, record_id)


STATES = ("LLDAS", "DORIS", "SRI4")


def _states(frame: pl.DataFrame) -> dict[tuple[Any, ...], str | None]:
    rows = frame.filter(pl.col("PARAMCD").str.contains("^(LLDAS|DORIS|SRI4)"))
    return {(r["PARAMCD"], r["VARIANT"], r["ADT"]): r["AVALC"] for r in rows.iter_rows(named=True)}


@SOME
@given(st.data())
def test_a_rating_less_only_takes_knowledge_away(data: st.DataObject) -> None:
    subject = data.draw(st.sampled_from(SUBJECTS))
    record_id = data.draw(st.sampled_from(one(subject).tables["RS"]["record_id"].to_list()))

    before = _states(tables_of(subject)["adrs"])
    after = _states(derive.all(protocol(), without(one(subject), record_id), CUT)["adrs"])

    assert set(after) <= set(before)
    assert all(after[key] in (None, before[key]) for key in after)


@SOME
@given(st.data())
def test_a_drug_period_less_raises_no_dose_and_changes_only_what_asks_about_drugs(data: st.DataObject) -> None:
    subject = data.draw(st.sampled_from(SUBJECTS))
    record_id = data.draw(st.sampled_from(one(subject).tables["CM"]["record_id"].to_list()))

    before, after = tables_of(subject)["adrs"], derive.all(protocol(), without(one(subject), record_id), CUT)["adrs"]

    doses = [f.filter(pl.col("PARAMCD") == "PREDEQ").select("ADT", "AVAL") for f in (before, after)]
    for was, now in (
        doses[0].join(doses[1], on="ADT", how="full", coalesce=True).select("AVAL", "AVAL_right").iter_rows()
    ):
        assert now is None or (was is not None and now <= was)
    asks = (
        "PREDEQ", "LLDAS", "LLDAS4", "DORIS", "DORIS3", "DORIS4", "SRI4", "SFI", "SFIND", "BICLA", "PERR",
        "DFREM", "DFREM3", "DFREM4",
    )  # fmt: skip
    silent = ~pl.col("PARAMCD").is_in(asks)
    # the parts of a state carry the records of the whole
    assert after.filter(silent).drop("sources").equals(before.filter(silent).drop("sources"))


def test_remission_is_low_activity_but_for_the_named_exceptions() -> None:
    """DORIS asks for no clinical activity, PGA < 0.5 and 5 mg or less; LLDAS for three things that DORIS does not."""
    at = ["USUBJID", "ADT"]
    rows = tables()["adrs"].filter(pl.col("DEFVFL") == "Y")
    remission = rows.filter((pl.col("PARAMCD") == "DORIS") & (pl.col("AVALC") == "Y")).select(at)
    assert remission.height >= 7
    low = remission.join(rows.filter(pl.col("PARAMCD") == "LLDAS"), on=at)
    assert low.height == remission.height
    exceptions = (
        "hemolytic anemia", "gastrointestinal", "no new activity", "standard maintenance", "investigational product",
    )  # fmt: skip
    for row in low.filter(pl.col("AVALC").is_null() | (pl.col("AVALC") != "Y")).iter_rows(named=True):
        reasons = [b for b in row["BECAUSE"] if b.startswith(("not: ", "unknown: "))]
        assert reasons
        assert all(any(word in reason for word in exceptions) for reason in reasons), row["SENTENCE"]


@FEW
@given(st.integers(1, 400))
def test_an_earlier_cut_sees_no_later_record(back: int) -> None:
    cut = CUT - timedelta(days=back)
    days = {
        record: text[:10]
        for name, column in STARTS.items()
        if name in seed().tables
        for record, text in seed().tables[name].drop_nulls(column).select("record_id", column).iter_rows()
    }

    for name, frame in derive.all(protocol(), seed(), cut).items():
        for record in frame["sources"].explode().drop_nulls().unique():
            assert days.get(record, "") <= cut.isoformat(), (name, record)
        for column in (c for c, kind in frame.schema.items() if kind == pl.Date):
            assert (frame[column].drop_nulls() <= cut).all(), (name, column)


@FEW
@given(st.integers(1, 400))
def test_an_earlier_cut_is_the_same_as_records_that_end_there(back: int) -> None:
    """Records cut with plain text comparison; a drug that ends later is marked as ongoing, as a site would have."""
    cut = (CUT - timedelta(days=back)).isoformat()
    kept: dict[str, pl.DataFrame] = {}
    consented = [s for s, d in seed().tables["DM"].select("USUBJID", "RFICDTC").iter_rows() if d <= cut]
    entered = [
        s
        for s, what, d in seed().tables["DS"].select("USUBJID", "DSDECOD", "DSSTDTC").iter_rows()
        if what == "ENTERED INTO TRIAL" and d <= cut
    ]
    for name, frame in seed().tables.items():
        rows = []
        for row in frame.to_dicts():
            start, end = STARTS.get(name, ""), ENDS.get(name, "")
            if row["USUBJID"] not in consented or (row.get(start) or "")[:10] > cut:
                continue
            if (row.get(end) or "")[:10] > cut:
                row[end] = None
                if name == "CM":
                    row |= {"CMENRTPT": "ONGOING", "CMENTPT": cut}
                if name == "AE":
                    row["AEOUT"] = None
            if name == "DM" and row["USUBJID"] not in entered:
                row |= dict.fromkeys(("ARMCD", "ARM", "ACTARMCD", "ACTARM"))
            rows.append(row)
        kept[name] = pl.DataFrame(rows, schema=frame.schema)
    when = date.fromisoformat(cut)

    same(derive.all(protocol(), Records(kept), when), derive.all(protocol(), seed(), when))
