"""CM: Concomitant/Prior Medications.

Drugs taken before and during the trial. CMCAT GLUCOCORTICOID rows are dose periods; an empty end date with
CMENRTPT ONGOING is ongoing.
"""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, number, text
from remit.records.table import Table


class _Cm(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    CMSEQ = count("Sequence Number", "Req", "Identifier", low=1)
    CMSPID = text("Sponsor-Defined Identifier", "Perm", "Identifier")
    CMTRT = text("Reported Name of Drug, Med, or Therapy", "Req", "Topic")
    CMDECOD = text("Standardized Medication Name", "Perm", "Synonym Qualifier")
    CMCAT = text("Category for Medication", "Perm", "Grouping Qualifier")
    CMSCAT = text("Subcategory for Medication", "Perm", "Grouping Qualifier")
    CMPRESP = coded("CM Pre-specified", "Perm", "Variable Qualifier", codelists.NY)
    CMOCCUR = coded("CM Occurrence", "Perm", "Record Qualifier", codelists.NY)
    CMINDC = text("Indication", "Perm", "Record Qualifier")
    CMCLAS = text("Medication Class", "Perm", "Variable Qualifier")
    CMDOSE = number("Dose per Administration", "Perm", "Record Qualifier", low=0)
    CMDOSTXT = text("Dose Description", "Perm", "Record Qualifier")
    CMDOSU = text("Dose Units", "Perm", "Variable Qualifier")
    CMDOSFRQ = text("Dosing Frequency per Interval", "Perm", "Record Qualifier")
    CMDOSTOT = number("Total Daily Dose", "Perm", "Record Qualifier")
    CMROUTE = text("Route of Administration", "Perm", "Variable Qualifier")
    EPOCH = text("Epoch", "Perm", "Timing")
    CMSTDTC = date("Start Date/Time of Medication", "Perm")
    CMENDTC = date("End Date/Time of Medication", "Perm")
    CMSTDY = count("Study Day of Start of Medication", "Perm", "Timing")
    CMENDY = count("Study Day of End of Medication", "Perm", "Timing")
    CMSTRTPT = coded("Start Relative to Reference Time Point", "Perm", "Timing", codelists.RELATIVE)
    CMSTTPT = text("Start Reference Time Point", "Perm", "Timing")
    CMENRTPT = coded("End Relative to Reference Time Point", "Perm", "Timing", codelists.RELATIVE)
    CMENTPT = text("End Reference Time Point", "Perm", "Timing")
    record_id = identifier()


CM = Table("CM", "Concomitant/Prior Medications", "Interventions", key=("USUBJID", "CMSEQ"), schema=_Cm)
