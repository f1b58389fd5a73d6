"""Seconds until `claims check` answers, by the number of patients that the document speaks of.

Documents are written from random cohorts, so each can be true: a dose-finding abstract with levels opened in order, a
table of whole-numbered scores (mean, SD, median, quartiles, range), and scores in overlapping subgroups. Each is also
asked with one number pushed out of its range, which makes it impossible. `undecided` and `open` count what the time
limit cut: the whole document, and ranges of single statements.

Targets: 5 s up to 60 patients, 30 s up to 300.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

# `calendar.py` beside this file must not stand for the standard library's, which others import.
sys.path.remove(str(Path(__file__).resolve().parent))

import numpy as np

from remit.evidence import check_claims
from remit.exchange.claims_yaml import parse_claims

SIZES = (20, 60, 150, 300)
LEVELS = ("DL1", "DL2", "DL3", "DL4")
DAYS = 30.4375


def abstract(n: int, wrong: bool) -> list[str]:
    """Levels opened in order, follow-up in months, remission among those followed longest."""
    rng = np.random.default_rng(n)
    sizes = (1, 1, max(3, n // 4))
    sizes = (*sizes, n - sum(sizes))
    # Everyone is treated a few days after the one before; a level opens a month after the one below is full.
    start, days = 0, []
    for size in sizes:
        for _ in range(size):
            days.append(start)
            start += int(rng.integers(1, 6))
        start += 30
    followed = sorted((start + 31 - day for day in days), reverse=True)
    months = [day / DAYS for day in followed]
    threshold = round(sorted(months)[n // 2] + 0.5)
    longer = sum(month > threshold for month in months)
    doris, lldas = longer // 2, (3 * longer) // 4
    parts = ", ".join(f"{name}: {size}" for name, size in zip(LEVELS, sizes, strict=True))
    lines = [
        f'groups: {{longer: {{where: "follow_up_months > {threshold}", count: {longer}}}}}',
        "statements:",
        f"  - {{id: levels, kind: partition, parts: {{{parts}}}}}",
        f"  - {{id: follow-up, kind: summary, variable: follow_up_months, median: {statistics.median(months):.0f}, "
        f"min: {min(months):.0f}, max: {max(months):.0f}}}",
        f"  - {{id: order, kind: order, levels: [{', '.join(LEVELS)}], dlt-window-days: 28}}",
        f"  - {{id: crs, kind: count, event: crs, count: {n // 10}}}",
        f"  - {{id: doris, kind: proportion, of: longer, event: doris, count: {doris}, "
        f'percent: "{100 * doris / longer:.1f}"}}',
        f"  - {{id: lldas, kind: proportion, of: longer, event: lldas, count: {lldas}}}",
        "  - {id: nested, kind: implies, if: doris, then: lldas}",
        "  - {id: last, kind: count, of: longer, event: DL4}",
    ]
    if wrong:
        lines.append(f"  - {{id: wrong, kind: time, of: infusion, days: {days[-1] - 60}}}")
    return lines


def scores(n: int, wrong: bool) -> list[str]:
    """Whole-numbered scores before and after, and age."""
    rng = np.random.default_rng(n + 1)
    before = [int(x) for x in rng.integers(8, 30, n)]
    after = [int(x) for x in rng.integers(0, 10, n)]
    ages = [int(x) for x in rng.normal(35, 9, n)]
    lines = ["statements:", _summary("before", "sledai_baseline", before), _summary("after", "sledai", after)]
    lines.append(_summary("age", "age", ages))
    remission = sum(x in (0, 2, 4) for x in after) // 2
    lines += [
        f'  - {{id: doris, kind: proportion, event: doris, count: {remission}, percent: "{100 * remission / n:.0f}"}}',
        '  - {id: high, kind: count, event: "sledai > 4"}',
    ]
    if wrong:
        lines.append(
            f'  - {{id: wrong, kind: count, event: "sledai > {statistics.median(after) + 1}", count: {n - 2}}}'
        )
    return lines


def subgroups(n: int, wrong: bool) -> list[str]:
    """A score in two overlapping groups, and in everyone."""
    rng = np.random.default_rng(n + 2)
    score = [int(x) for x in rng.integers(0, 25, n)]
    renal = [bool(x) for x in rng.integers(0, 2, n)]
    young = [bool(x) for x in rng.integers(0, 2, n)]
    lines = [
        f"groups: {{renal: {{where: renal, count: {sum(renal)}}}, young: {{where: young, count: {sum(young)}}}}}",
        "statements:",
        _summary("all", "score", score),
        _summary("of-renal", "score", [x for x, flag in zip(score, renal, strict=True) if flag], "renal"),
        _summary("of-young", "score", [x for x, flag in zip(score, young, strict=True) if flag], "young"),
        "  - {id: both, kind: count, of: renal, event: young}",
    ]
    if wrong:
        top = max(x for x, flag in zip(score, renal, strict=True) if flag)
        lines.append(f'  - {{id: wrong, kind: count, of: renal, event: "score > {top}", count: 1}}')
    return lines


def _summary(name: str, variable: str, values: list[int], of: str = "all") -> str:
    q1, q3 = (float(x) for x in np.quantile(values, (0.25, 0.75)))
    return (
        f"  - {{id: {name}, kind: summary, variable: {variable}, of: {of}, integer: true, "
        f'mean: "{statistics.mean(values):.1f}", sd: "{statistics.stdev(values):.1f}", '
        f'median: "{statistics.median(values):.1f}", q1: "{q1:.1f}", q3: "{q3:.1f}", '
        f"min: {min(values)}, max: {max(values)}}}"
    )


DOCUMENTS: dict[str, Callable[[int, bool], list[str]]] = {
    "abstract": abstract,
    "scores": scores,
    "subgroups": subgroups,
}


def main() -> None:
    """Measure and print."""
    print(f"{platform.machine()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}; CPU seconds\n")
    print(f"{'document':<12} {'n':>4} {'asked':>11} {'verdict':>11} {'seconds':>8} {'target':>7}  open")
    chosen = sys.argv[1:]
    for name, document in DOCUMENTS.items():
        if chosen and name not in chosen:
            continue
        for n in SIZES:
            for wrong in (False, True):
                claims = parse_claims("\n".join([f"n: {n}", *document(n, wrong)]))
                target = 5 if n <= 60 else 30
                before = time.process_time()
                checked = check_claims(claims, limit=float(target))
                spent = time.process_time() - before
                cut = sum("not decided" in s.why for s in checked.statements)
                met = "met" if spent <= target and checked.verdict != "undecided" else "NOT met"
                asked = "impossible" if wrong else "possible"
                print(f"{name:<12} {n:>4} {asked:>11} {checked.verdict:>11} {spent:>8.1f} {met:>7}  {cut}", flush=True)


if __name__ == "__main__":
    main()
