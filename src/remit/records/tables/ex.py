"""EX: Exposure.

Cell infusions (EXCAT CELL THERAPY) and conditioning (EXCAT LYMPHODEPLETION). EXLOT is the lot of the cells,
EXLNKID the number of the infusion.
"""

from __future__ import annotations

import dataframely as dy

from remit.records.columns import count, date, identifier, number, text
from remit.records.table import Table


class _Ex(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    EXSEQ = count("Sequence Number", "Req", "Identifier", low=1)
    EXSPID = text("Sponsor-Defined Identifier", "Perm", "Identifier")
    EXLNKID = text("Link ID", "Perm", "Identifier")
    EXTRT = text("Name of Treatment", "Req", "Topic")
    EXCAT = text("Category of Treatment", "Perm", "Grouping Qualifier")
    EXSCAT = text("Subcategory of Treatment", "Perm", "Grouping Qualifier")
    EXDOSE = number("Dose", "Exp", "Record Qualifier", low=0)
    EXDOSTXT = text("Dose Description", "Perm", "Record Qualifier")
    EXDOSU = text("Dose Units", "Exp", "Variable Qualifier")
    EXDOSFRM = text("Dose Form", "Exp", "Variable Qualifier")
    EXDOSFRQ = text("Dosing Frequency per Interval", "Perm", "Record Qualifier")
    EXROUTE = text("Route of Administration", "Perm", "Variable Qualifier")
    EXLOT = text("Lot Number", "Perm", "Record Qualifier")
    VISITNUM = number("Visit Number", "Perm", "Timing")
    VISIT = text("Visit Name", "Perm", "Timing")
    EPOCH = text("Epoch", "Perm", "Timing")
    EXSTDTC = date("Start Date/Time of Treatment", "Exp")
    EXENDTC = date("End Date/Time of Treatment", "Exp")
    EXSTDY = count("Study Day of Start of Treatment", "Perm", "Timing")
    EXENDY = count("Study Day of End of Treatment", "Perm", "Timing")
    EXTPT = text("Planned Time Point Name", "Perm", "Timing")
    record_id = identifier()


EX = Table("EX", "Exposure", "Interventions", key=("USUBJID", "EXSEQ"), schema=_Ex)
