"""AE: Adverse Events.

Adverse events. AETOXGR is the grade used for analysis; its scale travels in SUPPAE (AETOXSCL), as does the
DLT flag (AEDLT).
"""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, text
from remit.records.table import Table


class _Ae(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    AESEQ = count("Sequence Number", "Req", "Identifier", low=1)
    AEGRPID = text("Group ID", "Perm", "Identifier")
    AESPID = text("Sponsor-Defined Identifier", "Perm", "Identifier")
    AETERM = text("Reported Term for the Adverse Event", "Req", "Topic")
    AELLT = text("Lowest Level Term", "Exp", "Variable Qualifier")
    AEDECOD = text("Dictionary-Derived Term", "Req", "Synonym Qualifier")
    AEHLT = text("High Level Term", "Exp", "Variable Qualifier")
    AEHLGT = text("High Level Group Term", "Exp", "Variable Qualifier")
    AECAT = text("Category for Adverse Event", "Perm", "Grouping Qualifier")
    AESCAT = text("Subcategory for Adverse Event", "Perm", "Grouping Qualifier")
    AEBODSYS = text("Body System or Organ Class", "Exp", "Record Qualifier")
    AESOC = text("Primary System Organ Class", "Exp", "Variable Qualifier")
    AESEV = coded("Severity/Intensity", "Perm", "Record Qualifier", codelists.SEVERITY)
    AESER = coded("Serious Event", "Exp", "Record Qualifier", codelists.NY)
    AEACN = coded("Action Taken with Study Treatment", "Exp", "Record Qualifier", codelists.ACTION_TAKEN)
    AEREL = text("Causality", "Exp", "Record Qualifier")
    AERELNST = text("Relationship to Non-Study Treatment", "Perm", "Record Qualifier")
    AEOUT = coded("Outcome of Adverse Event", "Perm", "Record Qualifier", codelists.OUTCOME)
    AESCONG = coded("Congenital Anomaly or Birth Defect", "Perm", "Record Qualifier", codelists.NY)
    AESDISAB = coded("Persist or Signif Disability/Incapacity", "Perm", "Record Qualifier", codelists.NY)
    AESDTH = coded("Results in Death", "Perm", "Record Qualifier", codelists.NY)
    AESHOSP = coded("Requires or Prolongs Hospitalization", "Perm", "Record Qualifier", codelists.NY)
    AESLIFE = coded("Is Life Threatening", "Perm", "Record Qualifier", codelists.NY)
    AESMIE = coded("Other Medically Important Serious Event", "Perm", "Record Qualifier", codelists.NY)
    AECONTRT = coded("Concomitant or Additional Trtmnt Given", "Perm", "Record Qualifier", codelists.NY)
    AETOXGR = coded("Standard Toxicity Grade", "Perm", "Record Qualifier", codelists.GRADE)
    EPOCH = text("Epoch", "Perm", "Timing")
    AESTDTC = date("Start Date/Time of Adverse Event", "Exp")
    AEENDTC = date("End Date/Time of Adverse Event", "Exp")
    AESTDY = count("Study Day of Start of Adverse Event", "Perm", "Timing")
    AEENDY = count("Study Day of End of Adverse Event", "Perm", "Timing")
    AEENRTPT = coded("End Relative to Reference Time Point", "Perm", "Timing", codelists.RELATIVE)
    AEENTPT = text("End Reference Time Point", "Perm", "Timing")
    record_id = identifier()


AE = Table("AE", "Adverse Events", "Events", key=("USUBJID", "AESEQ"), schema=_Ae)
