"""Evidence: what can be true given what a publication printed; what changed between two reports of one trial."""

from __future__ import annotations

from remit.evidence.claims import Claims
from remit.evidence.judged import Checked, Judged
from remit.evidence.reconcile import Explanation, Reconciled
from remit.evidence.reconcile import reconcile as reconcile_claims
from remit.evidence.verdicts import check as check_claims

__all__ = ["Checked", "Claims", "Explanation", "Judged", "Reconciled", "check_claims", "reconcile_claims"]
