"""SUPP--: what does not fit a standard variable, one declaration for SUPPDM, SUPPAE and every other.

One record per parent record (IDVAR names the parent's column, IDVARVAL its value) and qualifier (QNAM). A
qualifier of the subject itself (SUPPDM) has an empty IDVAR.
"""

from __future__ import annotations

import dataframely as dy

from remit.records import codelists
from remit.records.columns import coded, identifier, text
from remit.records.table import Table


class _Supp(dy.Schema):
    STUDYID = text("Study Identifier", "Req", "Identifier")
    RDOMAIN = text("Related Domain Abbreviation", "Req", "Identifier")
    USUBJID = text("Unique Subject Identifier", "Req", "Identifier")
    IDVAR = text("Identifying Variable", "Exp", "Identifier")
    IDVARVAL = text("Identifying Variable Value", "Exp", "Identifier")
    QNAM = text("Qualifier Variable Name", "Req", "Topic")
    QLABEL = text("Qualifier Variable Label", "Req", "Synonym Qualifier")
    QVAL = text("Data Value", "Req", "Result Qualifier")
    QORIG = text("Origin", "Req", "Record Qualifier")
    QEVAL = coded("Evaluator", "Exp", "Record Qualifier", codelists.EVALUATOR)
    record_id = identifier()


def supp(domain: str) -> Table:
    """The supplemental qualifiers of one domain: `supp("AE")` is SUPPAE."""
    return Table(
        f"SUPP{domain}",
        f"Supplemental Qualifiers for {domain}",
        "Relationship",
        key=("USUBJID", "IDVARVAL", "QNAM"),
        schema=_Supp,
    )
