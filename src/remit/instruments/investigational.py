"""Whether an investigational product counts as current treatment in LLDAS item 5 (and DORIS).

Read literally, LLDAS excludes everyone on an investigational drug (Franklyn 2016). A cell product infused months ago is
no longer a current drug: our default ignores one finished course after 28 days. Both readings are selectable.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from remit.criteria import Truth, is_above


@dataclass(frozen=True, slots=True)
class Investigational:
    """What is known of an investigational product.

    kind      none at all, one course (its infusions belong together), or repeated courses
    days_ago  days since the single course; None when unknown
    """

    kind: Literal["none", "single-course", "repeated-courses"]
    days_ago: float | None = None


NONE = Investigational("none")


def ignored_after_28_days(product: Investigational | None) -> Truth:
    """True when nothing investigational is current: none, or one course more than 28 days ago."""
    if product is None:
        return None
    if product.kind == "single-course":
        return is_above(product.days_ago, 28)
    return product.kind == "none"


def never_given(product: Investigational | None) -> Truth:
    """The literal reading: True only when no investigational product was given."""
    return None if product is None else product.kind == "none"
