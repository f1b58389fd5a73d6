"""What they received: conditioning and cells (EX), the steroid and the other drugs (CM)."""

from __future__ import annotations

import numpy as np
import polars as pl

from remit.virtual.course import BACKGROUND, Whole
from remit.virtual.observe.sheet import Sheet, either, study_day
from remit.virtual.subjects import in_billions

STARTED = -365
"""Protocol day on which the background drugs are said to have been started."""
LOT, DONOR = "VL1", "VD1"
"""Every virtual infusion is of one lot of one donor, unless the protocol declares its lots: then of the first."""

STOPPED = -28
"""Protocol day on which the immunosuppressant is stopped, before conditioning."""

AGENTS = {
    "MYCOPHENOLATE MOFETIL": (1000.0, "BID"), "AZATHIOPRINE": (100.0, "QD"), "METHOTREXATE": (15.0, "EVERY WEEK"),
    "TACROLIMUS": (1.5, "BID"),
}  # fmt: skip


def exposure(sheet: Sheet) -> tuple[pl.DataFrame, pl.DataFrame]:
    """EX and SUPPEX: each conditioning drug on each of its days, then each infusion with its number, lot and donor."""
    course = sheet.course
    people = np.arange(len(course.end_day))
    bsa = course.patients.parameters[:, _input(sheet, "BSA")]
    pieces: list[dict[str, object]] = []
    for agent in sheet.protocol.conditioning:
        for day in agent.days:
            pieces.append({
                "row": people, "day": np.full(len(people), day), "dose": np.round(agent.amount * bsa),
                "drug": agent.treatment, "unit": "mg", "text": f"{agent.amount:g} mg/m2", "link": None,
            })  # fmt: skip
    units = {level.level: level.dose.unit for level in sheet.protocol.levels}
    per_unit = {level.level: in_billions(level) for level in sheet.protocol.levels}
    scale = np.array([per_unit[int(one)] for one in course.enrolled.level])
    for number in range(course.infusion_day.shape[1]):
        given = np.flatnonzero(course.infusion_day[:, number] >= 0)
        amount = course.infusion_cells[given, number] / scale[given]
        pieces.append({
            "row": given, "day": course.infusion_day[given, number], "dose": amount,
            "drug": sheet.protocol.product.treatments[0], "unit": None, "text": None, "link": f"INF{number + 1}",
        })  # fmt: skip
    rows: Whole = np.concatenate([np.asarray(piece["row"]) for piece in pieces])
    days: Whole = np.concatenate([np.asarray(piece["day"]) for piece in pieces])
    dose = np.concatenate([np.asarray(piece["dose"], dtype=float) for piece in pieces])
    size = [len(np.asarray(piece["row"])) for piece in pieces]
    order = np.lexsort((np.repeat(np.arange(len(pieces)), size), days, rows))

    def spread(key: str) -> pl.Series:
        values = pl.Series([piece[key] for piece in pieces], dtype=pl.String)
        return values.gather(np.repeat(np.arange(len(pieces)), size)[order])

    unit = spread("unit")
    cells = pl.Series([_unit(units[int(one)]) for one in course.enrolled.level[rows[order]]], dtype=pl.String)
    link = spread("link")
    infusion = link.is_not_null()
    start = sheet.date(rows[order], days[order])
    lots = sheet.protocol.product.lots
    lot, donor = (lots[0].key, lots[0].donor or DONOR) if lots else (LOT, DONOR)
    table = sheet.write("EX", rows[order], {
        "EXLNKID": link, "EXTRT": spread("drug"), "EXDOSE": dose[order], "EXDOSTXT": spread("text"),
        "EXDOSU": unit.zip_with(unit.is_not_null(), cells),
        "EXCAT": infusion.replace_strict({True: "CELL THERAPY", False: "LYMPHODEPLETION"}),
        "EXDOSFRM": infusion.replace_strict({True: "SUSPENSION", False: "INJECTION"}),
        "EXDOSFRQ": infusion.replace_strict({True: "ONCE", False: "QD"}), "EXROUTE": "INTRAVENOUS",
        "EXLOT": infusion.replace_strict({True: lot, False: None}, return_dtype=pl.String),
        "EXSTDTC": start + "T10:00", "EXENDTC": start + "T10:40",
        "EXSTDY": study_day(days[order]), "EXENDY": study_day(days[order]),
    })  # fmt: skip
    given = np.flatnonzero(infusion.to_numpy())
    beside = sheet.write("SUPPEX", rows[order][given], {
        "RDOMAIN": "EX", "IDVAR": "EXSEQ", "IDVARVAL": table["EXSEQ"].gather(given).cast(pl.Int64).cast(pl.String),
        "QNAM": "DONOR", "QLABEL": "Donor of the Cells", "QVAL": donor, "QORIG": "CRF",
    })  # fmt: skip
    return table, beside


