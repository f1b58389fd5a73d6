"""SC: Subject Characteristics. Further characteristics of the subject; declared so that they can be kept."""

from __future__ import annotations

import dataframely as dy

from remit.records.columns import count, date, identifier, number, text
from remit.records.table import Table


class _Sc(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    SCSEQ = count("Sequence Number", "Req", "Identifier", low=1)
    SCTESTCD = text("Subject Characteristic Short Name", "Req", "Topic")
    SCTEST = text("Subject Characteristic", "Req", "Synonym Qualifier")
    SCCAT = text("Category for Subject Characteristic", "Perm", "Grouping Qualifier")
    SCORRES = text("Result or Finding in Original Units", "Exp", "Result Qualifier")
    SCORRESU = text("Original Units", "Perm", "Variable Qualifier")
    SCSTRESC = text("Character Result/Finding in Std Format", "Exp", "Result Qualifier")
    SCSTRESN = number("Numeric Result/Finding in Standard Units", "Perm", "Result Qualifier")
    SCSTRESU = text("Standard Units", "Perm", "Variable Qualifier")
    SCDTC = date("Date/Time of Collection", "Perm")
    record_id = identifier()


SC = Table("SC", "Subject Characteristics", "Findings", key=("USUBJID", "SCSEQ"), schema=_Sc)
