"""What a design is likely to do under assumed true DLT rates, as result rows: exact, or simulated in calendar time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from remit.analysis.named_design import Named, percent_text, row
from remit.analysis.result import Result
from remit.analysis.study import slug
from remit.days import MONTH_DAYS
from remit.designs import Characteristics
from remit.stats.rounding import fixed, percent

if TYPE_CHECKING:
    from remit.designs.calendar import Simulated

METHOD = "exact: every way the trial can go, weighted"
WORST_METHOD = "search among rising curves; exact for each curve"
OVERDOSED_SHARE = 0.6
TOLERATED_WITHOUT_TARGET = 1 / 3


def under(
    named: Named,
    scenario: str,
    found: Characteristics,
    above: float | None = None,
    overdosed_share: float = OVERDOSED_SHARE,
) -> tuple[Result, ...]:
    """Operating characteristics under one curve of true rates.

    above    rate from which on a level over-doses; None: the target, or one third for a design without one
    """
    target = getattr(named.design, "target", None)
    limit = above if above is not None else target if target is not None else TOLERATED_WITHOUT_TARGET
    about = _About(named, scenario, METHOD)
    share = percent(overdosed_share, 0)
    over = f"chance that more than {share} % of the subjects are treated above a rate of {percent_text(limit)}"
    made = [*about.chances(found.rates, found)]
    made.append(about.mean("all/cohorts", "mean number of cohorts", found.cohorts))
    made.append(about.chance("overdosed/probability", over, found.overdosed(limit, overdosed_share)))
    if getattr(named.design, "cohorts", None) is not None:
        words = "chance that the trial stops before all are treated"
        made.append(about.chance("stopped/probability", words, found.ended_early))
    return tuple(made)


def simulated(named: Named, scenario: str, rates: Sequence[float], found: Simulated) -> tuple[Result, ...]:
    """The same for a design in calendar time, with the Monte Carlo standard error in each note, and the duration."""
    about = _About(named, scenario, f"simulation, {found.trials:,} trials, seed {found.seed}")
    months, error = found.duration_days / MONTH_DAYS, found.duration_days_error / MONTH_DAYS
    errors = {"none/selected": found.none_selected_error}
    errors |= {"all/treated": found.subjects_error, "all/dlts": found.total_dlts_error}
    for place, (key, _) in enumerate(named.levels):
        errors[f"{key}/selected"] = found.selected_error[place]
        errors[f"{key}/treated"] = found.treated_error[place]
        errors[f"{key}/dlts"] = found.dlts_error[place]
    made = [*about.chances(rates, found, errors)]
    made.append(about.mean("all/duration-months", "mean months until the last outcome is known", months, error=error))
    over = f"mean share of the subjects who are treated above a rate of {percent_text(found.over)}"
    made.append(about.chance("overdosed/share", over, found.overdosed, error=found.overdosed_error))
    return tuple(made)


def worst_found(
    named: Named,
    limit: float,
    above: float,
    share: float,
    recommended: Sequence[float],
    overdosed: Sequence[float],
    chances: tuple[float, float],
) -> tuple[Result, ...]:
    """The worst that a search among rising curves of true rates found.

    limit        a level is too toxic above this rate
    above        over-doses count only while the rate of level 1 is at most this
    share        of the subjects treated above the limit
    recommended, overdosed    the curves
    chances      that a too toxic level is recommended, and that the trial over-doses, each under its curve
    """
    high, tolerated, part = percent_text(limit), percent_text(above), percent(share, 0)
    first = f"chance that a level with a rate above {high} is recommended"
    second = (
        f"chance that more than {part} % of the subjects are treated above {high}, "
        f"though level 1 is at or below {tolerated}"
    )
    made = []
    for key, words, rates, chance in (
        ("too-toxic-selected", first, recommended, chances[0]),
        ("overdosed", second, overdosed, chances[1]),
    ):
        value = min(max(chance, 0.0), 1.0)
        curve = ", ".join(f"{100 * rate:.2f}".rstrip("0").rstrip(".") for rate in rates)
        title = f"{named.label}: {words}, the worst found by search among rising curves"
        note = f"at true DLT rates of {curve} %; no worse curve was found, which does not prove that there is none"
        id = f"{named.stem}/rule/worst/{key}/probability"
        made.append(row(id, title, "all", "probability", value, f"{percent(value)} %", "scenario", note, WORST_METHOD))
    return tuple(made)


class Chances(Protocol):
    """What exact and simulated characteristics have in common."""

    @property
    def selected(self) -> tuple[float, ...]:
        """Chance of each level."""

    @property
    def none_selected(self) -> float:
        """Chance of no level."""

    @property
    def treated(self) -> tuple[float, ...]:
        """Mean subjects per level."""

    @property
    def dlts(self) -> tuple[float, ...]:
        """Mean DLTs per level."""

    @property
    def subjects(self) -> float:
        """Mean subjects."""

    @property
    def total_dlts(self) -> float:
        """Mean DLTs."""


@dataclass(frozen=True)
class _About:
    """What the rows of one design under one scenario share."""

    named: Named
    scenario: str
    method: str

    @property
    def stem(self) -> str:
        name = slug(self.scenario)
        return f"{self.named.stem}/{'scenario-rule' if name == 'rule' else name}"

    def chances(
        self, rates: Sequence[float], found: Chances, errors: Mapping[str, float] | None = None
    ) -> Iterable[Result]:
        error = (errors or {}).get
        levels = self.named.levels
        for (key, level), rate, chosen, treated, dlts in zip(
            levels, rates, found.selected, found.treated, found.dlts, strict=True
        ):
            yield self.row(
                f"{key}/true-rate", f"assumed true DLT rate at {level}", key, "assumed rate", rate, percent_text(rate)
            )
            for statistic, words, value in (
                ("selected", f"chance that {level} is recommended", chosen),
                ("treated", f"mean number of subjects at {level}", treated),
                ("dlts", f"mean number of DLTs at {level}", dlts),
            ):
                made = self.chance if statistic == "selected" else self.mean
                yield made(f"{key}/{statistic}", words, value, key, error(f"{key}/{statistic}"))
        none = "chance that no level is recommended"
        yield self.chance("none/selected", none, found.none_selected, error=error("none/selected"))
        yield self.mean("all/treated", "mean number of subjects", found.subjects, error=error("all/treated"))
        yield self.mean("all/dlts", "mean number of DLTs", found.total_dlts, error=error("all/dlts"))
        shares = [*found.selected, found.none_selected]
        often = shares.index(max(shares))
        which = levels[often][1] if often < len(levels) else "no level"
        number = float(often + 1) if often < len(levels) else None
        yield self.row("most-often/level", "level recommended most often", "all", "mode", number, which)
        asked = f"chance that {which} is recommended, the most frequent answer"
        key = levels[often][0] if often < len(levels) else "none"
        yield self.chance("most-often/selected", asked, shares[often], error=error(f"{key}/selected"))

    def chance(self, key: str, words: str, value: float, group: str = "all", error: float | None = None) -> Result:
        exact = min(max(value, 0.0), 1.0)
        said = "" if error is None else f"Monte Carlo standard error {percent(error, 2)} %"
        text = f"{percent(exact)} %" + ("" if error is None else f" ± {percent(error)}")
        return self.row(key, words, group, "probability", exact, text, said)

    def mean(self, key: str, words: str, value: float, group: str = "all", error: float | None = None) -> Result:
        said = "" if error is None else f"Monte Carlo standard error {fixed(error, 3)}"
        text = fixed(value, 2) + ("" if error is None else f" ± {fixed(error, 2)}")
        return self.row(key, words, group, "mean", value, text, said)

    def row(
        self, key: str, words: str, group: str, statistic: str, value: float | None, text: str, said: str = ""
    ) -> Result:
        rates = f"the assumed DLT rates of scenario {self.scenario}, read as the whole chance of a DLT"
        note = f"rests on the declared design and {rates}; no record is behind it"
        title = f"{self.named.label}, {self.scenario}: {words}"
        whole = f"{said}; {note}" if said else note
        return row(f"{self.stem}/{key}", title, group, statistic, value, text, "scenario", whole, self.method)
