"""Which adverse events are emergent: conditioning on day -5 to -3, cells on day 0, 7 and 14 (4, 11 and 18 March 2024).

Conditioning starts on 28 February 2024.
"""

from __future__ import annotations

from datetime import date

import pytest

from rooms.derive.small import conditioning, derived, infusions, only, records, ruled
from spec.instruments.story import stories

STORIES = stories(
    """
    rule         | start      | end        | emergent | imputed
    conditioning | 2024-02-27 |            | N        |            # the day before
    conditioning | 2024-02-28 |            | Y        |            # the first day of conditioning counts
    conditioning | 2024-03-03 |            | Y        |
    first-cells  | 2024-03-03 |            | N        |
    first-cells  | 2024-03-04 |            | Y        |            # the day of the first cells counts
    first-cells  | 2025-11-30 |            | Y        |            # no upper limit
    conditioning | 2024-02    |            | Y        | 2024-02-28 # may have been during conditioning
    conditioning | 2024-02    | 2024-02-20 | N        | 2024-02-01 # ended before it
    conditioning | 2024-02    | 2024-02    | Y        | 2024-02-28 # may have ended on 28 or 29 February
    conditioning | 2024-01    |            | N        | 2024-01-01
    conditioning | 2024-03    |            | Y        | 2024-03-01
    first-cells  | 2024-02    |            | N        | 2024-02-01
    first-cells  | 2024-03    |            | Y        | 2024-03-04
    first-cells  | 2024-03    | 2024-03-02 | N        | 2024-03-01
    conditioning | 2023       |            | N        |            # the year alone says before
    conditioning | 2024       |            | Y        |            # it may have been after
    conditioning | 2024       | 2024-01-15 | N        |
    conditioning | 2025       |            | Y        |
    conditioning |            |            | Y        |            # not shown to be before
    conditioning |            | 2024-02-27 | N        |
    conditioning |            | 2024-01    | N        |
    conditioning |            | 2024-02    | Y        |            # the last days of February would do
    """
)


@pytest.mark.parametrize("story", STORIES, ids=lambda s: f"{s['rule']} {s['start']} to {s['end']}")
def test_an_event_is_emergent_unless_its_dates_show_that_it_was_before(story: dict[str, object]) -> None:
    start, end = (None if story[k] is None else str(story[k]) for k in ("start", "end"))
    given = records(AE=[{"AETERM": "Headache", "AESTDTC": start, "AEENDTC": end}])

    row = only(derived(given, protocol=ruled(treatment_emergent_from=story["rule"]))["adae"], AESEQ=1)

    assert row["TRTEMFL"] == story["emergent"]
    whole = start is not None and len(start) == 10
    imputed = story["imputed"]
    assert row["ASTDT"] == (date.fromisoformat(str(start if whole else imputed)) if whole or imputed else None)
    assert row["ASTDTF"] == (None if whole or not imputed else "D")


@pytest.mark.parametrize(("start", "emergent"), [("2024-04-17", "Y"), ("2024-04-18", "N"), ("2024-05", "N")])
def test_the_last_day_of_an_upper_limit_still_counts(start: str, emergent: str) -> None:
    # last cells on 18 March; thirty days later is 17 April
    given = records(AE=[{"AETERM": "Headache", "AESTDTC": start}])

    row = only(derived(given, protocol=ruled(emergent_through_days=30))["adae"], AESEQ=1)

    assert row["TRTEMFL"] == emergent


@pytest.mark.parametrize(("rule", "emergent"), [("conditioning", "Y"), ("first-cells", "N")])
def test_who_was_conditioned_and_not_infused_has_emergent_events_only_from_conditioning(
    rule: str, emergent: str
) -> None:
    given = records(EX=conditioning(), AE=[{"AETERM": "Headache", "AESTDTC": "2024-03-01"}])

    row = only(derived(given, protocol=ruled(treatment_emergent_from=rule))["adae"], AESEQ=1)

    assert row["TRTEMFL"] == emergent
    assert row["SAFFL"] == "N"


def test_an_imputed_start_gives_no_duration_and_no_event_of_negative_length() -> None:
    given = records(
        AE=[
            {"AETERM": "Headache", "AESTDTC": "2024-03", "AEENDTC": "2024-03-10"},
            {"AETERM": "Rash", "AESTDTC": "2024-03-10", "AEENDTC": "2024-03-10"},
        ]
    )

    events = derived(given)["adae"]

    assert only(events, AESEQ=1)["ADURN"] is None
    assert only(events, AESEQ=2)["ADURN"] == 1


def test_a_treatment_on_an_unknown_day_is_not_no_treatment() -> None:
    given = records(
        EX=infusions(days=(0,), EXSTDTC=None, EXENDTC=None), AE=[{"AETERM": "Rash", "AESTDTC": "2024-03-05"}]
    )

    tables = derived(given)

    assert only(tables["adsl"], USUBJID="S1")["SAFFL"] == "Y"
    assert only(tables["adsl"], USUBJID="S1")["TRTSDT"] is None
    event = only(tables["adae"], AESEQ=1)
    assert (event["TRTEMFL"], event["TRTEMBEC"]) == (
        "Y",
        "the day of conditioning is not known: counted as emergent",
    )
