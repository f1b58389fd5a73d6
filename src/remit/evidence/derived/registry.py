"""What was registered against what was reported."""

from __future__ import annotations

import re
from collections.abc import Iterator

from remit.evidence.claims import Claims
from remit.evidence.derived.fact import Fact, number, words
from remit.evidence.grids import MONTH_DAYS
from remit.evidence.kinds import Registered

_AFTER = re.compile(r"follow_up_months\s*(>=|>|≥)\s*([0-9]+(?:\.[0-9]+)?)")


def registry_facts(claims: Claims) -> Iterator[Fact]:
    """Endpoints without a number, planned patients, and groups that match no registered week."""
    for statement in claims.statements:
        if not isinstance(statement, Registered):
            continue
        if statement.planned is not None:
            short = claims.n - statement.planned
            than = "as many as" if not short else f"{abs(short)} {'more' if short > 0 else 'fewer'} than"
            yield number(
                f"{statement.id}/planned",
                statement.planned,
                f"{claims.n} patients, {than} the {statement.planned} planned",
            )
        for name, group in claims.head.groups.items():
            match = _AFTER.search(group.where or "")
            if match is None or not statement.weeks:
                continue
            weeks = float(match[2]) * float(MONTH_DAYS) / 7
            if not any(abs(weeks - week) <= 1 for week in statement.weeks):
                nearest = min(statement.weeks, key=lambda week: abs(week - weeks))
                why = f"{match[2]} months are {weeks:.1f} weeks; the nearest registered week is {nearest}"
                yield words(f"{statement.id}/{name}", "no registered time point", why)
