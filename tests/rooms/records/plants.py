"""A small clean trial, and for every rule one change to it that breaks that rule and no graver one."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import polars as pl

from remit.protocol import Protocol
from remit.records import Finding, Records, admit, raw
from remit.records.sponsor_codes import SLEDAI_ITEMS, sledai_item

Row = dict[str, object]
Rows = dict[str, list[Row]]

PROTOCOL = Protocol.model_validate(
    {
        "contract": "protocol/1",
        "id": "small",
        "version": "1.0",
        "title": "A small trial",
        "short_title": "Small",
        "disease": {"name": "Systemic lupus erythematosus"},
        "product": {
            "name": "CELLS",
            "kind": "CAR-NK cells",
            "source": "allogeneic",
            "treatments": ["CELLS"],
            "dose_unit": "10^9 cells",
            "lots": [{"key": "L1", "donor": "D1"}],
        },
        "conditioning": [
            {"drug": "fludarabine", "treatment": "FLUDARABINE", "amount": 25, "unit": "mg/m2/d", "days": [-5]}
        ],
        "schedules": [{"key": "once", "label": "once", "days": [0]}],
        "levels": [
            {
                "level": 1,
                "key": "dl1",
                "name": "DL1",
                "arm": "DL1",
                "schedule": "once",
                "dose": {"amount": 1.0, "unit": "10^9 cells"},
            }
        ],
        "visits": [
            {"key": "screening", "label": "Screening", "number": 1, "day": -14, "window": [-28, -6]},
            {"key": "week-4", "label": "Week 4", "number": 2, "day": 28, "window": [21, 35]},
        ],
        "dlt": {
            "window_days": 28,
            "anchor": "first-infusion",
            "definition": [{"key": "crs", "interest": "crs", "at_least_grade": 3, "text": "CRS of grade 3 or more"}],
        },
        "safety": {
            "interest": [{"key": "crs", "label": "CRS", "terms": ["Cytokine release syndrome"], "scale": "ASTCT 2019"}]
        },
        "cuts": [{"key": "first", "label": "First cut", "date": "2024-12-31"}],
    }
)


def _row(domain: str, number: int | None, **cells: object) -> Row:
    row: Row = {"STUDYID": "S", "DOMAIN": domain, "USUBJID": "S-001"}
    if number is not None:
        row[f"{domain}SEQ"] = number
    return row | cells


def _item(sequence: int, number: int, name: str) -> Row:
    return _row(
        "RS",
        sequence,
        RSTESTCD=sledai_item(number),
        RSTEST=name,
        RSCAT="SLEDAI-2K",
        RSORRES="PRESENT" if number == 20 else "ABSENT",
        RSSTRESN=2 if number == 20 else 0,
        VISITNUM=1,
        RSDTC="2024-01-10",
    )


def _score(sequence: int, code: str, **cells: object) -> Row:
    return _row("RS", sequence, RSTESTCD=code, RSTEST=code, VISITNUM=1, RSDTC="2024-01-10", **cells)


def _supp(domain: str, number: int, name: str, value: str) -> Row:
    return {
        "STUDYID": "S",
        "RDOMAIN": domain,
        "USUBJID": "S-001",
        "IDVAR": f"{domain}SEQ",
        "IDVARVAL": str(number),
        "QNAM": name,
        "QLABEL": name,
        "QVAL": value,
        "QORIG": "CRF",
    }


_STEROID = {"CMCAT": "GLUCOCORTICOID", "CMTRT": "PREDNISONE", "CMDOSU": "mg", "CMROUTE": "ORAL", "CMDOSFRQ": "QD"}
CLEAN: Rows = {
    "DM": [
        _row("DM", None, SUBJID="001", SITEID="01", SEX="F", COUNTRY="CHN", AGE=33, RFICDTC="2024-01-05")
        | {"ARMCD": "DL1", "ACTARMCD": "DL1", "DTHFL": None, "DTHDTC": None}
    ],
    "DS": [
        _row("DS", 1, DSTERM="consent", DSDECOD="INFORMED CONSENT OBTAINED", DSCAT="PROTOCOL MILESTONE")
        | {"DSSTDTC": "2024-01-05"}
    ],
    "SV": [
        _row("SV", None, VISITNUM=1, VISIT="Screening", SVSTDTC="2024-01-10", SVENDTC="2024-01-10"),
        _row("SV", None, VISITNUM=2, VISIT="Week 4", SVSTDTC="2024-02-22", SVENDTC="2024-02-22"),
    ],
    "EX": [
        _row("EX", 1, EXTRT="FLUDARABINE", EXDOSE=40, EXDOSU="mg", EXSTDTC="2024-01-20", EXENDTC="2024-01-20"),
        _row("EX", 2, EXTRT="CELLS", EXDOSE=1, EXDOSU="10^9 cells", EXSTDTC="2024-01-25T10:00", EXLOT="L1"),
    ],
    "CM": [
        _row("CM", 1, **_STEROID, CMDOSE=10, CMSTDTC="2023-06-01", CMENDTC="2024-02-21"),
        _row("CM", 2, **_STEROID, CMDOSE=5, CMSTDTC="2024-02-22", CMENRTPT="ONGOING"),
    ],
    "AE": [
        _row("AE", 1, AETERM="CRS", AEDECOD="Cytokine release syndrome", AETOXGR="1", AESER="N", AESHOSP="N")
        | {"AEREL": "RELATED", "AESTDTC": "2024-01-26", "AEENDTC": "2024-01-27", "AEOUT": "RECOVERED/RESOLVED"}
    ],
    "SUPPAE": [_supp("AE", 1, "AEDLT", "N"), _supp("AE", 1, "AETOXSCL", "ASTCT 2019")],
    "FA": [
        _row("FA", 1, FATESTCD="FEVER", FATEST="Fever", FAOBJ="Cytokine release syndrome", FAORRES="Y")
        | {"FADTC": "2024-01-26"}
    ],
    "LB": [
        _row("LB", 1, LBTESTCD="C3", LBTEST="C3", LBORRES="0.5", LBORRESU="g/L", LBSTRESN=0.5, LBSTRESU="g/L")
        | {"LBSTNRLO": 0.8, "LBSTNRHI": 1.5, "VISITNUM": 1, "LBDTC": "2024-01-10"},
        _row("LB", 2, LBTESTCD="WBC", LBTEST="WBC", LBORRES="5", LBORRESU="10^9/L", LBSTRESN=5, LBSTRESU="10^9/L")
        | {"LBSTNRLO": 3.5, "LBSTNRHI": 9.5, "VISITNUM": 1, "LBDTC": "2024-01-10"},
    ],
    "PC": [
        _row("PC", 1, PCTESTCD="CARCOPY", PCTEST="Copies", PCORRES="900", PCORRESU="copies/ug", PCSTRESN=900)
        | {"PCSTRESU": "copies/ug", "PCSPEC": "BLOOD", "VISITNUM": 1, "PCDTC": "2024-01-10"},
        _row("PC", 2, PCTESTCD="CARCOPY", PCTEST="Copies", PCORRES="80", PCORRESU="copies/ug", PCSTRESN=80)
        | {"PCSTRESU": "copies/ug", "PCSPEC": "BLOOD", "VISITNUM": 2, "PCDTC": "2024-02-22"},
    ],
    "VS": [
        _row("VS", 1, VSTESTCD="TEMP", VSTEST="Temperature", VSORRES="36.6", VSORRESU="C", VSSTRESN=36.6)
        | {"VSSTRESU": "C", "VISITNUM": 1, "VSDTC": "2024-01-10"}
    ],
    "RS": [
        *(_item(number, number, name) for number, (name, _) in enumerate(SLEDAI_ITEMS, start=1)),
        _score(25, "SLED0125", RSCAT="SLEDAI-2K", RSORRES="2", RSSTRESN=2),
        _score(26, "PGAL0101", RSCAT="PGA LUPUS", RSORRES="1.2", RSORRESU="0-3", RSSTRESN=1.2),
        _score(27, "PGAL0101", RSCAT="PGA LUPUS", RSORRES="1.0", RSORRESU="0-3", RSSTRESN=1.0)
        | {"VISITNUM": 2, "RSDTC": "2024-02-22"},
        _score(28, "DORISINV", RSCAT="DORIS", RSORRES="Y"),
        _score(29, "SDIN0101", RSCAT="SDI", RSORRES="1", RSSTRESN=1),
        _score(30, "SDIN0142", RSCAT="SDI", RSORRES="Y"),
        _score(31, "SDIN0101", RSCAT="SDI", RSORRES="1", RSSTRESN=1) | {"VISITNUM": 2, "RSDTC": "2024-02-22"},
        _score(32, "SDAS0102", RSCAT="SLE-DAS", RSORRES="PRESENT"),
        _score(33, "SDAS0103", RSCAT="SLE-DAS", RSORRES="ABSENT"),
        _score(34, "JNTC0101", RSCAT="JOINTS 28", RSORRES="Y"),
    ],
}


def clean() -> Rows:
    """A copy of the clean trial, to be spoilt."""
    return copy.deepcopy(CLEAN)


def frame(rows: list[Row]) -> pl.DataFrame:
    """Rows as text, as a file has them."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = {name: [None if row.get(name) is None else str(row[name]) for row in rows] for name in names}
    return pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String))


