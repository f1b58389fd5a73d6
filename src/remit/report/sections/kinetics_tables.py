"""The tables about the product's own cells: kinetics of every analyte, by infusion, by convention, by donor and lot."""

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
RULE = "Areas: linear up, log down. Below quantification counts as 0 before and after, and is left out between."
NOTHING = Markup('<span class="none">–</span>')
_INFUSION = re.compile(r"^kinetics/([^/]+)/infusion-(\d+)/")
_COVARIATE = re.compile(r"^kinetics/([^/]+)/([^/]+)/(donor|lot)-([^/]+)/median$")


def tests(m: Material) -> dict[str, str]:
    """Each analyte's segment in ids → its name with its unit, in the order of the analysis."""
    found: dict[str, str] = {}
    for result in m.shelf.under("kinetics/", "/cmax/median"):
        parts, pieces = result.id.split("/"), result.title.split(", ")
        if len(parts) == 4 and parts[1] != "product":
            unit = pieces[2].replace("ug", "µg").replace("uL", "µL") if len(pieces) > 3 else ""
            found.setdefault(parts[1], f"{pieces[0]}, {unit}" if unit else pieces[0])
    return found


def _grouped(m: Material, made: dict[str, list[Row]], width: int) -> list[Row]:
    """The rows of every analyte, under its name where there are several."""
    names = tests(m)
    if len(names) < 2:
        return [row for rows in made.values() for row in rows]
    blank = [Cell("") for _ in range(width)]
    return [row for test, rows in made.items() if rows for row in (Row(names.get(test, test), blank, "group"), *rows)]


def peaks(m: Material) -> Table | None:
    """Cell kinetics by level, median and range; None when no cells were measured."""
    s = m.shelf
    columns = ["", *(f"/{level.key}" for level in m.levels)]
    words = dict(MEASURES)
    found = list(dict.fromkeys(tuple(r.id.split("/")[1:3]) for r in s.under("kinetics/", "/median")))
    made: dict[str, list[Row]] = {}
    for test in tests(m):
        rows = made.setdefault(test, [])
        for one, measure in found:
            stem = f"kinetics/{test}/{measure}"
            if one == test and s.has(f"{stem}/median"):
                label = words.get(measure, measure.replace("-", " ").capitalize())
                rows.append(Row(label, [spread_cell(m, f"{stem}{c}") for c in columns]))
        if s.has(f"kinetics/{test}/still-detected/proportion"):
            cells = [Cell(s.cell(f"kinetics/{test}/still-detected{c}/proportion")) for c in columns]
            rows.append(Row("Still above in the last sample", cells))
        if not rows:
            # what was refused says why: in several units there is no number
            refused = Cell(s.cell(f"kinetics/{test}/cmax/median"))
            rows.append(Row("Highest", [refused, *[Cell(NOTHING) for _ in m.levels]]))
    listed = _grouped(m, made, len(columns))
    if not listed:
        return None
    foot = f"{_missing(m)} {RULE}"
    return Table("kinetics", f"Cell kinetics by {m.level_word}, median (range)", heads(m), listed, foot, "Measure")


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
    numbers = list(dict.fromkeys(match[2] for match in found))
    made: dict[str, list[Row]] = {}
    for test in tests(m):
        stems = [f"kinetics/{test}/infusion-{number}" for number in numbers]
        rows = made.setdefault(test, [])
        for key, label in (*MEASURES, *FIT):
            if any(s.has(f"{stem}/{key}/median") for stem in stems):
                kind = "sub" if (key, label) in FIT else ""
                rows.append(Row(label, [_known(m, f"{stem}/{key}") for stem in stems], kind))
    head = [Markup("Infusion {}").format(number) for number in numbers]
    foot = f"Half-life: line through at least three quantified points after the peak, best adjusted R². {RULE} {FOOT}"
    caption = f"Cell kinetics by infusion, median (range){_unit(m)}"
    return Table("kinetics-infusions", caption, head, _grouped(m, made, len(numbers)), foot, "Measure")


def _known(m: Material, stem: str) -> Cell:
    """The spread, or a dash where it has no value: why stands in the foot."""
    return spread_cell(m, stem) if m.shelf.has(f"{stem}/median") else Cell(NOTHING)


def _unit(m: Material) -> str:
    """`; copies/µg, AUC in days times that`; for several analytes their names say the unit."""
    names = list(tests(m).values())
    if len(names) > 1:
        return "; AUC in days times the unit"
    unit = names[0].rpartition(", ")[2] if names and ", " in names[0] else ""
    return f"; {unit}, AUC in days times that" if unit else ""


