"""ADLB: laboratory, antibodies, B cells and cell kinetics over time, with baselines, ranges and CTCAE grades."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

import polars as pl

from remit.days import protocol_day_expr, study_day_expr
from remit.derive.antibody_targets import BY_AGENT, BY_TEST
from remit.derive.bounds import days_in
from remit.derive.frames import UNSAID, UNTRACED
from remit.derive.lab_terms import AGAINST_BASELINE, direction, grader, terms_of
from remit.derive.timing import after_treatment, with_baseline, with_representative, with_visit
from remit.instruments.ctcae_bands import LabTerm
from remit.protocol import Protocol
from remit.records import Records
from remit.records.lineage import meet, sourced, united
from remit.units import factor

# Flow cytometry of CP that counts the product's own cells says so in its category.
KINETICS = "CELL KINETICS"

OUT = (
    "USUBJID", "LEVEL", "SAFFL", "SRCDOM", "PARAMCD", "PARAM", "PARCAT1", "AVAL", "AVALC", "AVALU", "LLOQ", "BLQFL",
    "ADT", "ADY", "APROTDY", "VISITNUM", "AVISIT", "AVISITN", "ABLFL", "BASE", "CHG", "ANRLO", "ANRHI", "ANRIND",
    "BNRIND", "ATOXGRN", "BTOXGRN", "ATOXDIR", "ANL01FL", "ONTRTFL", "WORSTFL", "sources", "SENTENCE",
)  # fmt: skip


def adlb(protocol: Protocol, records: Records, adsl: pl.DataFrame, *, traced: bool = True) -> pl.DataFrame:
    """One row per numeric or qualitative measurement of a subject in DM; not-done rows are left out.

    AVAL is in AVALU, as standardized in the records. Below the limit of quantification: BLQFL = Y, AVAL null, LLOQ set.
    Counts of B cells are brought to the unit of the protocol's B-cell rule where the units have a known relation.
    ANRIND is recomputed from the laboratory's own limits. BASE and CHG are null where the baseline is in another unit.
    ATOXGRN is the CTCAE grade, by the version and the terms that the protocol names, and by the terms of its test code
    for a parameter that it does not list; only values after the baseline are graded against it. ATOXDIR says whether
    the value is graded for being LOW or HIGH.
    """
    parts = [part for part in (_lb(records), _is(records), _cp(records), _pc(records)) if part is not None]
    frame = _in_unit(protocol, pl.concat(parts, how="diagonal") if parts else _nothing())
    if not traced:
        frame = frame.with_columns(UNTRACED.alias("sources"))
    subject = adsl.select("USUBJID", "LEVEL", "SAFFL", "CONDFL", "TRTSDT", "TRTSTM", "TRTEDT", "LDSDT", "LDSTM")
    frame = frame.join(subject, on="USUBJID", how="inner", maintain_order="left")
    frame = frame.with_columns(
        study_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("ADY"),
        protocol_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("APROTDY"),
    )
    order = ("USUBJID", "PARAMCD", "ADT", "_time", "VISITNUM", "_seq", "_record")
    frame = frame.sort(order, nulls_last=[False, False, True, False, True, True, True]).with_row_index("_row")
    keys = ["USUBJID", "PARAMCD"]
    frame = with_baseline(protocol, frame, keys)
    if traced:
        frame = frame.with_columns(frame["sources"].gather(frame["_base"]).alias("_before"))
        frame = frame.with_columns(united("sources", "_before").alias("sources"))
    frame = _same_unit(frame)
    frame = with_representative(with_visit(protocol, frame), keys)
    frame = _grades(protocol, _ranges(frame))
    frame = frame.with_columns(pl.when(after_treatment()).then(pl.lit("Y")).alias("ONTRTFL"))
    return _worst(frame).with_columns((_sentence() if traced else UNSAID).alias("SENTENCE")).select(OUT)


def _in_unit(protocol: Protocol, frame: pl.DataFrame) -> pl.DataFrame:
    """B-cell counts in the unit of the protocol's rule ("10^6/L" and "/uL" are "cells/uL")."""
    rule = protocol.b_cells
    if rule is None:
        return frame
    counts = pl.col("PARAMCD").is_in(rule.test_codes)
    units = frame.filter(counts & pl.col("AVALU").is_not_null())["AVALU"].unique().sort().to_list()
    known = {unit: size for unit in units if (size := factor("count", unit, rule.unit)) is not None}
    scale = pl.col("AVALU").replace_strict(known, default=None, return_dtype=pl.Float64)
    here = counts & scale.is_not_null()
    return frame.with_columns(
        *(
            pl.when(here).then(pl.col(c) * scale).otherwise(pl.col(c)).alias(c)
            for c in ("AVAL", "LLOQ", "ANRLO", "ANRHI")
        ),
        pl.when(here).then(pl.lit(rule.unit)).otherwise(pl.col("AVALU")).alias("AVALU"),
    )


