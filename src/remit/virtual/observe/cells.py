"""Cells: B cells by flow cytometry (CP) and copies of the transgene (PC), below their limits as such and never zero."""

from __future__ import annotations

import numpy as np
import polars as pl

from remit.virtual.observe.sheet import Sheet


def b_cells(sheet: Sheet) -> tuple[pl.DataFrame, pl.DataFrame]:
    """CP and SUPPCP: CD19-positive cells and the limit of the assay."""
    row, visit = sheet.visits("B cells")
    assays = sheet.scenario.assays
    noise = sheet.normals("b cells", (len(sheet.protocol.visits),)) * assays.b_cells_sd
    value = (sheet.course.b_cells * np.exp(noise))[row, visit]
    limit = assays.b_cells_lloq
    text, number = _limited(np.round(value), value, limit, f"{limit:g}")
    table = sheet.write("CP", row, {
        "CPTESTCD": "BLYCE", "CPTEST": "B-Lymphocytes", "CPCAT": "IMMUNOPHENOTYPING", "CPMRKSTR": "CD19+",
        "CPORRES": text, "CPORRESU": "cells/uL", "CPSTRESC": text, "CPSTRESN": number, "CPSTRESU": "cells/uL",
        "CPSPEC": "BLOOD", "CPMETHOD": "FLOW CYTOMETRY", **sheet.timing(row, visit, "CPDTC"),
    })  # fmt: skip
    beside = sheet.write("SUPPCP", row, {
        "RDOMAIN": "CP", "IDVAR": "CPSEQ", "IDVARVAL": table["CPSEQ"].cast(pl.Int64).cast(pl.String),
        "QNAM": "CPLLOQ", "QLABEL": "Lower Limit of Quantitation", "QVAL": f"{limit:g}", "QORIG": "eDT",
    })  # fmt: skip
    return table, beside


def copies(sheet: Sheet) -> pl.DataFrame:
    """PC: copies of the transgene per microgram of DNA, in proportion to the cells in blood."""
    row, visit = sheet.visits("CAR copies")
    assays = sheet.scenario.assays
    noise = sheet.normals("copies", (len(sheet.protocol.visits),)) * assays.cells_sd
    value = (sheet.course.car_nk * np.exp(noise))[row, visit] * assays.copies_per_cell
    limit = assays.cells_lloq * assays.copies_per_cell
    text, number = _limited(np.round(value), value, limit, f"{limit:g}")
    timing = sheet.timing(row, visit, "PCDTC")
    day = sheet.course.visit_day[row, visit]
    infusions = sheet.course.infusion_day[row]
    latest = np.where((infusions >= 0) & (infusions < day[:, None]), infusions, -9999).max(axis=1, initial=-9999)
    given_that_day = (infusions == day[:, None]).any(axis=1)
    timing["PCDTC"] = sheet.date(row, day) + "T09:00"
    return sheet.write("PC", row, {
        "PCTESTCD": "CARCOPY", "PCTEST": "CAR transgene copies", "PCCAT": "CELL KINETICS", "PCORRES": text,
        "PCORRESU": "copies/ug", "PCSTRESC": text, "PCSTRESN": number, "PCSTRESU": "copies/ug", "PCSPEC": "BLOOD",
        "PCMETHOD": "REAL-TIME POLYMERASE CHAIN REACTION ASSAY", "PCLLOQ": limit,
        "PCTPT": pl.Series([None, "PRE-DOSE"], dtype=pl.String).gather(given_that_day.astype(np.int64)),
        "PCTPTNUM": np.where(given_that_day, 0.0, np.nan),
        "PCRFTDTC": sheet.date(row, latest) + "T10:00", **timing,
    })  # fmt: skip


def _limited(rounded: np.ndarray, value: np.ndarray, limit: float, shown: str) -> tuple[pl.Series, np.ndarray]:
    """Text and number of a measurement; below the limit the text says so and there is no number."""
    below = value < limit
    rounded = np.maximum(rounded, limit)
    text = pl.select(
        pl.when(pl.Series(below)).then(pl.lit(f"<{shown}")).otherwise(
            pl.Series(rounded).cast(pl.String).str.replace(r"\.0$", "")
        )
    ).to_series()  # fmt: skip
    return text, np.where(below, np.nan, rounded)
