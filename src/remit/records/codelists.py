"""The controlled terms that our tables use: CDISC SDTM terminology of 2025-03-25 (NCI codes and submission
values).

Only what remit reads is carried; a wider terminology is read from a published file where one is needed.
A list that is not extensible takes no other value. "NA" is a term (Not Applicable), not a missing value.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Codelist:
    """A list of allowed terms; `code` is its NCI code, empty for a list of this project's own."""

    name: str
    code: str
    terms: tuple[str, ...]
    extensible: bool = False


NY = Codelist("NY", "C66742", ("N", "NA", "U", "Y"))
SEX = Codelist("SEX", "C66731", ("F", "INTERSEX", "M", "U"))
AGEU = Codelist("AGEU", "C66781", ("DAYS", "HOURS", "MONTHS", "WEEKS", "YEARS"))
ETHNIC = Codelist("ETHNIC", "C66790", ("HISPANIC OR LATINO", "NOT HISPANIC OR LATINO", "NOT REPORTED", "UNKNOWN"))
RACE = Codelist(
    "RACE",
    "C74457",
    (
        "AMERICAN INDIAN OR ALASKA NATIVE",
        "ASIAN",
        "BLACK OR AFRICAN AMERICAN",
        "NATIVE HAWAIIAN OR OTHER PACIFIC ISLANDER",
        "NOT REPORTED",
        "OTHER",
        "UNKNOWN",
        "WHITE",
    ),
)
ACTION_TAKEN = Codelist(
    "ACN",
    "C66767",
    (
        "DOSE INCREASED",
        "DOSE NOT CHANGED",
        "DOSE RATE REDUCED",
        "DOSE REDUCED",
        "DRUG INTERRUPTED",
        "DRUG WITHDRAWN",
        "NOT APPLICABLE",
        "UNKNOWN",
    ),
)
OUTCOME = Codelist(
    "OUT",
    "C66768",
    (
        "FATAL",
        "NOT RECOVERED/NOT RESOLVED",
        "RECOVERED/RESOLVED",
        "RECOVERED/RESOLVED WITH SEQUELAE",
        "RECOVERING/RESOLVING",
        "UNKNOWN",
    ),
)
SEVERITY = Codelist("AESEV", "C66769", ("MILD", "MODERATE", "SEVERE"))
NOT_DONE = Codelist("ND", "C66789", ("NOT DONE",))
DISPOSITION_CATEGORY = Codelist("DSCAT", "C74558", ("DISPOSITION EVENT", "OTHER EVENT", "PROTOCOL MILESTONE"))
RELATIVE = Codelist(
    "STENRF",
    "C66728",
    ("AFTER", "BEFORE", "BEFORE/DURING", "COINCIDENT", "DURING", "DURING/AFTER", "ONGOING", "UNKNOWN"),
)
RELATION = Codelist("RELTYPE", "C78737", ("MANY", "ONE"))

ARM_NULL_REASON = Codelist(
    "ARMNULRS",
    "C142179",
    ("ASSIGNED, NOT TREATED", "NOT ASSIGNED", "SCREEN FAILURE", "UNPLANNED TREATMENT"),
    extensible=True,
)
RANGE_INDICATOR = Codelist("NRIND", "C78736", ("ABNORMAL", "HIGH", "LOW", "NORMAL"), extensible=True)
DISPOSITION_SUBCATEGORY = Codelist("DSSCAT", "C170443", ("STUDY PARTICIPATION", "STUDY TREATMENT"), extensible=True)
EVENT_TYPE = Codelist("MHEDTTYP", "C124301", ("DIAGNOSIS", "FLARE", "SYMPTOM ONSET"), extensible=True)
EVALUATOR = Codelist("EVAL", "C78735", ("INVESTIGATOR", "INDEPENDENT ASSESSOR", "STUDY SUBJECT"), extensible=True)

# SDTM 3.4 gives AETOXGR no codelist; this project grades 1 to 5
GRADE = Codelist("GRADE", "", ("1", "2", "3", "4", "5"))
