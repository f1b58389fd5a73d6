"""Laboratory: worst CTCAE grade after baseline, shift from the grade at baseline, and values outside the normal range.

Only the parameters that the protocol lists. The derived table marks the worst row of each subject (WORSTFL).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import polars as pl

from remit.analysis.index import Where
from remit.analysis.numbers import NOT_COLLECTED, Heading, absent, share, share_count
from remit.analysis.result import Result, Selection
from remit.analysis.study import INFUSED, Study
from remit.protocol import LabParameter


def labs(study: Study) -> Iterator[Result]:
    """Per parameter: grades and shifts where it is graded, and how many left the normal range."""
    if study.infused.height == 0:
        return
    adlb = study.table("adlb")
    listed = [lab.code for lab in study.protocol.labs]
    mine = adlb.filter(pl.col("PARAMCD").is_in(listed) & (pl.col("SAFFL") == "Y")) if adlb.height else adlb
    parts = {code: part for (code,), part in mine.group_by("PARAMCD", maintain_order=True)} if mine.height else {}
    for lab in study.protocol.labs:
        rows = parts.get(lab.code)
        if rows is None:
            everyone = study.everyone(study.columns[0])
            key = "grade-3-or-more" if lab.grade else "high"
            about = Heading(f"safety/labs/{lab.key}/{key}", lab.label, study.safety_set, behind=(everyone,))
            yield absent(about, "count", NOT_COLLECTED)
            continue
        if lab.grade is not None:
            yield from _grades(study, lab, rows)
        yield from _range(study, lab)


def _grades(study: Study, lab: LabParameter, rows: pl.DataFrame) -> Iterator[Result]:
    rules = study.protocol.rules
    worst = rows.filter(pl.col("WORSTFL") == "Y").select("LEVEL", "BTOXGRN", "ATOXGRN")
    cells: Counter[tuple[str, int | None, int]] = Counter()
    for level, base, grade in worst.iter_rows():
        for column in ("all", level):
            if column is not None:
                cells[column, base, grade] += 1
    stem: Where = (("PARAMCD", lab.code), *INFUSED, ("WORSTFL", "Y"))
    shifts = sorted(
        {(base, grade) for column, base, grade in cells if column == "all"}, key=lambda c: (c[0] is None, c)
    )
    for column in study.columns:
        here = (*stem, *column.where)
        population = Selection("population", "adlb", here)
        n = sum(count for (key, _, _), count in cells.items() if key == column.key)
        kinds: list[tuple[str, str, tuple[int, ...]]] = [(f"grade-{g}", f"worst grade {g}", (g,)) for g in range(5)]
        for key, words, grades in (*kinds, ("grade-3-or-more", "grade 3 or more", (3, 4, 5))):
            x = sum(count for (at, _, grade), count in cells.items() if at == column.key and grade in grades)
            chosen = grades[0] if len(grades) == 1 else grades
            about = Heading(
                f"safety/labs/{lab.key}/{key}{column.suffix}",
                f"{lab.label}, {words}{column.name}",
                study.safety_set,
                column.key,
                (Selection("counted", "adlb", (*here, ("ATOXGRN", chosen))), population),
            )
            yield from share(about, x, n, rules) if len(grades) > 1 else (share_count(about, x, n, rules),)
        for base, grade in shifts:
            x = cells[column.key, base, grade]
            shown = "missing" if base is None else str(base)
            about = Heading(
                f"safety/labs/{lab.key}/shift/{shown}-to-{grade}/{column.key}",
                f"{lab.label}, grade {shown} at baseline, worst {grade}{column.name}",
                study.safety_set,
                column.key,
                (Selection("counted", "adlb", (*here, ("BTOXGRN", base), ("ATOXGRN", grade))), population),
            )
            yield share_count(about, x, n, rules)


def _range(study: Study, lab: LabParameter) -> Iterator[Result]:
    """Subjects with any value outside the laboratory's range on treatment, among those with a range to compare."""
    rules = study.protocol.rules
    after: Where = (("PARAMCD", lab.code), *INFUSED, ("ONTRTFL", "Y"), ("ABLFL", None))
    compared = ("LOW", "NORMAL", "HIGH")
    for column in study.columns:
        population = Selection("population", "adlb", (*after, *column.where, ("ANRIND", compared)))
        n = study.index.count("adlb", population.where)
        for key in ("low", "high"):
            counted = Selection("counted", "adlb", (*after, *column.where, ("ANRIND", key.upper())))
            x = study.index.count("adlb", counted.where)
            word = "below" if key == "low" else "above"
            about = Heading(
                f"safety/labs/{lab.key}/{key}{column.suffix}",
                f"{lab.label}, any value {word} normal after baseline{column.name}",
                study.safety_set,
                column.key,
                (counted, population),
            )
            yield share_count(about, x, n, rules)
