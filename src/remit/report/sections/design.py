"""The design: what the protocol declares, its chances under the assumed scenarios, and what it says next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from remit.protocol import Escalation, Level, Protocol
from remit.report.figures.characteristics import characteristics
from remit.report.figures.decision_grid import decision_grid
from remit.report.figures.design import Drawn, distinct, text
from remit.report.figures.figure import Figure
from remit.report.figures.pathway_tree import pathway_tree
from remit.report.figures.theme import level_colors
from remit.report.material import Column, Material
from remit.report.sections.section import Section
from remit.report.shelf import Shelf
from remit.report.tables import Cell, Row, Table

# The design in half a sentence, by its key; any other is called by its key.
WORDS = {
    "3+3": "3+3: three subjects a level, three more after one DLT, too toxic after two",
    "titration-3+3-expansion": "single-subject titration, then 3+3, then an expansion at the level declared",
    "boin": "BOIN: the DLT rate at the level is compared with two fixed boundaries around the target",
    "keyboard": "keyboard: the interval of DLT rates that is most probable at the level decides",
    "mtpi": "mTPI: the interval with the largest unit probability mass at the level decides",
    "mtpi2": "mTPI-2: the interval with the largest unit probability mass at the level decides",
    "i3+3": "i3+3: the DLT rate at the level is compared with an interval around the target",
    "crm": "CRM: one dose-toxicity curve is estimated from all levels, the level closest to the target is next",
    "blrm": "BLRM with overdose control: a logistic curve from all levels, no level that is too probably too toxic",
    "partial-order": "an interval design over partly ordered levels: up only where every lower neighbor is safe",
    "po-crm": "one CRM per possible order of the levels; the order that the data favor is believed for now",
    "tite-boin": "TITE-BOIN: a BOIN that decides while windows are open, by the follow-up seen so far",
    "tite-crm": "TITE-CRM: a CRM in which an open window counts by the share of it completed",
    "rolling-six": "rolling six: up to six subjects at a level at the same time",
    "bf-boin": "BF-BOIN: a BOIN in which subjects may join lower levels while windows are open",
    "table": "a decision table written into the protocol",
}
STATISTICS = (
    ("true-rate", "Assumed true DLT rate", ""),
    ("selected", "Recommended at the end", "none"),
    ("treated", "Subjects, mean", "all"),
    ("dlts", "DLTs, mean", "all"),
)


def contents(m: Material) -> Mapping[str, Any]:
    """Per declared design a sentence, its figures and its table."""
    return {
        "designs": [
            {
                "label": label,
                "said": said(escalation),
                "assumed": _assumed(m.protocol),
                "summary": summary(m.shelf, drawn),
                "oc": oc_figure(m.shelf, drawn),
                "table": oc_table(m.shelf, drawn),
                "rule": rule_figure(m.shelf, drawn),
            }
            for label, escalation, drawn in _declared(m.protocol)
        ]
    }


def applies(m: Material) -> bool:
    """Whether there are rows about a design."""
    return bool(m.shelf.under("design/"))


def said(escalation: Escalation) -> str:
    """The declared design in a sentence, with every parameter that the protocol states."""
    words = WORDS.get(escalation.design, escalation.design)
    parts = [f"starts at level {escalation.start}", f"cohorts of {escalation.cohort}"]
    if escalation.target is not None:
        parts.append(f"target DLT rate {escalation.target:g}")
    given = [f"{name.replace('_', ' ')} {_plain(value)}" for name, value in escalation.parameters.items()]
    guards = [f"{name} {number}" for name, number in escalation.guards.items()]
    said_so = f"{words[0].upper() + words[1:]}; {', '.join(parts)}."
    if given:
        said_so += f" Parameters: {', '.join(given)}."
    said_so += f" Guards: {', '.join(guards)}." if guards else ""
    if escalation.design.startswith("titration"):
        said_so += " The chances below assume no event that ends the titration without being a DLT."
    return said_so


def summary(shelf: Shelf, drawn: Drawn) -> list[Markup]:
    """One sentence a scenario: what is recommended most often, and at what price."""
    return [_sentence(shelf, drawn, name, same) for name, same in distinct(shelf, drawn).items()]


def oc_figure(shelf: Shelf, drawn: Drawn) -> Figure | None:
    """The operating characteristics; None without a scenario."""
    under: dict[str, list[str]] = {}
    for name in distinct(shelf, drawn):
        under.setdefault(text(shelf, f"{drawn.stem}/{name}/most-often/level"), []).append(name)
    title = Markup("; ").join(
        Markup("{} under {}").format(shelf.fraction(f"{drawn.stem}/{names[0]}/most-often/level"), ", ".join(names))
        for names in under.values()
    )
    return characteristics(shelf, [drawn], Markup("Recommended most often: {}").format(title))


def rule_figure(shelf: Shelf, drawn: Drawn) -> Figure | None:
    """The decision table where one table holds at every level, else the pathway of the next cohorts."""
    if shelf.under(f"{drawn.stem}/rule/table/any/"):
        return decision_grid(shelf, drawn, Markup("What each count at a level leads to"))
    return pathway_tree(shelf, drawn, pathway_title(shelf, drawn))


def pathway_title(shelf: Shelf, drawn: Drawn) -> Markup:
    """What the outcomes of the first cohort shown lead to."""
    start = f"{drawn.stem}/rule/pathway/"
    first = [r for r in shelf.under(start, "/next-level") if len(r.id.removeprefix(start).split("/")) == 2]
    if not first:
        return Markup("What the next cohorts lead to")
    said = [f"{r.title.partition('decision after ')[2]}: {r.text.partition(' (')[0]}" for r in (first[0], first[-1])]
    return Markup("; ").join(dict.fromkeys(said))


def oc_table(shelf: Shelf, drawn: Drawn) -> Table | None:
    """The numbers of the figure, each one to be opened; None without a scenario."""
    rows: list[Row] = []
    for name in distinct(shelf, drawn):
        stem = f"{drawn.stem}/{name}"
        rows.append(Row(name, [Cell("") for _ in range(len(drawn.levels) + 1)], "group"))
        for key, label, last in STATISTICS:
            cells = [Cell(shelf.cell(f"{stem}/{level.key}/{key}")) for level in drawn.levels]
            rows.append(Row(label, [*cells, Cell(shelf.cell(f"{stem}/{last}/{key}") if last else "")], "sub"))
        for key in ("stopped/probability", "overdosed/probability", "overdosed/share", "all/duration-months"):
            result = shelf.get(f"{stem}/{key}")
            if result is not None:
                blank = [Cell("") for _ in drawn.levels]
                label = result.title.rpartition(": ")[2]
                rows.append(Row(label[:1].upper() + label[1:], [*blank, Cell(shelf.cell(result.id))], "sub"))
    if not rows:
        return None
    first = shelf.get(f"{drawn.stem}/{next(iter(distinct(shelf, drawn)))}/all/treated")
    method = first.method if first is not None else ""
    heads = [Markup('<span class="lv" style="--lv:{}">{}</span>').format(v.color, v.name) for v in drawn.levels]
    foot = (
        f"Assumptions in, chances out ({method}); no record is behind these numbers. Last column: no level "
        "recommended; all levels together."
    )
    return Table(f"oc-{drawn.slug}", "Operating characteristics", [*heads, "none / all"], rows, foot, "Scenario")


def _declared(protocol: Protocol) -> Iterable[tuple[str, Escalation, Drawn]]:
    parts = [(part.key, part.label, part.escalation) for part in protocol.parts if part.escalation is not None]
    own = {key for key, _, _ in parts}
    rest = [level for level in protocol.levels if level.part not in own]
    if protocol.escalation is not None and rest:
        yield "", protocol.escalation, Drawn("design", protocol.escalation.design, columns(rest))
    for key, label, escalation in parts:
        levels = [level for level in protocol.levels if level.part == key]
        if levels:
            yield label, escalation, Drawn(f"design/{key}", escalation.design, columns(levels))


def columns(levels: Iterable[Level]) -> tuple[Column, ...]:
    """The levels of a design with their names and colors."""
    listed = list(levels)
    colors = level_colors([level.key for level in listed])
    return tuple(Column(level.key, level.name, colors[level.key]) for level in listed)


def _sentence(shelf: Shelf, drawn: Drawn, name: str, same: tuple[str, ...]) -> Markup:
    stem = f"{drawn.stem}/{name}"
    also = f" (the same rates: {', '.join(same)})" if same else ""
    return Markup(
        "<strong>{}</strong>{}: {} is recommended most often, in {}; {} subjects and {} DLTs on average"
    ).format(
        name,
        also,
        shelf.number(f"{stem}/most-often/level"),
        shelf.number(f"{stem}/most-often/selected"),
        shelf.number(f"{stem}/all/treated"),
        shelf.number(f"{stem}/all/dlts"),
    )


def _assumed(protocol: Protocol) -> str:
    return " ".join(dict.fromkeys(one.why for one in protocol.assumed if one.path.partition("/")[0] == "escalation"))


def _plain(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


DESIGN = Section("design", "The dose-finding design", "Design", contents, applies)
