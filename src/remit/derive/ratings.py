"""Rows of ADRS from the rating forms of RS: CLASI, 28 joints, damage, SLE-DAS, SELENA flares, classification.

`ALONE` says which form feeds which scorer. A trial that records none of them pays one look at the test codes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from remit.days import protocol_day_expr, study_day_expr
from remit.derive.adrs import OUT
from remit.derive.dated import Wanted, measured_in, scores_on
from remit.derive.flares import SCORED, flare_rows
from remit.derive.frames import listed, row_sentence
from remit.derive.rating_scales import Known, Rating
from remit.derive.rating_scores import acr_rows, clasi_rows, damage_rows, eular_rows, examined, joint_count, joint_rows
from remit.derive.sle_das_rows import Laboratory, sle_das_rows
from remit.derive.timing import baseline_day, with_baseline, with_representative, with_visit
from remit.protocol import Protocol
from remit.records import Records
from remit.records.lineage import united
from remit.records.rating_sheets import Sheet, sheets

Course = Sequence[Sheet]
Sheets = Mapping[str, Mapping[str, tuple[Sheet, ...]]]

ALONE: tuple[tuple[str, Callable[[Protocol, Course, date | None], Iterator[Rating]]], ...] = (
    ("CLASI", clasi_rows),
    ("JOINTS 28", joint_rows),
    ("SDI", damage_rows),
    ("EULAR/ACR 2019", eular_rows),
    ("ACR 1997", acr_rows),
)
"""Forms whose scores need nothing else, by category."""
CATEGORIES = (*(category for category, _ in ALONE), "SLE-DAS", "SELENA FLARE")

KEYS = ["USUBJID", "PARAMCD", "VARIANT"]
_POUND_KG = 0.45359237


def with_ratings(protocol: Protocol, records: Records, adsl: pl.DataFrame, adrs: pl.DataFrame) -> pl.DataFrame:
    """ADRS with the rows of the rating forms, in its order; unchanged when nobody filled in any.

    Quantities   CLASIA, CLASID, TJC28, SJC28, AJC28, SDI, SLEDAS, EACR19, ACR97 with BASE and CHG; where one is
                 unknown and its items leave a range, also its ends, the same codes with MN and MX
    Answers      CLASI50, JOINT50 (or the codes of the endpoints that ask), EACR19YN, ACR97YN: AVALC Y, N, null
    Categories   SLEDASC, SFI, SFIND: AVALC in words, AVAL 0, 1, 2 in order of gravity
    """
    found = sheets(records, CATEGORIES)
    if not found:
        return adrs
    anchors = dict(adsl.select("USUBJID", baseline_day(protocol)).iter_rows())
    rows = [one for one in _ratings(protocol, records, found, adrs, anchors) if one.sheet.subject in anchors]
    if not rows:
        return adrs
    frame = _finished(protocol, _frame(rows), adsl)
    frame = frame.select(pl.col(name).cast(adrs.schema[name]) for name in adrs.columns)
    order = (*KEYS, "ADT", "VISITNUM")
    return pl.concat([adrs, frame]).sort(order, nulls_last=True, maintain_order=True)


def _ratings(
    protocol: Protocol, records: Records, found: Sheets, adrs: pl.DataFrame, anchors: Mapping[str, date | None]
) -> Iterator[Rating]:
    for category, rate in ALONE:
        for subject, course in found.get(category, {}).items():
            yield from rate(protocol, course, anchors.get(subject))
    if "SLE-DAS" in found:
        laboratory, joints = Laboratory(records), found.get("JOINTS 28", {})
        for subject, course in found["SLE-DAS"].items():
            yield from sle_das_rows(protocol, course, _swollen(joints.get(subject, ())), laboratory)
    if "SELENA FLARE" in found:
        scores, weights = scores_on(adrs, SCORED), measured_in(records, "VS", {"WEIGHT": Wanted(_kilograms)})["WEIGHT"]
        for course in found["SELENA FLARE"].values():
            yield from flare_rows(protocol, course, scores, weights)


def _swollen(course: Course) -> Mapping[date, tuple[Known, tuple[str, ...]]]:
    found = [sheet for sheet in course if sheet.rated("swollen")]
    return {
        sheet.day: (joint_count(sheet, "swollen", examined(sheet)), sheet.records("swollen"))
        for sheet in found
        if sheet.day is not None
    }


def _kilograms(unit: str) -> float | None:
    return {"kg": 1.0, "lb": _POUND_KG}.get(unit.strip().lower())


def _frame(rows: Sequence[Rating]) -> pl.DataFrame:
    """One row per rating, with AVALC in words where it is no quantity, and its sources sorted and without repeats."""
    texts = [None if one.value is None or not one.scale.words else one.scale.words[int(one.value)] for one in rows]
    unique = {one.sources: sorted(set(one.sources)) for one in rows}
    names = ("PARAMCD", "PARAM", "INSTRUMENT", "VARIANT", "DEFVFL")
    columns = [pl.Series(name, [getattr(one.scale, name) for one in rows], dtype=pl.String) for name in names]
    return pl.DataFrame([
        pl.Series("USUBJID", [one.sheet.subject for one in rows], dtype=pl.String),
        pl.Series("ADT", [one.sheet.day for one in rows], dtype=pl.Date),
        pl.Series("VISITNUM", [one.sheet.visitnum for one in rows], dtype=pl.Float64),
        *columns,
        pl.Series("AVAL", [None if one.value is None else float(one.value) for one in rows], dtype=pl.Float64),
        pl.Series("AVALC", texts, dtype=pl.String),
        pl.Series("_quantity", [not one.scale.words for one in rows], dtype=pl.Boolean),
        listed([one.because for one in rows]).alias("BECAUSE"),
        listed([unique[one.sources] for one in rows]).alias("sources"),
    ])  # fmt: skip


def _finished(protocol: Protocol, frame: pl.DataFrame, adsl: pl.DataFrame) -> pl.DataFrame:
    """The rest of the columns of ADRS: days, visit, baseline and change, flags, and the sentence."""
    subject = adsl.select("USUBJID", "LEVEL", "SAFFL", "CONDFL", "TRTSDT", "TRTSTM", "LDSDT", "LDSTM")
    frame = frame.join(subject, on="USUBJID", how="inner", maintain_order="left")
    frame = frame.with_columns(
        pl.lit(None, pl.String).alias("_time"),
        study_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("ADY"),
        protocol_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("APROTDY"),
    )
    frame = frame.sort(*KEYS, "ADT", "VISITNUM", nulls_last=True, maintain_order=True).with_row_index("_row")
    frame = with_baseline(protocol, frame, KEYS, measured=pl.col("_quantity"))
    frame = with_representative(with_visit(protocol, frame), KEYS)
    last = frame.filter(pl.col("APROTDY") > 0).unique(KEYS, keep="last", maintain_order=True)["_row"]
    return (
        frame.with_columns(
            frame["sources"].gather(frame["_base"]).alias("_before"),
            pl.when(pl.col("_row").is_in(last.implode())).then(pl.lit("Y")).alias("LASTFL"),
            _sentence().alias("SENTENCE"),
        )
        .with_columns(united("sources", "_before").alias("sources"))
        .select(OUT)
    )


def _sentence() -> pl.Expr:
    word = pl.col("AVALC").replace({"Y": "met", "N": "not met"}).str.replace_all("_", " or ", literal=True)
    number = pl.col("AVAL").round(2).cast(pl.String).str.replace(r"\.0$", "")
    return row_sentence(pl.coalesce(word, pl.when("_quantity").then(number), pl.lit("unknown")))
