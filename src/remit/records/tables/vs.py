"""VS: Vital Signs. Vital signs, height and weight."""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, number, text
from remit.records.table import Table


class _Vs(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    VSSEQ = count("Sequence Number", "Req", "Identifier", low=1)
    VSTESTCD = text("Vital Signs Test Short Name", "Req", "Topic")
    VSTEST = text("Vital Signs Test Name", "Req", "Synonym Qualifier")
    VSCAT = text("Category for Vital Signs", "Perm", "Grouping Qualifier")
    VSSCAT = text("Subcategory for Vital Signs", "Perm", "Grouping Qualifier")
    VSPOS = text("Vital Signs Position of Subject", "Perm", "Record Qualifier")
    VSORRES = text("Result or Finding in Original Units", "Exp", "Result Qualifier")
    VSORRESU = text("Original Units", "Exp", "Variable Qualifier")
    VSSTRESC = text("Character Result/Finding in Std Format", "Exp", "Result Qualifier")
    VSSTRESN = number("Numeric Result/Finding in Standard Units", "Exp", "Result Qualifier")
    VSSTRESU = text("Standard Units", "Exp", "Variable Qualifier")
    VSSTAT = coded("Completion Status", "Perm", "Record Qualifier", codelists.NOT_DONE)
    VSREASND = text("Reason Not Performed", "Perm", "Record Qualifier")
    VSLOC = text("Location of Vital Signs Measurement", "Perm", "Record Qualifier")
    VSLOBXFL = coded("Last Observation Before Exposure Flag", "Exp", "Record Qualifier", codelists.NY)
    VSBLFL = coded("Baseline Flag", "Perm", "Record Qualifier", codelists.NY)
    VISITNUM = number("Visit Number", "Exp", "Timing")
    VISIT = text("Visit Name", "Perm", "Timing")
    VISITDY = number("Planned Study Day of Visit", "Perm", "Timing")
    EPOCH = text("Epoch", "Perm", "Timing")
    VSDTC = date("Date/Time of Measurements", "Exp")
    VSDY = count("Study Day of Vital Signs", "Perm", "Timing")
    VSTPT = text("Planned Time Point Name", "Perm", "Timing")
    VSTPTNUM = number("Planned Time Point Number", "Perm", "Timing")
    record_id = identifier()


VS = Table("VS", "Vital Signs", "Findings", key=("USUBJID", "VSSEQ"), schema=_Vs)
