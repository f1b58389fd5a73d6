"""The derived tables in the order they are made, and the one function that makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from remit.derive.adae import adae
from remit.derive.adeff import adeff
from remit.derive.adex import adex
from remit.derive.adis import adis
from remit.derive.adlb import adlb
from remit.derive.adpp import adpp
from remit.derive.adrs import adrs
from remit.derive.adset import adset
from remit.derive.adsl import with_baselines, with_history, with_sets
from remit.derive.adtox import adtox
from remit.derive.adtte import adtte
from remit.derive.flares import with_flare_times
from remit.derive.known import known_by
from remit.derive.ratings import with_ratings
from remit.derive.subjects import subjects
from remit.derive.supplemented import with_supplements
from remit.protocol import Protocol
from remit.records import Records


@dataclass(frozen=True)
class DerivedTable:
    """One derived table: its name on disk, what it holds, and what one row is."""

    name: str
    title: str
    row: str


DERIVED: tuple[DerivedTable, ...] = (
    DerivedTable("adsl", "Subjects", "one per subject"),
    DerivedTable("adset", "Analysis sets and groups", "one per subject and set or group"),
    DerivedTable("adex", "Exposure", "one per exposure record"),
    DerivedTable("adae", "Adverse events", "one per adverse event"),
    DerivedTable("adlb", "Measurements", "one per measurement"),
    DerivedTable("adpp", "Kinetics of the product", "one per subject, analyte, window and parameter"),
    DerivedTable("adis", "Antibodies against vaccines and the product", "one per subject, antibody and question"),
    DerivedTable("adrs", "Scores and states", "one per subject, assessment day, parameter and variant"),
    DerivedTable("adeff", "Answers to endpoints", "one per subject, endpoint, variant, time point and group"),
    DerivedTable("adtox", "Toxicity by scale", "one per subject, scale, variant and occasion"),
    DerivedTable("adtte", "Times to events", "one per subject and time parameter"),
)


READ_BY_REPORTS_ONLY = frozenset({"adtox"})
"""Tables that no other table and no pooled analysis reads: many virtual trials at once are derived without them."""


ORIGIN = ("sources", "BECAUSE", "SENTENCE")
"""What a row says about its origin."""


def derive(protocol: Protocol, records: Records, cutoff: date, *, traced: bool = True) -> Mapping[str, pl.DataFrame]:
    """All derived tables, by lower-case name.

    Depends on nothing but its arguments: row order in the records does not matter, and adding a subject changes no
    other subject's rows. Every row has SENTENCE (itself in words) and `sources`: the records that made its values,
    sorted. Days, level and dates that a row repeats from ADSL are traced through the subject's row there, and the flags
    that pick one of several rows (AOCC--FL, ANL01FL, LASTFL, WORSTFL) do not count the rows passed over.
    Untraced, the tables of READ_BY_REPORTS_ONLY are not made, the columns of ORIGIN are empty in the long tables
    (but for the reasons in ADRS that a question does not apply, which ADEFF reads), and all others are the same in less
    than two thirds of the time: for many virtual trials, where nobody asks which records made a number.
    A table without rows says that nothing happened: where adverse events were not collected at all, there is no adae.
    """
    known = known_by(records, cutoff)
    people = with_history(protocol, known, subjects(protocol, known, cutoff)).sort("USUBJID")
    exposure = adex(protocol, known, people)
    events = adae(protocol, known, people)
    measurements = adlb(protocol, known, people, traced=traced)
    scores = with_ratings(protocol, known, people, adrs(protocol, known, people, traced=traced))
    scores = with_supplements(protocol, known, people, measurements, scores)
    sets = adset(protocol, people, events, scores, measurements)
    times = adtte(protocol, people, measurements, scores, traced=traced)
    made = {
        "adsl": with_sets(protocol, with_baselines(people, scores, measurements), sets),
        "adset": sets,
        "adex": exposure,
        "adae": events,
        "adlb": measurements,
        "adpp": adpp(protocol, known, people, exposure, traced=traced),
        "adis": adis(protocol, known, people, measurements),
        "adrs": scores,
        "adeff": adeff(protocol, people, scores, sets, traced=traced),
        "adtte": with_flare_times(protocol, people, scores, times),
    }
    if traced:
        made["adtox"] = adtox(protocol, known, people, measurements, events)
    return {name: table for name, table in made.items() if name != "adae" or records.collected("AE")}
