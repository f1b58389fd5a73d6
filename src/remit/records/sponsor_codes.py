"""Test codes that this project defined, because no published CDISC terminology has any for lupus or CAR
cells.

They follow the CDISC pattern (instrument, two-digit version, two-digit item) where there are items. Never
call them CDISC codes; an export lists them as extended values. The order and the weights of the SLEDAI-2K
items are those of Gladman, Ibañez & Urowitz 2002, J Rheumatol 29:288-91.
"""

from __future__ import annotations

from dataclasses import dataclass

from remit.records.rating_codes import rated
from remit.records.toxicity_codes import collected


@dataclass(frozen=True)
class SponsorCode:
    """One sponsor-defined test.

    domain, category, code, test   the table, --CAT, --TESTCD and --TEST
    answers                        allowed --ORRES, empty where the answer is a number
    low, high                      limits of --STRESN, None where it has none
    """

    domain: str
    category: str
    code: str
    test: str
    answers: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None


PRESENCE = ("PRESENT", "ABSENT")
YES_NO = ("Y", "N")

# item name and weight; position is the item's number
SLEDAI_ITEMS: tuple[tuple[str, int], ...] = (
    ("Seizure", 8),
    ("Psychosis", 8),
    ("Organic brain syndrome", 8),
    ("Visual disturbance", 8),
    ("Cranial nerve disorder", 8),
    ("Lupus headache", 8),
    ("Cerebrovascular accident", 8),
    ("Vasculitis", 8),
    ("Arthritis", 4),
    ("Myositis", 4),
    ("Urinary casts", 4),
    ("Hematuria", 4),
    ("Proteinuria", 4),
    ("Pyuria", 4),
    ("Rash", 2),
    ("Alopecia", 2),
    ("Mucosal ulcers", 2),
    ("Pleurisy", 2),
    ("Pericarditis", 2),
    ("Low complement", 2),
    ("Increased DNA binding", 2),
    ("Fever", 1),
    ("Thrombocytopenia", 1),
    ("Leukopenia", 1),
)
SLEDAI_TOTAL = "SLED0125"
PGA = "PGAL0101"

_BILAG_DOMAINS: tuple[tuple[str, str], ...] = (
    ("BILGCON", "Constitutional"),
    ("BILGMUC", "Mucocutaneous"),
    ("BILGNPS", "Neuropsychiatric"),
    ("BILGMSK", "Musculoskeletal"),
    ("BILGCAR", "Cardiorespiratory"),
    ("BILGGI", "Gastrointestinal"),
    ("BILGOPH", "Ophthalmic"),
    ("BILGREN", "Renal"),
    ("BILGHAE", "Hematological"),
)


def sledai_item(number: int) -> str:
    """Test code of SLEDAI-2K item 1 to 24: SLED0101 to SLED0124."""
    return f"SLED01{number:02d}"


SPONSOR_CODES: tuple[SponsorCode, ...] = (
    *(
        SponsorCode("RS", "SLEDAI-2K", sledai_item(number), f"SLED01-{name}", PRESENCE, 0, weight)
        for number, (name, weight) in enumerate(SLEDAI_ITEMS, start=1)
    ),
    SponsorCode("RS", "SLEDAI-2K", SLEDAI_TOTAL, "SLED01-Total Score", low=0, high=105),
    SponsorCode("RS", "PGA LUPUS", PGA, "PGAL01-Physician Global Assessment", low=0, high=3),
    SponsorCode("RS", "LLDAS", "LLDAHEMO", "Hemolytic anemia", YES_NO),
    SponsorCode("RS", "LLDAS", "LLDAGI", "Gastrointestinal activity", YES_NO),
    SponsorCode("RS", "LLDAS", "LLDAMNT", "Standard maintenance doses, well tolerated", YES_NO),
    SponsorCode("RS", "LLDAS", "LLDASINV", "Low disease activity by the investigator", YES_NO),
    SponsorCode("RS", "DORIS", "DORISTBL", "Background treatment stable", YES_NO),
    SponsorCode("RS", "DORIS", "DORISINV", "Remission by the investigator", YES_NO),
    *(
        SponsorCode("RS", "BILAG-2004", code, f"{name} domain", ("A", "B", "C", "D", "E"))
        for code, name in _BILAG_DOMAINS
    ),
    SponsorCode("RS", "ICE", "ICE01TOT", "ICE01-Total Score", low=0, high=10),
    SponsorCode("FA", "CRS", "FEVER", "Fever", YES_NO),
    SponsorCode("FA", "CRS", "HYPOTN", "Hypotension", YES_NO),
    SponsorCode("FA", "CRS", "HYPOXIA", "Hypoxia", YES_NO),
    SponsorCode("FA", "CRS", "PRESSOR", "Vasopressors given"),
    SponsorCode("FA", "CRS", "OXYGEN", "Oxygen given"),
    *(SponsorCode(*one) for one in collected()),
    SponsorCode("PC", "CELL KINETICS", "CARCOPY", "CAR transgene copies"),
    SponsorCode("CP", "CELL KINETICS", "CARCE", "CAR-positive cells"),
    *(SponsorCode(*one) for one in rated()),
)

LIMITS: dict[str, tuple[float, float]] = {
    code.code: (float(code.low), float(code.high))
    for code in SPONSOR_CODES
    if code.domain == "RS" and code.low is not None and code.high is not None
}
ANSWERS: dict[str, tuple[str, ...]] = {code.code: code.answers for code in SPONSOR_CODES if code.answers}
