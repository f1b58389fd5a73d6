"""RELREC: Related Records. Which records belong together, such as an event and the facts about it."""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, identifier, text
from remit.records.table import Table


class _Relrec(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    RDOMAIN = text("Related Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Exp", "Identifier")
    IDVAR = text("Identifying Variable", "Req", "Identifier")
    IDVARVAL = text("Identifying Variable Value", "Exp", "Identifier")
    RELTYPE = coded("Relationship Type", "Exp", "Record Qualifier", codelists.RELATION)
    RELID = text("Relationship Identifier", "Req", "Record Qualifier")
    record_id = identifier()


RELREC = Table(
    "RELREC",
    "Related Records",
    "Relationship",
    key=("USUBJID", "RDOMAIN", "IDVARVAL", "RELID"),
    schema=_Relrec,
)
