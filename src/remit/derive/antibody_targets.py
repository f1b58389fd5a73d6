"""What the antibodies of IS are directed at: the code and the words of each target that an analysis knows.

A target is named by ISBDAGNT; antibodies against the product by their test (ADA_BAB binding, ADA_NAB neutralizing),
because sponsors write the name of their product as the binding agent. The codes are ours, not CDISC's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["AUTOANTIBODY", "VACCINE", "PRODUCT"]


@dataclass(frozen=True)
class Target:
    """One target: its parameter code, how a reader calls the antibody, and why it is measured."""

    code: str
    words: str
    kind: Kind


_TETANUS = Target("TETANUS", "Anti-tetanus toxoid", "VACCINE")
_DIPHTHERIA = Target("DIPHTH", "Anti-diphtheria toxoid", "VACCINE")
_MEASLES = Target("MEASLES", "Anti-measles", "VACCINE")
_PNEUMOCOCCUS = Target("PNEUMO", "Anti-pneumococcal polysaccharide", "VACCINE")

BY_AGENT: Final[dict[str, Target]] = {
    "DOUBLE STRANDED DNA": Target("DSDNA", "Anti-dsDNA IgG", "AUTOANTIBODY"),
    "SMITH ANTIGENS": Target("SM", "Anti-Sm", "AUTOANTIBODY"),
    "TETANUS TOXOID": _TETANUS,
    "CLOSTRIDIUM TETANI TOXIN": _TETANUS,
    "DIPHTHERIA TOXOID": _DIPHTHERIA,
    "CORYNEBACTERIUM DIPHTHERIAE TOXIN": _DIPHTHERIA,
    "MEASLES VIRUS": _MEASLES,
    "MEASLES MORBILLIVIRUS": _MEASLES,
    "RUBELLA VIRUS": Target("RUBELLA", "Anti-rubella", "VACCINE"),
    "HEPATITIS B VIRUS SURFACE ANTIGEN": Target("HBSAG", "Anti-hepatitis B surface antigen", "VACCINE"),
    "HAEMOPHILUS INFLUENZAE TYPE B POLYSACCHARIDE": Target("HIB", "Anti-Haemophilus influenzae b", "VACCINE"),
    "VARICELLA ZOSTER VIRUS": Target("VZV", "Anti-varicella zoster", "VACCINE"),
    "STREPTOCOCCUS PNEUMONIAE POLYSACCHARIDE": _PNEUMOCOCCUS,
    "DONOR HLA ANTIGENS": Target("DSA", "Donor-specific HLA antibody", "PRODUCT"),
    "HLA CLASS I ANTIGENS": Target("HLA1", "HLA class I antibody", "PRODUCT"),
    "HLA CLASS II ANTIGENS": Target("HLA2", "HLA class II antibody", "PRODUCT"),
}
BY_TEST: Final[dict[str, Target]] = {
    "ADA_BAB": Target("ANTICAR", "Anti-CAR antibody", "PRODUCT"),
    "ADA_NAB": Target("ANTICARN", "Neutralizing anti-CAR antibody", "PRODUCT"),
}
"""Both tests are made against the product, and what is foreign in these products is the receptor."""

TARGETS: Final[tuple[Target, ...]] = tuple(dict.fromkeys((*BY_TEST.values(), *BY_AGENT.values())))


def of_kind(kind: Kind) -> tuple[Target, ...]:
    """The targets of one kind, in the order of a report."""
    return tuple(target for target in TARGETS if target.kind == kind)
