"""EG: ECG Test Results. Electrocardiograms; declared so that they can be kept, no analysis uses them yet."""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, number, text
from remit.records.table import Table


class _Eg(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    EGSEQ = count("Sequence Number", "Req", "Identifier", low=1)
    EGTESTCD = text("ECG Test or Examination Short Name", "Req", "Topic")
    EGTEST = text("ECG Test or Examination Name", "Req", "Synonym Qualifier")
    EGCAT = text("Category for ECG", "Perm", "Grouping Qualifier")
    EGSCAT = text("Subcategory for ECG", "Perm", "Grouping Qualifier")
    EGORRES = text("Result or Finding in Original Units", "Exp", "Result Qualifier")
    EGORRESU = text("Original Units", "Perm", "Variable Qualifier")
    EGSTRESC = text("Character Result/Finding in Std Format", "Exp", "Result Qualifier")
    EGSTRESN = number("Numeric Result/Finding in Standard Units", "Perm", "Result Qualifier")
    EGSTRESU = text("Standard Units", "Perm", "Variable Qualifier")
    EGSTAT = coded("Completion Status", "Perm", "Record Qualifier", codelists.NOT_DONE)
    VISITNUM = number("Visit Number", "Exp", "Timing")
    VISIT = text("Visit Name", "Perm", "Timing")
    EGDTC = date("Date/Time of ECG", "Exp")
    record_id = identifier()


EG = Table("EG", "ECG Test Results", "Findings", key=("USUBJID", "EGSEQ"), schema=_Eg)
