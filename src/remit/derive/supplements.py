"""Rows of ADRS that come after the states of an assessment: BILAG numbers, renal response, serology, time in a state.

Each part is made only where the protocol or the records ask for it, as rows of `SHAPE`; here they get their days,
visits, baselines and sentences as every row of ADRS does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from remit.days import protocol_day_expr, study_day_expr
from remit.derive.frames import listed, row_sentence
from remit.derive.lines import Parameter
from remit.derive.timing import with_baseline, with_representative, with_visit
from remit.protocol import Endpoint, Protocol
from remit.records.lineage import united

KEYS = ["USUBJID", "PARAMCD", "VARIANT"]
ORDER = ("USUBJID", "PARAMCD", "VARIANT", "ADT", "VISITNUM")
SUBJECT = ("USUBJID", "LEVEL", "SAFFL", "CONDFL", "TRTSDT", "TRTSTM", "LDSDT", "LDSTM")


@dataclass(frozen=True)
class Line:
    """One row to be: `state` rows hold yes, no or unknown as 1, 0 or None."""

    subject: str
    day: date | None
    visitnum: float | None
    about: Parameter
    value: float | None
    because: tuple[str, ...]
    sources: tuple[str, ...]
    state: bool = True


def asking(protocol: Protocol, instrument: str) -> list[Endpoint]:
    """The endpoints that name an instrument."""
    return [e for e in protocol.endpoints if e.instrument == instrument and e.paramcd]


def parameter(endpoint: Endpoint, variant: str) -> Parameter:
    """What a row of an endpoint's variant is about."""
    flag = "Y" if variant == endpoint.variant else "N"
    return Parameter(endpoint.paramcd, endpoint.label, endpoint.instrument, variant, flag)


def variants_of(endpoint: Endpoint) -> tuple[str, ...]:
    """The default variant and the others, each once."""
    return tuple(dict.fromkeys((endpoint.variant, *endpoint.variants)))


def with_lines(protocol: Protocol, adsl: pl.DataFrame, adrs: pl.DataFrame, lines: Sequence[Line]) -> pl.DataFrame:
    """ADRS with these rows, in its order; itself where there are none."""
    if not lines:
        return adrs
    frame = _placed(protocol, _frame(lines), adsl)
    frame = frame.select(pl.col(name).cast(adrs.schema[name]) for name in adrs.columns)
    return pl.concat([adrs, frame]).sort(ORDER, nulls_last=True, maintain_order=True)


def _frame(lines: Sequence[Line]) -> pl.DataFrame:
    schema = dict.fromkeys(Parameter._fields, pl.String)
    about = pl.DataFrame([line.about for line in lines], schema=schema, orient="row")
    return about.with_columns(
        pl.Series("USUBJID", [line.subject for line in lines], dtype=pl.String),
        pl.Series("ADT", [line.day for line in lines], dtype=pl.Date),
        pl.Series("VISITNUM", [line.visitnum for line in lines], dtype=pl.Float64),
        pl.Series("AVAL", [None if line.value is None else float(line.value) for line in lines], dtype=pl.Float64),
        pl.Series("_state", [line.state for line in lines], dtype=pl.Boolean),
        listed([line.because for line in lines]).alias("BECAUSE"),
        listed([sorted(set(line.sources)) for line in lines]).alias("sources"),
    )


def _placed(protocol: Protocol, frame: pl.DataFrame, adsl: pl.DataFrame) -> pl.DataFrame:
    answer = pl.when(pl.col("AVAL") == 1).then(pl.lit("Y")).when(pl.col("AVAL") == 0).then(pl.lit("N"))
    frame = frame.join(adsl.select(SUBJECT), on="USUBJID", how="inner", maintain_order="left").with_columns(
        pl.when("_state").then(answer).alias("AVALC"),
        pl.lit(None, pl.String).alias("_time"),
        study_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("ADY"),
        protocol_day_expr(pl.col("ADT"), pl.col("TRTSDT")).alias("APROTDY"),
    )
    frame = frame.sort(ORDER, nulls_last=True, maintain_order=True).with_row_index("_row")
    # a change of a yes or no means nothing
    frame = with_baseline(protocol, frame, KEYS, measured=~pl.col("_state"))
    frame = frame.with_columns(frame["sources"].gather(frame["_base"]).alias("_before"))
    frame = frame.with_columns(united("sources", "_before").alias("sources"))
    frame = with_representative(with_visit(protocol, frame), KEYS)
    after = frame.filter(pl.col("APROTDY") > 0).unique(KEYS, keep="last", maintain_order=True)["_row"]
    return frame.with_columns(
        pl.when(pl.col("_row").is_in(after.implode())).then(pl.lit("Y")).alias("LASTFL"),
        _sentence().alias("SENTENCE"),
    )


def _sentence() -> pl.Expr:
    answer = pl.when(pl.col("AVALC") == "Y").then(pl.lit("met")).when(pl.col("AVALC") == "N").then(pl.lit("not met"))
    number = pl.col("AVAL").round(1).cast(pl.String).str.replace(r"\.0$", "")
    return row_sentence(pl.coalesce(answer, pl.when(~pl.col("_state")).then(number), pl.lit("unknown")))
