"""MH: Medical History. History; MHEVDTYP DIAGNOSIS of lupus dates the disease."""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, text
from remit.records.table import Table


class _Mh(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    MHSEQ = count("Sequence Number", "Req", "Identifier", low=1)
    MHSPID = text("Sponsor-Defined Identifier", "Perm", "Identifier")
    MHTERM = text("Reported Term for the Medical History", "Req", "Topic")
    MHDECOD = text("Dictionary-Derived Term", "Perm", "Synonym Qualifier")
    MHEVDTYP = coded("Medical History Event Date Type", "Perm", "Variable Qualifier", codelists.EVENT_TYPE)
    MHCAT = text("Category for Medical History", "Perm", "Grouping Qualifier")
    MHSCAT = text("Subcategory for Medical History", "Perm", "Grouping Qualifier")
    MHPRESP = coded("Medical History Event Pre-Specified", "Perm", "Variable Qualifier", codelists.NY)
    MHOCCUR = coded("Medical History Occurrence", "Perm", "Record Qualifier", codelists.NY)
    MHBODSYS = text("Body System or Organ Class", "Perm", "Record Qualifier")
    EPOCH = text("Epoch", "Perm", "Timing")
    MHDTC = date("Date/Time of History Collection", "Perm")
    MHSTDTC = date("Start Date/Time of Medical History Event", "Perm")
    MHENDTC = date("End Date/Time of Medical History Event", "Perm")
    MHSTDY = count("Study Day of Start of Observation", "Perm", "Timing")
    MHENDY = count("Study Day of End of Observation", "Perm", "Timing")
    record_id = identifier()


MH = Table("MH", "Medical History", "Events", key=("USUBJID", "MHSEQ"), schema=_Mh)
