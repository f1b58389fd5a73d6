"""The small figures of the page about virtual trials: one number over the trials, or its difference over pairs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from markupsafe import Markup

from remit.report.figures.figure import Figure
from remit.report.figures.spread_strip import BAR, Strip, strip
from remit.report.figures.theme import level_colors
from remit.report.shelf import Shelf
from remit.report.simulation_words import Panel, stem_of, title_of
from remit.report.tables import Cell, Row, Table
from remit.virtual import Printed, Summary
from remit.virtual.paired import error_said

if TYPE_CHECKING:
    from remit.report.simulation_page import Simulation


def headlines(simulation: Simulation, shelf: Shelf) -> Panel:
    """What people ask about first, each over the trials, with the printed number where there is one."""
    summary = simulation.summary
    cards = [_card(simulation, shelf, id) for id in summary.headlines]
    lines = [
        Markup(
            "One truth gives many trials. A real one is a single draw from bars like these, and what it prints must be "
            "read so."
        )
    ]
    if simulation.source:
        lines.append(Markup("Printed numbers: {}.").format(simulation.source))
    return Panel("headlines", "What such a trial prints", lines, cards)


def _card(simulation: Simulation, shelf: Shelf, id: str) -> Figure:
    summary, stem = simulation.summary, stem_of(simulation.summary)
    found = summary.distributions[id]
    result = shelf.get(f"{stem}/{id}/median")
    printed = summary.asked.printed.get(id)
    said = Markup("Median {}.").format(shelf.number(f"{stem}/{id}/median"))
    if found.known < found.trials:
        said += Markup(" Not there in {} of {} trials.").format(found.trials - found.known, found.trials)
    claim = any(one.id == id for one in summary.claims)
    if claim:
        said += Markup(" {} subjects met it, of {} in the group.").format(
            shelf.number(f"{stem}/{id}/numerator/median"), shelf.number(f"{stem}/{id}/denominator/median")
        )
    if printed is not None:
        said += _against_print(shelf, f"{stem}/{id}", printed)
    line = None
    if result is not None and result.value is not None and result.interval is not None:
        low, high = result.interval.low, result.interval.high
        if low is not None and high is not None:
            line = (low, result.value, high)
    title = title_of(shelf, summary, id)
    drawn = Strip(
        key=f"spread-{_slug(id)}",
        title=title,
        bars=[(bar.low, bar.high, bar.label, bar.trials) for bar in found.bars],
        line=line,
        mark=None if printed is None or not found.bars else (printed.value, f"printed {printed.text}"),
        ends=found.ends,
        names=_names(summary, id),
        color=_color(summary, id),
    )
    return strip(
        drawn, said, f"{title} over {found.trials} virtual trials: median {_text(shelf, f'{stem}/{id}/median')}."
    )


def _against_print(shelf: Shelf, stem: str, printed: Printed) -> Markup:
    """How many trials printed as much, in a sentence that says what is compared."""
    least, same = (shelf.fraction(f"{stem}/{word}-printed/proportion") for word in ("at-least", "exactly"))
    if printed.of is not None:
        said = Markup(" <b>In {} trials the proportion was at least as high as {}.</b>").format(least, printed.text)
        return said + Markup(" As many subjects or more, of however many, in {}.").format(
            shelf.fraction(f"{stem}/at-least-count/proportion")
        )
    if printed.value == 0:
        return Markup(" <b>None, as printed, in {} trials.</b>").format(same)
    return Markup(" <b>At least {} in {} trials, exactly that in {}.</b>").format(printed.text, least, same)


def pairs(simulation: Simulation, shelf: Shelf) -> Panel:
    """Two protocols trial by trial: the differences as bars, and a table of what pairing gained."""
    compared = simulation.compared
    assert compared is not None
    summary, stem = simulation.summary, stem_of(simulation.summary)
    cards, rows = [], []
    for one in compared.pairs:
        title = title_of(shelf, summary, one.id)
        said = Markup("Mean difference {}. Higher in {}, the same in {}, lower in {} of {} pairs.").format(
            shelf.number(f"{stem}/{one.id}/difference/mean"),
            one.higher,
            one.equal,
            one.pairs - one.higher - one.equal,
            one.pairs,
        )
        line = None if one.low is None or one.median is None or one.high is None else (one.low, one.median, one.high)
        bars = [(bar.low, bar.high, bar.label, bar.trials) for bar in one.bars.bars]
        drawn = Strip(f"pair-{_slug(one.id)}", title, bars, line, None, one.bars.ends, {}, zero=True)
        cards.append(strip(drawn, said, f"Paired difference of {title}, {one.pairs} pairs of virtual trials."))
        rows.append(
            Row(
                title,
                [
                    Cell(_mean(one.id, one.first)),
                    Cell(_mean(one.id, one.second)),
                    Cell(shelf.start(f"{stem}/{one.id}/difference/mean")),
                    Cell(error_said(one) or "–"),
                    Cell("–" if one.correlation is None else f"{one.correlation:.2f}"),
                    Cell("–" if one.worth is None else f"{one.worth:.1f}"),
                ],
            )
        )
    table = Table(
        "pairs",
        "Both protocols, pair by pair",
        ("this protocol, mean", "other, mean", "other less this", "standard error", "correlation", "one pair is worth"),
        rows,
        foot="Means over pairs in which both have the number; the standard error is that of the simulation, not of a "
        "trial. Correlation: between the two protocols over trials. One pair is worth as many trials of each protocol "
        "with different patients as the last column says; below 1 pairing lost. – : one of them never varies.",
    )
    people = (
        "Subject 4 of trial 17 is the same person in both: the same disease, the same susceptibility to toxicity, the "
        "same day of readiness. What differs is what the protocols did."
        if compared.same_people
        else "Subject 4 of trial 17 draws the same numbers in both, but the two protocols let in different people: "
        "where one refuses the first draw, the pair is not the same person."
    )
    lines = [
        Markup("{} A difference is {}, less {} {}.").format(
            people, compared.name, summary.asked.protocol.id, f"version {summary.asked.protocol.version}"
        )
    ]
    return Panel(
        "pairs", "Two protocols on the same virtual patients", lines, cards, tables=[table], shows="difference"
    )


def _mean(id: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{100 * value:.1f} %" if id.endswith("/proportion") else f"{value:.3g}"


def _text(shelf: Shelf, id: str) -> str:
    row = shelf.get(id)
    return row.text if row is not None and row.text else "none"


def _slug(id: str) -> str:
    return id.replace("/", "-")


def _names(summary: Summary, id: str) -> Mapping[float, str]:
    if not id.endswith("/recommended-level"):
        return {}
    return {float(level.level): level.name for level in summary.asked.protocol.levels}


def _color(summary: Summary, id: str) -> str:
    colors = level_colors([level.key for level in summary.asked.protocol.levels])
    return next((colors[part] for part in id.split("/") if part in colors), BAR)
