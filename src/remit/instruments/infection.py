"""Infections after cell therapy: where, by which organism, how severe, and what they add up to.

The grade is the CTCAE one of most infection terms (by treatment). Kind and opportunistic follow from the organism;
an organism that nobody found leaves the kind unknown, it does not make the infection bacterial.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import Truth
from remit.instruments import ctcae
from remit.instruments.grade import Grade

CITATION: Final = Citation(
    "remit", 2026, "project decision",
    note="Sites and organisms are a working list, what is opportunistic is recalled; the grade is CTCAE v5.",
)  # fmt: skip

SITES: Final = (
    "bloodstream", "lower_respiratory", "upper_respiratory", "urinary", "gastrointestinal", "skin_soft_tissue",
    "central_nervous", "catheter", "oral", "eye", "bone_joint", "disseminated", "other",
)  # fmt: skip
ORGANISMS: Final[dict[str, tuple[str, bool]]] = {
    "cmv": ("viral", True), "ebv": ("viral", False), "hsv": ("viral", False), "vzv": ("viral", True),
    "hhv6": ("viral", True), "adenovirus": ("viral", True), "bk_virus": ("viral", True), "jc_virus": ("viral", True),
    "hbv": ("viral", False), "hcv": ("viral", False), "influenza": ("viral", False), "rsv": ("viral", False),
    "sars_cov_2": ("viral", False), "rhinovirus": ("viral", False), "norovirus": ("viral", False),
    "parvovirus_b19": ("viral", False),
    "pneumocystis": ("fungal", True), "aspergillus": ("fungal", True), "mucorales": ("fungal", True),
    "candida": ("fungal", False), "candida_invasive": ("fungal", True), "cryptococcus": ("fungal", True),
    "staphylococcus": ("bacterial", False), "streptococcus": ("bacterial", False), "enterococcus": ("bacterial", False),
    "escherichia_coli": ("bacterial", False), "klebsiella": ("bacterial", False), "pseudomonas": ("bacterial", False),
    "clostridioides_difficile": ("bacterial", False), "mycobacterium_tuberculosis": ("bacterial", True),
    "nontuberculous_mycobacteria": ("bacterial", True), "nocardia": ("bacterial", True),
    "listeria": ("bacterial", True), "salmonella": ("bacterial", False),
    "toxoplasma": ("parasitic", True), "strongyloides": ("parasitic", True),
}  # fmt: skip
"""Organism -> (kind, opportunistic)."""
KINDS: Final = ("bacterial", "viral", "fungal", "parasitic")


@dataclass(frozen=True, slots=True)
class Infection:
    """One infection; None is unknown. organism "not_found" was looked for and not found."""

    site: str | None
    organism: str | None
    treatment: str | None
    death: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """Its kind, whether opportunistic, its grade, and whether severe (grade 3 or more)."""

    kind: str | None
    opportunistic: Truth
    grade: Grade
    severe: Truth


def judge(one: Infection) -> Judged:
    """Kind, opportunism, grade and severity of one infection."""
    kind, opportunistic = ORGANISMS.get(one.organism or "", (None, None))
    grade = Grade(5, 5, 5, ("death from infection",)) if one.death else ctcae.infection(one.treatment)
    severe = True if grade.low >= 3 else (False if grade.high < 3 else None)
    return Judged(kind, opportunistic, grade, severe)


def tally(infections: Iterable[Infection]) -> Mapping[str, Mapping[str, int]]:
    """Counts by site, kind and grade; what is unknown is counted under "unknown"."""
    judged = [(one, judge(one)) for one in infections]
    return {
        "site": Counter(one.site or "unknown" for one, _ in judged),
        "kind": Counter(result.kind or "unknown" for _, result in judged),
        "grade": Counter("unknown" if r.grade.grade is None else str(r.grade.grade) for _, r in judged),
    }
