"""CE: Clinical Events. Events of interest that are not adverse events, such as flares."""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, text
from remit.records.table import Table


class _Ce(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    CESEQ = count("Sequence Number", "Req", "Identifier", low=1)
    CEGRPID = text("Group ID", "Perm", "Identifier")
    CETERM = text("Reported Term for the Clinical Event", "Req", "Topic")
    CEDECOD = text("Dictionary-Derived Term", "Perm", "Synonym Qualifier")
    CECAT = text("Category for the Clinical Event", "Perm", "Grouping Qualifier")
    CESCAT = text("Subcategory for the Clinical Event", "Perm", "Grouping Qualifier")
    CEPRESP = coded("Clinical Event Pre-specified", "Perm", "Variable Qualifier", codelists.NY)
    CEOCCUR = coded("Clinical Event Occurrence", "Perm", "Record Qualifier", codelists.NY)
    CESEV = text("Severity/Intensity", "Perm", "Record Qualifier")
    CETOXGR = coded("Standard Toxicity Grade", "Perm", "Record Qualifier", codelists.GRADE)
    CESTDTC = date("Start Date/Time of Clinical Event", "Perm")
    CEENDTC = date("End Date/Time of Clinical Event", "Perm")
    record_id = identifier()


CE = Table("CE", "Clinical Events", "Events", key=("USUBJID", "CESEQ"), schema=_Ce)
