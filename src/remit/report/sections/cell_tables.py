"""The tables of the section about cells: kinetics, donors and lots, recovery of B cells, serology, response."""

from __future__ import annotations

import re

from markupsafe import Markup

from remit.analysis.result import Result
from remit.protocol import Endpoint
from remit.report.material import Material
from remit.report.sections.who import heads, spread_cell
from remit.report.tables import FOOT, Cell, Row, Table

MEASURES = (
    ("cmax", "Highest"),
    ("tmax-day", "Day of the highest"),
    ("clast", "Last above quantification"),
    ("tlast-day", "Last day above quantification"),
    ("auc-last", "AUC to the last above quantification"),
    ("auc-to-next", "AUC to the next infusion"),
    ("auc-0-28", "AUC, days 0–28"),
    ("half-life-days", "Half-life, days"),
)
FIT = (
    ("half-life-points", "points fitted"),
    ("half-life-r-squared", "R²"),
    ("half-life-r-squared-adjusted", "adjusted R²"),
)
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
_INFUSION = re.compile(r"^kinetics/([^/]+)/infusion-(\d+)/")
_COVARIATE = re.compile(r"^kinetics/([^/]+)/([^/]+)/(donor|lot)-([^/]+)/median$")


def peaks(m: Material) -> Table | None:
    """Cell kinetics by level, median and range; None when no cells were measured."""
    s = m.shelf
    columns = ["", *(f"/{level.key}" for level in m.levels)]
    words = dict(MEASURES)
    found = list(dict.fromkeys(tuple(r.id.split("/")[1:3]) for r in s.under("kinetics/", "/median")))
    rows = [
        Row(
            words.get(measure, measure.replace("-", " ").capitalize()),
            [spread_cell(m, f"kinetics/{test}/{measure}{c}") for c in columns],
        )
        for test, measure in found
        if s.has(f"kinetics/{test}/{measure}/median")
    ]
    for result in s.under("kinetics/", "/still-detected/proportion"):
        stem = result.id.removesuffix("/proportion")
        rows.append(Row("Still above in the last sample", [Cell(s.cell(f"{stem}{c}/proportion")) for c in columns]))
    if not rows:
        return None
    return Table("kinetics", f"Cell kinetics by {m.level_word}, median (range)", heads(m), rows, _missing(m), "Measure")


def _missing(m: Material) -> str:
    """Why there is no half-life after the last infusion, where there is none."""
    for result in m.shelf.under("kinetics/", "/half-life-days/median"):
        if result.value is None and "/infusion-" not in result.id:
            return f"No half-life after the last infusion: {result.note.partition('; unknown in')[0]}. {FOOT}"
    return FOOT


def infusions(m: Material) -> Table | None:
    """The windows from one infusion to the next, with the fits behind the half-lives; None for a single infusion."""
    s = m.shelf
    found = [match for r in s.under("kinetics/", "/cmax/median") if (match := _INFUSION.match(r.id))]
    if not found:
        return None
    test = found[0][1]
    numbers = [match[2] for match in found if match[1] == test]
    stems = [f"kinetics/{test}/infusion-{number}" for number in numbers]
    rows = []
    for key, label in MEASURES:
        if any(s.has(f"{stem}/{key}/median") for stem in stems):
            rows.append(Row(label, [_known(m, f"{stem}/{key}") for stem in stems]))
    for key, label in FIT:
        if any(s.has(f"{stem}/{key}/median") for stem in stems):
            rows.append(Row(label, [_known(m, f"{stem}/{key}") for stem in stems], "sub"))
    head = [Markup("Infusion {}").format(number) for number in numbers]
    foot = f"Half-life: line through at least three quantified points after the peak, best adjusted R². {FOOT}"
    caption = f"Cell kinetics by infusion, median (range){_unit(m)}"
    return Table("kinetics-infusions", caption, head, rows, foot, "Measure")


def _known(m: Material, stem: str) -> Cell:
    """The spread, or a dash where it has no value: why stands in the foot."""
    return spread_cell(m, stem) if m.shelf.has(f"{stem}/median") else Cell(NOTHING)


def _unit(m: Material) -> str:
    """`; copies/µg, AUC in days times that`, as the title of the highest value spells it; empty for none."""
    for result in m.shelf.under("kinetics/", "/cmax/median"):
        pieces = result.title.split(", ")
        if len(pieces) > 3:
            return f"; {pieces[2].replace('ug', 'µg')}, AUC in days times that"
    return ""