def _same_unit(frame: pl.DataFrame) -> pl.DataFrame:
    """No base and no change where the baseline was measured in another unit."""
    same = pl.col("AVALU").eq_missing(_at_baseline("AVALU"))
    return frame.with_columns(pl.when(same).then(pl.col(c)).alias(c) for c in ("BASE", "CHG"))


def _at_baseline(column: str) -> pl.Expr:
    """What the baseline of a row has in a column; null without a baseline."""
    return pl.col(column).gather(pl.col("_base"))


def _column(frame: pl.DataFrame, name: str, dtype: pl.DataType | type[pl.DataType]) -> pl.Expr:
    return pl.col(name).cast(dtype) if name in frame.columns else pl.lit(None, dtype)


def _shape(frame: pl.DataFrame, domain: str, code: pl.Expr, label: pl.Expr, category: pl.Expr) -> pl.DataFrame:
    """The columns that all four domains share, under their ADaM names."""
    text = _column(frame, f"{domain}STRESC", pl.String)
    original = _column(frame, f"{domain}ORRES", pl.String)
    value = _column(frame, f"{domain}STRESN", pl.Float64)
    done = pl.lit(True) if f"{domain}STAT" not in frame.columns else pl.col(f"{domain}STAT").is_null()
    unmeasured = pl.when(value.is_null()).then(pl.coalesce(text, original))
    below = unmeasured.str.contains(r"^\s*<|(?i)LLOQ|(?i)^BLQ").fill_null(False)
    printed = unmeasured.str.extract(r"<\s*([0-9.]+)").cast(pl.Float64, strict=False)
    return frame.select(
        "USUBJID",
        pl.lit(domain).alias("SRCDOM"),
        code.alias("PARAMCD"),
        label.alias("PARAM"),
        category.alias("PARCAT1"),
        value.alias("AVAL"),
        pl.coalesce(text, original).alias("AVALC"),
        _column(frame, f"{domain}STRESU", pl.String).alias("AVALU"),
        pl.when(below).then(pl.coalesce(_column(frame, f"{domain}LLOQ", pl.Float64), printed)).alias("LLOQ"),
        pl.when(below).then(pl.lit("Y")).alias("BLQFL"),
        days_in(frame, f"{domain}DTC").alias("ADT"),
        _column(frame, "VISITNUM", pl.Float64).alias("VISITNUM"),
        _column(frame, f"{domain}STNRLO", pl.Float64).alias("ANRLO"),
        _column(frame, f"{domain}STNRHI", pl.Float64).alias("ANRHI"),
        _column(frame, f"{domain}NRIND", pl.String).alias("_recorded_range"),
        pl.col(f"{domain}DTC").str.extract(r"T([0-2]\d:[0-5]\d)").alias("_time"),
        pl.col(f"{domain}SEQ").alias("_seq"),
        done.alias("_done"),
        pl.col("record_id").alias("_record"),
        pl.concat_list("record_id").alias("sources"),
    ).filter(pl.col("_done") & (pl.col("AVAL").is_not_null() | pl.col("AVALC").is_not_null()))


def _lb(records: Records) -> pl.DataFrame | None:
    if not records.collected("LB"):
        return None
    lb = records.table("LB")
    return _shape(lb, "LB", pl.col("LBTESTCD"), _column(lb, "LBTEST", pl.String), _column(lb, "LBCAT", pl.String))


def _is(records: Records) -> pl.DataFrame | None:
    if not records.collected("IS"):
        return None
    frame = records.table("IS")
    target, test = _column(frame, "ISBDAGNT", pl.String), pl.col("ISTESTCD")
    code, label = (
        pl.coalesce(
            test.replace_strict({k: getattr(one, name) for k, one in BY_TEST.items()}, default=None),
            target.replace_strict({k: getattr(one, name) for k, one in BY_AGENT.items()}, default=None),
            pl.col(otherwise),
        )
        for name, otherwise in (("code", "ISTESTCD"), ("words", "ISTEST"))
    )
    return _shape(frame, "IS", code, label, pl.lit("ANTIBODIES"))


