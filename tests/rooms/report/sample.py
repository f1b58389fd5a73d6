"""A small invented trial in the shapes of the contract: protocol, derived tables, results and records, all in memory.

Twenty subjects at four levels; the values follow simple formulas, so that every look at the page is the same. The room
is tested against this and not against `derive` or `analysis`, which have tests of their own.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from types import SimpleNamespace as Doc
from typing import Any

import polars as pl
from scipy.stats import beta

from remit.analysis.result import Interval, Result, Selection
from remit.report import ReportStamp

CUT = date(2024, 10, 1)
FIRST_DAYS = (0, 28, 56, 71, 86, 101, 116, 144, 184, 199, 214, 229, 244, 259, 274, 289, 304, 319, 334, 349)
LEVELS = ("dl1", "dl2", *["dl3"] * 5, *["dl4"] * 13)
SUBJECTS = tuple(f"CH01-{i:03d}" for i in range(1, 21))
VISITS = (
    ("screening", "Screening", -14),
    ("week-2", "Week 2", 14),
    ("week-4", "Week 4", 28),
    ("week-8", "Week 8", 56),
    ("week-12", "Week 12", 84),
    ("week-24", "Week 24", 168),
    ("week-36", "Week 36", 252),
    ("week-52", "Week 52", 364),
)
EFFICACY_VISITS = ("week-12", "week-24", "week-36", "week-52")


GROUPS = (
    Doc(
        key="over-6-months",
        label="followed more than 6 months",
        measure="follow-up-months",
        above=6.0,
        at_least=None,
    ),
)


def protocol() -> Any:
    """The document, as far as the report reads it."""
    levels = tuple(
        Doc(
            level=i,
            key=f"dl{i}",
            name=f"DL{i}",
            arm=f"DL{i}",
            dose=Doc(amount=a, unit="10^9 cells", basis="flat"),
            schedule="q7d",
            part=None,
        )
        for i, a in enumerate((0.75, 1.5, 3.0, 6.0), start=1)
    )
    endpoints = tuple(
        Doc(
            key=k,
            label=label,
            kind="state",
            instrument=i,
            variant=v,
            paramcd=p,
            timepoints=(*EFFICACY_VISITS, "last"),
            groups=("over-6-months",),
            population="efficacy-evaluable",
            missing="not-evaluable",
            variants=alt,
            estimand=None,
        )
        for k, label, i, v, p, alt in (
            ("lldas", "LLDAS", "lldas", "lldas", "LLDAS", ("new_activity_flare",)),
            ("doris-2021", "DORIS 2021", "doris", "doris_2021", "DORIS", ("prednisolone_below_5",)),
        )
    )
    return Doc(
        id="kn5501-sle",
        version="2.1",
        title="KN5501 in refractory systemic lupus erythematosus",
        short_title="KN5501 in refractory SLE",
        identification=Doc(
            sponsor="Sample sponsor",
            phase="1",
            planned_subjects=36,
            registry=(Doc(registry="ClinicalTrials.gov", number="NCT06010472"),),
        ),
        assumed=(
            Doc(path="levels[*].dose.amount", why="the abstract does not print the doses"),
            Doc(path="visits[*].window", why="visit windows are not public"),
        ),
        disease=Doc(name="Systemic lupus erythematosus", classification="acr-1997"),
        product=Doc(
            name="KN5501",
            kind="anti-CD19 CAR-NK cells",
            target="CD19",
            source="allogeneic",
            treatments=("KN5501",),
            dose_unit="10^9 cells",
        ),
        conditioning=(
            Doc(drug="fludarabine", treatment="FLUDARABINE", amount=25, unit="mg/m2/d", days=(-5, -4, -3)),
            Doc(drug="cyclophosphamide", treatment="CYCLOPHOSPHAMIDE", amount=300, unit="mg/m2/d", days=(-5, -4, -3)),
        ),
        schedules=(Doc(key="q7d", label="three infusions, seven days apart", days=(0, 7, 14)),),
        levels=levels,
        levels_are="dose-levels",
        parts=(),
        visits=tuple(
            Doc(key=k, label=label, number=float(i), day=d, window=None, assessments=("sledai",))
            for i, (k, label, d) in enumerate(VISITS)
        ),
        objectives=(),
        endpoints=endpoints,
        headline=endpoints,
        groups=GROUPS,
        follow_up_groups=GROUPS,
        analysis_sets=(
            Doc(key="safety", label="Safety set", flag="SAFFL", rule="infused"),
            Doc(key="dlt-evaluable", label="DLT-evaluable set", flag="DLTEVLFL", rule="dlt-evaluable"),
            Doc(key="efficacy-evaluable", label="Efficacy-evaluable set", flag="FASFL", rule="efficacy-evaluable"),
        ),
        dlt=Doc(window_days=28, anchor="first-infusion", definition=()),
        escalation=Doc(design="3+3", start=1, cohort=3, target=None),
        rules=Doc(
            month="days",
            month_days=30.4375,
            treatment_emergent_from="conditioning",
            interval="clopper-pearson",
            interval_level=0.95,
            follow_up_to="last-contact",
            baseline="before-conditioning",
            rounding="half-up",
        ),
        instruments={},
        b_cells=Doc(test_codes=("BLYCE",), unit="cells/uL", depleted_below=10.0, reconstituted_at=10.0, consecutive=2),
        safety=Doc(
            toxicity_scale="CTCAE 5.0",
            interest=(Doc(key="crs", label="Cytokine release syndrome", scale="ASTCT 2019"),),
        ),
        labs=(
            Doc(key="neutrophils", code="NEUT", label="Neutrophils", unit="10^9/L", grade="neutropenia"),
            Doc(key="platelets", code="PLAT", label="Platelets", unit="10^9/L", grade="thrombocytopenia"),
        ),
        cuts=(Doc(key="acr-2024", label="ACR 2024", date=CUT),),
        analyses=(),
        amendments=(),
        stopping=(),
        eligibility=Doc(inclusion=(), exclusion=()),
    )


def _first(i: int) -> date:
    return CUT - timedelta(days=365 - FIRST_DAYS[i])


def _followed(i: int) -> int:
    return 365 - FIRST_DAYS[i] - (i % 4)


def _record(domain: str, i: int, k: int) -> str:
    return f"{domain}/{SUBJECTS[i]}/{k}"


def _adsl() -> pl.DataFrame:
    rows = []
    for i, subject in enumerate(SUBJECTS):
        rows.append(
            {
                "USUBJID": subject,
                "SUBJID": subject[-3:],
                "LEVEL": LEVELS[i],
                "PLEVEL": LEVELS[i],
                "AGE": 22 + (i * 7) % 35,
                "SEX": "M" if i == 11 else "F",
                "RACE": "ASIAN",
                "TRT01A": LEVELS[i].upper(),
                "TRT01AN": int(LEVELS[i][2]),
                "TRTSDT": _first(i),
                "LDSDT": _first(i) - timedelta(days=5),
                "NINFUS": 3 if i < 19 else 2,
                "LSTALVDT": CUT - timedelta(days=i % 4),
                "CUTDT": CUT,
                "FUPDAYS": _followed(i),
                "FUPMON": _followed(i) / 30.4375,
                "EOSSTT": "ONGOING",
                "DISDUR": 1.0 + (i * 5) % 17,
                "SLEDBL": float(_sledai0(i)),
                "PGABL": 1.6 + (i % 5) * 0.3,
                "PREDBL": float(_pred0(i)),
                "DSDNABL": "Y" if i % 4 else "N",
                "LOWCBL": "Y" if i % 3 else "N",
                "ENRLFL": "Y",
                "CONDFL": "Y",
                "SAFFL": "Y",
                "DLTEVLFL": "N" if i == 19 else "Y",
                "FASFL": "Y",
                "SENTENCE": f"{LEVELS[i].upper()}, {3 if i < 19 else 2} infusions, followed {_followed(i)} days",
                "sources": [f"DM/{subject}", _record("EX", i, 1), _record("DS", i, 1)],
            }
        )
    return pl.DataFrame(rows)


def _sledai0(i: int) -> int:
    return 8 + (i * 3) % 11


def _pred0(i: int) -> int:
    return (10, 15, 20, 15, 12)[i % 5]


def _scores(i: int, day: int) -> dict[str, float | None]:
    """Invented courses: all falls after the infusions; subjects 3 and 7 keep some activity, 2 and 6 keep a steroid."""
    fade = 0.0 if day < 0 else min(1.0, day / 150)
    rest = 6 if i in (3, 7) else 2 if i in (1, 4) else 0
    sledai = round(_sledai0(i) - (_sledai0(i) - rest) * fade)
    pga = round((1.6 + (i % 5) * 0.3) * (1 - fade) + (1.3 if i in (3, 7) else 0.6 if i in (2, 6) else 0.2) * fade, 1)
    steroid = round((_pred0(i) * (1 - fade) + (10 if i in (3, 7) else 5 if i != 6 else 7.5) * fade) * 2) / 2
    missing = i == 5 and day == 252
    return {
        "SLEDAI": None if missing else float(sledai),
        "CSLEDAI": None if missing else float(max(0, sledai - 2 * (i % 2))),
        "PGA": None if missing else pga,
        "PREDEQ": steroid,
    }


def _state(score: dict[str, float | None], which: str) -> tuple[str | None, list[str]]:
    wanted = (
        (("SLEDAI", "SLEDAI-2K", 4.0, "≤"), ("PGA", "PGA", 1.0, "≤"), ("PREDEQ", "prednisolone", 7.5, "≤"))
        if which == "LLDAS"
        else (("CSLEDAI", "cSLEDAI", 0.0, "="), ("PGA", "PGA", 0.5, "<"), ("PREDEQ", "prednisolone", 5.0, "≤"))
    )
    because, answers = [], []
    for key, label, limit, sign in wanted:
        value = score[key]
        met = None if value is None else value < limit if sign == "<" else value <= limit
        answers.append(met)
        if met is None:
            because.append(f"unknown: {label} {sign} {limit:g}")
        elif not met:
            because.append(f"not: {label} {sign} {limit:g} (was {value:g})")
    return ("N" if False in answers else None if None in answers else "Y"), because


def _adrs() -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for i, subject in enumerate(SUBJECTS):
        seen = [(n, v) for n, v in enumerate(VISITS) if v[2] <= _followed(i)]
        base = _scores(i, -14)
        for number, (key, label, day) in seen:
            score = _scores(i, day)
            common = {
                "USUBJID": subject,
                "LEVEL": LEVELS[i],
                "SAFFL": "Y",
                "AVISIT": key,
                "AVISITN": float(number),
                "APROTDY": day,
                "ADT": _first(i) + timedelta(days=day),
                "ABLFL": "Y" if day < 0 else None,
                "VARIANT": "",
                "DEFVFL": "Y",
                "LASTFL": "Y" if number == seen[-1][0] else None,
            }
            words = (
                f"{label}: SLEDAI-2K {score['SLEDAI']:g} · PGA {score['PGA']:g} · prednisolone {score['PREDEQ']:g} mg/d"
                if score["SLEDAI"] is not None
                else f"{label}: SLEDAI-2K and PGA not done · prednisolone {score['PREDEQ']:g} mg/d"
            )
            for code, value in score.items():
                start = base[code]
                change = None if value is None or start is None or day < 0 else value - start
                rows.append(
                    {
                        **common,
                        "PARAMCD": code,
                        "AVAL": value,
                        "AVALC": None,
                        "BASE": start,
                        "CHG": change,
                        "BECAUSE": [],
                        "SENTENCE": words,
                        "sources": [_record("RS", i, 30 * number + 1)],
                    }
                )
            for which in ("LLDAS", "DORIS"):
                answer, because = _state(score, which)
                rows.append(
                    {
                        **common,
                        "PARAMCD": which,
                        "AVAL": None,
                        "AVALC": answer,
                        "BASE": None,
                        "CHG": None,
                        "BECAUSE": because,
                        "SENTENCE": words,
                        "sources": [_record("RS", i, 30 * number + 1), _record("CM", i, 1)],
                    }
                )
    return pl.DataFrame(rows, infer_schema_length=None)


def _adeff(adrs: pl.DataFrame) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for endpoint, code in (("lldas", "LLDAS"), ("doris-2021", "DORIS")):
        states = adrs.filter(pl.col("PARAMCD") == code)
        for i, subject in enumerate(SUBJECTS):
            mine = {r["AVISIT"]: r for r in states.filter(pl.col("USUBJID") == subject).to_dicts()}
            for timepoint in (*EFFICACY_VISITS, "last"):
                group = "over-6-months" if timepoint == "last" else "all"
                day = 0 if timepoint == "last" else {k: d for k, _, d in VISITS}[timepoint]
                inside = _followed(i) > 182 if timepoint == "last" else _followed(i) >= day
                row = (
                    next((r for r in mine.values() if r["LASTFL"]), None)
                    if timepoint == "last"
                    else mine.get(timepoint)
                )
                answer = row["AVALC"] if row and inside else None
                rows.append(
                    {
                        "USUBJID": subject,
                        "LEVEL": LEVELS[i],
                        "SAFFL": "Y",
                        "ENDPOINT": endpoint,
                        "VARIANT": code.lower(),
                        "DEFVFL": "Y",
                        "TIMEPOINT": timepoint,
                        "GROUP": group,
                        "IN": "Y" if inside else "N",
                        "ANSWER": answer,
                        "AVALNRI": "Y" if answer == "Y" else "N",
                        "BECAUSE": row["BECAUSE"] if row else [],
                        "AVISIT": row["AVISIT"] if row else None,
                        "ADT": row["ADT"] if row else None,
                        "SENTENCE": row["SENTENCE"] if row else "no visit yet",
                        "sources": row["sources"] if row else [],
                    }
                )
    return pl.DataFrame(rows, infer_schema_length=None)


AES = (
    # subject index, term, body system, day, days, grade
    *[
        (i, "Neutrophil count decreased", "Investigations", 2 + i % 3, 9, 3 if i % 3 else 4)
        for i in (0, 2, 3, 5, 7, 8, 10, 12, 13, 15, 16, 18)
    ],
    *[(i, "Lymphocyte count decreased", "Investigations", -3, 25, 4) for i in range(0, 20, 2)],
    *[(i, "Nausea", "Gastrointestinal disorders", -4, 3, 1) for i in (1, 4, 9, 11, 17)],
    *[(i, "Anaemia", "Blood and lymphatic system disorders", 4, 15, 2) for i in (6, 10, 14)],
    (9, "Cytokine release syndrome", "Immune system disorders", 1, 2, 1),
    (15, "Cytokine release syndrome", "Immune system disorders", 8, 1, 1),
)


def _adae() -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for k, (i, term, system, day, days, grade) in enumerate(AES, start=1):
        crs = "Y" if term.startswith("Cytokine") else "N"
        rows.append(
            {
                "USUBJID": SUBJECTS[i],
                "LEVEL": LEVELS[i],
                "SAFFL": "Y",
                "AESEQ": k,
                "AETERM": term,
                "AEDECOD": term,
                "AEBODSYS": system,
                "ASTDT": _first(i) + timedelta(days=day),
                "AENDT": _first(i) + timedelta(days=day + days),
                "APROTDY": day,
                "ADURN": days,
                "TRTEMFL": "Y",
                "TRTEMBEC": "after conditioning",
                "AETOXGRN": grade,
                "AESER": "N",
                "CRSFL": crs,
                "ICANSFL": "N",
                "INFFL": "N",
                "DLTFL": "N",
                "AOCCFL": "Y",
                "AOCCPFL": "Y",
                "INTEREST": ["crs"] if crs == "Y" else [],
                "SENTENCE": f"{term}, grade {grade}, from day {day} for {days} days",
                "sources": [_record("AE", i, k)],
            }
        )
    return pl.DataFrame(rows)


def _adlb() -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for i, subject in enumerate(SUBJECTS):
        b_days = [d for d in (-14, 0, 3, 7, 14, 28, 42, 56, 70, 84, 112, 168, 252, 364) if d <= _followed(i)]
        back = 56 + (i * 9) % 36
        for day in b_days:
            value = (
                140.0 - 6 * (i % 9)
                if day < 0
                else 30.0
                if day == 0
                else 0.5
                if day < back
                else min(220.0, 14.0 + (day - back) * 1.1)
            )
            low = value < 1
            rows.append(
                {
                    "USUBJID": subject,
                    "LEVEL": LEVELS[i],
                    "SAFFL": "Y",
                    "SRCDOM": "CP",
                    "PARAMCD": "BLYCE",
                    "PARAM": "B cells",
                    "PARCAT1": "CP",
                    "AVAL": 1.0 if low else value,
                    "AVALC": "<1" if low else f"{value:g}",
                    "AVALU": "cells/uL",
                    "LLOQ": 1.0,
                    "BLQFL": "Y" if low else "N",
                    "ADT": _first(i) + timedelta(days=day),
                    "APROTDY": day,
                    "AVISIT": None,
                    "ABLFL": "Y" if day == -14 else None,
                    "ANL01FL": "Y",
                    "SENTENCE": f"day {day}: B cells {'below 1' if low else f'{value:g}'} cells/uL",
                    "sources": [_record("CP", i, day + 20)],
                }
            )
        for day in (0, 1, 3, 7, 8, 10, 14, 15, 17, 21, 28):
            peak = 900 * int(LEVELS[i][2]) * (0.5 + (i % 5) / 5)
            value = peak * 0.62 ** (day % 7) * (1 if day < 21 else 0.02)
            low = value < 50 or day == 0
            rows.append(
                {
                    "USUBJID": subject,
                    "LEVEL": LEVELS[i],
                    "SAFFL": "Y",
                    "SRCDOM": "PC",
                    "PARAMCD": "CARCOPY",
                    "PARAM": "CAR transgene copies",
                    "PARCAT1": "PC",
                    "AVAL": 50.0 if low else value,
                    "AVALC": "<50" if low else None,
                    "AVALU": "copies/ug",
                    "LLOQ": 50.0,
                    "BLQFL": "Y" if low else "N",
                    "ADT": _first(i) + timedelta(days=day),
                    "APROTDY": day,
                    "AVISIT": None,
                    "ABLFL": None,
                    "ANL01FL": "Y",
                    "SENTENCE": f"day {day}: {'below 50' if low else f'{value:.0f}'} copies/ug",
                    "sources": [_record("PC", i, day)],
                }
            )
    return pl.DataFrame(rows, infer_schema_length=None)


def _adex() -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for i, subject in enumerate(SUBJECTS):
        dose = (0.75, 1.5, 3.0, 6.0)[int(LEVELS[i][2]) - 1]
        for k, day in enumerate((0, 7, 14) if i < 19 else (0, 7), start=1):
            rows.append(
                {
                    "USUBJID": subject,
                    "LEVEL": LEVELS[i],
                    "SAFFL": "Y",
                    "EXTRT": "KN5501",
                    "PARCAT1": "CELLS",
                    "INFNUM": k,
                    "ADT": _first(i) + timedelta(days=day),
                    "APROTDY": day,
                    "AVAL": dose,
                    "AVALU": "10^9 cells",
                    "PLANNED": dose,
                    "PCTPLAN": 100.0,
                    "EXLOT": f"L{1 + i // 7}",
                    "DONOR": f"D{1 + i // 7}",
                    "SENTENCE": f"infusion {k}: {dose:g} × 10^9 cells on day {day}",
                    "sources": [_record("EX", i, k)],
                }
            )
    return pl.DataFrame(rows)


def _adset() -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for i, subject in enumerate(SUBJECTS):
        for key, kind, inside, reason in (
            ("safety", "set", True, ""),
            ("dlt-evaluable", "set", i != 19, "DLT window still open"),
            ("efficacy-evaluable", "set", True, ""),
            ("over-6-months", "group", _followed(i) > 182, "follow-up ≤ 6 months"),
        ):
            rows.append(
                {
                    "USUBJID": subject,
                    "LEVEL": LEVELS[i],
                    "SAFFL": "Y",
                    "SET": key,
                    "KIND": kind,
                    "IN": "Y" if inside else "N",
                    "REASON": "" if inside else reason,
                    "SENTENCE": f"in {key}" if inside else reason,
                    "sources": [f"DM/{subject}"],
                }
            )
    return pl.DataFrame(rows)


def _adtte(adrs: pl.DataFrame) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for code, which in (("TTLLDAS", "LLDAS"), ("TTDORIS", "DORIS")):
        for i, subject in enumerate(SUBJECTS):
            met = adrs.filter((pl.col("USUBJID") == subject) & (pl.col("PARAMCD") == which) & (pl.col("AVALC") == "Y"))
            day = met["APROTDY"].to_list()[0] if met.height else _followed(i)
            rows.append(
                {
                    "USUBJID": subject,
                    "LEVEL": LEVELS[i],
                    "SAFFL": "Y",
                    "PARAMCD": code,
                    "PARAM": f"Time to first {which}",
                    "AVAL": float(day),
                    "AVALMON": day / 30.4375,
                    "CNSR": 0 if met.height else 1,
                    "ADTLO": None,
                    "ADTHI": None,
                    "EVNTDESC": which,
                    "SENTENCE": f"{which} first met on day {day}" if met.height else f"not yet by day {day}",
                    "sources": [_record("RS", i, 1)],
                }
            )
    for i, subject in enumerate(SUBJECTS):
        back = 56 + (i * 9) % 36
        seen = [d for d in (3, 7, 14, 28, 42, 56, 70, 84, 112, 168, 252, 364) if d <= _followed(i)]
        high = next((d for d in seen if d >= back), None)
        low = max((d for d in seen if d < back), default=0)
        rows.append(
            {
                "USUBJID": subject,
                "LEVEL": LEVELS[i],
                "SAFFL": "Y",
                "PARAMCD": "TTBREC",
                "PARAM": "Time to B-cell return",
                "AVAL": float(high or _followed(i)),
                "AVALMON": (high or _followed(i)) / 30.4375,
                "CNSR": 0 if high else 1,
                "ADTLO": float(low),
                "ADTHI": None if high is None else float(high),
                "EVNTDESC": "B cells back",
                "SENTENCE": f"B cells back between day {low} and day {high}"
                if high
                else f"not back by day {_followed(i)}",
                "sources": [_record("CP", i, 1)],
            }
        )
    return pl.DataFrame(rows, infer_schema_length=None)


def derived() -> dict[str, pl.DataFrame]:
    """The derived tables by lower-case name."""
    adrs = _adrs()
    return {
        "adsl": _adsl(),
        "adset": _adset(),
        "adex": _adex(),
        "adae": _adae(),
        "adlb": _adlb(),
        "adrs": adrs,
        "adeff": _adeff(adrs),
        "adtte": _adtte(adrs),
    }


def stamp(frames: dict[str, pl.DataFrame]) -> ReportStamp:
    """Where the numbers came from, and an invented record for every id named by a derived row."""
    ids = sorted({r for f in frames.values() for rows in f["sources"].to_list() for r in rows})
    records = {
        r: {
            "DOMAIN": r.split("/")[0],
            "USUBJID": r.split("/")[1],
            "SEQ": r.split("/")[-1],
            "VALUE": "as entered <b>&</b>",
        }
        for r in ids
    }
    return ReportStamp(
        cutoff=CUT,
        protocol_version="2.1",
        records_hash="8f3a61c2",
        remit_version="0.1.0",
        notice="Invented data: a cohort made to satisfy published totals",
        records=records,
    )


def exact(x: int, n: int) -> Interval:
    low = 0.0 if x == 0 else float(beta.ppf(0.025, x, n - x + 1))
    high = 1.0 if x == n else float(beta.ppf(0.975, x + 1, n - x))
    return Interval(0.95, low, high, "Clopper-Pearson")


def note(**values: float) -> str:
    return json.dumps(values)


__all__ = [
    "CUT",
    "EFFICACY_VISITS",
    "LEVELS",
    "SUBJECTS",
    "VISITS",
    "Result",
    "Selection",
    "derived",
    "exact",
    "protocol",
    "stamp",
]
