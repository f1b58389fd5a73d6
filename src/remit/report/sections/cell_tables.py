"""The tables of the section about cells: recovery of B cells and their subsets, serology, response."""

from __future__ import annotations

from markupsafe import Markup

from remit.protocol import Endpoint
from remit.report.material import Material
from remit.report.sections.who import heads, spread_cell
from remit.report.tables import FOOT, Cell, Row, Table

SEROLOGY = (
    ("dsdna", "Anti-dsDNA"),
    ("c3", "C3"),
    ("c4", "C4"),
    ("upcr", "Urine protein/creatinine"),
    ("igg", "IgG"),
    ("iga", "IgA"),
    ("igm", "IgM"),
)
NOTHING = Markup('<span class="none">–</span>')


def recovery(m: Material) -> Table | None:
    """Nadir, aplasia and return of B cells, and what came back."""
    s = m.shelf
    columns = ["", *(f"/{level.key}" for level in m.levels)]
    rows = []
    if s.get("b-cells/nadir/median") is not None:
        rows.append(Row("Lowest count, median", [Cell(s.cell(f"b-cells/nadir{c}/median")) for c in columns]))
    if s.has("b-cells/below-quantification/count"):
        deep = [Cell(s.cell(f"b-cells/below-quantification{c}/count")) for c in columns]
        rows.append(Row("Lowest below quantification", deep))
    if s.has("b-cells/returned/count"):
        rows.append(Row("Back so far", [Cell(s.cell(f"b-cells/returned{c}/count")) for c in columns]))
    if s.has("b-cells/aplasia-at-least-days/median"):
        least = [spread_cell(m, f"b-cells/aplasia-at-least-days{c}") for c in columns]
        rows.append(Row("Aplasia so far, days, median (range)", least))
    for label, stem in (
        ("Aplasia, days, the median lies between", "b-cells/aplasia-days"),
        ("Return, months, the median lies between", "time-to/b-cell-return/turnbull"),
    ):
        if s.has(f"{stem}/median-low"):
            bounds = Markup("{} and {}").format(s.cell(f"{stem}/median-low"), s.cell(f"{stem}/median-high"))
            rows.append(Row(label, [Cell(bounds), *[Cell(NOTHING) for _ in m.levels]]))
    if not rows:
        return None
    foot = f"Returns lie between two samples; bounds of the median by Turnbull's estimate. {FOOT}"
    return Table("b-cell-recovery", f"B cells by {m.level_word}", heads(m), rows, foot, "Measure")


def subsets(m: Material) -> Table | None:
    """Subsets of B cells by visit, median and range; None where none was measured."""
    stems = [r.id.removesuffix("/median") for r in m.shelf.under("b-cells/subset/", "/median")]
    keys = list(dict.fromkeys(stem.split("/")[2] for stem in stems))
    every = ("baseline", "at-return", *(v.key for v in m.protocol.visits))
    places = [place for place in every if any(stem.endswith(f"/{place}") for stem in stems)]
    if not keys:
        return None
    labels = {"baseline": "Baseline", "at-return": "At the return", **m.visit_labels()}
    rows = [
        Row(key.replace("-", " ").capitalize(), [spread_cell(m, f"b-cells/subset/{key}/{place}") for place in places])
        for key in keys
    ]
    caption = "B-cell subsets by visit, median (range)"
    return Table("b-cell-subsets", caption, [labels[place] for place in places], rows, FOOT, "Subset")


def serology(m: Material) -> Table | None:
    """Antibodies, complement, protein in urine and immunoglobulins by visit, median with quartiles."""
    s = m.shelf
    places = ["baseline", *(v.key for v in m.protocol.visits)]
    used = [p for p in places if any(s.has(f"activity/{key}/{p}/median") for key, _ in SEROLOGY)]
    if not used:
        return None
    labels = {"baseline": "Baseline", **m.visit_labels()}
    rows = []
    for key, label in SEROLOGY:
        result = s.get(f"activity/{key}/baseline/median")
        if result is None or not any(s.has(f"activity/{key}/{p}/median") for p in used):
            continue
        unit = result.title.rpartition(", at baseline")[0].rpartition(", ")[2]
        cells = [Cell(_quartiles(m, f"activity/{key}/{p}")) for p in used]
        rows.append(Row(f"{label}, {unit}" if unit and unit != label else label, cells))
    caption = "Antibodies, complement, urine protein and immunoglobulins by visit, median (quartiles)"
    return Table("serology", caption, [labels[p] for p in used], rows, FOOT, "Measure") if rows else None


def _quartiles(m: Material, stem: str) -> Markup:
    s = m.shelf
    if not s.has(f"{stem}/median"):
        return NOTHING
    return Markup('{} <span class="pc">({}–{})</span> <span class="hn">n {}</span>').format(
        *(s.cell(f"{stem}/{key}") for key in ("median", "q1", "q3", "n"))
    )


def responses(m: Material, endpoints: list[Endpoint]) -> Table | None:
    """Shares in each state and B-cell return by level and by thirds of exposure, with intervals."""
    s = m.shelf
    keys = list(dict.fromkeys(r.id.split("/")[2] for r in s.under("exposure-response/", "/proportion")))
    if not keys:
        return None
    names = {level.key: level.name for level in m.levels}
    returns = bool(s.under("exposure-response/b-cell-return/"))
    rows = []
    for key in keys:
        cells: list[Cell] = []
        for endpoint in endpoints:
            id = f"exposure-response/{endpoint.key}/{key}/proportion"
            cells += [Cell(s.cell(id)), Cell(s.interval(id), "ci")]
        if returns:
            stem = f"exposure-response/b-cell-return/{key}"
            cells += [Cell(s.cell(f"{stem}/proportion")), Cell(s.start(f"{stem}/median"))]
        rows.append(Row(names[key] if key in names else _third(m, endpoints, key), cells))
    head: list[Markup | str] = []
    for endpoint in endpoints:
        head += [endpoint.label, "interval"]
    if returns:
        head += ["B cells back", "median months"]
    foot = "States at the last assessment; months by Kaplan–Meier; thirds of the subjects by what was measured in them."
    return Table("exposure-response", "Response by exposure", head, rows, foot, "Exposure")


def _third(m: Material, endpoints: list[Endpoint], key: str) -> str:
    """`cmax-third-1` in words, with the range of the measure as the note of a result says it."""
    ids = [f"exposure-response/{e}/{key}/proportion" for e in (*(e.key for e in endpoints), "b-cell-return")]
    noted = next((result.note for id in ids if (result := m.shelf.get(id)) is not None), "")
    word = {"1": "Lowest", "2": "Middle", "3": "Highest"}.get(key[-1], "")
    return f"{word} third: {noted.partition(';')[0].replace('copies/ug', 'copies/µg')}"