def _cp(records: Records) -> pl.DataFrame | None:
    if not records.collected("CP"):
        return None
    frame = records.table("CP")
    own = (_column(frame, "CPCAT", pl.String) == KINETICS).fill_null(False)
    category = pl.when(own).then(pl.lit(KINETICS)).otherwise(pl.lit("IMMUNOPHENOTYPING"))
    part = _shape(frame, "CP", pl.col("CPTESTCD"), pl.col("CPTEST"), category)
    limits = sourced(records.supp("CP", "CPLLOQ")).sort("USUBJID", "CPSEQ", "record_id")
    limits = limits.unique(["USUBJID", "CPSEQ"], keep="first", maintain_order=True)
    keys = frame.select("USUBJID", "CPSEQ", pl.col("record_id").alias("_record"))
    wanted = keys.join(limits, on=["USUBJID", "CPSEQ"], how="inner").select(
        "_record", pl.col("QVAL").cast(pl.Float64, strict=False).alias("_lloq"), "sources"
    )
    limit = pl.when(pl.col("BLQFL") == "Y").then(pl.coalesce("_lloq", "LLOQ")).otherwise(pl.col("LLOQ"))
    return meet(part, wanted, on=["_record"]).with_columns(limit.alias("LLOQ")).drop("_lloq")


def _pc(records: Records) -> pl.DataFrame | None:
    if not records.collected("PC"):
        return None
    frame = records.table("PC")
    return _shape(frame, "PC", pl.col("PCTESTCD"), pl.col("PCTEST"), pl.lit(KINETICS))


def _nothing() -> pl.DataFrame:
    text = (
        "USUBJID", "SRCDOM", "PARAMCD", "PARAM", "PARCAT1", "AVALC", "AVALU", "BLQFL", "_recorded_range", "_time",
        "_record",
    )  # fmt: skip
    numbers = ("AVAL", "LLOQ", "VISITNUM", "ANRLO", "ANRHI")
    return pl.DataFrame(
        schema={
            **dict.fromkeys(text, pl.String), **dict.fromkeys(numbers, pl.Float64),
            "ADT": pl.Date, "_seq": pl.Int64, "sources": pl.List(pl.String),
        }
    )  # fmt: skip


def _ranges(frame: pl.DataFrame) -> pl.DataFrame:
    value, low, high = pl.col("AVAL"), pl.col("ANRLO"), pl.col("ANRHI")
    # below a limit of quantification that is not above the lower limit of normal is low whatever the number is
    proven = (pl.col("BLQFL") == "Y") & (pl.col("LLOQ") <= low)
    computed = (
        pl.when(proven.fill_null(False)).then(pl.lit("LOW"))
        .when(value.is_null()).then(None)
        .when(value < low).then(pl.lit("LOW"))
        .when(value > high).then(pl.lit("HIGH"))
        .when(low.is_not_null() | high.is_not_null()).then(pl.lit("NORMAL"))
    )  # fmt: skip
    frame = frame.with_columns(pl.coalesce(computed, "_recorded_range").alias("ANRIND"))
    return frame.with_columns(_at_baseline("ANRIND").alias("BNRIND"))


def _grades(protocol: Protocol, frame: pl.DataFrame) -> pl.DataFrame:
    """CTCAE grades, for all values at once that have the same test, unit, limits and baseline."""
    terms = terms_of(protocol, frame["PARAMCD"].drop_nulls().unique().sort().to_list())
    one = {code: some[0] for code, some in terms.items() if len(some) == 1}
    graded = [_graded(frame, one)]
    # values that are graded for being low and for being high: the grade is that of the term which the value meets
    two = {code: some for code, some in terms.items() if len(some) == 2}
    if two:
        low, high = (_graded(frame, {code: some[side] for code, some in two.items()}) for side in (0, 1))
        both = low.join(high, on="_row", suffix="_high")
        met = pl.col("ATOXGRN_high") > 0
        met_low, met_high = (pl.col("ATOXGRN") > 0).fill_null(False), met.fill_null(False)
        open_still = pl.col("ATOXGRN").is_null() | pl.col("ATOXGRN_high").is_null()
        graded.append(
            both.select(
                "_row",
                pl.when(met_high).then(pl.col("ATOXGRN_high"))
                .when(met_low).then(pl.col("ATOXGRN"))
                .when(~open_still).then(0).alias("ATOXGRN"),
                pl.when(met_high).then(pl.lit("HIGH")).when(met_low).then(pl.lit("LOW")).alias("ATOXDIR"),
            )
        )  # fmt: skip
    frame = frame.join(pl.concat(graded), on="_row", how="left", maintain_order="left")
    return frame.with_columns(_at_baseline("ATOXGRN").alias("BTOXGRN"))


