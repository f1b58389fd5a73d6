"""ADTOX: what every cell-therapy toxicity scale says about every infused subject, from the records.

ICAHT and T-ICAHT from the counts, CRS under four scales from its signs, graft-versus-host disease, LICATS and IEC-HS
from the investigator's answers, Hy's law, IEC-HS alerts and immunoglobulin bands from the laboratory, infections from
adverse events. No grade is guessed: what is missing leaves a range, and BECAUSE says what.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import polars as pl

from remit.derive.assessed_reactions import graft_versus_host, inflammation, local_reactions
from remit.derive.blood_toxicity import blood_toxicity
from remit.derive.bounds import days_in
from remit.derive.collected_facts import facts_about
from remit.derive.crs_by_scale import crs_by_scale
from remit.derive.frames import listed
from remit.derive.infections import infections
from remit.derive.lab_flags import lab_flags
from remit.derive.toxicity_rows import SCALES, Drug, Judgment, Person, Seen, of_cells, series_of
from remit.protocol import Protocol
from remit.records import Records

TOPICS = {
    "CRS": ("CYTOKINE RELEASE",),
    "GVHD": ("GRAFT VERSUS HOST", "GRAFT-VERSUS-HOST"),
    "LICATS": ("LICATS",),
    "IEC-HS": ("IEC-HS",),
}
"""Category of collected facts -> words by which FAOBJ may name it."""


def adtox(
    protocol: Protocol, records: Records, adsl: pl.DataFrame, adlb: pl.DataFrame, adae: pl.DataFrame
) -> pl.DataFrame:
    """One row per infused subject, scale, variant and occasion.

    AVAL is the grade (of a flag 1 or 0, of a band its number), AVALLO and AVALHI the range in which it must lie, AVALC
    the same in a word; null is unknown, and BECAUSE says why. COLLFL is N where nothing was recorded that the scale
    reads. DEFVFL marks the default variant; WORSTFL the row with the worst grade of each subject, scale and variant: an
    unknown one where its grade may be above every known. Upper limits of ALT and
    bilirubin are in ALTX and BILIX as multiples. DIFFERS says whether the scales of the same event disagree.
    """
    people = {
        subject: Person(subject, first, tuple(sources))
        for subject, first, sources in adsl.filter((pl.col("SAFFL") == "Y") & pl.col("TRTSDT").is_not_null())
        .select("USUBJID", "TRTSDT", "sources")
        .iter_rows()
    }
    first = {subject: person.first for subject, person in people.items()}
    seen = Seen(protocol, people, series_of(protocol, adlb, _after_cells(records, adsl)), _drugs(records, people))
    told = {topic: facts_about(records, topic, words, first) for topic, words in TOPICS.items()}
    of_anything = chain(lab_flags(seen, told["IEC-HS"]), infections(seen, records, adae))
    if not of_cells(protocol):
        return _table(of_anything, adsl)
    of_the_cells = chain(
        blood_toxicity(seen),
        inflammation(seen, told["IEC-HS"]),
        local_reactions(seen, told["LICATS"]),
        graft_versus_host(seen, told["GVHD"]),
        crs_by_scale(seen, told["CRS"], adae),
    )
    return _table(chain(of_anything, of_the_cells), adsl)


def _after_cells(records: Records, adsl: pl.DataFrame) -> frozenset[str]:
    """Laboratory records of the day of the first cells that their time puts after them; without times, none."""
    if not records.collected("LB"):
        return frozenset()
    lb = records.table("LB")
    dated = lb.select(
        "USUBJID", "record_id", days_in(lb, "LBDTC").alias("on"),
        pl.col("LBDTC").str.extract(r"T([0-2]\d:[0-5]\d)").alias("time"),
    )  # fmt: skip
    same = dated.join(adsl.select("USUBJID", "TRTSDT", "TRTSTM"), on="USUBJID", how="inner")
    same = same.filter((pl.col("on") == pl.col("TRTSDT")) & (pl.col("time") > pl.col("TRTSTM")))
    return frozenset(same["record_id"])


def _drugs(records: Records, people: dict[str, Person]) -> dict[str, list[Drug]] | None:
    if not records.collected("CM"):
        return None
    cm = records.table("CM").filter(pl.col("USUBJID").is_in(list(people)))
    if "CMOCCUR" in cm.columns:
        # asked for and not given
        cm = cm.filter(pl.col("CMOCCUR").str.to_uppercase().ne_missing("N"))
    rows = cm.select(
        "USUBJID",
        pl.coalesce("CMDECOD", "CMTRT", pl.lit("")).str.to_uppercase(),
        pl.col("CMCAT").fill_null("").str.to_uppercase(),
        days_in(cm, "CMSTDTC").alias("start"),
        days_in(cm, "CMENDTC").alias("end"),
        "record_id",
    ).sort("USUBJID", "start", "record_id", nulls_last=True)
    found: dict[str, list[Drug]] = {}
    for subject, name, category, start, end, record in rows.iter_rows():
        zero = people[subject].first
        days = [None if on is None else (on - zero).days for on in (start, end)]
        found.setdefault(subject, []).append(Drug(name, category, days[0], days[1], record))
    return found


COLUMNS = {
    "USUBJID": pl.String, "SCALE": pl.String, "AVAL": pl.Int64, "AVALC": pl.String, "OCCASION": pl.String,
    "VARIANT": pl.String, "_default": pl.Boolean, "AVALLO": pl.Int64, "AVALHI": pl.Int64, "ADT": pl.Date,
    "SITE": pl.String, "ORGANISM": pl.String, "KIND": pl.String, "ALTX": pl.Float64, "BILIX": pl.Float64,
    "_differs": pl.Boolean, "_collected": pl.Boolean,
}  # fmt: skip

OUT = (
    "USUBJID", "LEVEL", "SAFFL", "SCALE", "PARAM", "VARIANT", "DEFVFL", "OCCASION", "ADT", "APROTDY", "AVAL", "AVALLO",
    "AVALHI", "AVALC", "SITE", "ORGANISM", "KIND", "ALTX", "BILIX", "DIFFERS", "COLLFL", "WORSTFL", "BECAUSE",
    "sources", "SENTENCE",
)  # fmt: skip


def _table(judgments: Iterable[Judgment], adsl: pl.DataFrame) -> pl.DataFrame:
    rows = list(judgments)
    frame = pl.DataFrame(
        [
            (
                one.subject, one.scale, one.value, one.text, one.occasion, one.variant, one.default, one.low, one.high,
                one.day, one.site, one.organism, one.kind, one.alt_x, one.bilirubin_x, one.differs, one.collected,
            )
            for one in rows
        ],
        schema=COLUMNS,
        orient="row",
    )  # fmt: skip
    frame = frame.with_columns(
        listed(one.because for one in rows).alias("BECAUSE"),
        listed(sorted(set(one.rests)) for one in rows).alias("sources"),
        pl.Series("_words", ["; ".join(one.because) for one in rows], dtype=pl.String),
    )
    subject = adsl.select("USUBJID", "LEVEL", "SAFFL", "TRTSDT")
    order = pl.col("SCALE").replace_strict({key: n for n, key in enumerate(SCALES)}, return_dtype=pl.Int64)
    frame = (
        frame.join(subject, on="USUBJID", how="left", maintain_order="left")
        .with_columns(
            order.alias("_order"),
            pl.col("SCALE").replace_strict(SCALES, return_dtype=pl.String).alias("PARAM"),
            (pl.col("ADT") - pl.col("TRTSDT")).dt.total_days().alias("APROTDY"),
            pl.when("_default").then(pl.lit("Y")).otherwise(pl.lit("N")).alias("DEFVFL"),
            pl.when("_collected").then(pl.lit("Y")).otherwise(pl.lit("N")).alias("COLLFL"),
            pl.when("_differs").then(pl.lit("Y")).when(~pl.col("_differs")).then(pl.lit("N")).alias("DIFFERS"),
        )
        .with_row_index("_given")
        .sort("USUBJID", "_order", "VARIANT", "ADT", "_given", nulls_last=True)
        .drop("_given")
        .with_row_index("_row")
    )
    # an open grade that may be above the worst known one leaves the worst open
    rank = pl.coalesce(pl.col("AVAL").cast(pl.Float64), pl.col("AVALHI") - 0.5).alias("_rank")
    worst = (
        frame.with_columns(rank)
        .sort("_rank", "_row", descending=[True, False], nulls_last=True)
        .unique(["USUBJID", "SCALE", "VARIANT"], keep="first", maintain_order=True)["_row"]
    )
    return frame.with_columns(
        pl.when(pl.col("_row").is_in(worst.implode())).then(pl.lit("Y")).alias("WORSTFL"),
        pl.format(
            "{}{}, {}: {} ({})",
            "PARAM",
            pl.when(pl.col("VARIANT") == "default").then(pl.lit("")).otherwise(pl.format(" [{}]", "VARIANT")),
            "OCCASION",
            _said(),
            "_words",
        ).alias("SENTENCE"),
    ).select(OUT)


def _said() -> pl.Expr:
    """The value in words: a grade, or the answer; an open grade with its range."""
    # the numbers of bands are no grades
    graded = pl.col("AVALLO").is_not_null() & (pl.col("SCALE") != "hypogammaglobulinemia")
    return (
        pl.when(graded & pl.col("AVAL").is_not_null()).then(pl.format("grade {}", "AVAL"))
        .when(graded).then(pl.format("grade unknown, {} to {}", "AVALLO", "AVALHI"))
        .otherwise(pl.col("AVALC").fill_null("unknown"))
    )  # fmt: skip
