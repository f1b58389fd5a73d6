"""Physician's global assessment, brought to the 0-3 scale that the composite states use.

Anchors 0 none, 1 mild, 2 moderate, 3 severe. The scale of a value is always stated, never guessed from its size:
0.8 may be a mild 0-3 or a very mild 0-10.
"""

from __future__ import annotations

from typing import Final

from remit.citations import Citation

CITATION: Final = Citation(
    "Petri M, Kim MY, Kalunian KC", 2005, "N Engl J Med 353:2550-8 (SELENA trial)", checked=False,
    note="Anchors of the 0-3 scale read in a published table; linear conversion between scales is a project decision.",
)  # fmt: skip

SCALES: Final[dict[str, float]] = {"0-3": 3.0, "0-10": 10.0, "0-100mm": 100.0}
"""Scale -> its upper end; every scale starts at 0."""


def to_0_3(value: float | None, scale: str | None) -> float | None:
    """A value on the 0-3 scale; None when value or scale is unknown, or the value lies outside its scale."""
    if value is None or scale not in SCALES:
        return None
    top = SCALES[scale]
    return value * 3.0 / top if 0.0 <= value <= top else None
