"""SV: Subject Visits. Visits that took place. Every VISITNUM used by a finding stands here."""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, number, text
from remit.records.table import Table


class _Sv(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    VISITNUM = number("Visit Number", "Req", "Topic")
    VISIT = text("Visit Name", "Perm", "Synonym Qualifier")
    SVPRESP = coded("Pre-specified", "Exp", "Variable Qualifier", codelists.NY)
    SVOCCUR = coded("Occurrence", "Exp", "Record Qualifier", codelists.NY)
    VISITDY = number("Planned Study Day of Visit", "Perm", "Timing")
    SVSTDTC = date("Start Date/Time of Observation", "Exp")
    SVENDTC = date("End Date/Time of Observation", "Exp")
    SVSTDY = count("Study Day of Start of Observation", "Perm", "Timing")
    SVENDY = count("Study Day of End of Observation", "Perm", "Timing")
    SVUPDES = text("Description of Unplanned Visit", "Perm", "Record Qualifier")
    record_id = identifier()


SV = Table("SV", "Subject Visits", "Special Purpose", key=("USUBJID", "VISITNUM"), schema=_Sv)
