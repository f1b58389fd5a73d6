"""The characteristics of a specification under its scenarios, as the JSON answer holds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from remit import designs
from remit.designs.worst_case import Worst
from remit.errors import InputError
from remit.exchange.design_yaml import DesignSpec, Timed

if TYPE_CHECKING:
    from remit.designs.calendar import Simulated

# A level is clearly too toxic when its rate is this far above what the design tolerates.
MARGIN = 0.1
NO_SCENARIO = "scenarios: the file names none. Add `scenarios: {likely: [0.05, 0.15, …]}`, one rate per level."


@dataclass(frozen=True)
class Found:
    """What was found: exact characteristics, or simulated ones, by scenario."""

    spec: DesignSpec
    chain: designs.Chain | None
    exact: dict[str, designs.Characteristics]
    simulated: dict[str, Simulated]


def found(spec: DesignSpec, trials: int | None = None, seed: int | None = None) -> Found:
    """Every scenario of a specification.

    raises   InputError when it names none, or when trials are asked for a design that is solved exactly
    """
    if not spec.scenarios:
        raise InputError(f"{spec.name}.yaml › {NO_SCENARIO}")
    if spec.timed is not None:
        return Found(spec, None, {}, _simulated(spec, spec.timed, trials, seed))
    if trials is not None or seed is not None:
        raise InputError(f"{spec.key}: is solved exactly; --trials and --seed are for a design with a `calendar`.")
    try:
        chain = designs.exact(spec.exact)
    except InputError as problem:
        raise InputError(f"{spec.name}.yaml › parameters › {problem}") from None
    return Found(spec, chain, {n: chain.under(r, spec.triggers.get(n)) for n, r in spec.scenarios.items()}, {})


def _simulated(spec: DesignSpec, timed: Timed, trials: int | None, seed: int | None) -> dict[str, Simulated]:
    from remit.cli.progress import progress
    from remit.designs.calendar import Truth, simulate

    many = timed.trials if trials is None else trials
    start = timed.seed if seed is None else seed
    answer = {}
    with progress("trials") as report:
        for place, (name, rates) in enumerate(spec.scenarios.items()):

            def shown(done: int, _: int, before: int = place * many) -> None:
                if report is not None:
                    report(before + done, many * len(spec.scenarios))

            truth = Truth(rates, timed.responses.get(name), spec.above)
            try:
                answer[name] = simulate(timed.design, timed.calendar, truth, many, start, shown)
            except InputError as problem:
                raise InputError(f"{spec.name}.yaml › {name}: {problem}") from None
    return answer


def as_json(answer: Found) -> dict[str, object]:
    """Per scenario the numbers under their keys; null where the way of computing has none."""
    spec = answer.spec
    scenarios: dict[str, object] = {}
    for name, exact in answer.exact.items():
        scenarios[name] = _exact(spec, exact)
    for name, one in answer.simulated.items():
        scenarios[name] = _drawn(spec.scenarios[name], one)
    return scenarios


@dataclass(frozen=True)
class WorstCurves:
    """The worst that a search among rising curves found: rates and probability, for each of two misfortunes.

    above   a level is too toxic when its rate is above this
    """

    above: float
    overdosed: Worst
    too_toxic_selected: Worst


def worst(answer: Found) -> WorstCurves | None:
    """The worst rising curves; None for a simulated design, and where levels are only partly ordered."""
    if answer.chain is None or hasattr(answer.spec.exact, "order"):
        return None
    spec, limit = answer.spec, round(min(answer.spec.above + MARGIN, 0.99), 9)

    def overdosed(found: designs.Characteristics) -> float:
        # With no tolerable level at all, every design over-doses until it stops: that says nothing.
        return found.overdosed(limit, spec.share) if found.rates[0] <= spec.above else 0.0

    def recommended(found: designs.Characteristics) -> float:
        return sum(chance for chance, rate in zip(found.selected, found.rates, strict=True) if rate > limit)

    return WorstCurves(
        limit,
        designs.worst(answer.chain, overdosed, limits=(spec.above, limit)),
        designs.worst(answer.chain, recommended, limits=(limit,)),
    )


def worst_as_json(spec: DesignSpec, most: WorstCurves | None) -> dict[str, object] | None:
    """The worst rising curves under their keys."""
    if most is None:
        return None
    answers: dict[str, object] = {"above": most.above, "share": spec.share, "method": "search"}
    for key, one in (("overdosed", most.overdosed), ("too_toxic_selected", most.too_toxic_selected)):
        answers[key] = {"rates": [round(rate, 6) for rate in one.rates], "probability": _share(one.value)}
    return answers


def _exact(spec: DesignSpec, one: designs.Characteristics) -> dict[str, object]:
    return {
        "rates": list(one.rates),
        "selected": list(one.selected),
        "none_selected": one.none_selected,
        "treated": list(one.treated),
        "dlts": list(one.dlts),
        "subjects": one.subjects,
        "total_dlts": one.total_dlts,
        "cohorts": one.cohorts,
        "stopped": one.ended_early if getattr(spec.exact, "cohorts", None) is not None else None,
        "overdosed": {
            "above": spec.above,
            "share": spec.share,
            "probability": _share(one.overdosed(spec.above, spec.share)),
        },
        "subjects_distribution": list(one.subjects_distribution()),
        "total_dlts_distribution": list(one.total_dlts_distribution()),
        "treated_distribution": [list(one.treated_distribution(level)) for level in range(1, spec.levels + 1)],
        "dlts_distribution": [list(one.dlts_distribution(level)) for level in range(1, spec.levels + 1)],
        "gradient": _gradient(one),
    }


def _drawn(rates: tuple[float, ...], one: Simulated) -> dict[str, object]:
    return {
        "rates": list(rates),
        "selected": list(one.selected),
        "none_selected": one.none_selected,
        "treated": list(one.treated),
        "dlts": list(one.dlts),
        "subjects": one.subjects,
        "total_dlts": one.total_dlts,
        "cohorts": None,
        "stopped": None,
        "overdosed": {"above": one.over, "mean_share": one.overdosed, "mean_share_error": one.overdosed_error},
        "subjects_distribution": None,
        "total_dlts_distribution": None,
        "treated_distribution": None,
        "dlts_distribution": None,
        "gradient": None,
        "backfilled": list(one.backfilled),
        "duration_days": one.duration_days,
        "duration_quantiles": list(one.duration_quantiles),
        "turned_away": one.turned_away,
        "failed": one.failed,
        "replaced": one.replaced,
        "trials": one.trials,
        "seed": one.seed,
        "standard_error": {
            "selected": list(one.selected_error),
            "none_selected": one.none_selected_error,
            "treated": list(one.treated_error),
            "dlts": list(one.dlts_error),
            "subjects": one.subjects_error,
            "total_dlts": one.total_dlts_error,
            "duration_days": one.duration_days_error,
        },
    }


def _gradient(one: designs.Characteristics) -> list[list[float]] | None:
    """Row 0 for no level, row d for level d; None at a rate of 0 or 1, and for a titration."""
    if one.chain.singles is not None or not all(0 < rate < 1 for rate in one.rates):
        return None
    return [[float(value) for value in row] for row in one.gradient()]


def _share(value: float) -> float:
    """A probability without what addition of many floats leaves above 1."""
    return min(max(value, 0.0), 1.0)
