"""Figures of designs as SVG files, and the self-contained page that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from remit import designs
from remit.analysis.design_chances import simulated, under, worst_found
from remit.analysis.design_rule import rule, stated_target
from remit.analysis.named_design import Named
from remit.analysis.pathway import begin
from remit.analysis.result import Result
from remit.analysis.study import slug
from remit.cli import bundle
from remit.cli.design.answer import Found, WorstCurves
from remit.errors import InputError
from remit.exchange.design_yaml import DesignSpec
from remit.report.design_page import Panel, design_page
from remit.report.figures.characteristics import characteristics
from remit.report.figures.decision_grid import decision_grid
from remit.report.figures.design import Drawn, distinct
from remit.report.figures.figure import Figure
from remit.report.figures.pathway_tree import pathway_tree
from remit.report.figures.render import picture
from remit.report.figures.theme import level_colors
from remit.report.material import Column
from remit.report.sections.design import WORDS, oc_figure, oc_table, pathway_title, summary
from remit.report.shelf import Shelf


def of_one(answer: Found, most: WorstCurves | None, html: Path | None, svg: Path | None) -> list[Path]:
    """The characteristics of a design, with its table and pathway on the page; returns what was written."""
    named = _named(answer.spec, "design")
    results = [*_rule(answer.spec, named), *_chances(answer, named), *_worst(answer.spec, most, named)]
    shelf, drawn = Shelf(results), _drawn(named)
    figures = [oc_figure(shelf, drawn), *_rules(shelf, drawn)]
    lines = [*summary(shelf, drawn), *_worst_lines(shelf, drawn)]
    panel = Panel(answer.spec.key, _said(answer.spec), lines, figures, [oc_table(shelf, drawn)])
    return _written(f"Design {answer.spec.name}", [panel], shelf, html, svg)


def of_two(
    answers: tuple[Found, Found], names: tuple[str, str], scenarios: Sequence[str], html: Path | None, svg: Path | None
) -> list[Path]:
    """Two designs under the scenarios that they share; returns what was written."""
    both = [_named(one.spec, f"design/{'ab'[k]}", names[k]) for k, one in enumerate(answers)]
    results: list[Result] = []
    for answer, named in zip(answers, both, strict=True):
        results += [*_rule(answer.spec, named), *_chances(answer, named, scenarios)]
    shelf = Shelf(results)
    left, right = (_drawn(one) for one in both)
    figure = characteristics(shelf, [left, right], _most_often(shelf, left, right))
    panels = [Panel("Side by side", "", [], [figure], [])]
    for answer, drawn in zip(answers, (left, right), strict=True):
        said = _said(answer.spec)
        panels.append(Panel(drawn.label, said, summary(shelf, drawn), _rules(shelf, drawn), [oc_table(shelf, drawn)]))
    return _written(f"Designs {names[0]} and {names[1]}", panels, shelf, html, svg)


def of_rule(
    spec: DesignSpec, cohorts: Sequence[designs.Cohort], ahead: int, html: Path | None, svg: Path | None
) -> list[Path]:
    """The decision table and the pathway of a design; returns what was written."""
    named = _named(spec, "design")
    shelf = Shelf(rule(named, begin(spec.exact, cohorts), ahead))
    drawn = _drawn(named)
    figures = _rules(shelf, drawn)
    if cohorts:
        figures.reverse()
    return _written(f"Design {spec.name}", [Panel(spec.key, _said(spec), [], figures, [])], shelf, html, svg)


def _most_often(shelf: Shelf, left: Drawn, right: Drawn) -> Markup:
    said = [
        Markup("{}: {} by {}, {} by {}").format(
            name,
            shelf.fraction(f"{left.stem}/{name}/most-often/level"),
            left.label,
            shelf.fraction(f"{right.stem}/{name}/most-often/level"),
            right.label,
        )
        for name in distinct(shelf, left)
    ]
    return Markup("Recommended most often: {}").format(Markup("; ").join(said))


def _named(spec: DesignSpec, stem: str, label: str | None = None) -> Named:
    levels = tuple((f"dl{k}", f"level {k}") for k in range(1, spec.levels + 1))
    return Named(stem, label or spec.key, spec.design, levels, tuple(range(spec.levels)))


def _drawn(named: Named) -> Drawn:
    colors = level_colors([key for key, _ in named.levels])
    return Drawn(named.stem, named.label, tuple(Column(key, name, colors[key]) for key, name in named.levels))


def _chances(answer: Found, named: Named, only: Sequence[str] = ()) -> list[Result]:
    spec = answer.spec
    made: list[Result] = []
    for name, exact in answer.exact.items():
        if not only or name in only:
            made += under(named, name, exact, spec.above, spec.share)
    for name, drawn in answer.simulated.items():
        if not only or name in only:
            made += simulated(named, name, spec.scenarios[name], drawn)
    return made


def _rule(spec: DesignSpec, named: Named) -> tuple[Result, ...]:
    # A design in calendar time has no table and no pathway, but its target belongs into the figure.
    return rule(named) if named.design is not None else stated_target(named, spec.target)


def _worst(spec: DesignSpec, most: WorstCurves | None, named: Named) -> tuple[Result, ...]:
    if most is None:
        return ()
    toxic, over = most.too_toxic_selected, most.overdosed
    chances = (toxic.value, over.value)
    return worst_found(named, most.above, spec.above, spec.share, toxic.rates, over.rates, chances)


def _worst_lines(shelf: Shelf, drawn: Drawn) -> list[Markup]:
    return [
        Markup("The worst found by search among rising curves, {}: {}, {}").format(
            found.title.partition(": ")[2].removeprefix("chance that ").rpartition(", the worst")[0],
            shelf.fraction(found.id),
            found.note.partition(";")[0],
        )
        for found in shelf.under(f"{drawn.stem}/rule/worst/", "/probability")
    ]


def _rules(shelf: Shelf, drawn: Drawn) -> list[Figure | None]:
    grid = decision_grid(shelf, drawn, Markup("{}: what each count at a level leads to").format(drawn.label))
    return [grid, pathway_tree(shelf, drawn, pathway_title(shelf, drawn))]


def _said(spec: DesignSpec) -> str:
    words = WORDS.get(spec.key, spec.key)
    design = spec.design if spec.timed is None else spec.timed.design
    fields = {
        name: value for name, value in vars(design).items() if name != "guards" and value not in (None, (), False)
    }
    given = ", ".join(f"{name.replace('_', ' ')} {_plain(value)}" for name, value in fields.items())
    text = f"{words[:1].upper()}{words[1:]}. {given[:1].upper()}{given[1:]}."
    if spec.timed is not None:
        when = ", ".join(f"{n.replace('_', ' ')} {_plain(v)}" for n, v in vars(spec.timed.calendar).items() if v)
        text += f" Calendar: {when}."
    return text


def _plain(value: object) -> str:
    """A parameter as a person writes it: yes or no, numbers to four digits, lists without brackets."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return " ".join(f"({_plain(one)})" if isinstance(one, list | tuple) else _plain(one) for one in value)
    return str(value)


def _written(title: str, panels: list[Panel], shelf: Shelf, html: Path | None, svg: Path | None) -> list[Path]:
    figures = [(panel.title, figure) for panel in panels for figure in panel.figures if figure is not None]
    done: list[Path] = []
    if svg is not None:
        for place, (of, figure) in enumerate(figures):
            kind = "-".join([figure.key.partition("-")[0], *([slug(of)] if len(panels) > 1 else [])])
            path = svg if place == 0 else svg.with_name(f"{svg.stem}-{kind}{svg.suffix}")
            _write(path, picture(figure.still, figure.summary))
            done.append(path)
    if html is not None:
        _write(html, design_page(title, panels, shelf, bundle.scripts()))
        done.append(html)
    return done


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}).") from None
