"""Flares from rating forms: the SELENA flare index against the assessment before, and the time to the first flare.

The investigator says what is new or worse, what it led to and which drugs were added; the scores, the global assessment
and the prednisone dose come from ADRS, the body weight from VS. The total is the SLEDAI-2K that the trial records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import takewhile

import polars as pl

from remit.days import calendar_months
from remit.derive.dated import Dated, latest
from remit.derive.rating_scales import Rating, Scale, asked, few
from remit.instruments import selena_flare
from remit.protocol import Protocol
from remit.records.lineage import gather
from remit.records.rating_sheets import Sheet

KINDS = selena_flare.FLARES
FLARE = Scale("SFI", "SELENA flare index", "selena-flare", "default", "Y", KINDS)
UNDRUGGED = Scale("SFIND", "SELENA flare index without the drug lines", "selena-flare", "default", "Y", KINDS)
TIME = "TTFLARE"
SCORED = ("SLEDAI", "PGA", "PREDEQ")
# one drug of each line stands for the answer to its question
_DRUGS = {"mild_drug": min(selena_flare.MILD_DRUGS), "severe_drug": min(selena_flare.SEVERE_DRUGS)}
_NO_VALUE = Dated(date.min, None, ())

Scores = Mapping[tuple[str, str], Sequence[Dated]]
Weights = Mapping[str, Sequence[Dated]]


def flare_rows(protocol: Protocol, course: Sequence[Sheet], scores: Scores, weights: Weights) -> Iterator[Rating]:
    """The index on every sheet that has an earlier assessment of activity, with and without the drug lines."""
    choice = protocol.instruments.get("selena-flare")
    variant = choice.variant if choice is not None and choice.variant in selena_flare.VARIANTS else "default"
    for sheet in course:
        if sheet.day is None:
            continue
        found = _judged(sheet, sheet.day, variant, scores, weights)
        if found is None:
            continue
        flare, because, sources = found
        for scale, kind in ((FLARE, flare.flare), (UNDRUGGED, flare.without_drugs)):
            value = None if kind is None else float(KINDS.index(kind))
            yield Rating(sheet, scale._replace(VARIANT=variant), value, because, sources)
        for scale in asked(protocol, "selena-flare", variant, None):
            met = None if flare.flare is None else flare.flare != KINDS[0]
            yield Rating(sheet, scale, met, because, sources)


def _judged(
    sheet: Sheet, day: date, variant: str, scores: Scores, weights: Weights
) -> tuple[selena_flare.Flare, tuple[str, ...], tuple[str, ...]] | None:
    """The index, its reasons and its records; None where no assessment came before."""
    mine = {code: scores.get((sheet.subject, code), ()) for code in SCORED}
    earlier = [one.day for code in ("SLEDAI", "PGA") for one in mine[code] if one.day < day]
    if not earlier:
        return None
    last = max(earlier)
    here, there = ({code: _on(mine[code], at) for code in SCORED} for at in (day, last))
    # one weight for both doses: a subject who gets lighter on the same dose was not given more
    weight = latest(weights.get(sheet.subject, ()), day) or _NO_VALUE
    least, most = (
        selena_flare.judge(
            selena_flare.FlareInput(
                sledai_prev=there["SLEDAI"].value,
                sledai=here["SLEDAI"].value,
                pga_prev=there["PGA"].value,
                pga=here["PGA"].value,
                pred_mg_kg_prev=_per_kg(there["PREDEQ"], weight),
                pred_mg_kg=_per_kg(here["PREDEQ"], weight),
                new_drugs=_drugs(sheet, worst),
                hospitalised_for_sle=sheet.truth("hospitalised_for_sle"),
                manifestations=sheet.present("manifestations")
                | (set(sheet.missing("manifestations")) if worst else set()),
                led_to_care=sheet.truth("led_to_care"),
            ),
            variant,
        )
        for worst in (False, True)
    )
    sources = [*sheet.records(*sheet.evidence), *weight.sources]
    sources += [record for side in (here, there) for one in side.values() for record in one.sources]
    agreed = selena_flare.Flare(
        least.flare if least.flare == most.flare else None,
        least.without_drugs if least.without_drugs == most.without_drugs else None,
        (),
    )
    because = _named(sheet, least.because) if agreed.flare is not None else _why(sheet, least)
    return agreed, because, tuple(sources)


def _named(sheet: Sheet, because: tuple[str, ...]) -> tuple[str, ...]:
    """The reasons, with the names of the manifestations where those decide."""
    found = few([item.name for item in sheet.said("manifestations")])
    return tuple(f"{one}: {', '.join(found)}" if found and "manifestation" in one else one for one in because)


def _why(sheet: Sheet, least: selena_flare.Flare) -> tuple[str, ...]:
    said = least.because if least.flare is None else ()
    drugs = [f"unknown: {name.replace('_', ' ')}" for name in _DRUGS if sheet.truth(name) is None]
    missing = [f"unknown: {name}" for name in few(sheet.missing("manifestations"))]
    return tuple(dict.fromkeys((*said, *drugs, *missing)))


def _drugs(sheet: Sheet, worst: bool) -> frozenset[str]:
    answers = {drug: sheet.truth(name) for name, drug in _DRUGS.items()}
    return frozenset(drug for drug, said in answers.items() if said or (said is None and worst))


def _on(found: Sequence[Dated], day: date) -> Dated:
    return next((one for one in found if one.day == day), _NO_VALUE)


def _per_kg(dose: Dated, weight: Dated) -> float | None:
    """Prednisone in mg per kg; no prednisone is none whatever the weight."""
    if dose.value == 0:
        return 0.0
    return None if dose.value is None or not weight.value else dose.value / weight.value


def with_flare_times(
    protocol: Protocol, people: pl.DataFrame, scores: pl.DataFrame, adtte: pl.DataFrame
) -> pl.DataFrame:
    """ADTTE with the time to the first flare of any kind: a row per infused subject rated after treatment.

    Censored at the last visit that is known to be without one, before any at which it is unknown; ADTLO and ADTHI
    bound the days between two visits.
    """
    rated = scores.filter((pl.col("PARAMCD") == FLARE.PARAMCD) & (pl.col("APROTDY") > 0) & pl.col("ADT").is_not_null())
    if rated.height == 0:
        return adtte
    starts = people.filter((pl.col("SAFFL") == "Y") & pl.col("TRTSDT").is_not_null())
    course = rated.join(starts.select("USUBJID", "TRTSDT"), on="USUBJID").sort("USUBJID", "ADT", maintain_order=True)
    rows = []
    for (who,), mine in course.group_by("USUBJID", maintain_order=True):
        start = mine["TRTSDT"][0]
        days, values = mine["ADT"].to_list(), mine["AVAL"].to_list()
        first = next((n for n, value in enumerate(values) if value), None)
        # what came after an unknown visit cannot say that there was none at it
        quiet = days[: len(list(takewhile(lambda value: value == 0, values)))]
        end = days[first] if first is not None else quiet[-1] if quiet else start
        shown = mine if first is None else mine.head(first + 1)
        months = calendar_months(start, end) if protocol.rules.month == "calendar" else None
        passed = (end - start).days
        rows.append({
            "USUBJID": who, "LEVEL": mine["LEVEL"][0], "SAFFL": "Y", "PARAMCD": TIME, "PARAM": "Time to first flare",
            "STARTDT": start, "ADT": end, "AVAL": passed + 1,
            "AVALMON": passed / protocol.rules.month_days if months is None else months,
            "CNSR": 1 if first is None else 0,
            "EVNTDESC": None if first is None else f"Flare, {KINDS[int(values[first])].replace('_', ' or ')}",
            "CNSDTDSC": "Last visit without a flare" if first is None else None,
            "ADTLO": (quiet[-1] - start).days if quiet else 0, "ADTHI": None if first is None else passed,
            "sources": gather(shown.with_columns(pl.lit(1).alias("one")), ["one"])["sources"][0].to_list(),
        })  # fmt: skip
    frame = pl.DataFrame(rows, schema={name: dtype for name, dtype in adtte.schema.items() if name != "SENTENCE"})
    what = pl.coalesce("EVNTDESC", "CNSDTDSC").str.to_lowercase()
    censored = pl.when(pl.col("CNSR") == 1).then(pl.lit("censored, ")).otherwise(pl.lit(""))
    said = pl.format("{}: {}day {} ({})", "PARAM", censored, pl.col("AVAL") - 1, what)
    frame = frame.with_columns(said.alias("SENTENCE")).select(adtte.columns)
    return pl.concat([adtte, frame]).sort("USUBJID", "PARAMCD", maintain_order=True)
