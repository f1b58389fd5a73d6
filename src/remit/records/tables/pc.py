"""PC: Pharmacokinetics Concentrations. Cell kinetics: copies of the transgene (PCTESTCD CARCOPY) by qPCR."""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, number, text
from remit.records.table import Table


class _Pc(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    PCSEQ = count("Sequence Number", "Req", "Identifier", low=1)
    PCTESTCD = text("Pharmacokinetic Test Short Name", "Req", "Topic")
    PCTEST = text("Pharmacokinetic Test Name", "Req", "Synonym Qualifier")
    PCCAT = text("Test Category", "Perm", "Grouping Qualifier")
    PCSCAT = text("Test Subcategory", "Perm", "Grouping Qualifier")
    PCORRES = text("Result or Finding in Original Units", "Exp", "Result Qualifier")
    PCORRESU = text("Original Units", "Exp", "Variable Qualifier")
    PCSTRESC = text("Character Result/Finding in Std Format", "Exp", "Result Qualifier")
    PCSTRESN = number("Numeric Result/Finding in Standard Units", "Exp", "Result Qualifier", low=0)
    PCSTRESU = text("Standard Units", "Exp", "Variable Qualifier")
    PCSTAT = coded("Completion Status", "Perm", "Record Qualifier", codelists.NOT_DONE)
    PCREASND = text("Reason Test Not Done", "Perm", "Record Qualifier")
    PCNAM = text("Vendor Name", "Exp", "Record Qualifier")
    PCSPEC = text("Specimen Material Type", "Exp", "Record Qualifier")
    PCMETHOD = text("Method of Test or Examination", "Perm", "Record Qualifier")
    PCDRVFL = coded("Derived Flag", "Perm", "Record Qualifier", codelists.NY)
    PCLLOQ = number("Lower Limit of Quantitation", "Exp", "Variable Qualifier")
    VISITNUM = number("Visit Number", "Exp", "Timing")
    VISIT = text("Visit Name", "Perm", "Timing")
    EPOCH = text("Epoch", "Perm", "Timing")
    PCDTC = date("Date/Time of Specimen Collection", "Exp")
    PCDY = count("Actual Study Day of Specimen Collection", "Perm", "Timing")
    PCTPT = text("Planned Time Point Name", "Perm", "Timing")
    PCTPTNUM = number("Planned Time Point Number", "Perm", "Timing")
    PCELTM = text("Planned Elapsed Time from Time Point Ref", "Perm", "Timing")
    PCTPTREF = text("Time Point Reference", "Perm", "Timing")
    PCRFTDTC = date("Date/Time of Reference Point", "Perm")
    PCRFTDY = count("Study Day of Reference Time Point", "Sponsor", "Timing")
    record_id = identifier()


PC = Table("PC", "Pharmacokinetics Concentrations", "Findings", key=("USUBJID", "PCSEQ"), schema=_Pc)
