"""For every rule of reading: files beside a clean `dm.csv` that break it, and the finding that is due."""

from __future__ import annotations

DM = (
    "STUDYID,DOMAIN,USUBJID,SUBJID,SITEID,SEX,COUNTRY,AGE,RFICDTC\n"
    "S,DM,S-001,001,01,F,CHN,33,2024-01-01\n"
    "S,DM,S-002,002,01,F,CHN,44,2024-02-01\n"
)
VS = "STUDYID,DOMAIN,USUBJID,VSSEQ,VSTESTCD,VSTEST,VSORRES,VSSTRESN,VSDTC\n"
ROW = "S,VS,S-001,1,TEMP,Temperature,38.5,38.5,2024-01-05\n"
AE = "STUDYID,DOMAIN,USUBJID,AESEQ,AETERM,AEDECOD,AESER\n"


def vs(*rows: str) -> dict[str, bytes]:
    return {"vs.csv": (VS + "".join(row + "\n" for row in rows)).encode()}


def semicolons(text: str) -> bytes:
    return text.replace(",", ";").replace("_", ",").encode()


# rule -> the finding's rule, and the files
PLANTS: dict[str, tuple[str, dict[str, bytes]]] = {
    "FILE": ("FOLDER-FILE", {"aes.csv": AE.encode()}),
    "UNUSED": ("FOLDER-UNUSED", {"ta.csv": b"STUDYID,DOMAIN\nS,TA\n"}),
    "FORMAT": ("AE-FORMAT", {"ae.xlsx": b"PK"}),
    "UNREADABLE": ("LB-UNREADABLE", {"lb.xpt": b"no transport file"}),
    "EMPTY-FILE": ("VS-EMPTY-FILE", {"vs.csv": b""}),
    "NO-ROWS": ("AE-NO-ROWS", {"ae.csv": AE.encode()}),
    "TWICE": ("VS-TWICE", {"VS.csv": (VS + ROW).encode(), "vs.tsv": (VS + ROW).replace(",", "\t").encode()}),
    "ENCODING": ("VS-ENCODING", {"vs.csv": (VS + ROW.replace("Temperature", "Température")).encode("latin-1")}),
    "LAYOUT": ("VS-LAYOUT", {"vs.csv": semicolons(VS + ROW)}),
    "RAGGED": ("VS-RAGGED", vs(ROW.strip(), "S,VS,S-001,2,TEMP,T,38.5")),
    "QUOTE": ("VS-QUOTE", vs(ROW.strip().replace("Temp", '"Temp'))),
    "BLANK": ("VS-BLANK", vs(ROW.strip(), ",,,,,,,,")),
    "HEADER": ("VS-HEADER", {"vs.csv": (VS.strip() + ",VSORRES\n" + ROW.strip() + ",1\n").encode()}),
    "CASE": ("VS-CASE", {"vs.csv": (VS.lower() + ROW).encode()}),
    "COLUMN": ("VS-COLUMN", {"vs.csv": (VS.replace("VSTESTCD", "VSTSTCD") + ROW).encode()}),
    "EXTRA": ("VS-EXTRA", {"vs.csv": (VS.replace("VSORRES", "COLOR") + ROW).encode()}),
    "CONTROL": ("VS-CONTROL", vs("S,VS,S-001,1,TEMP,Temp\x00erature,38.5,38.5,2024-01-05")),
    "NUMBER": ("VS-NUMBER", vs("S,VS,S-001,1,TEMP,T,x,high,2024-01-05")),
    "COMMA": ("VS-COMMA", {"vs.csv": semicolons(VS + ROW.replace("38.5", "38_5"))}),
    "WIDE": ("VS-WIDE", vs("S,VS,S-001,1,TEMP,T,x,３８.５,2024-01-05")),
    "MISSING": ("VS-MISSING", vs("S,VS,S-001,1,TEMP,T,NA,NA,2024-01-05")),
    "DATE": ("VS-DATE", vs("S,VS,S-001,1,TEMP,T,38.5,38.5,01/02/2024")),
    "SPACE": ("VS-SPACE", vs("S,VS,S-001,1,TEMP,T,38.5,38.5,2024-01-05 10:30")),
    "CODE": ("AE-CODE", {"ae.csv": (AE + "S,AE,S-001,1,x,x,maybe\n").encode()}),
    "SPELLING": ("AE-SPELLING", {"ae.csv": (AE + "S,AE,S-001,1,x,x,y\n").encode()}),
    "REQUIRED": ("VS-REQUIRED", vs("S,VS,S-001,1,,T,38.5,38.5,2024-01-05")),
    "RANGE": ("DM-RANGE", {"dm.csv": DM.replace(",33,", ",330,").encode()}),
    "SUBJECT": ("VS-SUBJECT", vs("S,VS,,1,TEMP,T,38.5,38.5,2024-01-05")),
    "DOMAIN": ("VS-DOMAIN", vs("S,AE,S-001,1,TEMP,T,38.5,38.5,2024-01-05")),
    "KEY": ("VS-KEY", vs("S,VS,S-001,,TEMP,T,38.5,38.5,2024-01-05")),
    "DUPLICATE": ("VS-DUPLICATE", vs(ROW.strip(), ROW.strip().replace("38.5,38.5", "38.5,38.6"))),
    "REPEATED": ("VS-REPEATED", vs(ROW.strip(), ROW.strip())),
    "ORPHAN": ("VS-ORPHAN", vs(ROW.strip().replace("S-001", "S-009"))),
    "NO-DM": ("DM-NO-DM", {"dm.csv": b"nothing known here\n"}),
}
