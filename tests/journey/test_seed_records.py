"""The invented seed cohort, counted with plain csv code: no part of remit takes part in these tallies.

Expected numbers are those printed in ACR 2024 abstract L17, which the cohort was made to satisfy.
"""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "kn5501-sle"
RECORDS = EXAMPLE / "records"
CUT = date(2024, 10, 1)
MONTH = 30.4375
WEIGHTS = (8,) * 8 + (4,) * 6 + (2,) * 7 + (1,) * 3
MAJOR = {8, 11, 12, 13, 14, 18, 19, 22}  # vasculitis, renal, serositis, fever; central nervous items pass no total of 4
SEROLOGY = {20, 21}
PREDNISONE_PER_MG = {"PREDNISONE": 1.0, "METHYLPREDNISOLONE": 5 / 4}

Rows = list[dict[str, str]]


def rows(table: str) -> Rows:
    with (RECORDS / f"{table}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date:
    return date.fromisoformat(text[:10])


def first_cells() -> dict[str, date]:
    cells = [row for row in rows("ex") if row["EXTRT"] == "KN5501"]
    return {s: min(day(r["EXSTDTC"]) for r in cells if r["USUBJID"] == s) for s in {r["USUBJID"] for r in cells}}


def last_contact(subject: str) -> date:
    found = []
    for file in RECORDS.glob("*.csv"):
        for row in rows(file.stem):
            if row.get("USUBJID") == subject:
                found += [day(v) for column, v in row.items() if column.endswith("DTC") and len(v) >= 10]
    return max(found)


@pytest.fixture(scope="module")
def follow_up() -> dict[str, int]:
    return {subject: (last_contact(subject) - first).days for subject, first in first_cells().items()}


def prednisone(subject: str, on: date) -> float:
    total = 0.0
    for row in rows("cm"):
        if row["USUBJID"] == subject and row["CMCAT"] == "GLUCOCORTICOID":
            ended = bool(row["CMENDTC"]) and day(row["CMENDTC"]) < on
            if day(row["CMSTDTC"]) <= on and not ended:
                total += float(row["CMDOSE"]) * PREDNISONE_PER_MG[row["CMTRT"]]
    return total


def assessments(subject: str) -> list[dict[str, dict[str, str]]]:
    visits: dict[float, dict[str, dict[str, str]]] = {}
    for row in rows("rs"):
        if row["USUBJID"] == subject and row["RSCAT"] != "ICE":
            visits.setdefault(float(row["VISITNUM"]), {})[row["RSTESTCD"]] = row
    return [visits[number] for number in sorted(visits)]


def present(visit: dict[str, dict[str, str]]) -> set[int]:
    return {item for item in range(1, 25) if visit[f"SLED01{item:02d}"]["RSORRES"] == "PRESENT"}


def over_six_months(follow_up: dict[str, int]) -> list[str]:
    return [subject for subject, days in follow_up.items() if days / MONTH > 6]


def states_at_last_assessment(subject: str) -> tuple[bool, bool]:
    """DORIS 2021 and LLDAS (Franklyn), written down once more from the definitions."""
    *_, before, last = assessments(subject)
    items, pga = present(last), float(last["PGAL0101"]["RSORRES"])
    dose = prednisone(subject, day(last["PGAL0101"]["RSDTC"]))
    total = sum(WEIGHTS[item - 1] for item in items)
    remission = items <= SEROLOGY and pga < 0.5 and dose <= 5 and last["DORISTBL"]["RSORRES"] == "Y"
    quiet = total <= 4 and not items & MAJOR and items <= present(before) and pga <= 1 and dose <= 7.5
    questions = [last[code]["RSORRES"] for code in ("LLDAHEMO", "LLDAGI", "LLDAMNT")]
    return remission, quiet and questions == ["N", "N", "Y"]


def test_the_script_writes_the_committed_bytes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-B", str(EXAMPLE / "make_records.py"), str(tmp_path)], check=True)

    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in RECORDS.iterdir()}


def test_the_records_say_that_they_are_invented() -> None:
    assert (RECORDS / "NOTICE.txt").read_text(encoding="utf-8").startswith("INVENTED DATA")


def test_every_record_has_its_own_key() -> None:
    for file in RECORDS.glob("*.csv"):
        table = rows(file.stem)
        number = next((c for c in table[0] if c.endswith("SEQ") and len(c) == 5), "VISITNUM")
        names = ("RDOMAIN", "IDVARVAL", "QNAM", "RELID", number)
        keys = [(row["USUBJID"], *(row.get(name) for name in names)) for row in table]
        assert len(keys) == len(set(keys)), file.name


def test_twenty_two_screened_twenty_infused_three_times() -> None:
    cells = [row for row in rows("ex") if row["EXCAT"] == "CELL THERAPY"]
    failures = [row["USUBJID"] for row in rows("dm") if row["ARMNRS"] == "SCREEN FAILURE"]

    assert len(rows("dm")) == 22
    assert len(failures) == 2
    assert len(first_cells()) == 20
    assert not set(failures) & set(first_cells())
    for subject, first in first_cells().items():
        assert [(day(r["EXSTDTC"]) - first).days for r in cells if r["USUBJID"] == subject] == [0, 7, 14]


