"""What the assessor writes (RS): the index items, the physician's global, letters, the questions of the composites.

Items and letters only: totals and states are derived by the code that scores real patients. The one typed total is
the assessor's own sum, as on the form. Letters are assumed from the items of a system: present makes B, A where a heavy
item or two are, C or D once they have gone, E where the system was never active.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from remit.instruments import sledai_2k
from remit.records.sponsor_codes import PGA, SLEDAI_ITEMS, SLEDAI_TOTAL, sledai_item
from remit.virtual.course import Flags, Whole
from remit.virtual.observe.sheet import Sheet

WEIGHT = np.array([weight for _, weight in SLEDAI_ITEMS], dtype=float)
SYSTEMS: dict[str, tuple[str, ...]] = {
    "CON": ("fever",), "MUC": ("vasculitis", "rash", "alopecia", "mucosal_ulcers"), "NPS": ("seizure", "psychosis"),
    "MSK": ("arthritis", "myositis"), "CAR": ("pleurisy", "pericarditis"), "GI": (), "OPH": (),
    "REN": ("urinary_casts", "hematuria", "proteinuria", "pyuria"), "HAE": ("thrombocytopenia", "leukopenia"),
}  # fmt: skip
NAMES = {
    "CON": "Constitutional", "MUC": "Mucocutaneous", "NPS": "Neuropsychiatric", "MSK": "Musculoskeletal",
    "CAR": "Cardiorespiratory", "GI": "Gastrointestinal", "OPH": "Ophthalmic", "REN": "Renal", "HAE": "Hematological",
}  # fmt: skip
HEAVY = ("vasculitis", "urinary_casts", "myositis", "seizure", "psychosis")
QUESTIONS = (
    ("LLDAS", "LLDAHEMO", "Hemolytic anemia", "N"),
    ("LLDAS", "LLDAGI", "Gastrointestinal activity", "N"),
    ("LLDAS", "LLDAMNT", "Standard maintenance doses, well tolerated", "Y"),
    ("DORIS", "DORISTBL", "Background treatment stable", "Y"),
)


@dataclass
class _Lines:
    """Answers gathered before they are written: which subject, visit and question, and what was answered."""

    row: list[Whole] = field(default_factory=list)
    visit: list[Whole] = field(default_factory=list)
    test: list[Whole] = field(default_factory=list)
    answer: list[pl.Series] = field(default_factory=list)
    number: list[np.ndarray] = field(default_factory=list)
    tests: list[tuple[str, str, str, str | None]] = field(default_factory=list)

    def add(
        self, about: tuple[str, str, str, str | None], row: Whole, visit: Whole, answer: pl.Series, number: np.ndarray
    ) -> None:
        """One question, (answers,) each; `about` is category, code, name and unit."""
        self.row.append(row)
        self.visit.append(visit)
        self.test.append(np.full(len(row), len(self.tests)))
        self.answer.append(answer)
        self.number.append(number)
        self.tests.append(about)


def scores(sheet: Sheet) -> pl.DataFrame:
    """RS: what is assessed at each visit, in the order of the form."""
    lines = _Lines()
    _global(sheet, lines)
    _index(sheet, lines)
    _letters(sheet, lines)
    row, visit = sheet.visits("SLEDAI-2K")
    for category, code, name, said in QUESTIONS:
        here = sheet.course.visit_day[row, visit] > 0 if code == "DORISTBL" else np.ones(len(row), dtype=bool)
        answer = pl.Series([said]).new_from_index(0, int(here.sum()))
        lines.add((category, code, name, None), row[here], visit[here], answer, np.full(int(here.sum()), np.nan))
    return _written(sheet, lines)


def _global(sheet: Sheet, lines: _Lines) -> None:
    row, visit = sheet.visits("PGA")
    value = sheet.course.pga[row, visit]
    known = ~np.isnan(value)
    row, visit, value = row[known], visit[known], np.round(value[known], 1)
    text = pl.Series(value).cast(pl.String)
    lines.add(("PGA LUPUS", PGA, "PGAL01-Physician Global Assessment", "0-3"), row, visit, text, value)


def _index(sheet: Sheet, lines: _Lines) -> None:
    row, visit = sheet.visits("SLEDAI-2K")
    there = sheet.course.items[row, visit]
    words = pl.Series(["ABSENT", "PRESENT"])
    for item, (name, weight) in enumerate(SLEDAI_ITEMS):
        present = there[:, item]
        about = ("SLEDAI-2K", sledai_item(item + 1), f"SLED01-{name}", None)
        lines.add(about, row, visit, words.gather(present.astype(np.int64)), present * float(weight))
    total = there @ WEIGHT
    text = pl.Series(total.astype(np.int64)).cast(pl.String)
    lines.add(("SLEDAI-2K", SLEDAI_TOTAL, "SLED01-Total Score", None), row, visit, text, total)


def _letters(sheet: Sheet, lines: _Lines) -> None:
    row, visit = sheet.visits("BILAG-2004")
    items = sheet.course.items
    letters = {system: _letter(items, row, visit, names) for system, names in SYSTEMS.items()}
    first = sheet.course.visit_day[row, visit] < 0
    _enough_at_entry(letters, first)
    for system, place in letters.items():
        about = ("BILAG-2004", f"BILG{system}", f"{NAMES[system]} domain", None)
        lines.add(about, row, visit, pl.Series(["A", "B", "C", "D", "E"]).gather(place), np.full(len(row), np.nan))


def _letter(items: Flags, row: Whole, visit: Whole, names: tuple[str, ...]) -> Whole:
    """0 to 4 for A to E."""
    if not names:
        return np.full(len(row), 4)
    columns = [sledai_2k.CODES.index(name) for name in names]
    heavy = [sledai_2k.CODES.index(name) for name in names if name in HEAVY]
    now = items[row, visit][:, columns].sum(axis=1)
    severe = (now >= 2) if len(names) > 2 else np.zeros(len(row), dtype=bool)
    if heavy:
        severe = severe | items[row, visit][:, heavy].any(axis=1)
    ever = items[:, :, columns].any(axis=2)
    before = (np.cumsum(ever, axis=1) > 0)[row, visit]
    return np.where(now > 0, np.where(severe, 0, 1), np.where(before, 3, 4))


def _enough_at_entry(letters: dict[str, Whole], first: Flags) -> None:
    """Nobody enters with less than one A or two Bs where the protocol asks for it: the gravest letter becomes A."""
    systems = list(letters)
    table = np.stack([letters[system] for system in systems])
    short = first & ((table == 0).sum(axis=0) < 1) & ((table == 1).sum(axis=0) == 1)
    worst = table.argmin(axis=0)
    for place, system in enumerate(systems):
        letters[system] = np.where(short & (worst == place), 0, letters[system])


def _written(sheet: Sheet, lines: _Lines) -> pl.DataFrame:
    row, visit = np.concatenate(lines.row), np.concatenate(lines.visit)
    test = np.concatenate(lines.test)
    # one number that sorts as subject, visit and question do; each question's answers are in order already
    place = (row * len(sheet.protocol.visits) + visit) * len(lines.tests) + test
    order = np.argsort(place, kind="stable")
    row, visit, test = row[order], visit[order], test[order]
    answer = pl.concat(lines.answer).gather(order)
    category, code, name, unit = (
        pl.Series([about[place] for about in lines.tests], dtype=pl.String) for place in range(4)
    )
    is_index = category.gather(test) == "SLEDAI-2K"
    look_back = pl.Series(["-P30D", None], dtype=pl.String).gather((~is_index).cast(pl.UInt32))
    return sheet.write("RS", row, {
        "RSTESTCD": code.gather(test), "RSTEST": name.gather(test), "RSCAT": category.gather(test),
        "RSORRES": answer, "RSORRESU": unit.gather(test), "RSSTRESC": answer,
        "RSSTRESN": np.concatenate(lines.number)[order], "RSEVLINT": look_back, "RSEVAL": "INVESTIGATOR",
        **sheet.timing(row, visit, "RSDTC"),
    })  # fmt: skip
