"""A trial small enough to count on fingers: six subjects infused at two levels, and one screen failure.

Everything is typed here, in the shapes of the derived tables, so that these tests depend on no derivation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from remit.protocol import Protocol

S = pl.String
START = date(2024, 1, 1)
Rows = Iterable[Mapping[str, Any]]

BASE = {"USUBJID": S, "LEVEL": S, "SAFFL": S, "SENTENCE": S, "sources": pl.List(S)}
ADSL = pl.Schema(
    {
        **BASE,
        **dict.fromkeys(
            ("ENRLFL", "CONDFL", "DLTEVLFL", "DCSREAS", "EOSSTT", "DTHFL", "SEX", "RACE", "DSDNABL", "LOWCBL"), S
        ),
        "AGE": pl.Int64,
        "NINFUS": pl.Int64,
        "TRTDURD": pl.Int64,
        "TRTEDT": pl.Date,
        **dict.fromkeys(("DISDUR", "WEIGHT", "BSA", "SLEDBL", "PGABL", "PREDBL", "FUPMON", "FUPCMON"), pl.Float64),
    }
)
ADSET = pl.Schema({**BASE, "SET": S, "KIND": S, "IN": S, "REASON": S})
ADEX = pl.Schema(
    {
        **BASE,
        "EXTRT": S,
        "PARCAT1": S,
        "AVAL": pl.Float64,
        "AVALU": S,
        "PLANNED": pl.Float64,
        "ADT": pl.Date,
        "AENDT": pl.Date,
    }
)
ADAE = pl.Schema(
    {
        **BASE,
        "AESEQ": pl.Int64,
        **dict.fromkeys(("TERM", "SYSTEM", "AESER", "AEREL", "AEOUT", "AESEV", "TRTEMFL"), S),
        **dict.fromkeys(("CRSFL", "ICANSFL", "INFFL", "GVHDFL", "DLTFL"), S),
        "INTEREST": pl.List(S),
        "AETOXGRN": pl.Int64,
        "ASTDT": pl.Date,
        "AENDT": pl.Date,
        "APROTDY": pl.Int64,
        "ADURN": pl.Int64,
    }
)
ADLB = pl.Schema(
    {
        **BASE,
        **dict.fromkeys(
            (
                "SRCDOM",
                "PARAMCD",
                "PARAM",
                "PARCAT1",
                "AVALU",
                "BLQFL",
                "AVISIT",
                "ABLFL",
                "ANL01FL",
                "ONTRTFL",
                "WORSTFL",
                "ANRIND",
            ),
            S,
        ),
        **dict.fromkeys(("AVAL", "LLOQ", "CHG"), pl.Float64),
        **dict.fromkeys(("APROTDY", "ATOXGRN", "BTOXGRN"), pl.Int64),
    }
)
ADRS = pl.Schema(
    {
        **BASE,
        **dict.fromkeys(("PARAMCD", "VARIANT", "DEFVFL", "AVALC", "AVISIT", "ANL01FL", "ABLFL", "LASTFL"), S),
        "AVAL": pl.Float64,
        "CHG": pl.Float64,
        "APROTDY": pl.Int64,
    }
)
ADEFF = pl.Schema(
    {
        **BASE,
        **dict.fromkeys(("ENDPOINT", "VARIANT", "DEFVFL", "TIMEPOINT", "GROUP", "IN"), S),
        **dict.fromkeys(("ANSWER", "AVALNRI", "APPLFL"), S),
    }
)
ADTTE = pl.Schema(
    {
        **BASE,
        "PARAMCD": S,
        "AVAL": pl.Int64,
        "AVALMON": pl.Float64,
        "CNSR": pl.Int64,
        "ADTLO": pl.Int64,
        "ADTHI": pl.Int64,
    }
)

LEVELS = {"S1": "dl1", "S2": "dl1", "S3": "dl2", "S4": "dl2", "S5": "dl2", "S6": "dl2"}
MONTHS = {"S1": 12.0, "S2": 9.5, "S3": 7.0, "S4": 5.0, "S5": 2.4, "S6": 0.6}


def protocol(**changes: Any) -> Protocol:
    """Two levels, DORIS in a group and at the last visit, DLT, CRS, infection, one laboratory parameter, B cells."""
    document: dict[str, Any] = {
        "contract": "protocol/1",
        "id": "small",
        "version": "1",
        "title": "A small trial",
        "short_title": "Small",
        "disease": {"name": "Lupus"},
        "product": {"name": "Cells", "kind": "cells", "treatments": ["CELLS"], "dose_unit": "10^9 cells"},
        "conditioning": [{"drug": "fludarabine", "treatment": "FLU", "amount": 25, "unit": "mg/m2/d", "days": [-5]}],
        "schedules": [{"key": "once", "label": "two infusions", "days": [0, 7]}],
        "levels": [
            {
                "level": n,
                "key": f"dl{n}",
                "name": f"DL{n}",
                "arm": f"DL{n}",
                "dose": {"amount": n, "unit": "10^9 cells"},
                "schedule": "once",
            }
            for n in (1, 2)
        ],
        "dlt": {"window_days": 28, "anchor": "first-infusion"},
        "visits": [
            {"key": "screening", "label": "Screening", "number": 1, "day": -7},
            {"key": "week-12", "label": "Week 12", "number": 2, "day": 84},
        ],
        "analysis_sets": [
            {"key": "safety", "label": "Safety set", "flag": "SAFFL", "rule": "infused"},
            {"key": "dlt-evaluable", "label": "DLT-evaluable set", "flag": "DLTEVLFL", "rule": "dlt-evaluable"},
            {"key": "efficacy-evaluable", "label": "Efficacy set", "flag": "FASFL", "rule": "efficacy-evaluable"},
        ],
        "groups": [{"key": "over-6-months", "label": "followed more than 6 months", "above": 6}],
        "endpoints": [
            {
                "key": "doris-2021",
                "label": "DORIS 2021",
                "kind": "state",
                "instrument": "doris",
                "variant": "doris_2021",
                "paramcd": "DORIS",
                "timepoints": ["week-12", "last"],
                "groups": ["over-6-months"],
                "population": "efficacy-evaluable",
                "variants": ["pga_le"],
            }
        ],
        "b_cells": {"test_codes": ["BLYCE"]},
        "safety": {
            "interest": [
                {"key": "crs", "label": "Cytokine release syndrome", "terms": ["CRS"], "scale": "ASTCT 2019"},
                {"key": "infection", "label": "Infections", "body_systems": ["Infections"]},
                {"key": "rash", "label": "Rash", "terms": ["Rash"]},
            ]
        },
        "labs": [{"key": "platelets", "code": "PLAT", "label": "Platelets", "unit": "10^9/L", "grade": "platelets"}],
        **changes,
    }
    return Protocol.model_validate(document)


def frame(schema: pl.Schema, rows: Rows) -> pl.DataFrame:
    """Rows with every column of the schema, unknown where a row does not say."""
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)


def row(subject: str, *records: str, **values: Any) -> dict[str, Any]:
    """One derived row of a subject; its sources are `DOMAIN/subject/…` for each of the records named."""
    said = " ".join(f"{k} {v}" for k, v in values.items())
    return {
        "USUBJID": subject,
        "LEVEL": LEVELS.get(subject),
        "SAFFL": "Y" if subject in LEVELS else "N",
        "SENTENCE": said,
        "sources": [f"{record.partition('/')[0]}/{subject}{record[2:]}" for record in records],
        **values,
    }


def event(subject: str, number: int, term: str, grade: int | None, **values: Any) -> dict[str, Any]:
    """One adverse event, treatment-emergent and lasting from day 1 to day 3 unless told otherwise."""
    crs, infection = term == "CRS", values.get("SYSTEM") == "Infections"
    listed = [k for k, hit in (("crs", crs), ("infection", infection), ("rash", term == "Rash")) if hit]
    usual = {
        "TERM": term,
        "SYSTEM": "General",
        "AETOXGRN": grade,
        "AESER": "N",
        "AEREL": "RELATED",
        "AEOUT": "RECOVERED",
        "TRTEMFL": "Y",
        "CRSFL": "Y" if crs else "N",
        "ICANSFL": "N",
        "INFFL": "Y" if infection else "N",
        "GVHDFL": "N",
        "DLTFL": "N",
        "INTEREST": listed,
        "AESEQ": number,
        "APROTDY": 1,
        "ADURN": 3,
        "ASTDT": START + timedelta(days=1),
        "AENDT": START + timedelta(days=3),
    }
    return row(subject, f"AE/{number}", **{**usual, **values})


EVENTS = (
    event("S1", 1, "CRS", 1),
    event("S1", 2, "CRS", 2, APROTDY=8, ADURN=5),
    event("S3", 1, "CRS", None),
    event("S3", 2, "Nausea", 1),
    event("S3", 3, "nausea", 3),
    event("S4", 1, "Nausea", 1, TRTEMFL="N"),
    event("S5", 1, "Rash", 2, DLTFL="Y", AESER="Y"),
)


def tables(events: Rows = EVENTS) -> dict[str, pl.DataFrame]:
    """The derived tables of the small trial."""
    return {
        "adsl": frame(ADSL, _subjects()),
        "adset": frame(ADSET, _sets()),
        "adex": frame(ADEX, _doses()),
        "adae": frame(ADAE, events),
        "adlb": frame(ADLB, _measurements()),
        "adrs": frame(ADRS, _scores()),
        "adeff": frame(ADEFF, _answers()),
        "adtte": frame(ADTTE, _times()),
    }


def _subjects() -> Rows:
    facts = {
        "S1": (30, "F", 4.6, 10.0),
        "S2": (41, "F", 1.2, 12.0),
        "S3": (52, "M", None, 9.0),
        "S4": (25, "F", 17.0, 8.0),
        "S5": (33, "F", 8.0, None),
        "S6": (60, "F", 9.9, 20.0),
    }
    for subject, (age, sex, years, score) in facts.items():
        yield row(
            subject,
            "DM",
            "EX/1",
            ENRLFL="Y",
            CONDFL="Y",
            DLTEVLFL=None if subject == "S6" else "Y",
            EOSSTT="ONGOING",
            AGE=age,
            SEX=sex,
            RACE="ASIAN",
            DISDUR=years,
            SLEDBL=score,
            DSDNABL=None if subject == "S6" else "Y",
            NINFUS=2,
            FUPMON=MONTHS[subject],
            FUPCMON=MONTHS[subject] + 0.1,
        )
    yield row("S7", "DM", ENRLFL="N", CONDFL="N", DCSREAS="SCREEN FAILURE", AGE=44, SEX="F", RACE="ASIAN")


def _sets() -> Rows:
    for subject in (*LEVELS, "S7"):
        infused = "Y" if subject in LEVELS else "N"
        longer = "Y" if MONTHS.get(subject, 0) > 6 else "N"
        yield row(subject, "DM", SET="safety", KIND="set", IN=infused, REASON="")
        yield row(subject, "DM", SET="dlt-evaluable", KIND="set", IN=None if subject == "S6" else infused, REASON="")
        yield row(
            subject, "DM", SET="efficacy-evaluable", KIND="set", IN="N" if subject == "S6" else infused, REASON=""
        )
        yield row(subject, "DM", SET="over-6-months", KIND="group", IN=longer, REASON="")


def _doses() -> Rows:
    for subject, level in LEVELS.items():
        planned = float(level[2])
        for number in (1, 2):
            given = planned / 2 if (subject, number) == ("S2", 2) else planned
            yield row(
                subject, f"EX/{number}", EXTRT="CELLS", PARCAT1="CELLS", AVAL=given, AVALU="10^9", PLANNED=planned
            )
        yield row(subject, "EX/3", EXTRT="FLU", PARCAT1="CONDITIONING", AVAL=40.0 + planned, AVALU="mg")


def _measurements() -> Rows:
    for subject, base, worst in (("S1", 0, 3), ("S2", 1, 1), ("S3", None, 2), ("S4", 0, 0)):
        yield row(
            subject,
            "LB/1",
            SRCDOM="LB",
            PARAMCD="PLAT",
            AVAL=200.0,
            APROTDY=-7,
            ABLFL="Y",
            ANRIND="NORMAL",
            ATOXGRN=base,
        )
        yield row(
            subject,
            "LB/2",
            SRCDOM="LB",
            PARAMCD="PLAT",
            AVAL=90.0,
            APROTDY=7,
            ONTRTFL="Y",
            WORSTFL="Y",
            BTOXGRN=base,
            ATOXGRN=worst,
            ANRIND="LOW" if worst else "NORMAL",
        )
    for subject, count in (("S1", None), ("S2", 4.0), ("S3", None), ("S4", 6.0)):
        yield row(
            subject,
            "CP/1",
            SRCDOM="CP",
            PARAMCD="BLYCE",
            AVAL=count,
            AVALU="cells/uL",
            LLOQ=1.0 if count is None else None,
            BLQFL="Y" if count is None else None,
            APROTDY=84,
            AVISIT="week-12",
            ANL01FL="Y",
            ONTRTFL="Y",
        )
    for subject, copies in (("S1", (500.0, 900.0, 900.0)), ("S2", (None, None, None))):
        for day, value in zip((0, 1, 8), copies):
            yield row(
                subject,
                f"PC/{day}",
                SRCDOM="PC",
                PARAMCD="CARCOPY",
                PARAM="Copies",
                AVAL=value,
                AVALU="copies/ug",
                APROTDY=day,
                BLQFL="Y" if value is None else None,
                LLOQ=50.0 if value is None else None,
            )


def _scores() -> Rows:
    for subject, dose in (("S1", 0.0), ("S2", 5.0), ("S3", 7.5), ("S4", None)):
        common = {"VARIANT": "default", "DEFVFL": "Y", "PARAMCD": "PREDEQ"}
        yield row(subject, "CM/1", **common, AVAL=15.0, APROTDY=-7, ABLFL="Y")
        yield row(
            subject,
            "CM/2",
            **common,
            AVAL=dose,
            APROTDY=84,
            AVISIT="week-12",
            ANL01FL="Y",
            LASTFL="Y",
            CHG=None if dose is None else dose - 15,
        )


def _answers() -> Rows:
    last = {"S1": "Y", "S2": "N", "S3": None, "S4": "Y", "S5": "N"}
    week = {"S1": "N", "S2": "N", "S3": "Y", "S4": "Y", "S5": None}
    for subject in (*LEVELS, "S7"):
        for variant in ("doris_2021", "pga_le"):
            for timepoint, answers in (("week-12", week), ("last", last), ("ever", last)):
                for group in ("all", "over-6-months"):
                    inside = subject in last and (group == "all" or MONTHS[subject] > 6)
                    answer = "Y" if variant == "pga_le" and inside else answers.get(subject)
                    early = timepoint == "week-12" and subject == "S5"
                    yield row(
                        subject,
                        "RS/1",
                        ENDPOINT="doris-2021",
                        VARIANT=variant,
                        DEFVFL="Y" if variant == "doris_2021" else "N",
                        TIMEPOINT=timepoint,
                        GROUP=group,
                        IN="Y" if inside else "N",
                        ANSWER=answer,
                        AVALNRI=None if early and answer is None else answer or "N",
                        APPLFL="Y",
                    )


def _times() -> Rows:
    for subject, months in MONTHS.items():
        days = round(months * 30.4375)
        yield row(subject, "SV/9", PARAMCD="FUP", AVAL=days + 1, AVALMON=days / 30.4375, CNSR=1)
    for subject, days, event_seen, low, high in (
        ("S1", 84, True, 28, 84),
        ("S2", 280, False, 280, None),
        ("S3", 84, True, 28, 84),
        ("S4", 150, False, 150, None),
    ):
        yield row(
            subject,
            "RS/1",
            "RS/2",
            PARAMCD="TTDORIS",
            AVAL=days + 1,
            AVALMON=days / 30.4375,
            CNSR=0 if event_seen else 1,
            ADTLO=low,
            ADTHI=high,
        )
    for subject in ("S1", "S2", "S3", "S4"):
        yield row(subject, "CP/1", PARAMCD="TTBDEP", AVAL=4, AVALMON=3 / 30.4375, CNSR=0)
        back = subject != "S4"
        yield row(
            subject,
            "CP/1",
            PARAMCD="TTBREC",
            AVAL=71,
            AVALMON=70 / 30.4375,
            CNSR=0 if back else 1,
            ADTLO=56,
            ADTHI=70 if back else None,
        )
