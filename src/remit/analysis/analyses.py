"""The analyses in the order of the report, and the one function that runs them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from remit.analysis.activity import activity
from remit.analysis.adverse_events import adverse_events
from remit.analysis.b_cell_recovery import b_cell_recovery
from remit.analysis.b_cells import b_cells
from remit.analysis.baseline import baseline
from remit.analysis.bilag import bilag
from remit.analysis.definitions import definitions
from remit.analysis.disposition import disposition
from remit.analysis.donors import donors
from remit.analysis.efficacy import efficacy
from remit.analysis.exposure import exposure
from remit.analysis.exposure_response import exposure_response
from remit.analysis.follow_up import follow_up
from remit.analysis.immunogenicity import immunogenicity
from remit.analysis.interval_censored import interval_censored
from remit.analysis.kinetics import kinetics
from remit.analysis.labs import labs
from remit.analysis.ratings import ratings
from remit.analysis.result import Result
from remit.analysis.study import Study
from remit.analysis.time_to_event import time_to_event
from remit.analysis.toxicity_of_interest import toxicity_of_interest
from remit.analysis.toxicity_scales import toxicity_scales
from remit.analysis.trace import result_by_id
from remit.analysis.vaccines import vaccines
from remit.protocol import Protocol


@dataclass(frozen=True)
class Analysis:
    """One analysis: a key, a title, the first words of the ids it makes, and the function that makes its results."""

    key: str
    title: str
    stems: tuple[str, ...]
    make: Callable[[Study], Iterable[Result]]


ANALYSES: tuple[Analysis, ...] = (
    Analysis("disposition", "Disposition", ("disposition",), disposition),
    Analysis("baseline", "Baseline", ("baseline",), baseline),
    Analysis("exposure", "Exposure", ("exposure",), exposure),
    Analysis("follow-up", "Follow-up", ("follow-up",), follow_up),
    Analysis("adverse-events", "Adverse events", ("safety",), adverse_events),
    Analysis(
        "toxicity-of-interest", "Events of interest and dose-limiting toxicity", ("safety",), toxicity_of_interest
    ),
    Analysis("labs", "Laboratory", ("safety",), labs),
    Analysis("toxicity-scales", "Toxicity by scale", ("toxicity",), toxicity_scales),
    Analysis("efficacy", "Efficacy", ("efficacy",), efficacy),
    Analysis("activity", "Disease activity, steroid dose and serology", ("activity", "steroid"), activity),
    Analysis(
        "ratings", "Skin, joints, damage, flares and classification", ("baseline", "activity", "flares"), ratings
    ),
    Analysis("bilag", "BILAG-2004 by visit", ("bilag",), bilag),
    Analysis("definitions", "Where definitions disagree", ("definitions",), definitions),
    Analysis("b-cells", "B cells", ("b-cells",), b_cells),
    Analysis("b-cell-recovery", "B-cell nadir, aplasia and subsets", ("b-cells",), b_cell_recovery),
    Analysis("kinetics", "Cell kinetics", ("kinetics",), kinetics),
    Analysis("donors", "Donors and lots", ("donors",), donors),
    Analysis("vaccines", "Antibodies of earlier vaccines", ("vaccine",), vaccines),
    Analysis("immunogenicity", "Antibodies against the product", ("immunogenicity",), immunogenicity),
    Analysis("time-to-event", "Times to events and durations", ("time-to", "durability"), time_to_event),
    Analysis("exposure-response", "Exposure and response", ("exposure-response",), exposure_response),
    Analysis("interval-censored", "Times known to lie between two visits", ("time-to",), interval_censored),
)


def analyze(protocol: Protocol, derived: Mapping[str, pl.DataFrame]) -> tuple[Result, ...]:
    """Every result of a trial, in the order of `ANALYSES`, each with the number of records behind it.

    Depends on nothing but its arguments, and not on the order of rows. Ids are unique; a repeated one is a bug.
    """
    return _made(ANALYSES, Study(protocol, derived))


def find(protocol: Protocol, derived: Mapping[str, pl.DataFrame], id: str) -> Result:
    """One result, making only the analyses that can hold it.

    raises   InputError with the nearest id when there is none
    """
    stem = id.partition("/")[0]
    some = _made([analysis for analysis in ANALYSES if stem in analysis.stems], Study(protocol, derived))
    return next((result for result in some if result.id == id), None) or result_by_id(analyze(protocol, derived), id)


def _made(analyses: Iterable[Analysis], study: Study) -> tuple[Result, ...]:
    found: dict[str, Result] = {}
    for analysis in analyses:
        for result in analysis.make(study):
            if result.id in found:
                raise RuntimeError(f"Two results are called {result.id}.")
            found[result.id] = replace(result, sources=study.index.records(result.behind))
    return tuple(found.values())
