"""DS: Disposition.

Protocol milestones (consent, eligibility) and disposition events (completion, withdrawal, death).
"""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, text
from remit.records.table import Table


class _Ds(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    DSSEQ = count("Sequence Number", "Req", "Identifier", low=1)
    DSSPID = text("Sponsor-Defined Identifier", "Perm", "Identifier")
    DSTERM = text("Reported Term for the Disposition Event", "Req", "Topic")
    DSDECOD = text("Standardized Disposition Term", "Req", "Synonym Qualifier")
    DSCAT = coded("Category for Disposition Event", "Exp", "Grouping Qualifier", codelists.DISPOSITION_CATEGORY)
    DSSCAT = coded("Subcategory for Disposition Event", "Perm", "Grouping Qualifier", codelists.DISPOSITION_SUBCATEGORY)
    EPOCH = text("Epoch", "Perm", "Timing")
    DSDTC = date("Date/Time of Collection", "Perm")
    DSSTDTC = date("Start Date/Time of Disposition Event", "Exp")
    DSDY = count("Study Day of Collection", "Perm", "Timing")
    DSSTDY = count("Study Day of Start of Disposition Event", "Exp", "Timing")
    record_id = identifier()


DS = Table("DS", "Disposition", "Events", key=("USUBJID", "DSSEQ"), schema=_Ds)
