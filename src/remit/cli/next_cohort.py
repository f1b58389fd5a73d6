"""The part of `remit decide` that says what the next cohort is worth: as a table for people, as plain rows for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date

import typer

from remit import designs
from remit.cli.conduct import Conduct
from remit.derive import outcomes
from remit.derive.dose_decision import DoseDecision, dose_decision

LABELS = {"more-here": "three more here", "next-level": "open the next level", "wait": "wait"}
CHANGES = {
    "more-here": "next level another than today's decision",
    "next-level": "trial comes back below this level",
}


def worth(now: Conduct, made: DoseDecision) -> designs.NextCohort | None:
    """What is known of each level and what the three options bring; None outside the design and with an open query."""
    if made.action == "outside" or now.queries:
        return None
    awaited = [one for one in now.people if one.awaited]
    settled = [one for one in now.people if not one.awaited]
    known = designs.outcomes_of(now.design.levels, outcomes.cohorts(settled, evaluable=True))
    pending = [designs.Pending(one.level, one.share) for one in awaited if one.level is not None]

    def after(turned: tuple[bool, ...]) -> designs.Decision:
        later = dict(zip((one.subject for one in awaited), turned, strict=True))
        people = (_settled(one, later[one.subject]) if one.subject in later else one for one in now.people)
        found = dose_decision(now.design, tuple(people))
        if found.action == "outside":
            return designs.Decision(None, "stop", found.reason, 0)
        return found.decision

    return designs.next_cohort(now.design, known, made.seen, pending, after, _days(awaited))


def _settled(one: outcomes.Treated, toxic: bool) -> outcomes.Treated:
    """The subject once the window has closed; whoever completes it counts."""
    return replace(one, counts=True, dlt=toxic)


def _days(awaited: Sequence[outcomes.Treated]) -> int:
    """Days from the cutoff until the last window has closed."""
    last: list[date] = [one.closes for one in awaited if one.closes is not None]
    cutoff = next((one.cutoff for one in awaited if one.cutoff is not None), None)
    return max((max(last) - cutoff).days, 0) if last and cutoff is not None else 0


def to_json(now: Conduct, found: designs.NextCohort) -> dict[str, object]:
    """The answer in the protocol's numbers of the levels; widths and rates are fractions, times days and weeks."""
    one = now.declared
    names = [(level.level, level.name) for level in one.levels]
    return {
        "interval_level": designs.COVERAGE,
        "posteriors": [
            {
                "prior": posterior.prior,
                "levels": [
                    {"level": number, "name": name, **asdict(rate)}
                    for (number, name), rate in zip(names, posterior.rates, strict=True)
                ],
            }
            for posterior in found.posteriors
        ],
        "options": [
            {
                "option": option.kind,
                "level": one.number(option.level),
                "subjects": option.subjects,
                "allowed": option.allowed,
                "why": one.spoken(option.why),
                "days": option.days,
                "weeks": -(-option.days // 7),
                "changes_means": CHANGES.get(option.kind),
                "forecasts": [
                    {
                        "prior": forecast.prior,
                        "decisions": [
                            {**asdict(chance), "level": one.number(chance.level)} for chance in forecast.chances
                        ],
                        "changes": forecast.changes,
                        "interval_width": forecast.width,
                        "interval_width_after": forecast.width_after,
                    }
                    for forecast in option.forecasts
                ],
            }
            for option in found.options
        ],
    }


def show(now: Conduct, found: designs.NextCohort | None) -> None:
    """Print what is known and what each option brings."""
    if found is None:
        typer.echo("\nThe next cohort: nothing is computed while a query is open or the trial is outside its design.")
        return
    one = now.declared
    typer.echo("\nWhat is known of each level's DLT rate (mean; 95 % interval):")
    for posterior in found.posteriors:
        typer.echo(f"  Prior: {posterior.prior}.")
        for place, rate in enumerate(posterior.rates, start=1):
            typer.echo(f"    {one.name(place):<8} {_percent(rate.mean)}; {_percent(rate.low)} to {_percent(rate.high)}")
    for option in found.options:
        typer.echo("")
        where = f", {one.name(option.level)}" if option.level is not None else ""
        weeks = -(-option.days // 7)
        time = f" {weeks} week{'' if weeks == 1 else 's'} ({option.days} days)" if option.kind == "wait" else ""
        typer.echo(f"{LABELS[option.kind].capitalize()}{time}{where}{'' if option.allowed else ': not now'}")
        if option.why:
            typer.echo(f"  {one.spoken(option.why)}")
        for forecast in option.forecasts:
            typer.echo(f"  Prior: {forecast.prior}.")
            for chance in forecast.chances:
                _chance(now, chance)
            if forecast.changes is not None and forecast.width is not None and forecast.width_after is not None:
                typer.echo(f"    {_percent(forecast.changes):>7}  {CHANGES[option.kind]}")
                typer.echo(
                    f"    95 % interval {100 * forecast.width:.1f} points long now, "
                    f"{100 * forecast.width_after:.1f} on average afterwards"
                )


def _chance(now: Conduct, chance: designs.Chance) -> None:
    to = f" {now.declared.name(chance.level)}" if chance.level is not None else ""
    dlts = " or ".join(map(str, chance.dlts))
    word = "DLT" if dlts == "1" else "DLTs"
    typer.echo(f"    {_percent(chance.probability):>7}  {chance.action}{to}, after {dlts} {word}")


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
