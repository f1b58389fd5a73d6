"""DM: Demographics.

One record per subject, screen failures included. ARMCD is the planned dose level or arm, ACTARMCD the one
received.
"""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, number, text
from remit.records.table import Table


class _Dm(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    SUBJID = text("Subject Identifier for the Study", "Req", "Topic")
    RFSTDTC = date("Subject Reference Start Date/Time", "Exp", "Record Qualifier")
    RFENDTC = date("Subject Reference End Date/Time", "Exp", "Record Qualifier")
    RFXSTDTC = date("Date/Time of First Study Treatment", "Exp", "Record Qualifier")
    RFXENDTC = date("Date/Time of Last Study Treatment", "Exp", "Record Qualifier")
    RFICDTC = date("Date/Time of Informed Consent", "Exp", "Record Qualifier")
    RFPENDTC = date("Date/Time of End of Participation", "Exp", "Record Qualifier")
    DTHDTC = date("Date/Time of Death", "Exp", "Record Qualifier")
    DTHFL = coded("Subject Death Flag", "Exp", "Record Qualifier", codelists.NY)
    SITEID = text("Study Site Identifier", "Req", "Record Qualifier")
    BRTHDTC = date("Date/Time of Birth", "Perm", "Record Qualifier")
    AGE = number("Age", "Exp", "Record Qualifier", low=0, high=130)
    AGEU = coded("Age Units", "Exp", "Variable Qualifier", codelists.AGEU)
    SEX = coded("Sex", "Req", "Record Qualifier", codelists.SEX)
    RACE = coded("Race", "Exp", "Record Qualifier", codelists.RACE)
    ETHNIC = coded("Ethnicity", "Perm", "Record Qualifier", codelists.ETHNIC)
    ARMCD = text("Planned Arm Code", "Exp", "Record Qualifier")
    ARM = text("Description of Planned Arm", "Exp", "Synonym Qualifier")
    ACTARMCD = text("Actual Arm Code", "Exp", "Record Qualifier")
    ACTARM = text("Description of Actual Arm", "Exp", "Synonym Qualifier")
    ARMNRS = coded("Reason Arm and/or Actual Arm is Null", "Exp", "Record Qualifier", codelists.ARM_NULL_REASON)
    ACTARMUD = text("Description of Unplanned Actual Arm", "Exp", "Record Qualifier")
    COUNTRY = text("Country", "Req", "Record Qualifier")
    DMDTC = date("Date/Time of Collection", "Perm")
    DMDY = count("Study Day of Collection", "Perm", "Timing")
    record_id = identifier()


DM = Table("DM", "Demographics", "Special Purpose", key=("USUBJID",), schema=_Dm)
