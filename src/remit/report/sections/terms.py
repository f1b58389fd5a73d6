"""Adverse events term by level: how many subjects, tinted by the worst grade; the most frequent at the top first."""

from __future__ import annotations

from markupsafe import Markup

from remit.report.material import Material, cased, slug
from remit.report.sections.who import heads
from remit.report.tables import FOOT, Cell, Row, Table

GRADES = (5, 4, 3, 2, 1)
# With more rows than this the body systems stand alone, and the terms open below them.
LONG = 60


def systems_and_terms(m: Material) -> tuple[Table | None, Table | None]:
    """(the table of the page, the longer one behind it): one table while short, else body systems and everything."""
    names = _names(m)
    terms = _ordered(m, "term")
    groups = [
        (_row(m, "body-system", system, names["body-system"].get(system, system), "group"), mine)
        for system in _ordered(m, "body-system")
        if (mine := [t for t in terms if names["systems"].get(t) == system])
    ]
    rows = [
        row
        for group, mine in groups
        for row in (group, *(_row(m, "term", t, names["term"].get(t, t), "sub") for t in mine))
    ]
    placed = set(names["systems"])
    rows += [_row(m, "term", t, _title(m, t), "") for t in terms if t not in placed]
    if not rows:
        return None, None
    caption = f"Treatment-emergent adverse events by body system and term, by {m.level_word}"
    whole = Table("terms", caption, heads(m), rows, _foot(m, rows), "Body system, term")
    if len(rows) <= LONG:
        return whole, None
    plain = [Row(group.head, group.cells) for group, _ in groups]
    short = f"Treatment-emergent adverse events by body system, by {m.level_word}"
    return Table("systems", short, heads(m), plain, _foot(m, plain), "Body system"), whole


def _foot(m: Material, rows: list[Row]) -> Markup:
    said = Markup("Number of subjects; a subject counts once a row. ")
    if any(cell.kind != "num" for row in rows for cell in row.cells):
        said += Markup(
            '<span class="swatches">Worst grade, {} unless the event has its own scale: '
            '<i class="g1">1</i><i class="g2">2</i><i class="g3">3</i><i class="g4">4</i><i class="g5">5</i></span> '
        ).format(m.protocol.safety.toxicity_scale)
    return said + FOOT


def _row(m: Material, kind: str, key: str, name: str, style: str) -> Row:
    columns = ["all", *(level.key for level in m.levels)]
    return Row(name, [_cell(m, kind, key, column) for column in columns], style)


def _cell(m: Material, kind: str, key: str, column: str) -> Cell:
    s = m.shelf
    stem = f"safety/teae/{kind}/{key}"
    if not s.positive(f"{stem}/{column}/count"):
        return Cell(Markup('<span class="none">–</span>'))
    count = s.cell(f"{stem}/{column}/count")
    grade = next((g for g in GRADES if s.positive(f"{stem}/grade-{g}/{column}/count")), None)
    if grade is None or kind == "body-system":
        return Cell(count)
    return Cell(Markup('{} <span class="gr">G{}</span>').format(count, grade), f"num g{grade}")


def _ordered(m: Material, kind: str) -> list[str]:
    """Keys by count at the highest level, then overall, then by name."""
    top = m.levels[-1].key
    prefix = f"safety/teae/{kind}/"
    keys = [
        k
        for r in m.shelf.under(prefix, "/all/count")
        if "/" not in (k := r.id.removeprefix(prefix).removesuffix("/all/count"))
    ]

    def size(key: str, column: str) -> float:
        result = m.shelf.get(f"{prefix}{key}/{column}/count")
        return -(result.value or 0) if result else 0

    return sorted((k for k in keys if size(k, "all")), key=lambda k: (size(k, top), size(k, "all"), k))


def _names(m: Material) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"term": {}, "body-system": {}, "systems": {}}
    rows = m.rows("adae", "AEDECOD", "AEBODSYS")
    if rows is not None:
        for term, system in rows.select("AEDECOD", "AEBODSYS").unique(maintain_order=True).iter_rows():
            if term and system:
                found["term"].setdefault(slug(term), cased(term))
                found["body-system"].setdefault(slug(system), cased(system))
                found["systems"].setdefault(slug(term), slug(system))
    return found


def _title(m: Material, key: str) -> str:
    result = m.shelf.get(f"safety/teae/term/{key}/all/count")
    return result.title if result else key