def _unit(unit: str) -> str:
    """The level's unit in the words of the exposure record."""
    return "10^9 Therapeutic Cells" if unit == "10^9 cells" else unit


def _input(sheet: Sheet, name: str) -> int:
    from remit.biology import find

    return find(sheet.scenario.model).parameter(name)


def drugs(sheet: Sheet) -> pl.DataFrame:
    """CM: the steroid in periods of one dose each, the antimalarial, the immunosuppressant until it is stopped.

    A dose that changes at a visit holds from the day after; no row is a period without the drug.
    """
    course, patients = sheet.course, sheet.course.patients
    count = len(course.end_day)
    rows: list[tuple[int, int, int | None, str, str, float, str]] = []
    for who in range(count):
        rows += _steroid(sheet, who)
        if patients.antimalarial[who]:
            rows.append((who, STARTED, None, "HYDROXYCHLOROQUINE", "ANTIMALARIAL", 200.0, "BID"))
        drug = BACKGROUND[int(patients.background[who])]
        if drug:
            amount, often = AGENTS[drug]
            rows.append((who, STARTED, STOPPED, drug, "IMMUNOSUPPRESSANT", amount, often))
    row = np.array([one[0] for one in rows], dtype=np.int64)
    start = np.array([one[1] for one in rows], dtype=np.int64)
    end = np.array([-9999 if one[2] is None else one[2] for one in rows], dtype=np.int64)
    going = end == -9999
    name = pl.Series([one[3] for one in rows], dtype=pl.String)
    return sheet.write("CM", row, {
        "CMTRT": name, "CMDECOD": name, "CMCAT": pl.Series([one[4] for one in rows], dtype=pl.String),
        "CMINDC": sheet.protocol.disease.name,
        "CMDOSE": np.array([one[5] for one in rows]), "CMDOSU": "mg",
        "CMDOSFRQ": pl.Series([one[6] for one in rows], dtype=pl.String), "CMROUTE": "ORAL",
        "CMSTDTC": sheet.date(row, start), "CMENDTC": sheet.date(row, end),
        "CMSTDY": study_day(start), "CMENDY": np.where(going, np.nan, study_day(end).astype(float)),
        "CMENRTPT": either(going, "ONGOING"),
        "CMENTPT": either(going, "DATA CUT"),
    })  # fmt: skip


def _steroid(sheet: Sheet, row: int) -> list[tuple[int, int, int | None, str, str, float, str]]:
    course = sheet.course
    periods: list[tuple[int, int, int | None, str, str, float, str]] = []
    dose, since = float(course.patients.baseline.prednisone_mg[row]), STARTED
    for visit in np.flatnonzero(course.attended[row] & (course.visit_day[row] > 0)):
        next_dose, day = float(course.prednisone_mg[row, visit]), int(course.visit_day[row, visit])
        # a change from the day after the last one known is not on record yet
        if next_dose == dose or day >= int(course.end_day[row]):
            continue
        if dose > 0:
            periods.append((row, since, day, "PREDNISONE", "GLUCOCORTICOID", dose, "QD"))
        dose, since = next_dose, day + 1
    if dose > 0:
        periods.append((row, since, None, "PREDNISONE", "GLUCOCORTICOID", dose, "QD"))
    return periods
