"""CP: Cell Phenotype Findings.

Flow cytometry: B cells (BLYCE) and other subsets. The limit of quantification travels in SUPPCP (CPLLOQ).
"""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, number, text
from remit.records.table import Table


class _Cp(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    CPSEQ = count("Sequence Number", "Req", "Identifier", low=1)
    CPTESTCD = text("Test or Examination Short Name", "Req", "Topic")
    CPTEST = text("Name of Measurement, Test or Examination", "Req", "Synonym Qualifier")
    CPCAT = text("Category", "Perm", "Grouping Qualifier")
    CPSCAT = text("Subcategory", "Perm", "Grouping Qualifier")
    CPSBMRKS = text("Sublineage Marker String", "Perm", "Variable Qualifier")
    CPMRKSTR = text("Marker String", "Exp", "Record Qualifier")
    CPORRES = text("Result or Finding in Original Units", "Exp", "Result Qualifier")
    CPORRESU = text("Original Units", "Perm", "Variable Qualifier")
    CPORNRLO = text("Reference Range Lower Limit in Orig Unit", "Perm", "Variable Qualifier")
    CPORNRHI = text("Reference Range Upper Limit in Orig Unit", "Perm", "Variable Qualifier")
    CPSTRESC = text("Result or Finding in Standard Format", "Exp", "Result Qualifier")
    CPSTRESN = number("Numeric Result/Finding in Standard Units", "Perm", "Result Qualifier", low=0)
    CPSTRESU = text("Standard Units", "Perm", "Variable Qualifier")
    CPSTNRLO = number("Reference Range Lower Limit-Std Units", "Perm", "Variable Qualifier")
    CPSTNRHI = number("Reference Range Upper Limit-Std Units", "Perm", "Variable Qualifier")
    CPSTAT = coded("Completion Status", "Perm", "Record Qualifier", codelists.NOT_DONE)
    CPREASND = text("Reason Not Done", "Perm", "Record Qualifier")
    CPSPEC = text("Specimen Type", "Perm", "Record Qualifier")
    CPMETHOD = text("Method of Test or Examination", "Perm", "Record Qualifier")
    CPLOBXFL = coded("Last Observation Before Exposure Flag", "Perm", "Record Qualifier", codelists.NY)
    VISITNUM = number("Visit Number", "Perm", "Timing")
    VISIT = text("Visit Name", "Perm", "Timing")
    EPOCH = text("Epoch", "Perm", "Timing")
    CPDTC = date("Date/Time of Collection", "Exp")
    CPDY = count("Study Day of Visit/Collection/Exam", "Perm", "Timing")
    record_id = identifier()


CP = Table("CP", "Cell Phenotype Findings", "Findings", key=("USUBJID", "CPSEQ"), schema=_Cp)
