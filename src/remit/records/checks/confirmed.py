"""What the investigator has confirmed: a fact in doubt that is true becomes a note, and no longer holds up a decision.

The confirmation is a supplemental qualifier of the record itself, and its value is the reason: `DOSECONF` in SUPPEX for
a dose that was really given, `DLTCONF` in SUPPAE for an event that is dose-limiting though no line of the definition
counts it. It speaks of no other rule: a missing grade cannot be confirmed, only entered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from remit.records.collection import Records
from remit.records.findings import Finding

CONFIRMS: Final[Mapping[str, tuple[str, str]]] = {
    "EX-OTHER-DOSE": ("EX", "DOSECONF"),
    "AE-BEYOND-DLT": ("AE", "DLTCONF"),
}
"""Rule → domain and qualifier that confirms its findings."""


def confirmed(records: Records, findings: Iterable[Finding]) -> list[Finding]:
    """The findings, with those that the investigator has confirmed with a reason turned into notes that quote it.

    A value of one word (Y, yes, ok) is no reason, and another evaluator (QEVAL) is not the investigator: the finding
    then stays, and says why.
    """
    every = list(findings)
    said: dict[tuple[str, str], tuple[str, str]] = {}
    for rule in {finding.rule for finding in every} & set(CONFIRMS):
        domain, qualifier = CONFIRMS[rule]
        evaluators = dict(records.table(f"SUPP{domain}").select("record_id", "QEVAL").iter_rows())
        parents = {
            (who, number): record
            for who, number, record in records.table(domain).select("USUBJID", f"{domain}SEQ", "record_id").iter_rows()
        }
        for who, number, reason, record in records.supp(domain, qualifier).iter_rows():
            parent = parents.get((who, number))
            if parent is not None:
                said[rule, parent] = (reason or "").strip(), (evaluators.get(record) or "").strip()
    return [_told(finding, said.get((finding.rule, finding.record or ""))) for finding in every]


def _told(finding: Finding, said: tuple[str, str] | None) -> Finding:
    if said is None:
        return finding
    (reason, evaluator), qualifier = said, CONFIRMS[finding.rule][1]
    if evaluator.upper() != "INVESTIGATOR":
        return replace(finding, what=f"{finding.what} {qualifier} is not the investigator's (QEVAL): this stays open.")
    if len(reason.split()) < 2:
        return replace(finding, what=f"{finding.what} {qualifier} gives no reason: this stays open.")
    what = f"{finding.what} Confirmed by the investigator ({qualifier}): {reason}"
    return replace(finding, severity="note", what=what, remedy="Nothing: it is confirmed, and reported as it is.")
