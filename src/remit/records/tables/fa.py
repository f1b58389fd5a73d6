"""FA: Findings About Events or Interventions.

Facts about an event: the signs of cytokine release syndrome day by day (FEVER, HYPOTN, HYPOXIA, PRESSOR,
OXYGEN).
"""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, number, text
from remit.records.table import Table


class _Fa(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    FASEQ = count("Sequence Number", "Req", "Identifier", low=1)
    FASPID = text("Sponsor-Defined Identifier", "Perm", "Identifier")
    FATESTCD = text("Findings About Test Short Name", "Req", "Topic")
    FATEST = text("Findings About Test Name", "Req", "Synonym Qualifier")
    FACAT = text("Category for Findings About", "Perm", "Grouping Qualifier")
    FASCAT = text("Subcategory for Findings About", "Perm", "Grouping Qualifier")
    FAOBJ = text("Object of the Observation", "Req", "Record Qualifier")
    FAORRES = text("Result or Finding in Original Units", "Exp", "Result Qualifier")
    FAORRESU = text("Original Units", "Perm", "Variable Qualifier")
    FASTRESC = text("Character Result/Finding in Std Format", "Exp", "Result Qualifier")
    FASTRESN = number("Numeric Result/Finding in Standard Units", "Perm", "Result Qualifier")
    FASTRESU = text("Standard Units", "Perm", "Variable Qualifier")
    FASTAT = coded("Completion Status", "Perm", "Record Qualifier", codelists.NOT_DONE)
    FAREASND = text("Reason Not Performed", "Perm", "Record Qualifier")
    FAEVAL = coded("Evaluator", "Perm", "Record Qualifier", codelists.EVALUATOR)
    VISITNUM = number("Visit Number", "Exp", "Timing")
    VISIT = text("Visit Name", "Perm", "Timing")
    EPOCH = text("Epoch", "Perm", "Timing")
    FADTC = date("Date/Time of Collection", "Exp")
    FADY = count("Study Day of Collection", "Perm", "Timing")
    record_id = identifier()


FA = Table("FA", "Findings About Events or Interventions", "Findings", key=("USUBJID", "FASEQ"), schema=_Fa)
