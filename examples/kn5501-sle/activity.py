"""Disease activity of the invented cohort (RS): SLEDAI-2K, PGA, BILAG-2004, the questions of LLDAS and DORIS, ICE."""

from __future__ import annotations

from cohort import STAYS, Subject
from findings import DSDNA_LIMIT, URINE_NOT_DONE
from plan import ASSESSED, EARLY, NUMBER, Pen, Row

ITEMS = (
    "Seizure", "Psychosis", "Organic brain syndrome", "Visual disturbance", "Cranial nerve disorder", "Lupus headache",
    "Cerebrovascular accident", "Vasculitis", "Arthritis", "Myositis", "Urinary casts", "Hematuria", "Proteinuria",
    "Pyuria", "Rash", "Alopecia", "Mucosal ulcers", "Pleurisy", "Pericarditis", "Low complement",
    "Increased DNA binding", "Fever", "Thrombocytopenia", "Leukopenia",
)  # fmt: skip
WEIGHTS = (8,) * 8 + (4,) * 6 + (2,) * 7 + (1,) * 3
URINE_ITEMS = ("Urinary casts", "Hematuria", "Proteinuria", "Pyuria")
BILAG = {
    "CON": "Constitutional", "MUC": "Mucocutaneous", "NPS": "Neuropsychiatric", "MSK": "Musculoskeletal",
    "CAR": "Cardiorespiratory", "GI": "Gastrointestinal", "OPH": "Ophthalmic", "REN": "Renal", "HAE": "Hematological",
}  # fmt: skip
BILAG_ITEMS = {
    "MUC": ("Vasculitis", "Rash", "Alopecia", "Mucosal ulcers"), "MSK": ("Arthritis",),
    "CAR": ("Pleurisy", "Pericarditis"), "REN": ("Urinary casts", "Hematuria", "Pyuria"),
}  # fmt: skip


def activity(pen: Pen, subject: Subject, visits: dict[str, int], labs: dict[str, dict[str, float]]) -> None:
    for position, key in enumerate(ASSESSED):
        if key not in visits:
            continue
        number, label = NUMBER[key]
        common = {"RSEVAL": "INVESTIGATOR", "VISITNUM": number, "VISIT": label, "RSDTC": pen.day(visits[key])}
        common["RSLOBXFL"] = "Y" if key == "screening" else ""
        _global_assessment(pen, subject.pga[position], common)
        there = _present(subject, visits[key], labs[key])
        skipped = URINE_ITEMS if (subject.number, key) in URINE_NOT_DONE else ()
        for index, (item, weight) in enumerate(zip(ITEMS, WEIGHTS), start=1):
            code, name = f"SLED01{index:02d}", f"SLED01-{item}"
            if item in skipped:
                _score(pen, "SLEDAI-2K", code, name, "", "", common, stat="Urine not examined")
            else:
                answer = "PRESENT" if there[item] else "ABSENT"
                _score(pen, "SLEDAI-2K", code, name, answer, weight if there[item] else 0, common)
        if not skipped:
            total = sum(weight for item, weight in zip(ITEMS, WEIGHTS) if there[item])
            _score(pen, "SLEDAI-2K", "SLED0125", "SLED01-Total Score", total, total, common)
        if key != "week-4":
            for system, name in BILAG.items():
                letter = _letter(subject, system, key, there, labs[key]["PROTCRT"])
                _score(pen, "BILAG-2004", f"BILG{system}", f"{name} domain", letter, "", common)
        for code, name, answer in (
            ("LLDAHEMO", "Hemolytic anemia", "N"),
            ("LLDAGI", "Gastrointestinal activity", "N"),
            ("LLDAMNT", "Standard maintenance doses, well tolerated", "Y"),
        ):
            _score(pen, "LLDAS", code, name, answer, "", common)
        if key != "screening":
            _score(pen, "DORIS", "DORISTBL", "Background treatment stable", "Y", "", common)
    for key in EARLY:
        number, label = NUMBER[key]
        common = {"RSEVAL": "INVESTIGATOR", "VISITNUM": number, "VISIT": label, "RSDTC": pen.day(visits[key])}
        _score(pen, "ICE", "ICE01TOT", "ICE01-Total Score", 10, 10, common)


def _present(subject: Subject, day: int, labs: dict[str, float]) -> dict[str, bool]:
    """The 24 items at a visit: five from the laboratory values of the visit, the others from the cohort."""
    there = dict.fromkeys(ITEMS, False)
    for item, until in subject.items.items():
        there[item] = until is STAYS or day <= until
    there["Proteinuria"] = labs["PROTCRT"] > 0.5
    there["Low complement"] = labs["C3"] < 0.79 or labs["C4"] < 0.16
    there["Increased DNA binding"] = labs["DSDNA"] > DSDNA_LIMIT
    there["Thrombocytopenia"] = labs["PLAT"] < 100
    there["Leukopenia"] = labs["WBC"] < 3
    return there


def _letter(subject: Subject, system: str, key: str, there: dict[str, bool], protein: float) -> str:
    """BILAG-2004 letter: as entered at screening; later it steps down, and a system that was ever active ends at D."""
    start = subject.bilag.get(system, "E")
    if key == "screening" or start in "DE":
        return start
    active = any(there[item] for item in BILAG_ITEMS.get(system, ()))
    if system == "REN":
        return "B" if active or protein >= 0.44 else "C" if protein > 0.22 else "D"
    if system == "HAE":
        return "C" if key == "week-12" else "D"
    if not active:
        return "D"
    if system == "MSK" and subject.items["Arthritis"] is STAYS:
        return "B"
    return {"A": "B", "B": "C", "C": "C"}[start]


def _global_assessment(pen: Pen, value: float | None, common: Row) -> None:
    text, stat = ("", "Not recorded at the visit") if value is None else (f"{value:g}", "")
    _score(pen, "PGA LUPUS", "PGAL0101", "PGAL01-Physician Global Assessment", text, text, common, stat)


def _score(
    pen: Pen, category: str, code: str, name: str, answer: object, number: object, common: Row, stat: str = ""
) -> None:
    window = "-P30D" if category == "SLEDAI-2K" else "-P28D" if category == "BILAG-2004" else ""
    pen.add(
        "RS", RSTESTCD=code, RSTEST=name, RSCAT=category, RSORRES=answer,
        RSORRESU="0-3" if category == "PGA LUPUS" else "", RSSTRESC=answer, RSSTRESN=number,
        RSSTAT="NOT DONE" if stat else "", RSREASND=stat, RSEVLINT=window, **common,
    )  # fmt: skip