def test_levels_are_1_1_5_13_opened_in_order_with_the_window_closed() -> None:
    started = first_cells()
    arms = {row["USUBJID"]: row["ACTARMCD"] for row in rows("dm") if row["USUBJID"] in started}
    by_level = {arm: sorted(started[s] for s in started if arms[s] == arm) for arm in sorted(set(arms.values()))}

    assert {arm: len(days) for arm, days in by_level.items()} == {"DL1": 1, "DL2": 1, "DL3": 5, "DL4": 13}
    for lower, upper in pairwise(by_level.values()):
        assert (upper[0] - lower[-1]).days > 28  # day 28 is still inside the window
    for arm in ("DL3", "DL4"):  # three first, the others when these have cleared
        assert (by_level[arm][3] - by_level[arm][2]).days > 28


def test_disease_duration_is_10_years_from_1_to_17() -> None:
    started = first_cells()
    diagnosed = {row["USUBJID"]: day(row["MHSTDTC"]) for row in rows("mh") if row["MHEVDTYP"] == "DIAGNOSIS"}
    years = [(first - diagnosed[subject]).days / 365.25 for subject, first in started.items()]

    assert median(years) == 10
    assert (min(years), max(years)) == pytest.approx((1, 17), abs=0.001)


def test_follow_up_is_5_months_from_1_to_12_and_above_6_in_eight(follow_up: dict[str, int]) -> None:
    months = [days / MONTH for days in follow_up.values()]

    assert median(months) == pytest.approx(5, abs=0.01)
    assert (min(months), max(months)) == pytest.approx((1, 12), abs=0.02)
    assert len(over_six_months(follow_up)) == 8


def test_nothing_is_dated_after_the_cut() -> None:
    assert max(last_contact(row["USUBJID"]) for row in rows("dm")) <= CUT


def test_two_grade_1_fevers_are_the_only_adverse_events() -> None:
    events = rows("ae")
    febrile = {
        (row["USUBJID"], row["FADTC"]) for row in rows("fa") if (row["FATESTCD"], row["FAORRES"]) == ("FEVER", "Y")
    }
    signs = [row for row in rows("fa") if row["FACAT"] == "CRS" and row["FATESTCD"] != "FEVER"]

    assert [(row["AEDECOD"], row["AETOXGR"]) for row in events] == [("Cytokine release syndrome", "1")] * 2
    assert len({row["USUBJID"] for row in events}) == 2
    assert all((row["USUBJID"], row["AESTDTC"]) in febrile for row in events)
    assert {row["FAORRES"] for row in signs} == {"N", "0"}


def test_b_cells_are_depleted_in_all_and_return_in_2_to_3_months() -> None:
    months = []
    for subject, first in first_cells().items():
        table = [row for row in rows("cp") if row["USUBJID"] == subject and row["CPTESTCD"] == "BLYCE"]
        samples = sorted(((day(r["CPDTC"]) - first).days, float(r["CPSTRESN"] or 0)) for r in table)
        assert samples[0][1] >= 10  # before
        gone = next(index for index, (_, count) in enumerate(samples) if count < 10)
        assert samples[gone][0] <= 3
        pairs = pairwise(samples[gone:])
        returned = next((at for (at, count), (_, later) in pairs if count >= 10 and later >= 10), None)
        if returned is not None:
            months.append(returned / MONTH)

    assert len(months) == 15
    assert (min(months), max(months)) == pytest.approx((2, 3), abs=0.02)


def test_remission_in_4_and_low_disease_activity_in_6_of_the_8_followed_longest(follow_up: dict[str, int]) -> None:
    states = {subject: states_at_last_assessment(subject) for subject in over_six_months(follow_up)}
    remission = {subject for subject, (doris, _) in states.items() if doris}
    low = {subject for subject, (_, lldas) in states.items() if lldas}

    assert (len(remission), len(low), len(states)) == (4, 6, 8)
    assert remission < low


def test_every_baseline_is_eligible() -> None:
    for subject in first_cells():
        screening = assessments(subject)[0]
        letters = [row["RSORRES"] for code, row in screening.items() if code.startswith("BILG")]
        assert 8 <= sum(WEIGHTS[item - 1] for item in present(screening)) <= 22
        assert letters.count("A") >= 1 or letters.count("B") >= 2
        assert 10 <= prednisone(subject, day(screening["PGAL0101"]["RSDTC"])) <= 20


def test_items_agree_with_the_laboratory_and_totals_with_the_items() -> None:
    laboratory = {(r["USUBJID"], r["VISITNUM"], r["LBTESTCD"]): r["LBSTRESN"] for r in rows("lb")}
    anti_dsdna = [r for r in rows("is") if r["ISTESTCD"] == "ATIGGAB"]
    serology = {(r["USUBJID"], r["VISITNUM"]): float(r["ISSTRESN"]) for r in anti_dsdna}
    unknown = 0
    for subject in first_cells():
        for visit in assessments(subject):
            key = subject, visit["SLED0101"]["VISITNUM"]
            value = {c: laboratory[*key, c] for c in ("C3", "C4", "PLAT", "WBC", "PROTCRT")}
            items = present(visit)
            if value["PROTCRT"]:
                assert (13 in items) == (float(value["PROTCRT"]) > 0.5)
                assert int(visit["SLED0125"]["RSORRES"]) == sum(WEIGHTS[item - 1] for item in items)
            else:
                assert visit["SLED0113"]["RSSTAT"] == "NOT DONE"
                unknown += 1
            assert (20 in items) == (float(value["C3"]) < 0.79 or float(value["C4"]) < 0.16)
            assert (21 in items) == (serology[key] > 100)
            assert (23 in items) == (float(value["PLAT"]) < 100)
            assert (24 in items) == (float(value["WBC"]) < 3)
    assert unknown == 1
