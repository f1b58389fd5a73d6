"""Rating forms of the invented cohort (RS): CLASI, 28 joints, damage, SLE-DAS, SELENA flares, classification.

Everything follows the SLEDAI-2K items and laboratory values of the same visit: a subject with a rash has CLASI points,
one with arthritis has tender and swollen joints, and what has gone leaves nothing but pigment. A form lists what was
found; its closing question says that the rest was looked at.
"""

from __future__ import annotations

from activity import _present
from cohort import Subject
from plan import ASSESSED, NUMBER, Pen, Row

AREAS = (
    "scalp", "ears", "nose_malar", "rest_of_face", "v_area_neck", "chest", "abdomen", "arms", "hands", "legs", "feet",
    "back_of_neck_shoulders", "back_buttocks",
)  # fmt: skip
# where a rash of the cohort is seen first
RASH_AREAS = ("nose_malar", "rest_of_face", "v_area_neck", "arms", "hands", "chest", "ears")
JOINTS = tuple(
    f"{side} {joint}"
    for joint in (
        "shoulder", "elbow", "wrist", *(f"mcp{n}" for n in range(1, 6)), *(f"pip{n}" for n in range(1, 6)), "knee",
    )
    for side in ("left", "right")
)  # fmt: skip
# joints in the order in which an arthritis of the cohort takes them
ARTHRITIS = (
    "left wrist", "right wrist", "right mcp2", "left mcp2", "right mcp3", "right pip2", "left mcp3", "left pip3",
    "left knee", "right knee", "right pip4",
)  # fmt: skip
DAMAGE_ITEMS = {"cataract": 1, "pulmonary fibrosis": 12, "deforming arthritis": 31, "osteoporotic fracture": 32}
# damage at screening; and what came later, with the visit at which it was first seen
DAMAGE: dict[int, tuple[str, ...]] = {2: ("cataract",), 5: ("osteoporotic fracture",), 9: ("deforming arthritis",)}
NEW_DAMAGE: dict[int, tuple[str, str]] = {1: ("week-52", "cataract")}
DAMAGE_VISITS = ("screening", "week-24", "week-52")
SLE_DAS = (
    "mucocutaneous vasculitis", "localized rash", "generalized rash", "alopecia", "mucosal ulcers", "neuropsychiatric",
    "systemic vasculitis", "cardiac pulmonary", "myositis", "serositis", "haemolytic anemia", "arthritis",
)  # fmt: skip
# subject and visit of a flare: the manifestation that is new or worse, and its number on the form
FLARES = {(1, "week-36"): ("arthritis", 9)}
QUESTIONS = (
    (17, "Hospital stay for lupus"), (19, "New immunosuppressant for activity"),
    (20, "New NSAID or hydroxychloroquine"),
)  # fmt: skip
NO_TITER = 13  # antinuclear antibodies known to be there, without a titer on paper
HANDS_NOT_SEEN, WRIST_NOT_SEEN, COUNTED_ONLY = (13, "week-12"), (16, "week-4"), 20
BIOPSY = {2: "class II V", **dict.fromkeys((3, 5, 8, 11, 14), "class III IV")}
EARLIER = {
    1: ("photosensitivity",), 5: ("photosensitivity", "lymphopenia twice"), 9: ("oral ulcers", "photosensitivity"),
}  # fmt: skip
EULAR = (
    "fever", "leukopenia", "thrombocytopenia", "hemolysis", "delirium", "psychosis", "seizure", "alopecia",
    "oral ulcers", "subacute or discoid", "acute cutaneous", "effusion", "acute pericarditis", "synovitis",
    "proteinuria", "class II V", "class III IV", "antiphospholipid", "low c3 or c4", "low c3 and c4", "dsdna", "smith",
)  # fmt: skip
ACR = (
    "malar rash", "discoid rash", "photosensitivity", "oral ulcers", "arthritis", "pleuritis", "pericarditis",
    "proteinuria persistent", "cellular casts", "seizure", "psychosis", "hemolytic anemia", "leukopenia twice",
    "lymphopenia twice", "thrombocytopenia", "anti dna", "anti sm", "antiphospholipid", "ana",
)  # fmt: skip


def ratings(pen: Pen, subject: Subject, visits: dict[str, int], labs: dict[str, dict[str, float]]) -> None:
    """The forms of every visit at which activity is assessed; classification at screening only."""
    for key in ASSESSED:
        if key not in visits:
            continue
        number, label = NUMBER[key]
        common: Row = {"RSEVAL": "INVESTIGATOR", "VISITNUM": number, "VISIT": label, "RSDTC": pen.day(visits[key])}
        common["RSLOBXFL"] = "Y" if key == "screening" else ""
        there = _present(subject, visits[key], labs[key])
        _skin(pen, subject, key, there, common)
        joints = _joints(pen, subject, key, there, common)
        if key in DAMAGE_VISITS:
            _damage(pen, subject, key, common)
        _sle_das(pen, subject, there, joints, common)
        if key != "screening":
            _flare(pen, subject, key, common)
    number, label = NUMBER["screening"]
    common = {"RSEVAL": "INVESTIGATOR", "VISITNUM": number, "VISIT": label, "RSDTC": pen.day(visits["screening"])}
    common["RSLOBXFL"] = "Y"
    _classification(pen, subject, labs["screening"], _present(subject, visits["screening"], labs["screening"]), common)


