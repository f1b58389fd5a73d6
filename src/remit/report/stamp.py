"""Where the numbers of a report come from: cut, versions, and the records that the panels open at their last level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class ReportStamp:
    """What stands in the head of the page and on every printed sheet.

    records_hash   short hash of the records folder, as in the manifest
    notice         a warning about the data themselves (invented, blinded, draft); None when there is none
    records        record id → its fields as text; may hold more than the report needs, and may be empty
    left_out       how many subjects have records but are not in the report, because of errors in the data
    partly         how many are in the report but lost rows to such errors
    manifest       file → hash, as the door wrote them down; shown in the last section when given
    """

    cutoff: date
    protocol_version: str
    records_hash: str
    remit_version: str
    notice: str | None = None
    records: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    left_out: int = 0
    partly: int = 0
    manifest: Mapping[str, str] = field(default_factory=dict)
