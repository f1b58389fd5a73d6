"""The sections on the whole protocol, on its efficacy claims, and on every printed number."""

from __future__ import annotations

from markupsafe import Markup

from remit.derive.stopping import readable
from remit.report.figures.clear_of import COLORS, Line, clear_of
from remit.report.figures.theme import level_colors
from remit.report.figures.trial_levels import Panel as LevelPanel
from remit.report.figures.trial_levels import trial_levels
from remit.report.material import Column
from remit.report.shelf import Shelf
from remit.report.simulation_words import Panel, short_of, stem_of, title_of
from remit.report.tables import Cell, Row, Table
from remit.virtual import Summary
from remit.virtual.characteristics import ends_of
from remit.virtual.precision import GRID
from remit.virtual.replicates import TOO_TOXIC

SHOWN_REFERENCES = (1, 3, 5, 7, 9)
"""Places in GRID that the table shows: 10 %, 20 %, 30 %, 40 %, 50 %."""


def whole(summary: Summary, shelf: Shelf) -> Panel:
    """Levels, over-dosing, how the trials ended, stopping rules."""
    stem, asked = stem_of(summary), summary.asked
    protocol, rates = asked.protocol, asked.scenario.dlt_rates
    levels = protocol.levels
    colors = level_colors([level.key for level in levels])
    columns = [Column(level.key, level.name, colors[level.key]) for level in levels]

    def value(id: str) -> tuple[float, str]:
        row = shelf.get(id)
        share = id.endswith("/proportion")
        if row is None or row.value is None:
            return 0.0, "–"
        return row.value, f"{100 * row.value:.0f}" if share else row.text

    recommended = [value(f"{stem}/recommended/{one.key}/proportion") for one in levels]
    recommended.append(value(f"{stem}/recommended/none/proportion"))
    panels = [
        LevelPanel("assumed DLT rate, %", [(rate, f"{100 * rate:.3g}") for rate in rates]),
        LevelPanel("recommended, % of trials", recommended, 1.0),
        LevelPanel("subjects, mean", [value(f"{stem}/exposure/{one.key}/count/mean") for one in levels]),
        LevelPanel("DLTs, mean", [value(f"{stem}/safety/dlt/{one.key}/count/mean") for one in levels]),
    ]
    rows = [
        Row(
            level.name,
            [
                Cell(f"{100 * rate:.3g} %"),
                Cell(shelf.cell(f"{stem}/recommended/{level.key}/proportion")),
                Cell(shelf.number(f"{stem}/exposure/{level.key}/count/median")),
                Cell(shelf.number(f"{stem}/exposure/{level.key}/count/mean")),
                Cell(shelf.number(f"{stem}/safety/dlt/{level.key}/count/median")),
                Cell(shelf.number(f"{stem}/safety/dlt/{level.key}/count/mean")),
            ],
        )
        for level, rate in zip(levels, rates, strict=True)
    ]
    rows.append(Row("no level", [Cell("–"), Cell(shelf.cell(f"{stem}/recommended/none/proportion")), *[Cell("–")] * 4]))
    head = ("assumed DLT rate", "recommended", "subjects, median", "mean", "DLTs, median", "mean")
    beside = Markup(
        "The assumed rates are those of toxicities beside cytokine release and death, which come on top where the "
        "protocol counts them as dose-limiting: in {} subjects of a trial. The DLTs below count all; the exact chances "
        "of a design, in the report, read the assumed rates as the whole."
    ).format(shelf.number(f"{stem}/trial/dlts-beside-rates/count/mean"))
    foot = "A trial that its size or the data cut ends recommends what its design selects from what it has seen."
    by_level = Table("by-level", "By dose level", head, rows, foot=foot, corner="level")
    ends = Table(
        "ended",
        "How the trials ended",
        ("trials", "95 % CI"),
        [
            Row(words, [Cell(shelf.cell(id)), Cell(shelf.interval(id), "ci")])
            for how, words in ends_of(protocol).items()
            for id in [f"{stem}/ended/{how}/proportion"]
        ],
        foot="The confidence interval says what so few trials leave open.",
    )
    over = Markup(
        "In {} trials somebody was treated at a level whose assumed DLT rate is above a third; on average {} of the "
        "subjects were."
    ).format(
        shelf.number(f"{stem}/over-dosed/any/proportion"), shelf.number(f"{stem}/trial/over-dosed/proportion/mean")
    )
    return Panel(
        "protocol",
        "What the whole protocol does",
        [over, beside],
        figures=[trial_levels(columns, panels, Markup("Recommended levels, subjects and DLTs"), TOO_TOXIC)],
        tables=[by_level, ends],
        small=_stopping(summary, shelf),
    )


