"""Glucocorticoids as prednisone: milligrams that equal 5 mg of prednisone, by mouth or vein.

Topical, inhaled and intra-articular doses do not enter. Physiological replacement with hydrocortisone does.
"""

from __future__ import annotations

from typing import Final

from remit.citations import Citation
from remit.criteria import Truth, is_at_most

CITATION: Final = Citation(
    "Published equivalence tables and the prednisolone label", 2012, "e.g. doi 10.4172/2157-7536.1000149 table 1",
    note="Betamethasone is printed as 0.75 mg (label, most tables) and as 0.6 mg; dexamethasone as 0.75 up to 1 mg.",
    checked=False,
)  # fmt: skip

MG_EQUAL_TO_5_PREDNISONE: Final[dict[str, float]] = {
    "prednisone": 5.0,
    "prednisolone": 5.0,
    "methylprednisolone": 4.0,
    "dexamethasone": 0.75,
    "betamethasone": 0.75,
    "hydrocortisone": 20.0,
    "cortisone": 25.0,
    "triamcinolone": 4.0,
    "deflazacort": 6.0,
}


def equivalent(drug: str, mg: float, betamethasone_mg: float = 0.75) -> float | None:
    """Prednisone milligrams of a dose; None when the drug is not in the table.

    betamethasone_mg   what the table prints for betamethasone (0.75, or 0.6 in two tables)
    """
    name = drug.strip().lower()
    if name not in MG_EQUAL_TO_5_PREDNISONE:
        return None
    table = betamethasone_mg if name == "betamethasone" else MG_EQUAL_TO_5_PREDNISONE[name]
    return mg * 5.0 / table


def within_lldas(prednisone_mg: float | None) -> Truth:
    """Whether a daily dose meets the LLDAS ceiling of 7.5 mg."""
    return is_at_most(prednisone_mg, 7.5)
