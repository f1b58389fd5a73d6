"""Where a method comes from, as data: printed beside the method and listed in the documentation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Citation:
    """One published source.

    authors  as printed in a short reference; a body for a standard
    where    journal, volume and pages, or the name of the standard
    doi      without the resolver's address; empty when there is none
    checked  False: recalled, not read against the source; a real trial must check it first
    note     what two printings disagree on, or what we had to decide ourselves
    """

    authors: str
    year: int
    where: str
    doi: str = ""
    checked: bool = True
    note: str = ""

    @property
    def text(self) -> str:
        """One line for a reference list."""
        parts = [f"{self.authors} {self.year}, {self.where}"]
        if self.doi:
            parts.append(f"doi {self.doi}")
        if not self.checked:
            parts.append("[recalled, unverified]")
        return " ".join(parts)
