"""Disposition: who was screened, enrolled, conditioned and infused, who left where and why, who is in which set."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from remit.analysis.index import Where
from remit.analysis.numbers import Heading, plain_count
from remit.analysis.result import Result, Selection
from remit.analysis.study import INFUSED, Study, by_slug, wanted


def disposition(study: Study) -> Iterator[Result]:
    """The flow of subjects, the reasons for leaving it, how the infused fare, and the size of every analysis set."""
    if not study.table("adsl").width:
        return
    yield from _flow(study)
    yield from _lost(study)
    yield from _status(study)
    yield from _sets(study)


def _counted(study: Study, key: str, title: str, where: Where, base: Where = ()) -> Result:
    """Subjects of ADSL that a filter selects, out of those that `base` selects."""
    behind = (Selection("counted", "adsl", (*base, *where)), Selection("population", "adsl", base))
    x, n = (len(study.index.rows("adsl", s.where)) for s in behind)
    about = Heading(f"disposition/{key}", title, study.safety_set if base == INFUSED else "screened", behind=behind)
    return plain_count(about, x, n)


def _flow(study: Study) -> Iterator[Result]:
    for key, title, where in (
        ("screened", "Screened", ()),
        ("enrolled", "Enrolled", (("ENRLFL", "Y"),)),
        ("conditioned", "Conditioned", (("CONDFL", "Y"),)),
        ("infused", "Infused", INFUSED),
    ):
        if key != "conditioned" or study.protocol.conditioning:
            yield _counted(study, key, title, where)
    dlt = next((s for s in study.protocol.analysis_sets if s.rule == "dlt-evaluable"), None)
    if dlt is not None and dlt.flag in study.table("adsl").columns:
        yield _counted(study, "dlt-evaluable", "Evaluable for dose-limiting toxicity", ((dlt.flag, "Y"),), INFUSED)


def _lost(study: Study) -> Iterator[Result]:
    """Reasons at each step of the flow; a step that the protocol does not have loses nobody."""
    before_cells: Where = (("ENRLFL", "Y"), ("SAFFL", "N"))
    steps: list[tuple[str, str, Where]] = [("not-enrolled", "Not enrolled", (("ENRLFL", "N"), ("SAFFL", "N")))]
    if study.protocol.conditioning:
        steps.append(("not-conditioned", "Enrolled, not conditioned", (*before_cells, ("CONDFL", "N"))))
        before_cells = (*before_cells, ("CONDFL", "Y"))
    steps.append(("not-infused", "Not infused", before_cells))
    adsl = study.table("adsl")
    for key, title, base in steps:
        reasons = adsl["DCSREAS"].gather(study.index.rows("adsl", base)).to_list()
        for name, spellings in by_slug(reasons):
            said = (spellings[0] or "reason unknown").lower()
            yield _counted(study, f"{key}/{name}", f"{title}: {said}", (*base, ("DCSREAS", wanted(spellings))))


def _status(study: Study) -> Iterator[Result]:
    for key, title, where in (
        ("ongoing", "Infused and in follow-up", (("EOSSTT", "ONGOING"),)),
        ("completed", "Infused and completed", (("EOSSTT", "COMPLETED"),)),
        ("discontinued", "Infused and left the study", (("EOSSTT", "DISCONTINUED"),)),
        ("died", "Infused and died", (("DTHFL", "Y"),)),
    ):
        for column in study.columns:
            yield _counted(study, f"{key}{column.suffix}", f"{title}{column.name}", where, (*INFUSED, *column.where))
    left = study.infused.filter(pl.col("EOSSTT") == "DISCONTINUED")["DCSREAS"].to_list()
    for name, spellings in by_slug(left):
        said = (spellings[0] or "reason unknown").lower()
        why: Where = (("EOSSTT", "DISCONTINUED"), ("DCSREAS", wanted(spellings)))
        for column in study.columns:
            title = f"Left the study after treatment: {said}{column.name}"
            yield _counted(study, f"discontinued/{name}{column.suffix}", title, why, (*INFUSED, *column.where))


def _sets(study: Study) -> Iterator[Result]:
    for one in study.protocol.analysis_sets:
        for column in study.columns:
            base: Where = (("SET", one.key), ("KIND", "set"), *column.where)
            behind = (Selection("counted", "adset", (*base, ("IN", "Y"))), Selection("population", "adset", base))
            x, n = (len(study.index.rows("adset", s.where)) for s in behind)
            unknown = len(study.index.rows("adset", (*base, ("IN", None))))
            about = Heading(
                f"disposition/set/{one.key}{column.suffix}",
                f"{one.label}{column.name}",
                one.key,
                column.key,
                behind,
                f"not known yet for {unknown}" if unknown else "",
            )
            yield plain_count(about, x, n)
