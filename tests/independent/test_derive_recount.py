"""The seed trial counted again from its CSV files with nothing but the csv module, and compared with the derivations.

Written from the definitions (SLEDAI-2K: Gladman 2002; LLDAS: Franklyn 2016; DORIS: van Vollenhoven 2021; B cells and
follow-up: the trial's protocol), not from the code that is tested; it is as plain as it can be, and knows only what
these records hold.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from remit import derive
from remit.exchange.folder import read_records
from remit.exchange.protocol_yaml import read_protocol

TRIAL = Path(__file__).parents[2] / "examples" / "kn5501-sle"
CUT = "2024-10-01"
WEIGHTS = [8, 8, 8, 8, 8, 8, 8, 8, 4, 4, 4, 4, 4, 4, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1]
SEROLOGY = {20, 21}
MAJOR = {1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 18, 19, 22}


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (TRIAL / "records" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def derived() -> Mapping[str, pl.DataFrame]:
    protocol = read_protocol(TRIAL / "protocol.yaml")
    return derive.all(protocol, read_records(TRIAL / "records")[0], date.fromisoformat(CUT))


def days_between(first: str, second: str) -> int:
    return (date.fromisoformat(second[:10]) - date.fromisoformat(first[:10])).days


@cache
def infusion_days() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows("ex"):
        if row["EXTRT"] == "KN5501" and float(row["EXDOSE"]) > 0 and row["EXSTDTC"][:10] <= CUT:
            found[row["USUBJID"]].append(row["EXSTDTC"][:10])
    return {subject: sorted(days) for subject, days in found.items()}


@cache
def follow_up_months() -> dict[str, float]:
    """Months of 30.4375 days from the first infusion to the last day on or before the cut that any table names."""
    columns = {"sv": ("SVSTDTC", "SVENDTC"), "ds": ("DSSTDTC",), "ex": ("EXSTDTC", "EXENDTC"), "lb": ("LBDTC",),
               "ae": ("AESTDTC", "AEENDTC"), "vs": ("VSDTC",), "rs": ("RSDTC",), "is": ("ISDTC",), "pc": ("PCDTC",),
               "cp": ("CPDTC",), "fa": ("FADTC",)}  # fmt: skip
    last: dict[str, str] = {}
    for name, dates in columns.items():
        for row in rows(name):
            if "NOT DONE" in row.values():
                continue
            for column in dates:
                day = row[column][:10]
                if len(day) == 10 and day <= CUT:
                    last[row["USUBJID"]] = max(last.get(row["USUBJID"], ""), day)
    return {who: days_between(days[0], last[who]) / 30.4375 for who, days in infusion_days().items()}


@cache
def visits() -> dict[str, dict[str, dict[str, str]]]:
    """subject -> day -> test code -> what was recorded ("" when nothing was)."""
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows("rs"):
        if row["RSDTC"][:10] <= CUT:
            said = row["RSSTRESN"] if row["RSTESTCD"] == "PGAL0101" else row["RSORRES"]
            found[row["USUBJID"]][row["RSDTC"][:10]][row["RSTESTCD"]] = said
    return found


def items(visit: Mapping[str, str]) -> tuple[set[int], set[int]]:
    """Numbers of the items present, and of those not known."""
    said = {n: visit.get(f"SLED01{n:02d}", "") for n in range(1, 25)}
    return {n for n, s in said.items() if s == "PRESENT"}, {
        n for n, s in said.items() if s not in ("PRESENT", "ABSENT")
    }


def prednisone(subject: str, day: str) -> float:
    total = 0.0
    for row in rows("cm"):
        if row["USUBJID"] == subject and row["CMCAT"] == "GLUCOCORTICOID" and row["CMSTDTC"] <= day:
            # 4 mg of methylprednisolone are 5 mg of prednisone
            factor = {"PREDNISONE": 1.0, "PREDNISOLONE": 1.0, "METHYLPREDNISOLONE": 1.25}[row["CMTRT"]]
            assert (row["CMDOSU"], row["CMDOSFRQ"]) == ("mg", "QD")
            if not row["CMENDTC"] or day <= row["CMENDTC"]:
                total += float(row["CMDOSE"]) * factor
    return total


def over_six_months() -> Iterator[tuple[str, str, str]]:
    """(subject, last assessment, the one before it) of everyone followed more than 6 months."""
    for subject, months in follow_up_months().items():
        if months > 6:
            days = sorted(d for d, v in visits()[subject].items() if any(code.startswith("SLED01") for code in v))
            yield subject, days[-1], days[-2]


def test_follow_up() -> None:
    adsl = {r["USUBJID"]: r for r in derived()["adsl"].iter_rows(named=True)}

    months = follow_up_months()

    assert len(months) == 20
    for subject, expected in months.items():
        assert adsl[subject]["FUPMON"] == pytest.approx(expected, rel=1e-12)
        assert adsl[subject]["NINFUS"] == len(set(infusion_days()[subject]))
    assert {s for s, row in adsl.items() if row["SAFFL"] == "N"} == {r["USUBJID"] for r in rows("dm")} - set(months)


def test_sledai_totals_at_every_visit() -> None:
    scores = derived()["adrs"].filter(pl.col("PARAMCD").is_in(["SLEDAI", "CSLEDAI"]))
    found = {(r["USUBJID"], str(r["ADT"]), r["PARAMCD"]): r["AVAL"] for r in scores.iter_rows(named=True)}

    expected: dict[tuple[str, str, str], float | None] = {}
    for subject, days in visits().items():
        for day, visit in days.items():
            if not any(code.startswith("SLED01") for code in visit):
                continue
            present, unknown = items(visit)
            for code, left_out in (("SLEDAI", set()), ("CSLEDAI", SEROLOGY)):
                total = float(sum(WEIGHTS[n - 1] for n in present - left_out))
                expected[subject, day, code] = None if unknown - left_out else total

    assert found == expected
    assert sum(value is None for value in expected.values()) > 0


def test_remission_and_low_activity_of_those_followed_over_six_months() -> None:
    last = derived()["adeff"].filter(
        (pl.col("TIMEPOINT") == "last") & (pl.col("GROUP") == "over-6-months") & (pl.col("DEFVFL") == "Y")
    )
    answers = {
        (r["USUBJID"], r["ENDPOINT"]): r["ANSWER"] for r in last.filter(pl.col("IN") == "Y").iter_rows(named=True)
    }

    doris, lldas = {}, {}
    for subject, day, before in over_six_months():
        visit = visits()[subject][day]
        present, unknown = items(visit)
        earlier, unknown_before = items(visits()[subject][before])
        assert not unknown
        assert not unknown_before
        pga, dose = float(visit["PGAL0101"]), prednisone(subject, day)
        since_cells = days_between(infusion_days()[subject][-1], day)
        total = sum(WEIGHTS[n - 1] for n in present)
        doris[subject] = (
            not present - SEROLOGY and pga < 0.5 and dose <= 5 and visit["DORISTBL"] == "Y" and since_cells > 28
        )
        lldas[subject] = (
            total <= 4 and not present & MAJOR and visit["LLDAHEMO"] == "N" and visit["LLDAGI"] == "N"
            and not present - earlier and pga <= 1 and dose <= 7.5 and visit["LLDAMNT"] == "Y" and since_cells > 28
        )  # fmt: skip

    assert (len(doris), sum(doris.values()), sum(lldas.values())) == (8, 4, 6)
    for subject in doris:
        assert answers[subject, "doris-2021"] == ("Y" if doris[subject] else "N")
        assert answers[subject, "lldas"] == ("Y" if lldas[subject] else "N")
    assert len(answers) == 3 * 8


def test_days_on_which_b_cells_came_back() -> None:
    found = {
        r["USUBJID"]: (r["AVAL"] - 1 if r["CNSR"] == 0 else None, r["ADTLO"], r["ADTHI"])
        for r in derived()["adtte"].filter(pl.col("PARAMCD") == "TTBREC").iter_rows(named=True)
    }

    counts: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for row in rows("cp"):
        if row["CPTESTCD"] == "BLYCE" and row["USUBJID"] in infusion_days() and row["CPDTC"][:10] <= CUT:
            assert row["CPSTRESU"] == "cells/uL"
            day = days_between(infusion_days()[row["USUBJID"]][0], row["CPDTC"])
            counts[row["USUBJID"]].append((day, float(row["CPSTRESN"] or 0)))
    expected: dict[str, tuple[int | None, int, int | None]] = {}
    for subject, series in counts.items():
        series.sort()
        gone = next(n for n, (day, count) in enumerate(series) if count < 10)
        back = next(
            (n for n in range(gone + 1, len(series) - 1) if series[n][1] >= 10 and series[n + 1][1] >= 10), None
        )
        if back is None:
            expected[subject] = (None, series[-1][0], None)
        else:
            expected[subject] = (series[back][0], series[back - 1][0], series[back][0])

    assert found == expected
    assert sum(day is not None for day, _, _ in expected.values()) == 15