def _stopping(summary: Summary, shelf: Shelf) -> list[Markup]:
    rules = summary.asked.protocol.stopping
    if not rules:
        return [Markup("The protocol declares no stopping rule.")]
    said = []
    for rule in rules:
        reached = f"{stem_of(summary)}/stopping/{rule.key}/dlts-reached/proportion"
        seen = (
            Markup(
                " Its number of dose-limiting toxicities at one level, in whichever order they came, was reached in {}."
            ).format(shelf.number(reached))
            if shelf.get(reached) is not None
            else Markup("")
        )
        said.append(
            Markup("Stopping rule “{}”: {}. {}{}").format(
                rule.key,
                rule.rule.rstrip("."),
                "A virtual trial ends when it is met." if readable(rule) else "Virtual trials do not pause for it.",
                seen,
            )
        )
    return said


def claims(summary: Summary, shelf: Shelf) -> Panel:
    """How wide the intervals come out, and how often the lower limit is above a reference."""
    stem, asked = stem_of(summary), summary.asked
    level = f"{100 * asked.protocol.rules.interval_level:g} %"
    widths, chances = [], []
    for one in summary.claims:
        name = short_of(summary, one.id)
        widths.append(
            Row(
                name,
                [
                    Cell(shelf.number(f"{stem}/{one.id}/median")),
                    Cell(shelf.number(f"{stem}/{one.id}/denominator/median")),
                    Cell(shelf.number(f"{stem}/{one.id}/half-width/median")),
                    Cell(shelf.number(f"{stem}/{one.id}/above-reference/proportion")),
                ],
            )
        )
        shares = [Cell(f"{100 * one.above[place] / one.trials:.0f} %") for place in SHOWN_REFERENCES]
        chances.append(Row(name, shares))
    reference = f"{100 * asked.reference:.3g} %"
    tables = [
        Table(
            "claims",
            "How precise the efficacy claims come out",
            (
                "proportion",
                "subjects in the group",
                f"half-width of the {level} interval",
                f"lower limit above {reference}",
            ),
            widths,
            corner="claim",
            foot="Medians with the range of 90 % of the trials; the last column counts trials. A trial with nobody in "
            "the group has no limit and counts as not above.",
        ),
        Table(
            "references",
            "Trials whose lower limit is above a reference",
            [f"{100 * GRID[place]:.0f} %" for place in SHOWN_REFERENCES],
            chances,
            corner="claim",
        ),
    ]
    lines = [
        Markup(
            "A trial without a control arm claims efficacy when the lower limit of its interval lies above what would "
            "be seen without the cells. What that is, nobody can read from here. The mark at {} is one in five, a "
            "convention to start from unless another was asked for; the figure has every other reference."
        ).format(reference)
    ]
    drawn = [
        Line(short_of(summary, one.id), COLORS[place % len(COLORS)], [count / one.trials for count in one.above])
        for place, one in enumerate(summary.claims)
    ]
    title = Markup("How often the lower limit lies above a reference")
    return Panel(
        "claims", "What the efficacy claims are worth", lines,
        figures=[clear_of(drawn, GRID, asked.reference, title)], tables=tables,
    )  # fmt: skip


def printed(summary: Summary, shelf: Shelf) -> Panel:
    """Every printed number that the trials have, and in how many of them it was reached."""
    stem = stem_of(summary)
    rows = []
    known = set(summary.compared["id"].to_list())
    for id, one in summary.asked.printed.items():
        if id not in known:
            continue
        shares = [shelf.cell(f"{stem}/{id}/{word}-printed/proportion") for word in ("at-least", "exactly", "at-most")]
        rows.append(
            Row(
                title_of(shelf, summary, id),
                [Cell(one.text), Cell(shelf.number(f"{stem}/{id}/median")), *(Cell(share) for share in shares)],
            )
        )
    absent = ", ".join(id for id in summary.asked.printed if id not in known)
    small = [
        Markup("Printed, but in no virtual trial's report: {}. What no report counts was 0 in all.").format(absent)
    ]
    table = Table(
        "printed",
        "Every printed number",
        ("printed", "median of virtual trials", "at least as high", "the same", "at most as high"),
        rows,
        foot="Trials out of those in which the number exists. Values are rounded as the print is; proportions are "
        "compared as they are, whatever the size of their group. The rows are not independent of each other.",
    )
    lines = [
        Markup(
            "A printed number that lies outside nearly all trials speaks against the assumed truth. One that lies "
            "inside speaks for nothing: other truths would print it too."
        )
    ]
    return Panel("printed", "Where the printed numbers lie", lines, tables=[table], small=small if absent else ())