def admitted(rows: Rows) -> tuple[Records, list[Finding]]:
    """Rows taken in as records."""
    return admit([raw(table, frame(its_rows)) for table, its_rows in rows.items()])


def folder(rows: Rows, at: Path) -> Path:
    """Rows written as a folder of csv files."""
    for table, its_rows in rows.items():
        frame(its_rows).write_csv(at / f"{table.lower()}.csv")
    return at


def put(table: str, place: int, column: str, value: object) -> Callable[[Rows], None]:
    """A change of one cell."""

    def change(rows: Rows) -> None:
        rows[table][place][column] = value

    return change


def both(*changes: Callable[[Rows], None]) -> Callable[[Rows], None]:
    """Several changes."""

    def change(rows: Rows) -> None:
        for one in changes:
            one(rows)

    return change


# rule of `records.checks` -> finding's rule, and the change that brings it about
CHECK_PLANTS: dict[str, tuple[str, Callable[[Rows], None]]] = {
    "PARENT": ("SUPPAE-PARENT", put("SUPPAE", 1, "IDVARVAL", "7")),
    "ORDER": ("AE-ORDER", put("AE", 0, "AEENDTC", "2024-01-20")),
    "BEFORE-CONSENT": ("EX-BEFORE-CONSENT", put("DM", 0, "RFICDTC", "2024-01-22")),
    "AFTER-DEATH": ("AE-AFTER-DEATH", both(put("DM", 0, "DTHFL", "Y"), put("DM", 0, "DTHDTC", "2024-01-25"))),
    "FUTURE": ("LB-FUTURE", put("LB", 0, "LBDTC", "2031-01-10")),
    "NO-DAY": ("EX-NO-DAY", put("EX", 1, "EXSTDTC", "2024-01")),
    "PARTIAL": ("AE-PARTIAL", put("AE", 0, "AESTDTC", "2024-01")),
    "UNIT": ("LB-UNIT", put("LB", 1, "LBSTRESU", "mmol/L")),
    "MIXED-UNIT": ("PC-MIXED-UNIT", both(put("PC", 1, "PCSTRESU", "copies/mL"), put("PC", 1, "PCORRESU", "copies/mL"))),
    "PLAUSIBLE": ("VS-PLAUSIBLE", both(put("VS", 0, "VSSTRESN", 366), put("VS", 0, "VSORRES", "366"))),
    "LIMITS": ("LB-LIMITS", put("LB", 0, "LBSTNRLO", 1.6)),
    "RESULT": ("LB-RESULT", put("LB", 1, "LBSTRESN", 50)),
    "WINDOW": ("SV-WINDOW", put("SV", 1, "SVSTDTC", "2024-03-22")),
    "NO-VISIT": ("LB-NO-VISIT", put("LB", 0, "VISITNUM", 9)),
    "LEVEL": ("DM-LEVEL", put("DM", 0, "ARMCD", "DL9")),
    "TREATMENT": ("EX-TREATMENT", put("EX", 0, "EXTRT", "FLUDARABIN")),
    "DOSE": ("EX-DOSE", put("EX", 1, "EXDOSU", "10^6 cells")),
    "OTHER-DOSE": ("EX-OTHER-DOSE", put("EX", 1, "EXDOSE", 0.5)),
    "LOT": ("EX-LOT", put("EX", 1, "EXLOT", "L2")),
    "DONOR": ("EX-DONOR", put("EX", 1, "EXLOT", None)),
    "ANSWER": ("RS-ANSWER", put("RS", 0, "RSORRES", "MAYBE")),
    "WEIGHT": ("RS-WEIGHT", put("RS", 19, "RSSTRESN", 1)),
    "TOTAL": ("RS-TOTAL", put("RS", 24, "RSSTRESN", 4)),
    "ITEM-LAB": ("RS-ITEM-LAB", put("LB", 0, "LBSTNRLO", 0.3)),
    "SCALE": ("RS-SCALE", both(put("RS", 26, "RSORRESU", "0-10"), put("RS", 26, "RSSTRESN", 0.3))),
    "STATE": ("RS-STATE", put("RS", 24, "RSSTRESN", 6)),
    "ITEM": ("RS-ITEM", put("RS", 28, "RSTESTCD", "SDIN0199")),
    "POINTS": ("RS-POINTS", both(put("RS", 28, "RSORRES", "0.5"), put("RS", 28, "RSSTRESN", 0.5))),
    "HEALED": ("RS-HEALED", both(put("RS", 30, "RSORRES", "0"), put("RS", 30, "RSSTRESN", 0))),
    "EXCLUSIVE": ("RS-EXCLUSIVE", put("RS", 32, "RSORRES", "PRESENT")),
    "NOT-SHOWN": (
        "RS-NOT-SHOWN",
        both(
            put("RS", 8, "RSORRES", "PRESENT"), put("RS", 8, "RSSTRESN", 4),
            put("RS", 24, "RSORRES", "6"), put("RS", 24, "RSSTRESN", 6),
        ),
    ),
    "OVERLAP": ("CM-OVERLAP", put("CM", 0, "CMENDTC", "2024-02-22")),
    "OPEN": ("CM-OPEN", both(put("CM", 0, "CMENDTC", None), put("CM", 0, "CMENRTPT", None))),
    "DAILY-DOSE": ("CM-DAILY-DOSE", put("CM", 0, "CMDOSFRQ", "once daily")),
    "GAP": ("CM-GAP", put("CM", 0, "CMENDTC", "2024-02-10")),
    "SERIOUS": ("AE-SERIOUS", put("AE", 0, "AESHOSP", "Y")),
    "DEATH": ("AE-DEATH", put("AE", 0, "AEOUT", "FATAL")),
    "DLT": ("AE-DLT", put("AE", 0, "AETOXGR", "3")),
    "NO-GRADE": ("AE-NO-GRADE", put("AE", 0, "AETOXGR", None)),
    "NO-CAUSE": ("AE-NO-CAUSE", put("AE", 0, "AEREL", None)),
    "BEYOND-DLT": ("AE-BEYOND-DLT", put("SUPPAE", 0, "QVAL", "Y")),
    "FEVER": ("AE-FEVER", put("FA", 0, "FAORRES", "N")),
    "GRADED-BY": ("AE-GRADED-BY", put("SUPPAE", 1, "QNAM", "OTHER")),
}