def _graded(frame: pl.DataFrame, terms: Mapping[str, LabTerm]) -> pl.DataFrame:
    """`_row`, ATOXGRN and ATOXDIR of the values of these test codes, each graded by its one term."""
    value = pl.col("AVAL")
    against = [code for code, term in terms.items() if term.key in AGAINST_BASELINE]
    # the baseline itself and what came before it are not compared with the baseline
    compared = pl.when(pl.col("_post") & pl.col("PARAMCD").is_in(against)).then(pl.col("BASE")).alias("_compared")
    alike = (
        frame.filter(pl.col("PARAMCD").is_in(list(terms)) & value.is_not_null())
        .group_by("PARAMCD", "AVALU", "ANRLO", "ANRHI", compared, value.is_nan().alias("_nan"), maintain_order=True)
        .agg(value.sort(), pl.col("_row").sort_by("AVAL"))
    )
    graded = [
        stepwise(values, grader(terms[code], unit, low, high, base))
        for code, unit, low, high, base, _, values, _ in alike.iter_rows()
    ]
    sides = {code: direction(term) for code, term in terms.items()}
    # an empty list would explode into a row of its own; no group is empty
    rows = alike.select(
        pl.col("PARAMCD").replace_strict(sides, default=None, return_dtype=pl.String).alias("ATOXDIR"), "_row"
    ).explode("_row")
    grades = pl.Series("ATOXGRN", list(chain.from_iterable(graded)), dtype=pl.Int64)
    return rows.select("_row", grades, pl.when(grades > 0).then(pl.col("ATOXDIR")).alias("ATOXDIR"))


def stepwise(values: Sequence[float], grade: Callable[[float], int | None]) -> list[int | None]:
    """The grade of each of these values, which are in ascending order.

    As a value rises, its grade goes one way only: where both ends of a stretch have one grade, all between have it.
    """
    grades: list[int | None] = [None] * len(values)

    def fill(first: int, last: int) -> None:
        if grades[first] == grades[last]:
            grades[first:last] = [grades[first]] * (last - first)
        elif last - first > 1:
            middle = (first + last) // 2
            grades[middle] = grade(values[middle])
            fill(first, middle)
            fill(middle, last)

    grades[0], grades[-1] = grade(values[0]), grade(values[-1])
    fill(0, len(values) - 1)
    return grades


def _worst(frame: pl.DataFrame) -> pl.DataFrame:
    """WORSTFL = Y on the row with the worst post-baseline grade per subject and parameter; the first on a tie."""
    worst = (
        frame.select("USUBJID", "PARAMCD", "ATOXGRN", "_row", "_post")
        .filter(pl.col("_post") & pl.col("ATOXGRN").is_not_null())
        # what comes after the baseline has a day, and the rows of a course are in order of it
        .sort("ATOXGRN", descending=True, maintain_order=True)
        .unique(["USUBJID", "PARAMCD"], keep="first", maintain_order=True)["_row"]
    )
    return frame.with_columns(pl.when(pl.col("_row").is_in(worst.implode())).then(pl.lit("Y")).alias("WORSTFL"))


def _sentence() -> pl.Expr:
    value = (
        pl.when((pl.col("BLQFL") == "Y") & pl.col("LLOQ").is_not_null())
        .then(pl.format("< {}", pl.col("LLOQ")))
        .otherwise(pl.coalesce(pl.col("AVAL").cast(pl.String).str.replace(r"\.0$", ""), "AVALC"))
    )
    day = pl.coalesce(
        pl.col("AVISIT").str.replace_all("-", " "),
        pl.format("day {}", pl.col("APROTDY")),
        pl.col("ADT").cast(pl.String),
        pl.lit("no date"),
    )
    grade = pl.when(pl.col("ATOXGRN") > 0).then(pl.format(", grade {}", pl.col("ATOXGRN"))).otherwise(pl.lit(""))
    return pl.format(
        "{} {} {}, {}{}",
        pl.coalesce("PARAM", "PARAMCD", pl.lit("unnamed test")),
        value,
        pl.col("AVALU").fill_null(""),
        day,
        grade,
    )