def conventions(m: Material) -> Table | None:
    """The AUC of days 0 to 28 under each convention for samples below quantification."""
    s = m.shelf
    made: dict[str, list[Row]] = {}
    for test in tests(m):
        stem = f"kinetics/{test}/auc-0-28"
        ours = s.get(f"{stem}/median")
        others = [r for r in s.under(f"{stem}/", "/median") if "(" in r.title]
        if ours is None or not others:
            continue
        rows = made.setdefault(test, [])
        rows.append(Row("linear up, log down; 0 before and after, left out between (ours)", _three(m, stem)))
        for result in others:
            convention = result.title.rpartition("(")[2].partition(")")[0]
            rows.append(Row(_convention(convention), _three(m, result.id.removesuffix("/median"))))
    if not made:
        return None
    foot = "Unknown where the last samples are below quantification and left out: no sample then reaches day 28."
    head = ["Subjects", "Median", "Range"]
    listed = _grouped(m, made, len(head))
    return Table("kinetics-conventions", "AUC of days 0–28 by convention", head, listed, foot, "Convention")


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


def covariates(m: Material, endpoints: list[Endpoint]) -> Table | None:
    """Dose, peak, area and states by donor and by lot; None where neither is known or shared."""
    s = m.shelf
    named = [r for r in s.under("donors/", "/subjects/count") if len(r.id.split("/")) == 4]
    kinds = [(kind, key) for r in named for kind, _, key in [r.id.split("/")[1].partition("-")]]
    if not kinds:
        kinds = list(dict.fromkeys(
            (match[3], match[4]) for r in s.under("kinetics/", "/median") if (match := _COVARIATE.match(r.id))
        ))  # fmt: skip
    names = tests(m)
    measured = [
        (test, measure)
        for test in names
        for measure, _ in MEASURES
        if any(s.get(f"kinetics/{test}/{measure}/{kind}-{key}/median") is not None for kind, key in kinds)
    ]
    doses = any(s.has(f"donors/{kind}-{key}/cells-total/median") for kind, key in kinds)
    states = [
        e for e in endpoints if any(s.get(f"donors/{e.key}/{k}-{key}/proportion") is not None for k, key in kinds)
    ]
    rows: list[Row] = []
    width = 1 + doses + len(measured) + 2 * len(states)
    for word in dict.fromkeys(kind for kind, key in kinds if key != "unknown"):
        rows.append(Row(word.capitalize(), [Cell("") for _ in range(width)], "group"))
        for kind, key in kinds:
            if kind == word:
                group = f"{kind}-{key}"
                stems = [f"kinetics/{test}/{measure}/{group}" for test, measure in measured]
                counted = f"donors/{group}/subjects/count"
                cells = [Cell(s.start(counted)) if s.has(counted) else Cell(s.cell(f"{stems[0]}/n"))]
                cells += [_known(m, f"donors/{group}/cells-total")] if doses else []
                cells += [spread_cell(m, stem) for stem in stems]
                for endpoint in states:
                    id = f"donors/{endpoint.key}/{group}/proportion"
                    cells += [Cell(s.cell(id)), Cell(s.interval(id), "ci")]
                first = s.get(counted) or s.get(f"{stems[0]}/median")
                rows.append(Row(_named(first, kind), cells, "sub"))
    if not rows:
        return None
    words = dict(MEASURES)
    several = len({test for test, _ in measured}) > 1
    head: list[Markup | str] = ["Subjects", *(["Total dose"] if doses else [])]
    head += [
        Markup('{}<span class="hn">{}</span>').format(words[measure], names[test]) if several else words[measure]
        for test, measure in measured
    ]
    for endpoint in states:
        head += [endpoint.label, "interval"]
    foot = Markup("{} {}").format(warning(m), FOOT)
    caption = f"Exposure, cell kinetics and response by donor and lot, median (range){_unit(m)}"
    return Table("kinetics-covariates", caption, head, rows, foot, "Source")


def warning(m: Material) -> Markup:
    """What donors and lots cannot show, with how many of them went to one level only."""
    s = m.shelf
    alone = "subjects of one lot are no independent witnesses of it"
    said = [Markup("Not adjusted for the {}; {}.").format(m.level_word, alone)]
    for word in ("donor", "lot"):
        id = f"donors/{word}/at-one-level/total"
        result = s.get(id)
        if result is not None and result.value is not None and result.note:
            note = result.note[:1].upper() + result.note[1:]
            said.append(Markup("{} {}s went to one {} only. {}.").format(s.cell(id), word, m.level_word, note))
    return Markup(" ").join(said)


def _named(result: Result | None, kind: str) -> str:
    """The donor or lot as its title spells it."""
    return result.title.rpartition(f"{kind} ")[2].partition(", ")[0] if result is not None else ""
