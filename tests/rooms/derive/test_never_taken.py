"""A drug that a study asked about and a subject never took is a dose of zero, not an unknown one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from remit.derive.background import backgrounds
from remit.exchange.folder import read_records

DM = "STUDYID,DOMAIN,USUBJID,SUBJID,SITEID,SEX,COUNTRY\nS,DM,S-1,1,1,F,CHN\nS,DM,S-2,2,1,F,CHN\n"
CM = (
    "STUDYID,DOMAIN,USUBJID,CMSEQ,CMTRT,CMCAT,CMPRESP,CMOCCUR,CMDOSE,CMDOSU,CMDOSFRQ,CMSTDTC,CMENRTPT\n"
    "S,CM,S-1,1,glucocorticoids,GLUCOCORTICOID,Y,N,,,,,\n"
    "S,CM,S-2,1,prednisone,GLUCOCORTICOID,Y,Y,10,mg,QD,2024-01-01,ONGOING\n"
)


def test_a_recorded_no_survives_reading_and_means_zero(tmp_path: Path) -> None:
    (tmp_path / "dm.csv").write_text(DM, "utf-8")
    (tmp_path / "cm.csv").write_text(CM, "utf-8")

    records, findings = read_records(tmp_path)
    drugs = backgrounds(records)

    assert not [f for f in findings if f.table == "CM"]
    assert drugs["S-1"].steroid(date(2024, 6, 1)).mg == 0
    assert drugs["S-2"].steroid(date(2024, 6, 1)).mg == 10
