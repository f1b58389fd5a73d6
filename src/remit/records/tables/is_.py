"""IS: Immunogenicity Specimen Assessments.

Antibodies. Anti-dsDNA is ISTESTCD ATIGGAB with ISBDAGNT DOUBLE STRANDED DNA.
"""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, number, text
from remit.records.table import Table


class _Is(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    ISSEQ = count("Sequence Number", "Req", "Identifier", low=1)
    ISTESTCD = text("Immunogenicity Test/Exam Short Name", "Req", "Topic")
    ISTEST = text("Immunogenicity Test or Examination Name", "Req", "Synonym Qualifier")
    ISCAT = text("Category for Immunogenicity Test", "Perm", "Grouping Qualifier")
    ISSCAT = text("Subcategory for Immunogenicity Test", "Perm", "Grouping Qualifier")
    ISBDAGNT = text("Binding Agent", "Perm", "Variable Qualifier")
    ISTSTOPO = text("Test Operational Objective", "Perm", "Variable Qualifier")
    ISORRES = text("Results or Findings in Original Units", "Exp", "Result Qualifier")
    ISORRESU = text("Original Units", "Exp", "Variable Qualifier")
    ISORNRLO = text("Reference Range Lower Limit in Orig Unit", "Exp", "Variable Qualifier")
    ISORNRHI = text("Reference Range Upper Limit in Orig Unit", "Exp", "Variable Qualifier")
    ISSTRESC = text("Character Result/Finding in Std Format", "Exp", "Result Qualifier")
    ISSTRESN = number("Numeric Results/Findings in Std. Units", "Exp", "Result Qualifier")
    ISSTRESU = text("Standard Units", "Exp", "Variable Qualifier")
    ISSTNRLO = number("Reference Range Lower Limit-Std Units", "Exp", "Variable Qualifier")
    ISSTNRHI = number("Reference Range Upper Limit-Std Units", "Exp", "Variable Qualifier")
    ISNRIND = coded("Reference Range Indicator", "Exp", "Variable Qualifier", codelists.RANGE_INDICATOR)
    ISSTAT = coded("Completion Status", "Perm", "Record Qualifier", codelists.NOT_DONE)
    ISREASND = text("Reason Not Done", "Perm", "Record Qualifier")
    ISSPEC = text("Specimen Type", "Perm", "Record Qualifier")
    ISMETHOD = text("Method of Test or Examination", "Perm", "Record Qualifier")
    ISLOBXFL = coded("Last Observation Before Exposure Flag", "Perm", "Record Qualifier", codelists.NY)
    ISDRVFL = coded("Derived Flag", "Perm", "Record Qualifier", codelists.NY)
    ISLLOQ = number("Lower Limit of Quantitation", "Exp", "Variable Qualifier")
    VISITNUM = number("Visit Number", "Exp", "Timing")
    VISIT = text("Visit Name", "Perm", "Timing")
    EPOCH = text("Epoch", "Perm", "Timing")
    ISDTC = date("Date/Time of Collection", "Exp")
    ISDY = count("Study Day of Visit/Collection/Exam", "Perm", "Timing")
    record_id = identifier()


IS = Table("IS", "Immunogenicity Specimen Assessments", "Findings", key=("USUBJID", "ISSEQ"), schema=_Is)
