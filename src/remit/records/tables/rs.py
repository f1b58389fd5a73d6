"""RS: Disease Response and Clin Classification.

Disease activity as scored by the investigator: SLEDAI-2K items, PGA, BILAG letters, ICE, and the
investigator's own answers. Test codes are sponsor-defined: `records.sponsor_codes`.
"""

from __future__ import annotations

import dataframely as dy
import polars as pl

from remit.records import codelists
from remit.records.columns import coded, count, date, identifier, number, text
from remit.records.sponsor_codes import LIMITS
from remit.records.table import Table

_LOW = {code: low for code, (low, _) in LIMITS.items()}
_HIGH = {code: high for code, (_, high) in LIMITS.items()}


class _Rs(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    DOMAIN = text("Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    RSSEQ = count("Sequence Number", "Req", "Identifier", low=1)
    RSLNKID = text("Link ID", "Perm", "Identifier")
    RSTESTCD = text("Assessment Short Name", "Req", "Topic")
    RSTEST = text("Assessment Name", "Req", "Synonym Qualifier")
    RSCAT = text("Category for Assessment", "Exp", "Grouping Qualifier")
    RSSCAT = text("Subcategory", "Perm", "Grouping Qualifier")
    RSORRES = text("Result or Finding in Original Units", "Exp", "Result Qualifier")
    RSORRESU = text("Original Units", "Perm", "Variable Qualifier")
    RSSTRESC = text("Character Result/Finding in Std Format", "Exp", "Result Qualifier")
    RSSTRESN = number("Numeric Result/Finding in Standard Units", "Perm", "Result Qualifier")
    RSSTRESU = text("Standard Units", "Perm", "Variable Qualifier")
    RSSTAT = coded("Completion Status", "Perm", "Record Qualifier", codelists.NOT_DONE)
    RSREASND = text("Reason Not Done", "Perm", "Record Qualifier")
    RSLOBXFL = coded("Last Observation Before Exposure Flag", "Perm", "Record Qualifier", codelists.NY)
    RSBLFL = coded("Baseline Flag", "Perm", "Record Qualifier", codelists.NY)
    RSDRVFL = coded("Derived Flag", "Perm", "Record Qualifier", codelists.NY)
    RSEVAL = coded("Evaluator", "Perm", "Record Qualifier", codelists.EVALUATOR)
    VISITNUM = number("Visit Number", "Exp", "Timing")
    VISIT = text("Visit Name", "Perm", "Timing")
    VISITDY = number("Planned Study Day of Visit", "Perm", "Timing")
    EPOCH = text("Epoch", "Perm", "Timing")
    RSDTC = date("Date/Time of Assessment", "Exp")
    RSDY = count("Study Day of Assessment", "Perm", "Timing")
    RSEVLINT = text("Evaluation Interval", "Perm", "Timing")
    record_id = identifier()

    @dy.rule()
    def RSSTRESN__scale(cls) -> pl.Expr:  # noqa: N802, N805  # named after its column
        """A score lies on the scale of its test: PGA 0 to 3, a SLEDAI-2K item 0 to its weight, ICE 0 to 10."""
        low = pl.col("RSTESTCD").replace_strict(_LOW, default=None, return_dtype=pl.Float64)
        high = pl.col("RSTESTCD").replace_strict(_HIGH, default=None, return_dtype=pl.Float64)
        return (pl.col("RSSTRESN") >= low) & (pl.col("RSSTRESN") <= high)


RS = Table("RS", "Disease Response and Clin Classification", "Findings", key=("USUBJID", "RSSEQ"), schema=_Rs)