def conventions(m: Material) -> Table | None:
    """The AUC of days 0 to 28 under each convention for samples below quantification."""
    s = m.shelf
    ours = next(iter(s.under("kinetics/", "/auc-0-28/median")), None)
    if ours is None:
        return None
    stem = ours.id.removesuffix("/median")
    others = [r for r in s.under(f"{stem}/", "/median") if "(" in r.title]
    rows = [Row("linear up, log down; 0 before and after, left out between (ours)", _three(m, stem))]
    for result in others:
        convention = result.title.rpartition("(")[2].partition(")")[0]
        rows.append(Row(_convention(convention), _three(m, result.id.removesuffix("/median"))))
    foot = "Unknown where the last samples are below quantification and left out: no sample then reaches day 28."
    head = ["Subjects", "Median", "Range"]
    return Table("kinetics-conventions", "AUC of days 0–28 by convention", head, rows, foot, "Convention")


def _convention(text: str) -> str:
    """`linear, zero-drop-zero` in words."""
    method, _, rule = text.partition(", ")
    first, middle, last = rule.split("-")
    said = {"zero": "0", "half": "half the limit", "limit": "the limit", "drop": "left out"}
    shape = "linear up, log down" if method == "linear-up-log-down" else method
    if first == middle == last:
        return f"{shape}; below quantification: {said[first]}"
    return f"{shape}; before {said[first]}, between {said[middle]}, after {said[last]}"


def _three(m: Material, stem: str) -> list[Cell]:
    s = m.shelf
    spread = Markup("{}–{}").format(s.cell(f"{stem}/min"), s.cell(f"{stem}/max"))
    known = s.has(f"{stem}/median")
    median = Cell(s.cell(f"{stem}/median")) if known else Cell(NOTHING)
    return [Cell(s.cell(f"{stem}/n")), median, Cell(spread if known else NOTHING)]


def covariates(m: Material) -> Table | None:
    """Peak and area by donor and by lot; None where neither is known or shared."""
    s = m.shelf
    matched = [(match, r) for r in s.under("kinetics/", "/median") if (match := _COVARIATE.match(r.id))]
    if not matched:
        return None
    test = matched[0][0][1]
    measures = list(dict.fromkeys(match[2] for match, _ in matched if match[1] == test))
    kinds = list(dict.fromkeys((match[3], match[4]) for match, _ in matched if match[1] == test))
    rows: list[Row] = []
    for word in dict.fromkeys(kind for kind, key in kinds if key != "unknown"):
        rows.append(Row(word.capitalize(), [Cell("") for _ in range(len(measures) + 1)], "group"))
        for kind, key in kinds:
            if kind == word:
                stems = [f"kinetics/{test}/{measure}/{kind}-{key}" for measure in measures]
                name = _named(s.get(f"{stems[0]}/median"), kind)
                cells = [Cell(s.cell(f"{stems[0]}/n")), *(spread_cell(m, stem) for stem in stems)]
                rows.append(Row(name, cells, "sub"))
    if not rows:
        return None
    words = dict(MEASURES)
    head = ["Subjects", *(words.get(measure, measure) for measure in measures)]
    foot = f"Not adjusted for the {m.level_word}: donors and lots are not spread evenly over them."
    return Table(
        "kinetics-covariates", f"Cell kinetics by donor and lot, median (range){_unit(m)}", head, rows, foot, "Source"
    )


def _named(result: Result | None, kind: str) -> str:
    """The donor or lot as its title spells it."""
    return result.title.rpartition(f", {kind} ")[2].partition(", ")[0] if result is not None else ""


def recovery(m: Material) -> Table | None:
    """Nadir, aplasia and return of B cells, and what came back."""
    s = m.shelf
    columns = ["", *(f"/{level.key}" for level in m.levels)]
    rows = []
    if s.get("b-cells/nadir/median") is not None:
        rows.append(Row("Lowest count, median", [Cell(s.cell(f"b-cells/nadir{c}/median")) for c in columns]))
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
    places = [v for v in ("baseline", *(v.key for v in m.protocol.visits)) if any(s.endswith(f"/{v}") for s in stems)]
    if not keys:
        return None
    labels = {"baseline": "Baseline", **m.visit_labels()}
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
