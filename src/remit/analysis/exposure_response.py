"""Exposure and response: who reached a state, and when B cells returned, by dose level and by how much was measured.

Beside the levels stand thirds of the subjects by Cmax and by AUC of days 0 to 28 (equal values share the lower third).
Every share carries the protocol's interval. Nothing is fitted or tested: levels were filled one after another and were
followed for different times, so a difference between them is no effect of the dose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from remit.analysis.index import Where
from remit.analysis.kinetics import Analyte, analytes
from remit.analysis.numbers import NOBODY, Heading, absent, measure, proportion
from remit.analysis.result import Interval, Result, Selection
from remit.analysis.study import INFUSED, Study
from remit.analysis.time_to_event import BAND, METHOD, NOT_REACHED
from remit.stats import fixed, kaplan_meier

LAST, EVERYONE = "last", "all"
LEAST_SUBJECTS = 6
THIRDS = ((1, "lowest"), (2, "middle"), (3, "highest"))
MEASURES = (("CMAX", "cmax", "Cmax"), ("AUCINT", "auc-0-28", "AUC of days 0 to 28"))
RETURN = "TTBREC"


@dataclass(frozen=True)
class Group:
    """Subjects with about the same exposure.

    key      segment of the id: a level's key, or such as `cmax-third-1`
    words    for titles
    where    what selects them in any derived table
    behind   the rows that say so, where that is more than a level
    """

    key: str
    words: str
    where: Where
    behind: tuple[Selection, ...] = ()
    note: str = ""


def exposure_response(study: Study) -> Iterator[Result]:
    """Each state endpoint at the last assessment, then B-cell return, by level and by thirds of the exposure."""
    if study.infused.height == 0:
        return
    groups = [Group(c.key, c.name.removeprefix(", "), c.where) for c in study.columns if c.key != EVERYONE]
    for analyte in list(analytes(study))[:1]:
        groups += [group for one in MEASURES for group in _thirds(study, analyte, *one)]
    for endpoint in study.protocol.headline:
        if endpoint.kind != "state":
            continue
        base: Where = (
            ("ENDPOINT", endpoint.key), ("VARIANT", endpoint.variant), ("TIMEPOINT", LAST), ("GROUP", EVERYONE),
            ("IN", "Y"),
        )  # fmt: skip
        if len(study.index.rows("adeff", base)):
            for group in groups:
                yield _share(study, group, base, endpoint.key, endpoint.label, endpoint.population)
    if study.protocol.b_cells is not None and len(study.index.rows("adtte", (("PARAMCD", RETURN), *INFUSED))):
        for group in groups:
            yield from _return(study, group)


def _thirds(study: Study, analyte: Analyte, paramcd: str, key: str, words: str) -> Iterator[Group]:
    """Three groups by rank; none below six subjects with a value."""
    where, rows = analyte.rows(paramcd)
    values = {row.subject: row.value for row in rows if row.value is not None}
    if len(values) < LEAST_SUBJECTS or len(analyte.units) > 1:
        return
    ordered = sorted(values.values())
    # the number of smaller values decides, so that equal values stand in one group
    third = {who: 3 * ordered.index(value) // len(ordered) + 1 for who, value in values.items()}
    unit = next((row.unit for row in rows if row.unit), "").replace("day*", "day × ")
    for place, word in THIRDS:
        members = tuple(sorted(who for who, one in third.items() if one == place))
        if members:
            who: Where = (("USUBJID", members),)
            span = sorted(values[one] for one in members)
            low, high = (fixed(v, 0, study.protocol.rules.rounding) for v in (span[0], span[-1]))
            yield Group(
                f"{key}-third-{place}",
                f"{word} third by {words}",
                who,
                (Selection("population", "adpp", (*where, *who)),),
                f"{words} {low} to {high} {unit}".rstrip(),
            )


def _share(study: Study, group: Group, base: Where, key: str, label: str, population: str) -> Result:
    here = (*base, *group.where)
    counted = Selection("counted", "adeff", (*here, ("ANSWER", "Y")))
    asked = Selection("population", "adeff", (*here, ("ANSWER", ("Y", "N"))))
    x, n = (len(study.index.rows("adeff", s.where)) for s in (counted, asked))
    missing = len(study.index.rows("adeff", (*here, ("ANSWER", None))))
    said = [group.note, f"{missing} not evaluable, left out" if missing else ""]
    about = Heading(
        f"exposure-response/{key}/{group.key}",
        f"{label} at the last assessment, {group.words}",
        population,
        group.key,
        (counted, asked, *group.behind),
        "; ".join(part for part in said if part),
    )
    return proportion(about, x, n, study.protocol.rules)


def _return(study: Study, group: Group) -> Iterator[Result]:
    """Share with B cells back so far, and the Kaplan-Meier median of the time to it."""
    rules = study.protocol.rules
    where: Where = (("PARAMCD", RETURN), *INFUSED, *group.where)
    behind = (Selection("counted", "adtte", (*where, ("CNSR", 0))), Selection("population", "adtte", where))
    rows = study.table("adtte")[study.index.rows("adtte", where).tolist()]
    about = Heading(
        f"exposure-response/b-cell-return/{group.key}",
        f"B cells back after depletion, {group.words}",
        study.safety_set,
        group.key,
        (*behind, *group.behind),
        group.note,
    )
    if rows.height == 0:
        yield absent(about, "median", NOBODY)
        return
    events = [int(c == 0) for c in rows["CNSR"].to_list()]
    yield proportion(about, sum(events), rows.height, rules)
    found = kaplan_meier(rows["AVALMON"].to_list(), events, BAND, rules.interval_level).quantile(0.5)
    everyone = (Selection("counted", "adtte", where), behind[1], *group.behind)
    here = replace(about, title=f"Time to B-cell return, months, median, {group.words}", behind=everyone)
    if found.time is None:
        note = "; ".join(part for part in (about.note, NOT_REACHED) if part)
        yield measure(replace(here, note=note), "median", None, rows.height, NOT_REACHED, METHOD)
        return
    ends = [NOT_REACHED if v is None else fixed(v, 1, rules.rounding) for v in (found.low, found.high)]
    level = f"{100 * rules.interval_level:g} % CI"
    text = f"{fixed(found.time, 1, rules.rounding)} ({level} {ends[0]}–{ends[1]})"
    made = measure(here, "median", found.time, rows.height, text, METHOD)
    yield replace(made, interval=Interval(rules.interval_level, found.low, found.high, BAND))
