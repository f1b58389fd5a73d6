"""Facts about cell-therapy toxicity in FA, and qualifiers of an infection in SUPPAE: test codes and their answers.

No published CDISC terminology has them. A grade is never collected here: the scales make it from these facts. Words of
vasopressors, oxygen devices, sites and organisms are those of the instruments (`remit.instruments`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

YES_NO = ("Y", "N")
VASOPRESSORS = ("NOREPINEPHRINE", "EPINEPHRINE", "DOPAMINE", "PHENYLEPHRINE", "VASOPRESSIN")
OXYGEN = (
    "BLOW BY", "LOW FLOW CANNULA", "HIGH FLOW CANNULA", "FACE MASK", "NON REBREATHER", "VENTURI", "CPAP", "BIPAP",
    "INTUBATED",
)  # fmt: skip


@dataclass(frozen=True)
class ToxicityFact:
    """One question of a topic.

    answers   what may be answered; empty where the answer is a number or free text
    several   whether answers may be joined by commas
    low, high limits of a number
    """

    category: str
    code: str
    test: str
    answers: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    several: bool = False


TOXICITY_FACTS: tuple[ToxicityFact, ...] = (
    ToxicityFact("CRS", "FEVER", "Fever", YES_NO),
    ToxicityFact("CRS", "HYPOTN", "Hypotension", YES_NO),
    ToxicityFact("CRS", "HYPOXIA", "Hypoxia", YES_NO),
    ToxicityFact("CRS", "PRESSOR", "Vasopressors given", (*YES_NO, *VASOPRESSORS), several=True),
    ToxicityFact("CRS", "OXYGEN", "Oxygen given", (*YES_NO, *OXYGEN)),
    ToxicityFact("CRS", "PRESHIGH", "Vasopressor at a high dose (Lee 2014)", YES_NO),
    ToxicityFact("CRS", "O2FLOW", "Oxygen flow, L/min", low=0, high=100),
    ToxicityFact("CRS", "FIO2", "Oxygen fraction, percent", low=21, high=100),
    ToxicityFact("CRS", "TRANSGR", "Transaminase grade from the syndrome", low=0, high=4),
    ToxicityFact("CRS", "CREATGR", "Creatinine grade from the syndrome", low=0, high=4),
    ToxicityFact("CRS", "ORGANGR", "Worst grade of the other organs from the syndrome", low=0, high=4),
    ToxicityFact("CRS", "HOSPCRS", "In hospital, or intravenous therapy, for the syndrome", YES_NO),
    ToxicityFact("GVHD", "SKINSTG", "Stage of the skin", low=0, high=4),
    ToxicityFact("GVHD", "LIVERSTG", "Stage of the liver", low=0, high=4),
    ToxicityFact("GVHD", "UGISTG", "Stage of the upper gut", low=0, high=1),
    ToxicityFact("GVHD", "LGISTG", "Stage of the lower gut", low=0, high=4),
    ToxicityFact("GVHD", "RASHBSA", "Rash, percent of the body", low=0, high=100),
    ToxicityFact("GVHD", "BULLAE", "Bullae and desquamation over 5 percent", YES_NO),
    ToxicityFact("GVHD", "UGISYMP", "Persistent nausea, vomiting or anorexia", YES_NO),
    ToxicityFact("GVHD", "STOOLML", "Stool, mL a day", low=0, high=20_000),
    ToxicityFact("GVHD", "STOOLEP", "Diarrhea, episodes a day", low=0, high=100),
    ToxicityFact("GVHD", "GISEVERE", "Severe pain, ileus or gross blood", YES_NO),
    ToxicityFact("LICATS", "OCCUR", "Local reaction occurred", YES_NO),
    ToxicityFact("LICATS", "ORGAN", "Organ"),
    ToxicityFact("LICATS", "PRIORORG", "Organ affected before treatment", YES_NO),
    ToxicityFact("LICATS", "STEROID", "Glucocorticoid given", YES_NO),
    ToxicityFact("LICATS", "RESOLVED", "How it resolved", ("SPONTANEOUS", "OUTPATIENT TREATMENT")),
    ToxicityFact("LICATS", "HOSPITAL", "Hospital stay", ("NONE", "NEW", "PROLONGED")),
    ToxicityFact("LICATS", "ICU", "Intensive care", YES_NO),
    ToxicityFact("IEC-HS", "PRESENT", "IEC-HS present", YES_NO),
    ToxicityFact("IEC-HS", "ATTRIB", "Ferritin and picture attributed to the cells", YES_NO),
    ToxicityFact("IEC-HS", "FERRRISE", "Ferritin rapidly rising", YES_NO),
    ToxicityFact("IEC-HS", "HEMOPHAG", "Hemophagocytosis", YES_NO),
    ToxicityFact("IEC-HS", "INTERV", "Treatment needed", YES_NO),
    ToxicityFact("IEC-HS", "SEVCONS", "Severe organ consequence", YES_NO),
    ToxicityFact("IEC-HS", "LIFETHR", "Life-threatening", YES_NO),
    ToxicityFact("IEC-HS", "DEATH", "Death from IEC-HS", YES_NO),
)

INFECTION_QUALIFIERS: dict[str, tuple[str, ...]] = {
    "INFSITE": (
        "BLOODSTREAM", "LOWER RESPIRATORY", "UPPER RESPIRATORY", "URINARY", "GASTROINTESTINAL", "SKIN SOFT TISSUE",
        "CENTRAL NERVOUS", "CATHETER", "ORAL", "EYE", "BONE JOINT", "DISSEMINATED", "OTHER",
    ),
    "INFORG": (
        "CMV", "EBV", "HSV", "VZV", "HHV6", "ADENOVIRUS", "BK VIRUS", "JC VIRUS", "HBV", "HCV", "INFLUENZA", "RSV",
        "SARS COV 2", "RHINOVIRUS", "NOROVIRUS", "PARVOVIRUS B19", "PNEUMOCYSTIS", "ASPERGILLUS", "MUCORALES",
        "CANDIDA", "CANDIDA INVASIVE", "CRYPTOCOCCUS", "STAPHYLOCOCCUS", "STREPTOCOCCUS", "ENTEROCOCCUS",
        "ESCHERICHIA COLI", "KLEBSIELLA", "PSEUDOMONAS", "CLOSTRIDIOIDES DIFFICILE", "MYCOBACTERIUM TUBERCULOSIS",
        "NONTUBERCULOUS MYCOBACTERIA", "NOCARDIA", "LISTERIA", "SALMONELLA", "TOXOPLASMA", "STRONGYLOIDES",
        "NOT FOUND",
    ),
    "INFTRT": ("LOCAL", "ORAL ANTIBIOTIC", "IV ANTIBIOTIC", "URGENT INTERVENTION"),
}  # fmt: skip
"""SUPPAE qualifier of an infection -> what it may hold: site, organism, treatment."""


def collected() -> Iterator[tuple[str, str, str, str, tuple[str, ...], float | None, float | None]]:
    """The facts beyond the five signs of the syndrome, as rows of the sponsor codes."""
    for one in TOXICITY_FACTS[5:]:
        yield "FA", one.category, one.code, one.test, one.answers, one.low, one.high
