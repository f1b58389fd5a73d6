"""CLASI, the joint count, damage and SLE-DAS of the seed trial read again from its CSV files, and compared with ADRS.

Written from the definitions (CLASI: Albrecht 2005; SLE-DAS: Jesus 2019, natural logarithms; damage index: Gladman 1996)
and from the table of record codes, with the csv module only; as plain as it can be.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
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
ADULT_JOINTS = 28
POINTS = {"01": 4.408, "02": 3.138, "03": 3.887, "04": 0.973, "05": 2.769, "06": 18.0, "07": 18.0, "08": 18.0,
          "09": 9.0, "10": 6.0, "11": 9.0}  # fmt: skip


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (TRIAL / "records" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def sheets(category: str) -> dict[tuple[str, str], dict[str, tuple[str, str]]]:
    """Subject and day -> test code -> result and status."""
    found: dict[tuple[str, str], dict[str, tuple[str, str]]] = defaultdict(dict)
    for row in rows("rs"):
        if row["RSCAT"] == category and row["RSDTC"] <= CUT:
            found[row["USUBJID"], row["RSDTC"]][row["RSTESTCD"]] = (row["RSORRES"], row["RSSTAT"])
    return dict(found)


def points(sheet: dict[str, tuple[str, str]], first: int, last: int, prefix: str, closing: str) -> float | None:
    """The sum of items; None when one was not done or the rest was not looked at."""
    total = 0.0
    closed = sheet.get(closing, ("", ""))[0] == "Y"
    for number in range(first, last + 1):
        code = f"{prefix}{number:02d}"
        if code in sheet:
            said, status = sheet[code]
            if status == "NOT DONE":
                return None
            total += 1 if said == "PRESENT" else float(said)
        elif not closed:
            return None
    return total


def clasi_activity() -> dict[tuple[str, str], float | None]:
    return {key: points(one, 1, 29, "CLAS01", "CLAS0159") for key, one in sheets("CLASI").items()}


def clasi_damage() -> dict[tuple[str, str], float | None]:
    found = {}
    for key, one in sheets("CLASI").items():
        pigment = points(one, 30, 42, "CLAS01", "CLAS0160")
        scars = points(one, 43, 55, "CLAS01", "CLAS0160")
        # whoever has pigment in this trial said that it does not last a year
        found[key] = None if pigment is None or scars is None else pigment + scars
    return found


def swollen_joints() -> dict[tuple[str, str], float | None]:
    found = {}
    for key, one in sheets("JOINTS 28").items():
        typed = one.get("JNTS0129", ("", ""))[0]
        found[key] = float(typed) if typed else points(one, 1, ADULT_JOINTS, "JNTS01", "JNTC0101")
    return found


def damage() -> dict[tuple[str, str], float | None]:
    return {key: points(one, 1, 41, "SDIN01", "SDIN0142") for key, one in sheets("SDI").items()}


@cache
def last_result(subject: str, code: str, day: str) -> float | None:
    """The last laboratory result on the day or in the 30 days before it."""
    best: tuple[str, int] | None = None
    value = None
    for row in rows("lb"):
        when = row["LBDTC"][:10]
        if row["USUBJID"] == subject and row["LBTESTCD"] == code and row["LBSTRESN"] and when <= day:
            apart = (date.fromisoformat(day) - date.fromisoformat(when)).days
            place = (when, int(row["LBSEQ"]))
            if apart <= 30 and (best is None or place > best):
                best, value = place, float(row["LBSTRESN"])
    return value


def sle_das() -> dict[tuple[str, str], float | None]:
    items = sheets("SLEDAI-2K")
    swollen = swollen_joints()
    found: dict[tuple[str, str], float | None] = {}
    for (subject, day), one in sheets("SLE-DAS").items():
        joints = swollen[subject, day]
        protein, platelets, white = (last_result(subject, code, day) for code in ("PROTCRT", "PLAT", "WBC"))
        if joints is None or protein is None or platelets is None or white is None:
            found[subject, day] = None
            continue
        score = 0.366 + 0.454 * joints + (3.132 if joints >= 1 else 0)
        score += sum(weight for number, weight in POINTS.items() if one.get(f"SDAS01{number}", ("",))[0] == "PRESENT")
        score += 0.754 if items[subject, day]["SLED0120"][0] == "PRESENT" else 0
        score += 0.956 if items[subject, day]["SLED0121"][0] == "PRESENT" else 0
        if protein * 1000 > 500:
            score += -17.584 + 3.811 * math.log(protein * 1000)
        if platelets < 100:
            score += 26.105 - 5.577 * math.log(platelets)
        if white < 3:
            score += 6.118 - 5.058 * math.log(white)
        found[subject, day] = score
    return found


@cache
def adrs() -> pl.DataFrame:
    protocol = read_protocol(TRIAL / "protocol.yaml")
    return derive.all(protocol, read_records(TRIAL / "records")[0], date.fromisoformat(CUT))["adrs"]


@pytest.mark.parametrize(
    ("code", "again", "at_least"),
    [
        ("CLASIA", clasi_activity, 60), ("CLASID", clasi_damage, 60), ("SJC28", swollen_joints, 60),
        ("SDI", damage, 20), ("SLEDAS", sle_das, 60),
    ],
)  # fmt: skip
def test_a_score_read_twice_is_the_same_in_every_subject(code, again, at_least) -> None:  # type: ignore[no-untyped-def]
    mine = again()
    derived = {
        (who, day.isoformat()): value
        for who, day, value in adrs().filter(pl.col("PARAMCD") == code).select("USUBJID", "ADT", "AVAL").iter_rows()
    }

    assert derived.keys() == mine.keys()
    assert len([value for value in mine.values() if value is not None]) >= at_least
    for key, value in mine.items():
        assert derived[key] == (None if value is None else pytest.approx(value, abs=1e-9)), key


def test_a_remission_is_not_contradicted_by_the_other_forms() -> None:
    """Who is in remission has no active rash and no swollen joint: the cohort was thought up so."""
    scores = adrs()
    remission = scores.filter(
        (pl.col("PARAMCD") == "DORIS") & (pl.col("VARIANT") == "doris_2021") & (pl.col("AVALC") == "Y")
    ).select("USUBJID", "ADT")
    others = remission.join(scores.filter(pl.col("PARAMCD").is_in(["CLASIA", "SJC28", "TJC28"])), on=["USUBJID", "ADT"])

    assert remission.height > 0
    assert others["AVAL"].to_list() == [0.0] * others.height


def test_the_share_of_new_damage_counts_who_has_a_later_index() -> None:
    first, last = {}, {}
    for (subject, day), value in sorted(damage().items()):
        first.setdefault(subject, (day, value))
        last[subject] = (day, value)
    later = {subject for subject in last if last[subject][0] > first[subject][0]}
    risen = {subject for subject in later if (last[subject][1] or 0) > (first[subject][1] or 0)}

    rows = adrs().filter((pl.col("PARAMCD") == "SDI") & (pl.col("LASTFL") == "Y"))
    assert set(rows["USUBJID"]) == later
    assert set(rows.filter(pl.col("CHG") > 0)["USUBJID"]) == risen == {"CH01-001"}
