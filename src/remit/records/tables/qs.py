"""QS: Questionnaires. Instruments that the patient answers."""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, number, text
from remit.records.table import Table


class _Qs(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    QSSEQ = count("Sequence Number", "Req", "Identifier", low=1)
    QSTESTCD = text("Question Short Name", "Req", "Topic")
    QSTEST = text("Question Name", "Req", "Synonym Qualifier")
    QSCAT = text("Category of Question", "Req", "Grouping Qualifier")
    QSSCAT = text("Subcategory for Question", "Perm", "Grouping Qualifier")
    QSORRES = text("Finding in Original Units", "Exp", "Result Qualifier")
    QSORRESU = text("Original Units", "Perm", "Variable Qualifier")
    QSSTRESC = text("Character Result/Finding in Std Format", "Exp", "Result Qualifier")
    QSSTRESN = number("Numeric Finding in Standard Units", "Perm", "Result Qualifier")
    QSSTRESU = text("Standard Units", "Perm", "Variable Qualifier")
    QSSTAT = coded("Completion Status", "Perm", "Record Qualifier", codelists.NOT_DONE)
    QSREASND = text("Reason Not Performed", "Perm", "Record Qualifier")
    QSLOBXFL = coded("Last Observation Before Exposure Flag", "Exp", "Record Qualifier", codelists.NY)
    QSBLFL = coded("Baseline Flag", "Perm", "Record Qualifier", codelists.NY)
    QSDRVFL = coded("Derived Flag", "Perm", "Record Qualifier", codelists.NY)
    VISITNUM = number("Visit Number", "Exp", "Timing")
    VISIT = text("Visit Name", "Perm", "Timing")
    VISITDY = number("Planned Study Day of Visit", "Perm", "Timing")
    EPOCH = text("Epoch", "Perm", "Timing")
    QSDTC = date("Date/Time of Finding", "Exp")
    QSDY = count("Study Day of Finding", "Perm", "Timing")
    QSEVLINT = text("Evaluation Interval", "Perm", "Timing")
    record_id = identifier()


QS = Table("QS", "Questionnaires", "Findings", key=("USUBJID", "QSSEQ"), schema=_Qs)
