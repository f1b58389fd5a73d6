"""Where two definitions of the same stored facts disagree: variants of one endpoint, and SRI-4 beside BICLA.

Only subjects for whom both definitions have a known answer count. Everybody is named behind the number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from remit.analysis.index import Where
from remit.analysis.numbers import Heading, plain_count, proportion
from remit.analysis.result import Result, Selection
from remit.analysis.study import Study, slug
from remit.protocol import Endpoint

# parameter and variant -> subject and protocol day -> answer
Judged = Mapping[tuple[str, str], Mapping[tuple[str, int], str]]

LAST, EVERYONE = "last", "all"
# the answers of two endpoints that are shown side by side, by instrument
BESIDE = ("sri", "bicla")
CELLS = (
    ("both", "Y", "Y", "{0} and {1}"),
    ("first-only", "Y", "N", "{0} without {1}"),
    ("second-only", "N", "Y", "{1} without {0}"),
    ("neither", "N", "N", "Neither {0} nor {1}"),
)


def definitions(study: Study) -> Iterator[Result]:
    """Per endpoint and other variant: who flips at the last assessment, and at any; then the two responses."""
    if study.infused.height == 0 or not study.has("adeff"):
        return
    judged = _judged(study)
    for endpoint in study.protocol.endpoints:
        if endpoint.kind in ("state", "response"):
            for variant in dict.fromkeys(endpoint.variants):
                yield from _flips(study, judged, endpoint, variant)
            if endpoint.within is not None:
                yield _not_asked(study, endpoint)
    pair = [next((e for e in study.protocol.endpoints if e.instrument == one), None) for one in BESIDE]
    if pair[0] is not None and pair[1] is not None:
        yield from _beside(study, pair[0], pair[1])


def _where(endpoint: Endpoint, variant: str) -> Where:
    return (
        ("ENDPOINT", endpoint.key), ("VARIANT", variant), ("TIMEPOINT", LAST), ("GROUP", EVERYONE), ("IN", "Y"),
    )  # fmt: skip


def _answers(study: Study, endpoint: Endpoint, variant: str) -> Mapping[str, str]:
    """Known answers at the last assessment, by subject."""
    rows = study.table("adeff")[study.index.rows("adeff", _where(endpoint, variant))]
    return dict(rows.select("USUBJID", "ANSWER").drop_nulls().iter_rows())


def _flips(study: Study, judged: Judged, endpoint: Endpoint, variant: str) -> Iterator[Result]:
    here, other = _answers(study, endpoint, endpoint.variant), _answers(study, endpoint, variant)
    both = here.keys() & other.keys()
    flipped = {who for who in both if here[who] != other[who]}
    title = f"{endpoint.label}: variant {variant} says otherwise than {endpoint.variant}"
    about = Heading(
        f"definitions/{endpoint.key}/{slug(variant)}/differs",
        f"{title}, at the last assessment",
        endpoint.population,
        behind=(
            study.only("counted", "adeff", _where(endpoint, variant), flipped),
            study.only("population", "adeff", _where(endpoint, variant), both),
        ),
    )
    yield proportion(about, len(flipped), len(both), study.protocol.rules)
    seen, ever = _ever(judged, endpoint, variant)
    rows: Where = (("PARAMCD", endpoint.paramcd), ("VARIANT", variant), ("SAFFL", "Y"))
    about = Heading(
        f"definitions/{endpoint.key}/{slug(variant)}/differs-ever",
        f"{title}, at any assessment after the first infusion",
        study.safety_set,
        behind=(study.only("counted", "adrs", rows, ever), study.only("population", "adrs", rows, seen)),
    )
    yield proportion(about, len(ever), len(seen), study.protocol.rules)


def _judged(study: Study) -> Judged:
    """Known answers after the first infusion, by parameter and variant, then by subject and protocol day."""
    codes = [e.paramcd for e in study.protocol.endpoints if e.variants]
    known = pl.col("PARAMCD").is_in(codes) & (pl.col("APROTDY") > 0) & pl.col("AVALC").is_not_null()
    rows = study.table("adrs").filter(known & (pl.col("SAFFL") == "Y"))
    out: dict[tuple[str, str], dict[tuple[str, int], str]] = {}
    for who, code, variant, day, answer in rows.select("USUBJID", "PARAMCD", "VARIANT", "APROTDY", "AVALC").iter_rows():
        out.setdefault((code, variant), {})[who, day] = answer
    return out


def _ever(judged: Judged, endpoint: Endpoint, variant: str) -> tuple[frozenset[str], frozenset[str]]:
    """Subjects with both answers known at an assessment, and those whose answers differ at one."""
    here, other = (judged.get((endpoint.paramcd, one), {}) for one in (endpoint.variant, variant))
    both = here.keys() & other.keys()
    return frozenset(who for who, _ in both), frozenset(at[0] for at in both if here[at] != other[at])


def _not_asked(study: Study, endpoint: Endpoint) -> Result:
    """Infused subjects outside the group in which the question is asked."""
    base: Where = (("SET", endpoint.within), ("KIND", "group"), ("SAFFL", "Y"))
    counted, population = Selection("counted", "adset", (*base, ("IN", "N"))), Selection("population", "adset", base)
    about = Heading(
        f"definitions/{endpoint.key}/not-applicable",
        f"{endpoint.label}: not applicable",
        study.safety_set,
        behind=(counted, population),
        note="outside the group in which the endpoint is asked: neither met nor not met",
    )
    x, n = (len(study.index.subjects("adset", s.where)) for s in (counted, population))
    return plain_count(about, x, n)


def _beside(study: Study, first: Endpoint, second: Endpoint) -> Iterator[Result]:
    one, two = _answers(study, first, first.variant), _answers(study, second, second.variant)
    both = one.keys() & two.keys()
    stem = f"definitions/{first.key}-beside-{second.key}"
    everyone = study.only("population", "adeff", _where(second, second.variant), both)
    for key, yes, no, words in CELLS:
        found = {who for who in both if (one[who], two[who]) == (yes, no)}
        about = Heading(
            f"{stem}/{key}",
            f"{words.format(first.label, second.label)}, at the last assessment",
            second.population,
            behind=(study.only("counted", "adeff", _where(second, second.variant), found), everyone),
            note="only subjects with both answers known",
        )
        yield proportion(about, len(found), len(both), study.protocol.rules)