def _skin(pen: Pen, subject: Subject, key: str, there: dict[str, bool], common: Row) -> None:
    severe = subject.bilag.get("MUC") == "A"
    early = key == "screening"
    if there["Rash"]:
        count = (5 if severe else 2 + subject.number % 3) - (0 if early else 1)
        for place, area in enumerate(RASH_AREAS[:count]):
            erythema = max((3 if severe else 2 + (subject.number + place) % 2) - (0 if early else 1), 1)
            _row(pen, "CLASI", 1 + AREAS.index(area), f"Erythema {_words(area)}", erythema, common)
            if place < 2 and (severe or subject.number % 2) and early:
                _row(pen, "CLASI", 14 + AREAS.index(area), f"Scale {_words(area)}", 1, common)
    if there["Vasculitis"]:
        _row(pen, "CLASI", 1 + AREAS.index("hands"), "Erythema hands", 2, common)
    if (subject.number, key) == HANDS_NOT_SEEN:
        for first, sign in ((1, "Erythema"), (14, "Scale")):
            _row(pen, "CLASI", first + AREAS.index("hands"), f"{sign} hands", "", common, "Hands bandaged")
    if there["Mucosal ulcers"]:
        _row(pen, "CLASI", 27, "Mucosal", 1, common)
    if there["Alopecia"]:
        if early:
            _row(pen, "CLASI", 28, "Recent hair loss", 1, common)
        _row(pen, "CLASI", 29, "Alopecia", 2 if early and subject.number % 2 == 0 else 1, common)
    _row(pen, "CLASI", 59, "All other activity items are 0", "Y", common)
    if severe and "Rash" in subject.items:
        for area in RASH_AREAS[: 1 + subject.number % 2]:
            _row(pen, "CLASI", 30 + AREAS.index(area), f"Dyspigmentation {_words(area)}", 1, common)
        _row(pen, "CLASI", 56, "Lasts a year", "N", common)
    _row(pen, "CLASI", 60, "All other damage items are 0", "Y", common)


def _joints(pen: Pen, subject: Subject, key: str, there: dict[str, bool], common: Row) -> int:
    """The joint count; returns the number of swollen joints."""
    tender = swollen = 0
    if there["Arthritis"]:
        share = {"screening": 1.0, "week-4": 0.7, "week-12": 0.6, "week-24": 0.5, "week-36": 0.75, "week-52": 0.4}[key]
        tender = max(round((5 + subject.number * 3 % 6) * share), 3)
        swollen = max(tender - 1 - subject.number % 3, 2)
    if subject.number == COUNTED_ONLY:
        for code, name, count in (("JNTT0129", "Tender", tender), ("JNTS0129", "Swollen", swollen)):
            _write(pen, "JOINTS 28", code, f"{name} joints of 28", count, count, common)
        return swollen
    for sign, prefix, count in (("Tender", "JNTT01", tender), ("Swollen", "JNTS01", swollen)):
        for joint in ARTHRITIS[:count]:
            code = f"{prefix}{JOINTS.index(joint) + 1:02d}"
            if (subject.number, key) == WRIST_NOT_SEEN and joint == "right wrist":
                _write(pen, "JOINTS 28", code, f"{sign}: {joint}", "", "", common, "Splint not taken off")
            else:
                _write(pen, "JOINTS 28", code, f"{sign}: {joint}", "PRESENT", 1, common)
    _write(pen, "JOINTS 28", "JNTC0101", "All other joints not tender, not swollen", "Y", "", common)
    return swollen


def _damage(pen: Pen, subject: Subject, key: str, common: Row) -> None:
    found = list(DAMAGE.get(subject.number, ()))
    visit, item = NEW_DAMAGE.get(subject.number, ("", ""))
    if visit and ASSESSED.index(key) >= ASSESSED.index(visit):
        found.append(item)
    for name in found:
        _write(pen, "SDI", f"SDIN01{DAMAGE_ITEMS[name]:02d}", name.capitalize(), 1, 1, common)
    _write(pen, "SDI", "SDIN0142", "All other damage items are 0", "Y", "", common)


