"""The records room: declared tables, how records are taken in, the findings about them, and lineage."""

from remit.records.admit import admit
from remit.records.collection import Records
from remit.records.findings import Finding
from remit.records.lineage import gather, meet, pick, sourced
from remit.records.raw import Raw, raw
from remit.records.table import Table
from remit.records.tables import TABLES

__all__ = [
    "TABLES",
    "Finding",
    "Raw",
    "Records",
    "Table",
    "admit",
    "gather",
    "meet",
    "pick",
    "raw",
    "sourced",
]
