"""IE: Inclusion/Exclusion Criteria Not Met. Criteria that a screened subject did not meet."""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, number, text
from remit.records.table import Table


class _Ie(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    IESEQ = count("Sequence Number", "Req", "Identifier", low=1)
    IETESTCD = text("Inclusion/Exclusion Criterion Short Name", "Req", "Topic")
    IETEST = text("Inclusion/Exclusion Criterion", "Req", "Synonym Qualifier")
    IECAT = text("Inclusion/Exclusion Category", "Req", "Grouping Qualifier")
    IEORRES = coded("I/E Criterion Original Result", "Req", "Result Qualifier", codelists.NY)
    IESTRESC = coded("I/E Criterion Result in Std Format", "Req", "Result Qualifier", codelists.NY)
    VISITNUM = number("Visit Number", "Perm", "Timing")
    VISIT = text("Visit Name", "Perm", "Timing")
    IEDTC = date("Date/Time of Collection", "Perm")
    record_id = identifier()


IE = Table("IE", "Inclusion/Exclusion Criteria Not Met", "Findings", key=("USUBJID", "IESEQ"), schema=_Ie)