def _sle_das(pen: Pen, subject: Subject, there: dict[str, bool], swollen: int, common: Row) -> None:
    wide = subject.bilag.get("MUC") == "A"
    present = {
        "mucocutaneous vasculitis": there["Vasculitis"], "localized rash": there["Rash"] and not wide,
        "generalized rash": there["Rash"] and wide, "alopecia": there["Alopecia"],
        "mucosal ulcers": there["Mucosal ulcers"], "serositis": there["Pleurisy"] or there["Pericarditis"],
        "arthritis": swollen > 0,
    }  # fmt: skip
    _listed(pen, "SLE-DAS", "SDAS01", SLE_DAS, {name for name, is_there in present.items() if is_there}, common)
    _write(pen, "SLE-DAS", "SDAS0113", "All other items absent", "Y", "", common)


def _flare(pen: Pen, subject: Subject, key: str, common: Row) -> None:
    if (subject.number, key) in FLARES:
        name, number = FLARES[subject.number, key]
        _write(pen, "SELENA FLARE", f"SFLR01{number:02d}", name.capitalize(), "PRESENT", 1, common)
    for number, question in QUESTIONS:
        _write(pen, "SELENA FLARE", f"SFLR01{number:02d}", question, "N", "", common)
    _write(pen, "SELENA FLARE", "SFLR0121", "No other new or worse manifestation", "Y", "", common)


def _classification(
    pen: Pen, subject: Subject, labs: dict[str, float], there: dict[str, bool], common: Row
) -> None:
    earlier = EARLIER.get(subject.number, ())
    nephritis = BIOPSY.get(subject.number)
    low = [labs["C3"] < 0.79, labs["C4"] < 0.16]
    pleura, pericardium, ulcers = there["Pleurisy"], there["Pericarditis"], there["Mucosal ulcers"]
    # anti-dsDNA was raised at screening in everyone
    met = {
        "leukopenia": labs["WBC"] < 4, "thrombocytopenia": labs["PLAT"] < 100, "alopecia": there["Alopecia"],
        "oral ulcers": ulcers or "oral ulcers" in earlier, "acute cutaneous": there["Rash"], "effusion": pleura,
        "acute pericarditis": pericardium, "synovitis": there["Arthritis"], "proteinuria": there["Proteinuria"],
        "low c3 or c4": any(low) and not all(low), "low c3 and c4": all(low), "dsdna": True,
        "smith": subject.number % 4 == 0, **({nephritis: True} if nephritis else {}),
    }  # fmt: skip
    _listed(pen, "EULAR/ACR 2019", "EACR01", EULAR, {name for name, is_met in met.items() if is_met}, common)
    for name in ("class II V", "class III IV"):
        if nephritis is None:
            code = f"EACR01{EULAR.index(name) + 1:02d}"
            _write(pen, "EULAR/ACR 2019", code, _capital(name), "", "", common, "No biopsy")
    titer = "" if subject.number == NO_TITER else (320, 640, 1280)[subject.number % 3]
    why = "Positive, no titer on paper" if subject.number == NO_TITER else ""
    _write(pen, "EULAR/ACR 2019", "EACR0123", "Highest ANA titer, reciprocal", titer, titer, common, why)
    _write(pen, "EULAR/ACR 2019", "EACR0124", "All other items looked for, never there", "Y", "", common)
    met = {
        "malar rash": there["Rash"], "oral ulcers": ulcers, "arthritis": there["Arthritis"], "pleuritis": pleura,
        "pericarditis": pericardium, "proteinuria persistent": there["Proteinuria"] or nephritis is not None,
        "cellular casts": there["Urinary casts"], "leukopenia twice": there["Leukopenia"],
        "thrombocytopenia": labs["PLAT"] < 100, "anti dna": True, "anti sm": subject.number % 4 == 0, "ana": True,
        **dict.fromkeys(earlier, True),
    }  # fmt: skip
    _listed(pen, "ACR 1997", "ACRC01", ACR, {name for name, is_met in met.items() if is_met}, common)
    _write(pen, "ACR 1997", "ACRC0120", "All other criteria looked for, never met", "Y", "", common)


def _listed(pen: Pen, form: str, prefix: str, names: tuple[str, ...], present: set[str], common: Row) -> None:
    """A row for every item that is there."""
    for number, name in enumerate(names, start=1):
        if name in present:
            _write(pen, form, f"{prefix}{number:02d}", _capital(name), "PRESENT", 1, common)


def _row(pen: Pen, form: str, number: int, name: str, answer: object, common: Row, why: str = "") -> None:
    points = answer if isinstance(answer, int) else ""
    _write(pen, form, f"CLAS01{number:02d}", name, answer, points, common, why)


def _write(
    pen: Pen, form: str, code: str, name: str, answer: object, points: object, common: Row, why: str = ""
) -> None:
    pen.add(
        "RS", RSTESTCD=code, RSTEST=name, RSCAT=form, RSORRES=answer, RSORRESU="", RSSTRESC=answer, RSSTRESN=points,
        RSSTAT="NOT DONE" if why else "", RSREASND=why, RSEVLINT="", **common,
    )  # fmt: skip


def _words(area: str) -> str:
    return area.replace("_", " ")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
