"""The part of the safety section that the toxicity scales fill: grades, CRS under every scale, flags, infections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from remit.report.figures.edish import edish
from remit.report.material import Material
from remit.report.tables import FOOT, Cell, Row, Table

GRADES = tuple(range(6))
SCALES: tuple[tuple[str, str, int, str], ...] = (
    ("icaht-early", "ICAHT, days 0–30", 3, ""),
    ("icaht-early/longest-run", "variant: longest episode", 3, "sub2"),
    ("icaht-late", "ICAHT, after day 30", 3, ""),
    ("t-icaht-early", "T-ICAHT, days 0–30", 3, ""),
    ("t-icaht-early/code-2024", "variant: published code", 3, "sub2"),
    ("t-icaht-late", "T-ICAHT, days 31–100", 3, ""),
    ("gvhd-magic", "Acute GvHD, MAGIC", 2, ""),
    ("licats", "LICATS", 3, ""),
    ("iec-hs", "IEC-HS, by the investigator", 3, ""),
)
"""Stem after `toxicity/`, label, the grade from which the proportion is given, kind of row."""

CRS: tuple[tuple[str, str], ...] = (
    ("crs/astct-2019", "ASTCT 2019"),
    ("crs/lee-2014", "Lee 2014"),
    ("crs/penn", "Penn"),
    ("crs/ctcae-v5", "CTCAE v5"),
)
FLAGS: tuple[tuple[str, str], ...] = (
    ("hys-law", "Hy's law, any day"),
    ("iec-hs-alert", "IEC-HS alert by the laboratory, any day"),
    ("iec-hs-alert/investigator", "confirmed by the investigator"),
)


def toxicity(m: Material) -> Mapping[str, Any]:
    """Tables of the scales, None for one that has no row, and the eDISH figure."""
    return {
        "scales": scales(m),
        "crs_scales": crs_scales(m),
        "flags": flags(m),
        "infections": infections(m),
        "edish": _edish(m),
    }


def _grades(m: Material, stem: str, numbers: Sequence[int]) -> list[Cell]:
    shelf = m.shelf
    cells = []
    for grade in numbers:
        id = f"toxicity/{stem}/grade-{grade}/count"
        cells.append(Cell(shelf.bare(id) if shelf.positive(id) else Markup('<span class="none">·</span>')))
    unknown = f"toxicity/{stem}/grade-unknown/count"
    cells.append(Cell(shelf.bare(unknown) if shelf.positive(unknown) else Markup('<span class="none">·</span>')))
    return cells


def scales(m: Material) -> Table | None:
    """A row a scale: subjects by worst grade, and the proportion that was severe."""
    shelf = m.shelf
    rows = []
    for stem, label, severe, kind in SCALES:
        whole, key = f"toxicity/{stem}/count", f"toxicity/{stem}/grade-{severe}-or-more/proportion"
        open_still = f"toxicity/{stem}/grade-{severe}-or-more/count"
        unseen = f"toxicity/{stem}/not-assessed/count"
        missed = Cell(shelf.bare(unseen) if shelf.positive(unseen) else Markup('<span class="none">·</span>'))
        name = Markup('<span class="variant">{}</span>').format(label) if kind == "sub2" else label
        if shelf.get(whole) is not None:
            blanks = [Cell("") for _ in range(len(GRADES) + 1)]
            rows.append(Row(name, [*blanks, Cell(shelf.cell(whole)), Cell(""), Cell("")], kind))
        elif shelf.get(key) is not None:
            said = Markup("≥ {}: {}").format(severe, shelf.cell(key))
            cells = [*_grades(m, stem, GRADES), missed, Cell(said), Cell(shelf.interval(key), "ci")]
            rows.append(Row(name, cells, kind))
        elif shelf.get(open_still) is not None:
            ne = Markup('<abbr title="{}">NE</abbr>').format(shelf.get(open_still).note)  # type: ignore[union-attr]
            rows.append(Row(name, [*_grades(m, stem, GRADES), missed, Cell(ne), Cell("")], kind))
    if not rows:
        return None
    head = [*(str(grade) for grade in GRADES), "?", "nc", "Severe", "95 % CI, %"]
    foot = (
        "Subjects at their worst grade under each scale; ? is a grade that missing facts leave open, never 0. Severe: "
        "of those of whom it is known. "
        f"Growth factors and transfusions are said with each grade and do not change it. {FOOT}"
    )
    return Table("toxicity-scales", "Toxicity by the scales of cell therapy", head, rows, foot, "Scale")


def crs_scales(m: Material) -> Table | None:
    """Cytokine release syndrome: the same signs under four scales, and how many have another grade than by ASTCT."""
    shelf = m.shelf
    rows = []
    for stem, label in CRS:
        if shelf.get(f"toxicity/{stem}/grade-unknown/count") is None:
            continue
        apart = f"toxicity/{stem}/differs-from-astct/count"
        cell = Cell(shelf.bare(apart)) if shelf.get(apart) is not None else Cell("")
        rows.append(Row(label, [*_grades(m, stem, GRADES[1:]), cell]))
    if not rows:
        return None
    head = [*(str(grade) for grade in GRADES[1:]), "?", "Other than ASTCT"]
    foot = "Subjects at the worst grade that the recorded signs give; subjects without an event are in no column."
    return Table("crs-scales", "Cytokine release syndrome under every scale", head, rows, foot, "Scale")


def flags(m: Material) -> Table | None:
    """Flags that ask for a judgment, and the lowest band of immunoglobulin G."""
    shelf = m.shelf
    rows = []
    for stem, label in FLAGS:
        key = shelf.first(f"toxicity/{stem}/proportion", f"toxicity/{stem}/count")
        kind = "sub" if "/" in stem else ""
        if key is not None:
            rows.append(Row(label, [Cell(shelf.cell(key)), Cell(shelf.interval(key), "ci")], kind))
        elif shelf.get(f"toxicity/{stem}/count") is not None:
            rows.append(Row(label, [Cell(shelf.cell(f"toxicity/{stem}/count")), Cell("")], kind))
    bands = "toxicity/hypogammaglobulinemia"
    if shelf.get(f"{bands}/count") is not None:
        rows.append(Row("Lowest immunoglobulin G", [Cell(shelf.cell(f"{bands}/count")), Cell("")]))
    for word, label in (
        ("low", "IgG below its limit, 4 g/L or more"),
        ("severe", "IgG below 4 g/L"),
        ("unknown", "IgG unknown"),
    ):
        id = f"{bands}/{word}/count"
        if shelf.get(id) is not None and (word != "unknown" or shelf.positive(id)):
            rows.append(Row(label, [Cell(shelf.cell(id)), Cell(shelf.interval(id), "ci")]))
    if not rows:
        return None
    foot = f"A flag asks for a judgment, it is not a diagnosis. {FOOT}"
    return Table(
        "toxicity-flags", "Laboratory flags, subjects with any", ["Subjects", "95 % CI, %"], rows, foot, "Flag"
    )


def infections(m: Material) -> Table | None:
    """Infections by site and organism; None when there was none."""
    shelf = m.shelf
    rows = []
    for result in shelf.under("toxicity/infection/site/", "/events"):
        stem = result.id.removesuffix("/events")
        label = result.title.removeprefix("Infection: ")
        rows.append(Row(label, [Cell(shelf.cell(f"{stem}/count")), Cell(shelf.cell(result.id))]))
    if not rows:
        return None
    severe = "toxicity/infection/grade-3-or-more"
    rows.append(Row("Grade 3 or more, any site", [Cell(shelf.cell(f"{severe}/count")), Cell("")]))
    return Table("infections", "Infections by site and organism", ["Subjects", "Events"], rows, FOOT, "Site, organism")


def _edish(m: Material) -> Any:
    shelf = m.shelf
    if not shelf.has("toxicity/edish/hys-law/count"):
        return None
    said = Markup("Hy's law quadrant: {}; ALT alone above three times its limit: {}")
    numbers = (shelf.fraction(f"toxicity/edish/{key}/count") for key in ("hys-law", "temple"))
    return edish(m, said.format(*numbers))
