"""Tables for people on the console."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from remit import designs
from remit.cli.design.answer import Found, WorstCurves
from remit.stats.rounding import fixed, percent

if TYPE_CHECKING:
    from remit.designs.calendar import Simulated

HEADS = ("level", "true rate", "recommended", "treated", "DLTs")


def characteristics(answer: Found, title: str, name: str) -> None:
    """The table of one scenario, and what does not fit into it."""
    spec = answer.spec
    if name in answer.exact:
        exact = answer.exact[name]
        _levels(f"{title}, {name}", exact.rates, exact)
        said = [f"more than {percent(spec.share, 0)} % of the subjects treated above {_rate(spec.above)}: "
                f"{percent(_share(exact.overdosed(spec.above, spec.share)))} %"]  # fmt: skip
        if getattr(spec.exact, "cohorts", None) is not None:
            said.insert(0, f"stopped before all are treated: {percent(_share(exact.ended_early))} %")
        say("; ".join(said) + ".\n")
        return
    one = answer.simulated[name]
    _levels(f"{title}, {name}", spec.scenarios[name], one, one)
    months = [_months(days) for days in (one.duration_days, one.duration_quantiles[0], one.duration_quantiles[-1])]
    said = [
        f"duration {months[0]} months (90 % of the trials {months[1]}–{months[2]})",
        f"treated above {_rate(one.over)}: {percent(one.overdosed)} % of the subjects",
        *([f"backfilled {fixed(sum(one.backfilled), 2)}"] if sum(one.backfilled) else []),
        *([f"turned away {fixed(one.turned_away, 2)}"] if one.turned_away else []),
        f"{one.trials:,} trials, seed {one.seed}; ± Monte Carlo standard error",
    ]
    say("; ".join(said) + ".\n")


def curves(answer: Found, most: WorstCurves | None) -> None:
    """The worst rising curves that the search found, in a sentence each."""
    if most is None:
        return
    limit, share = _rate(most.above), percent(answer.spec.share, 0)
    say("The worst found by search among rising curves of true rates:")
    for words, found in (
        (f"a level with a rate above {limit} is recommended", most.too_toxic_selected),
        (
            f"more than {share} % of the subjects are treated above {limit}, "
            f"though level 1 is at or below {_rate(answer.spec.above)}",
            most.overdosed,
        ),
    ):
        rates = " ".join(f"{rate:.4f}".rstrip("0").rstrip(".") for rate in found.rates)
        say(f"{words}: {percent(_share(found.value))} %, at {rates}.")


def grid(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A title, and below it a table of texts, right-aligned."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        shown.add_column(head, justify="right")
    for row in rows:
        shown.add_row(*row)
    console = Console()
    with console.capture() as drawn:
        console.print(shown)
    console.print(title, style="italic", markup=False, highlight=False)
    console.file.write(_bare(drawn.get()))


def say(text: str) -> None:
    """Text, wrapped at the width of the terminal."""
    from rich.console import Console

    console = Console()
    with console.capture() as drawn:
        console.print(text, markup=False, highlight=False)
    console.file.write(_bare(drawn.get()))


def _levels(
    title: str,
    rates: Sequence[float],
    one: designs.Characteristics | Simulated,
    drawn: Simulated | None = None,
) -> None:
    def chance(value: float, error: float | None) -> str:
        return f"{percent(_share(value))} %" + ("" if error is None else f" ± {percent(error, 1)}")

    def mean(value: float, error: float | None) -> str:
        return fixed(value, 2) + ("" if error is None else f" ± {fixed(error, 2)}")

    rows = []
    for k, rate in enumerate(rates):
        errors = (
            (None,) * 3 if drawn is None else (drawn.selected_error[k], drawn.treated_error[k], drawn.dlts_error[k])
        )
        cells = (chance(one.selected[k], errors[0]), mean(one.treated[k], errors[1]), mean(one.dlts[k], errors[2]))
        rows.append([str(k + 1), fixed(rate, 2), *cells])
    rows.append(["none", "", chance(one.none_selected, None if drawn is None else drawn.none_selected_error), "", ""])
    of_all = (None, None) if drawn is None else (drawn.subjects_error, drawn.total_dlts_error)
    rows.append(["all", "", "", mean(one.subjects, of_all[0]), mean(one.total_dlts, of_all[1])])
    grid(title, HEADS, rows)


def _bare(text: str) -> str:
    """Lines without blanks at their end, which a copied or compared text should not carry."""
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _months(days: float) -> str:
    """Days in months of 30.4375 days, one decimal."""
    from remit.days import MONTH_DAYS

    return fixed(days / MONTH_DAYS, 1)


def _rate(rate: float) -> str:
    return f"{percent(rate, 0 if abs(rate * 100 - round(rate * 100)) < 1e-9 else 1)} %"


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)
