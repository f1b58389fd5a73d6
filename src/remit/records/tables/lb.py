"""LB: Laboratory Test Results.

Laboratory results. LBSTRESN is empty when the standardized text is no number (such as "<5").
"""

from __future__ import annotations

import dataframely as dy
import polars as pl

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, number, text
from remit.records.table import Table

# base excess and anion gap are differences
_MAY_BE_NEGATIVE = ("BASEEXCS", "ANIONG")


class _Lb(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    LBSEQ = count("Sequence Number", "Req", "Identifier", low=1)
    LBSPID = text("Sponsor-Defined Identifier", "Perm", "Identifier")
    LBTESTCD = text("Lab Test or Examination Short Name", "Req", "Topic")
    LBTEST = text("Lab Test or Examination Name", "Req", "Synonym Qualifier")
    LBCAT = text("Category for Lab Test", "Exp", "Grouping Qualifier")
    LBSCAT = text("Subcategory for Lab Test", "Perm", "Grouping Qualifier")
    LBORRES = text("Result or Finding in Original Units", "Exp", "Result Qualifier")
    LBORRESU = text("Original Units", "Exp", "Variable Qualifier")
    LBORNRLO = text("Reference Range Lower Limit in Orig Unit", "Exp", "Variable Qualifier")
    LBORNRHI = text("Reference Range Upper Limit in Orig Unit", "Exp", "Variable Qualifier")
    LBSTRESC = text("Character Result/Finding in Std Format", "Exp", "Result Qualifier")
    LBSTRESN = number("Numeric Result/Finding in Standard Units", "Exp", "Result Qualifier")
    LBSTRESU = text("Standard Units", "Exp", "Variable Qualifier")
    LBSTNRLO = number("Reference Range Lower Limit-Std Units", "Exp", "Variable Qualifier")
    LBSTNRHI = number("Reference Range Upper Limit-Std Units", "Exp", "Variable Qualifier")
    LBNRIND = coded("Reference Range Indicator", "Exp", "Variable Qualifier", codelists.RANGE_INDICATOR)
    LBLLOD = text("Lower Limit of Detection", "Perm", "Variable Qualifier")
    LBSTAT = coded("Completion Status", "Perm", "Record Qualifier", codelists.NOT_DONE)
    LBREASND = text("Reason Test Not Done", "Perm", "Record Qualifier")
    LBSPEC = text("Specimen Type", "Perm", "Record Qualifier")
    LBMETHOD = text("Method of Test or Examination", "Perm", "Record Qualifier")
    LBLOBXFL = coded("Last Observation Before Exposure Flag", "Exp", "Record Qualifier", codelists.NY)
    LBBLFL = coded("Baseline Flag", "Perm", "Record Qualifier", codelists.NY)
    LBDRVFL = coded("Derived Flag", "Perm", "Record Qualifier", codelists.NY)
    LBTOX = text("Toxicity", "Perm", "Variable Qualifier")
    LBTOXGR = text("Standard Toxicity Grade", "Perm", "Record Qualifier")
    LBCLSIG = coded("Clinically Significant, Collected", "Perm", "Record Qualifier", codelists.NY)
    VISITNUM = number("Visit Number", "Exp", "Timing")
    VISIT = text("Visit Name", "Perm", "Timing")
    VISITDY = number("Planned Study Day of Visit", "Perm", "Timing")
    EPOCH = text("Epoch", "Perm", "Timing")
    LBDTC = date("Date/Time of Specimen Collection", "Exp")
    LBDY = count("Study Day of Specimen Collection", "Perm", "Timing")
    LBTPT = text("Planned Time Point Name", "Perm", "Timing")
    LBTPTNUM = number("Planned Time Point Number", "Perm", "Timing")
    record_id = identifier()

    @dy.rule()
    def LBSTRESN__not_negative(cls) -> pl.Expr:  # noqa: N802, N805  # named after its column
        """A concentration or a count is not below 0; a few tests measure a difference."""
        return (pl.col("LBSTRESN") >= 0) | pl.col("LBTESTCD").is_in(_MAY_BE_NEGATIVE)


LB = Table("LB", "Laboratory Test Results", "Findings", key=("USUBJID", "LBSEQ"), schema=_Lb)
