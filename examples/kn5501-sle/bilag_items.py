"""Items of BILAG-2004 behind the letters at entry (RS), because eligibility rests on those letters.

An item agrees with the SLEDAI-2K items of the visit and with the letter that the investigator entered: a severe rash
where the skin is A, a mild one where it is B. The form lists what was found; its closing question says that the rest
was looked at. Measured values (protein, creatinine, blood counts) come from the laboratory of the visit.
"""

from __future__ import annotations

from cohort import Subject
from plan import NUMBER, Pen, Row

CATEGORY = "BILAG-2004 ITEMS"
CODES = {
    "anorexia": 4, "skin eruption severe": 5, "cutaneous vasculitis major": 9, "skin eruption mild": 10,
    "alopecia severe": 13, "mucosal ulceration mild": 15, "alopecia mild": 16, "arthritis severe": 40,
    "arthritis moderate": 42, "pleurisy pericarditis": 54, "active sediment": 78, "active nephritis": 79,
    "coombs isolated": 84, "low counts attributed": 85,
}  # fmt: skip
HISTORY = {
    "CON": ("constitutional", 86), "MUC": ("mucocutaneous", 87), "NPS": ("neuropsychiatric", 88),
    "MSK": ("musculoskeletal", 89), "CAR": ("cardiorespiratory", 90), "GI": ("gastrointestinal", 91),
    "OPH": ("ophthalmic", 92), "REN": ("renal", 93), "HAE": ("haematological", 94),
}  # fmt: skip
SAME, WORSE, NEW = 2, 3, 4
SEDIMENT = ("Urinary casts", "Hematuria", "Pyuria")
CLOSINGS = (("BILC0101", "All other items are 0"), ("BILC0102", "No other system was ever active"))


def bilag_items(pen: Pen, subject: Subject, visits: dict[str, int]) -> None:
    number, label = NUMBER["screening"]
    common = {"VISITNUM": number, "VISIT": label, "RSDTC": pen.day(visits["screening"]), "RSLOBXFL": "Y"}
    for name, answer in _found(subject).items():
        _row(pen, f"BILI01{CODES[name]:02d}", name.capitalize(), answer, common)
    for letter in subject.bilag:
        system, code = HISTORY[letter]
        _row(pen, f"BILI01{code:02d}", f"{system} ever active".capitalize(), "PRESENT", common)
    for code, name in CLOSINGS:
        _row(pen, code, name, "Y", common)


def _found(subject: Subject) -> dict[str, int | str]:
    """What the form lists: scores of 1 to 4, presence, and whether lupus lowers the blood counts."""
    letter, here = subject.bilag.get, subject.items
    found: dict[str, int | str] = {}
    if letter("CON"):
        found["anorexia"] = SAME
    if letter("MUC") == "A":
        found["cutaneous vasculitis major" if "Vasculitis" in here else "skin eruption severe"] = WORSE
    elif letter("MUC") == "B":
        found["skin eruption mild" if "Rash" in here else "alopecia severe"] = SAME
    if "Mucosal ulcers" in here:
        found["mucosal ulceration mild"] = NEW
    if "Alopecia" in here and "alopecia severe" not in found:
        found["alopecia mild"] = SAME
    if letter("MSK") in ("A", "B"):
        found["arthritis severe" if letter("MSK") == "A" else "arthritis moderate"] = WORSE
    if letter("CAR"):
        found["pleurisy pericarditis"] = SAME
    if any(item in here for item in SEDIMENT):
        found["active sediment"] = "PRESENT"
    if letter("REN") == "A":
        found["active nephritis"] = "PRESENT"
    found["low counts attributed"] = "Y" if letter("HAE") else "N"
    return found


def _row(pen: Pen, code: str, name: str, answer: int | str, common: Row) -> None:
    number = answer if isinstance(answer, int) else ""
    pen.add(
        "RS", RSTESTCD=code, RSTEST=name, RSCAT=CATEGORY, RSORRES=answer, RSORRESU="", RSSTRESC=answer,
        RSSTRESN=number, RSSTAT="", RSREASND="", RSEVLINT="-P28D", RSEVAL="INVESTIGATOR", **common,
    )  # fmt: skip
