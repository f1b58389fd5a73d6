"""Efficacy: the share of subjects in a state or response, at each visit, at the last assessment, ever, and in groups.

A subject without an answer is left out of the denominator and stays counted as not evaluable. Beside it stand missing
counted as non-response, the worst case over everyone infused, and every published variant that the protocol names.
Every denominator is a row: "8 followed more than 6 months" must not hide the 12 who were not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from remit.analysis.index import Where
from remit.analysis.numbers import NOBODY, NOT_COLLECTED, Heading, absent, plain_count, proportion
from remit.analysis.result import Result, Selection
from remit.analysis.study import INFUSED, Column, Study, slug
from remit.protocol import Endpoint

EVERYONE = "all"


@dataclass(frozen=True)
class _Place:
    """Where an endpoint is read: the segment of the id, time point and group of ADEFF, and both in words."""

    segment: str
    timepoint: str
    group: str
    words: str


def efficacy(study: Study) -> Iterator[Result]:
    """Sizes of the groups, then every state and response endpoint of the protocol."""
    if study.infused.height == 0:
        return
    yield from _groups(study)
    for endpoint in study.protocol.endpoints:
        if endpoint.kind not in ("state", "response"):
            continue
        for place in _places(study, endpoint):
            yield from _at(study, endpoint, place)


def _groups(study: Study) -> Iterator[Result]:
    for group in study.protocol.groups:
        for column in study.columns:
            base: Where = (("SET", group.key), ("KIND", "group"), *INFUSED, *column.where)
            counted, population = (
                Selection("counted", "adset", (*base, ("IN", "Y"))),
                Selection("population", "adset", base),
            )
            x, n = (len(study.index.rows("adset", s.where)) for s in (counted, population))
            unknown = len(study.index.rows("adset", (*base, ("IN", None))))
            about = Heading(
                f"efficacy/{group.key}{column.suffix}",
                f"Infused and {group.label}{column.name}",
                study.safety_set,
                column.key,
                (counted, population),
                f"{'follow-up' if group in study.protocol.follow_up_groups else 'it'} unknown in {unknown}"
                if unknown
                else "",
            )
            yield plain_count(about, x, n)
            outside = Selection("counted", "adset", (*base, ("IN", "N")))
            about = replace(
                about,
                stem=f"efficacy/{group.key}/not-in-group{column.suffix}",
                title=f"Infused and not {group.label}{column.name}",
                behind=(outside, population),
            )
            yield plain_count(about, len(study.index.rows("adset", outside.where)), n)


def _places(study: Study, endpoint: Endpoint) -> Iterator[_Place]:
    labels = {visit.key: visit.label.lower() for visit in study.protocol.visits}
    labels |= {"last": "the last assessment", "ever": "any assessment so far"}
    for timepoint in dict.fromkeys((*endpoint.timepoints, "last", "ever")):
        yield _Place(timepoint, timepoint, EVERYONE, f"at {labels.get(timepoint, timepoint)}")
    for key in endpoint.groups:
        group = study.protocol.group(key)
        yield _Place(key, "last", key, f"at the last assessment, {group.label}")


def _at(study: Study, endpoint: Endpoint, place: _Place) -> Iterator[Result]:
    stem, title = f"efficacy/{endpoint.key}/{place.segment}", f"{endpoint.label} {place.words}"
    base = _rows(endpoint, endpoint.variant, place)
    if not len(study.index.rows("adeff", base[:-1])):
        everyone = (study.everyone(study.columns[0]),)
        yield absent(Heading(stem, title, endpoint.population, place.group, everyone), "proportion", NOT_COLLECTED)
        return
    for column in study.columns:
        group = place.group if column.key == "all" else column.key
        about = Heading(f"{stem}{column.suffix}", f"{title}{column.name}", endpoint.population, group)
        here = (*base, *column.where)
        missing = len(study.index.rows("adeff", (*here, ("ANSWER", None))))
        noted = replace(about, note=_missing_words(endpoint, missing))
        answer = "AVALNRI" if endpoint.missing == "non-responder" else "ANSWER"
        yield _share(study, noted, here, answer, "proportion")
        yield _not_evaluable(study, about, here)
        yield _share(study, replace(about, note="a missed answer counts as not met"), here, "AVALNRI", "proportion-nri")
        # where the question does not apply, not even the worst case is a no
        if place.group == EVERYONE and place.timepoint in ("last", "ever") and endpoint.within is None:
            yield _worst_case(study, about, here, column)
    for variant in dict.fromkeys(endpoint.variants):
        about = Heading(f"{stem}/{slug(variant)}", f"{title}, variant {variant}", endpoint.population, place.group)
        here = _rows(endpoint, variant, place)
        missing = len(study.index.rows("adeff", (*here, ("ANSWER", None))))
        about = replace(about, note=_missing_words(endpoint, missing))
        answer = "AVALNRI" if endpoint.missing == "non-responder" else "ANSWER"
        yield _share(study, about, here, answer, "proportion")


def _rows(endpoint: Endpoint, variant: str, place: _Place) -> Where:
    return (
        ("ENDPOINT", endpoint.key),
        ("VARIANT", variant),
        ("TIMEPOINT", place.timepoint),
        ("GROUP", place.group),
        ("IN", "Y"),
    )


def _missing_words(endpoint: Endpoint, missing: int) -> str:
    if not missing:
        return ""
    said = "counted as not met where a visit was missed" if endpoint.missing == "non-responder" else "left out"
    return f"{missing} not evaluable, {said}"


def _share(study: Study, about: Heading, here: Where, answer: str, statistic: str) -> Result:
    counted = Selection("counted", "adeff", (*here, (answer, "Y")))
    population = Selection("population", "adeff", (*here, (answer, ("Y", "N"))))
    x, n = (len(study.index.rows("adeff", s.where)) for s in (counted, population))
    about = replace(about, behind=(counted, population))
    return proportion(about, x, n, study.protocol.rules, statistic)


def _not_evaluable(study: Study, about: Heading, here: Where) -> Result:
    counted, population = (
        Selection("counted", "adeff", (*here, ("ANSWER", None))),
        Selection("population", "adeff", here),
    )
    x, n = (len(study.index.rows("adeff", s.where)) for s in (counted, population))
    early = len(study.index.rows("adeff", (*here, ("ANSWER", None), ("AVALNRI", None), ("APPLFL", "Y"))))
    note = f"{early} of them not there yet at the data cut" if early else ""
    about = replace(about, title=f"{about.title}, not evaluable", behind=(counted, population), note=note)
    # an endpoint that is asked of a group only may have nobody at a level
    made = plain_count(about, x, n) if n else replace(absent(about, "count", NOBODY), n=0, denominator=0)
    return replace(made, id=f"{about.stem}/not-evaluable")


def _worst_case(study: Study, about: Heading, here: Where, column: Column) -> Result:
    """Everyone infused whom the instrument can ask is the denominator, and only a known yes counts."""
    counted = study.only("counted", "adeff", (*here, ("ANSWER", "Y")), _infused_with(study, (*here, ("ANSWER", "Y"))))
    everyone, note = study.everyone(column), "out of everyone infused; no answer counts as not met"
    infused = study.index.subjects("adsl", everyone.where)
    outside = infused & _infused_with(study, (*(one for one in here if one[0] != "IN"), ("APPLFL", "N")))
    if outside:
        everyone = study.only("population", "adsl", everyone.where, infused - outside)
        note = f"{note}; {len(outside)} left out, to whom the question does not apply"
    about = replace(
        about,
        title=f"{about.title}, worst case",
        population=study.safety_set,
        behind=(counted, everyone),
        note=note,
    )
    x = len(study.index.subjects("adeff", counted.where))
    return proportion(about, x, len(infused - outside), study.protocol.rules, "proportion-worst-case")


def _infused_with(study: Study, where: Where) -> frozenset[str]:
    return study.index.subjects("adeff", (*where, *INFUSED))
