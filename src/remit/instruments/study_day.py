"""Protocol days count the first infusion as day 0; CDISC study days have no 0: that day is 1, the day before is -1."""

from __future__ import annotations

from typing import Final

from remit.citations import Citation

CITATION: Final = Citation("CDISC", 2021, "SDTM Implementation Guide 3.4, study day variables", checked=False)


def from_protocol_day(day: int) -> int:
    """CDISC study day of a protocol day."""
    return day + 1 if day >= 0 else day
