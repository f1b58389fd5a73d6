"""The laboratory (LB) and anti-dsDNA (IS): values with their ranges, that agree with the items scored from them.

Only leukocyte subsets that the model knows follow it; the rest is a healthy value with noise, moved by what happened to
the subject: conditioning, fever, infection, a toxicity. All of that is assumed. A parameter that is not in PANEL is not
measured in a virtual trial.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from remit.biology.manifestations import C3_LOWER_LIMIT_G_L, DNA_UPPER_LIMIT_IU_ML
from remit.instruments import sledai_2k
from remit.virtual.course import Flags, Whole
from remit.virtual.events import TERMS
from remit.virtual.numbers import Array
from remit.virtual.observe.sheet import Sheet


@dataclass(frozen=True)
class Measured:
    """One parameter: name, category, unit, normal range (women, men), decimals, and a healthy value with its spread."""

    name: str
    category: str
    unit: str
    low: tuple[float | None, float | None]
    high: tuple[float | None, float | None]
    decimals: int
    healthy: float
    spread: float


PANEL: dict[str, Measured] = {
    "WBC": Measured("Leukocytes", "HEMATOLOGY", "10^9/L", (3.5, 3.5), (9.5, 9.5), 2, 5.0, 0.0),
    "NEUT": Measured("Neutrophils", "HEMATOLOGY", "10^9/L", (1.8, 1.8), (6.3, 6.3), 2, 3.6, 0.25),
    "LYM": Measured("Lymphocytes", "HEMATOLOGY", "10^9/L", (1.1, 1.1), (3.2, 3.2), 2, 1.0, 0.0),
    "HGB": Measured("Hemoglobin", "HEMATOLOGY", "g/L", (115, 130), (150, 175), 0, 122.0, 0.08),
    "PLAT": Measured("Platelets", "HEMATOLOGY", "10^9/L", (125, 125), (350, 350), 0, 225.0, 0.2),
    "CREAT": Measured("Creatinine", "CHEMISTRY", "umol/L", (41, 57), (81, 111), 0, 60.0, 0.15),
    "ALT": Measured("Alanine Aminotransferase", "CHEMISTRY", "U/L", (7, 9), (40, 50), 0, 18.0, 0.25),
    "AST": Measured("Aspartate Aminotransferase", "CHEMISTRY", "U/L", (13, 15), (35, 40), 0, 20.0, 0.2),
    "BILI": Measured("Bilirubin", "CHEMISTRY", "umol/L", (None, None), (21, 21), 1, 9.0, 0.25),
    "CRP": Measured("C Reactive Protein", "CHEMISTRY", "mg/L", (None, None), (8, 8), 1, 2.5, 0.4),
    "FERRITIN": Measured("Ferritin", "CHEMISTRY", "ug/L", (13, 30), (150, 400), 0, 90.0, 0.3),
    "C3": Measured("Complement C3", "IMMUNOLOGY", "g/L", (C3_LOWER_LIMIT_G_L,) * 2, (1.52, 1.52), 2, 1.0, 0.0),
    "C4": Measured("Complement C4", "IMMUNOLOGY", "g/L", (0.16, 0.16), (0.38, 0.38), 2, 0.24, 0.0),
    "IGG": Measured("Immunoglobulin G", "IMMUNOLOGY", "g/L", (8.6, 8.6), (17.4, 17.4), 1, 13.0, 0.15),
    "PROTCRT": Measured("Protein/Creatinine", "URINALYSIS", "g/g", (None, None), (0.2, 0.2), 2, 0.09, 0.3),
}
IMMUNE = ("C3", "C4", "IGG", "PROTCRT")
"""Measured at the visits with serology; the others at every visit with a laboratory."""

GRADE_3_TIMES_UPPER_LIMIT = 8.0


def laboratory(sheet: Sheet) -> pl.DataFrame:
    """LB: the protocol's panel, as far as it is in PANEL with the protocol's unit."""
    wanted = [lab.code for lab in sheet.protocol.labs if lab.code in PANEL and PANEL[lab.code].unit == lab.unit]
    if not wanted:
        return sheet.write("LB", np.zeros(0, dtype=np.int64), {})
    found = _values(sheet)
    values = np.stack([np.round(found[code], PANEL[code].decimals) for code in wanted], axis=2)
    held = {immune: sheet.held("serology" if immune else "laboratory") for immune in (False, True)}
    # subject by subject, visit by visit, in the order of the panel
    row, visit, test = np.nonzero(np.stack([held[code in IMMUNE] for code in wanted], axis=2))
    return _written(sheet, wanted, (row, visit, test), values[row, visit, test])


def _written(sheet: Sheet, wanted: list[str], at: tuple[Whole, Whole, Whole], value: Array) -> pl.DataFrame:
    row, visit, test = at
    panel = [PANEL[code] for code in wanted]
    male = (~sheet.course.patients.female[row]).astype(np.int64)
    limit = 2 * test + male
    lows = np.array([np.nan if one is None else one for lab in panel for one in lab.low])
    highs = np.array([np.nan if one is None else one for lab in panel for one in lab.high])
    low, high = lows[limit], highs[limit]
    text = _texts(value, np.array([lab.decimals for lab in panel])[test])
    side = pl.Series(["NORMAL", "LOW", "HIGH"]).gather(np.where(value < low, 1, np.where(value > high, 2, 0)))

    def word(values: list[str]) -> pl.Series:
        return pl.Series(values).gather(test)

    unit = word([lab.unit for lab in panel])
    return sheet.write("LB", row, {
        "LBTESTCD": word(wanted), "LBTEST": word([lab.name for lab in panel]),
        "LBCAT": word([lab.category for lab in panel]), "LBORRES": text, "LBORRESU": unit,
        "LBORNRLO": _limit(lows).gather(limit), "LBORNRHI": _limit(highs).gather(limit),
        "LBSTRESC": text, "LBSTRESN": value, "LBSTRESU": unit,
        "LBSTNRLO": low, "LBSTNRHI": high, "LBNRIND": side, **sheet.timing(row, visit, "LBDTC"),
    })  # fmt: skip


def _texts(value: Array, decimals: Whole) -> pl.Series:
    """The values as text, by their decimals; no values are as many as they have digits, so each text is made once."""
    scale = 10.0**decimals
    whole, place = np.unique(np.rint(value * scale).astype(np.int64) * 4 + decimals, return_inverse=True)
    text = []
    for one in whole.tolist():
        number, digits = divmod(one, 4)
        text.append(str(number) if digits == 0 else repr(round(number / 10**digits, digits)))
    return pl.Series(text, dtype=pl.String).gather(place)


def _limit(values: Array) -> pl.Series:
    return pl.Series(values, nan_to_null=True).cast(pl.String).str.replace(r"\.0$", "")


def serology(sheet: Sheet) -> pl.DataFrame:
    """IS: anti-dsDNA at the visits with serology, on the side of the limit on which the item was scored."""
    row, visit = sheet.visits("serology")
    noisy = sheet.course.anti_dsdna * np.exp(_noise(sheet, "anti-dsDNA"))
    value = np.round(_sided(noisy, _item(sheet, "dna_binding"), DNA_UPPER_LIMIT_IU_ML, 1.0)[row, visit])
    text = pl.Series(value).cast(pl.Int64).cast(pl.String)
    side = pl.Series(["NORMAL", "HIGH"]).gather((value > DNA_UPPER_LIMIT_IU_ML).astype(np.int64))
    return sheet.write("IS", row, {
        "ISTESTCD": "ATIGGAB", "ISTEST": "IgG Autoantibody", "ISBDAGNT": "DOUBLE STRANDED DNA",
        "ISTSTOPO": "QUANTIFY", "ISORRES": text, "ISORRESU": "IU/mL", "ISSTRESC": text, "ISSTRESN": value,
        "ISSTRESU": "IU/mL", "ISSTNRHI": DNA_UPPER_LIMIT_IU_ML, "ISNRIND": side, "ISSPEC": "SERUM",
        **sheet.timing(row, visit, "ISDTC"),
    })  # fmt: skip


def _noise(sheet: Sheet, what: str) -> Array:
    return sheet.normals(what, (len(sheet.protocol.visits),)) * sheet.scenario.assays.laboratory_sd


def _item(sheet: Sheet, code: str) -> Flags:
    return sheet.course.items[:, :, sledai_2k.CODES.index(code)]


def _sided(value: Array, above: Flags, limit: float, step: float) -> Array:
    """The value, moved to the side of the limit on which the item says it was."""
    return np.where(above, np.maximum(value, limit + step), np.minimum(value, limit))


def _values(sheet: Sheet) -> dict[str, Array]:
    """(subjects, visits) per parameter."""
    course = sheet.course
    day = course.visit_day
    own = sheet.normals("laboratory baseline", (len(PANEL),))
    male = ~course.patients.female
    found: dict[str, Array] = {}
    for place, (code, lab) in enumerate(PANEL.items()):
        level = lab.healthy * np.exp(lab.spread * np.clip(own[:, place], -2, 2))
        found[code] = level[:, None] * np.exp(_noise(sheet, code))
    found["HGB"] += np.where(male, 15.0, 0.0)[:, None]
    found["CREAT"] *= np.where(male, 1.25, 1.0)[:, None]
    _conditioned(found, day)
    _during_events(sheet, found)
    found["C3"] = course.c3 * np.exp(_noise(sheet, "C3"))
    found["C3"] = _below(found["C3"], _item(sheet, "low_complement"), C3_LOWER_LIMIT_G_L, 0.01)
    found["C4"] = np.maximum(found["C3"] * 0.24, 0.17)
    found["PROTCRT"] = np.where(
        _item(sheet, "proteinuria"), 0.6 + 1.6 * np.maximum(course.activity, 0) * np.exp(own[:, -1:]) , found["PROTCRT"]
    )  # fmt: skip
    found["LYM"] = (course.lymphocytes + course.b_cells) / 1000.0 * np.exp(_noise(sheet, "LYM"))
    found["PLAT"] = _below(found["PLAT"], _item(sheet, "thrombocytopenia"), 100.0, 1.0)
    return _leukocytes(sheet, found)


def _conditioned(found: dict[str, Array], day: Whole) -> None:
    """Counts dip after conditioning and are back a month later."""
    dip = np.where(day > -5, np.exp(-(((day - 8) / 7.0) ** 2)), 0.0)
    found["NEUT"] *= 1 - 0.5 * dip
    found["PLAT"] *= 1 - 0.25 * dip
    found["HGB"] *= 1 - 0.08 * dip
    found["IGG"] *= 1 - 0.2 * (1 - np.exp(-np.maximum(day, 0) / 60.0))


def _during_events(sheet: Sheet, found: dict[str, Array]) -> None:
    course, events = sheet.course, sheet.course.events
    day = course.visit_day
    for row, term, start, end, grade in zip(
        events.row, events.term, events.start, events.end, events.grade, strict=True
    ):
        during = (day[row] >= start) & (day[row] <= end)
        if not during.any():
            continue
        name = TERMS[term].decod.lower()
        if "neutrophil" in name or "neutropenia" in name:
            found["NEUT"][row, during] = {1: 1.6, 2: 1.2, 3: 0.7, 4: 0.3}.get(int(grade), 0.3)
        elif "platelet" in name or "thrombocytopenia" in name:
            found["PLAT"][row, during] = {1: 110.0, 2: 60.0, 3: 35.0, 4: 15.0}.get(int(grade), 15.0)
        elif "alanine" in name or "hepat" in name or "transaminase" in name:
            times = {1: 2.0, 2: 4.0, 3: GRADE_3_TIMES_UPPER_LIMIT, 4: 22.0}.get(int(grade), 22.0)
            found["ALT"][row, during] = 40.0 * times
            found["AST"][row, during] = 35.0 * times * 0.8
        elif "infection" in name or "pneumonia" in name or "cytokine" in name:
            found["CRP"][row, during] *= 12.0
            found["FERRITIN"][row, during] *= 4.0


def _below(value: Array, low: Flags, limit: float, step: float) -> Array:
    return np.where(low, np.minimum(value, limit - step), np.maximum(value, limit))


def _leukocytes(sheet: Sheet, found: dict[str, Array]) -> dict[str, Array]:
    """Leukocytes are the sum of their kinds; before treatment their item and their count agree."""
    rest = 0.35
    before = sheet.course.visit_day < -5
    low = _item(sheet, "leukopenia")
    least, most = 0.2, 2.9
    room = np.maximum(most - rest - np.minimum(found["LYM"], most - rest - least), least)
    found["LYM"] = np.where(low, np.minimum(found["LYM"], most - rest - least), found["LYM"])
    found["NEUT"] = np.where(low, np.minimum(found["NEUT"], room), found["NEUT"])
    short = before & ~low
    found["NEUT"] = np.where(short, np.maximum(found["NEUT"], 3.1 - rest - found["LYM"]), found["NEUT"])
    # the subject entered with the neutrophils that the protocol asks for
    found["NEUT"] = np.where(before, np.maximum(found["NEUT"], 1.05), found["NEUT"])
    found["WBC"] = np.round(found["NEUT"], 2) + np.round(found["LYM"], 2) + rest
    return found
