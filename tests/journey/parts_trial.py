"""A small trial in parts: the public frame of the single and multiple ascending dose protocol, with invented records.

Every subject gets the infusions of the level's schedule and is seen until `seen` days after the first one.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from journey.conftest import ROOT

SCHEDULES = {"SAD": (0,), "MAD1": (0, 7, 14), "MAD2": (0, 7, 14, 21), "MAD3": (0, 7, 14, 21, 28)}
DOSES = {"SAD1": 0.75, "SAD2": 1.5, "SAD3": 3, "SAD4": 4.5, "SAD5": 6, "SAD6": 9, "MAD1": 6, "MAD2": 6, "MAD3": 9}


@dataclass(frozen=True)
class Person:
    """One treated subject. `event` is (day, grade, AEDLT or nothing), `arm` the actual arm."""

    subject: str
    arm: str
    first: date
    seen: int = 60
    event: tuple[int, str, str] | None = None


def write(folder: Path, people: Sequence[Person], events: bool = True) -> Path:
    """The trial folder. `events` False: adverse events were not collected."""
    shutil.copy(ROOT / "examples" / "kn5501-sad-mad" / "protocol.yaml", folder)
    tables: dict[str, list[Mapping[str, object]]] = {"DM": [], "EX": [], "SV": [], "AE": [], "SUPPAE": []}
    for one in people:
        who: dict[str, object] = {"STUDYID": "T", "USUBJID": one.subject}

        def on(day: int, one: Person = one) -> str:
            return (one.first + timedelta(days=day)).isoformat()

        person = {**who, "DOMAIN": "DM", "SUBJID": one.subject, "SITEID": "01", "SEX": "F", "COUNTRY": "CHN"}
        person |= {"ARMCD": one.arm, "ACTARMCD": one.arm, "RFICDTC": on(-20), "DTHFL": ""}
        tables["DM"].append(person)
        for number, day in enumerate(SCHEDULES.get(one.arm, SCHEDULES["SAD"]), start=1):
            given = {**who, "DOMAIN": "EX", "EXSEQ": number, "EXTRT": "KN5501"}
            given["EXDOSE"] = DOSES[one.arm]
            given |= {"EXDOSU": "10^9 Therapeutic Cells", "EXLOT": "L1", "EXLNKID": f"INF{number}"}
            tables["EX"].append({**given, "EXSTDTC": on(day), "EXENDTC": on(day)})
        for number, day in enumerate((-14, 0, 7, 14, 21, 28, one.seen), start=1):
            tables["SV"].append({**who, "DOMAIN": "SV", "VISITNUM": 100 + number, "SVSTDTC": on(day)})
        if one.event is not None:
            day, grade, dlt = one.event
            row = {**who, "DOMAIN": "AE", "AESEQ": 1, "AETERM": "Cytokine release syndrome", "AEREL": "RELATED"}
            row |= {"AEDECOD": "Cytokine release syndrome", "AETOXGR": grade, "AESTDTC": on(day), "AEENDTC": on(day)}
            tables["AE"].append({**row, "AESER": "N", "AEOUT": "RECOVERED/RESOLVED"})
            named = {**who, "RDOMAIN": "AE", "IDVAR": "AESEQ", "IDVARVAL": "1", "QORIG": "CRF"}
            if dlt:
                tables["SUPPAE"].append({**named, "QNAM": "AEDLT", "QLABEL": "DLT", "QVAL": dlt})
            tables["SUPPAE"].append({**named, "QNAM": "AETOXSCL", "QLABEL": "Scale", "QVAL": "ASTCT 2019"})
    records = folder / "records"
    records.mkdir()
    for name, rows in tables.items():
        if name in ("AE", "SUPPAE") and not events:
            continue
        columns = list(rows[0]) if rows else ["STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM", "AESTDTC"]
        with (records / f"{name.lower()}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    # a fever is what makes the syndrome; without one a finding would stand
    with (records / "fa.csv").open("w", newline="", encoding="utf-8") as file:
        names = ["STUDYID", "DOMAIN", "USUBJID", "FASEQ", "FATESTCD", "FATEST", "FAOBJ", "FAORRES", "FASTRESC", "FADTC"]
        fevers = csv.writer(file)
        fevers.writerow(names)
        for one in people:
            if one.event is not None:
                hot = (one.first + timedelta(days=one.event[0])).isoformat()
                what = "Cytokine release syndrome"
                fevers.writerow(["T", "FA", one.subject, 1, "FEVER", "Fever", what, "Y", "Y", hot])
    return folder
