"""The daily prednisone equivalent on one day, from periods of medication; unknown where the records do not say."""

from __future__ import annotations

from datetime import date

import pytest

from remit.derive.background import backgrounds
from rooms.derive.small import day, records, steroid
from spec.instruments.story import stories

# Each period is dose/frequency/start/end; an end of "on" is marked as ongoing, an empty one is just empty.
STORIES = stories(
    """
    on         | mg      | periods
    2024-04-01 | 10      | 10 QD 2024-01-01 on
    2024-01-01 | 10      | 10 QD 2024-01-01 on                                  # the first day counts
    2024-03-31 | 10      | 10 QD 2024-01-01 2024-03-31                           # the last day counts
    2024-04-01 | 0       | 10 QD 2024-01-01 2024-03-31                           # ended: takes none
    2024-04-01 | 5       | 10 QD 2024-01-01 2024-03-31; 5 QD 2024-04-01 on       # tapered
    2024-03-31 | 10      | 10 QD 2024-01-01 2024-03-31; 5 QD 2024-04-01 on
    2024-03-31 | 15      | 10 QD 2024-01-01 2024-03-31; 5 QD 2024-03-31 on       # overlap on one day adds up
    2024-04-05 | 0       | 10 QD 2024-01-01 2024-03-31; 5 QD 2024-04-10 on       # a gap: takes none
    2023-12-31 | 0       | 10 QD 2024-01-01 on                                  # before the first period
    2024-04-01 | 0       | 0 QD 2024-01-01 on                                   # asked, and none
    2024-04-01 | 10      | 10 QOD 2024-01-01 on; 10 QOD 2024-01-02 on           # every other day twice
    2024-04-01 | 5       | 10 QOD 2024-01-01 on
    2024-04-01 | 20      | 10 BID 2024-01-01 on
    2024-04-01 | 10      | 5 Q12H 2024-01-01 on
    2024-04-01 | unknown | 10 PRN 2024-01-01 on                                 # nobody knows how often
    2024-04-01 | unknown | 10 ? 2024-01-01 on
    2024-04-01 | unknown | ? QD 2024-01-01 on                                   # no dose
    2024-04-01 | unknown | 10 QD 2024-01-01 ?                                   # no end, not marked as ongoing
    2024-01-01 | 10      | 10 QD 2024-01-01 ?
    2024-04-01 | 0       | 0 QD 2024-01-01 ?                                    # nothing, however long
    2024-04-01 | unknown | 10 QD ? on                                           # started some day
    2024-04-01 | 10      | 10 QD 2023 on                                        # in 2023, so before
    2024-04-15 | unknown | 10 QD 2024-01-01 2024-04                             # ended some day in April
    2024-03-31 | 10      | 10 QD 2024-01-01 2024-04
    2024-05-01 | 0       | 10 QD 2024-01-01 2024-04
    2024-04-15 | unknown | 10 QD 2024-01-01 2024-04; 5 QD 2024-04 on            # which of the two?
    2024-05-01 | 5       | 10 QD 2024-01-01 2024-04; 5 QD 2024-04 on
    2024-04-01 | 0       | 20 ONCE 2024-03-30 ?                                 # a single dose ends on its day
    2024-03-30 | 20      | 20 ONCE 2024-03-30 ?
    """
)


def _period(text: str) -> dict[str, object]:
    dose, rate, start, end = (None if part == "?" else part for part in text.split())
    period = dict(steroid(None if dose is None else float(dose), start or "", None if end == "on" else end))
    if end != "on":
        period |= {"CMENRTPT": None, "CMENTPT": None}
    return period | {"CMDOSFRQ": rate, "CMSTDTC": start}


@pytest.mark.parametrize("story", STORIES, ids=lambda s: f"{s['on']}: {s['periods']}")
def test_dose_on_a_day(story: dict[str, object]) -> None:
    given = records(CM=[_period(text) for text in str(story["periods"]).split(";")])

    dose = backgrounds(given)["S1"].steroid(date.fromisoformat(str(story["on"])))

    assert dose.mg == story["mg"]
    assert bool(dose.why) == (dose.mg is None)
    assert dose.sources


@pytest.mark.parametrize(
    ("cells", "mg"),
    [
        ({"CMTRT": "METHYLPREDNISOLONE"}, 12.5),
        ({"CMTRT": "dexamethasone", "CMDOSE": 1.5}, 10.0),
        ({"CMTRT": "VIRTUAL STEROID"}, None),
        ({"CMDOSU": "g"}, None),
        ({"CMDOSU": None}, None),
        ({"CMCAT": None}, 10.0),
        ({"CMCAT": "OTHER", "CMTRT": "PREDNISOLONE"}, 10.0),
        ({"CMROUTE": "TOPICAL"}, None),
    ],
    ids=["converted", "by decimals", "no table entry", "grams", "no unit", "no class", "another class", "skin only"],
)
def test_drug_unit_and_route(cells: dict[str, object], mg: float | None) -> None:
    given = records(CM=[{**steroid(10, "2024-01-01"), **cells}])

    assert backgrounds(given)["S1"].steroid(date(2024, 4, 1)).mg == mg


@pytest.mark.parametrize(("on", "mg"), [("2024-06-30", 10.0), ("2024-07-01", None)])
def test_ongoing_at_a_day_is_known_up_to_that_day(on: str, mg: float | None) -> None:
    given = records(CM=[steroid(10, "2024-01-01", CMENTPT="2024-06-30")])

    assert backgrounds(given)["S1"].steroid(date.fromisoformat(on)).mg == mg


def test_no_record_is_unknown_and_a_recorded_no_is_none() -> None:
    asked = records(CM=[{"CMTRT": "PREDNISONE", "CMCAT": "GLUCOCORTICOID", "CMDOSE": 0, "CMDOSU": "mg"}])

    assert backgrounds(records(CM=[])).get("S1") is None
    assert backgrounds(asked)["S1"].steroid(date(2024, 4, 1)).mg == 0


STABLE = stories(
    """
    stable  | periods from -60 on; assessments on day 28 and 84
    yes     | methotrexate 15 -60 on
    no      | methotrexate 15 40 on                                 # new since the last assessment
    yes     | methotrexate 15 28 on                                 # started on the day of the last one
    yes     | methotrexate 15 -60 40                                # stopped
    no      | methotrexate 15 -60 40; methotrexate 20 41 on         # increased
    yes     | methotrexate 15 -60 40; methotrexate 10 41 on         # reduced
    yes     | methotrexate 15 -60 40; methotrexate 15 50 on         # paused
    no      | methotrexate 15 -60 40; azathioprine 50 41 on         # switched
    no      | methotrexate 15 -60 on; belimumab 10 50 on
    unknown | methotrexate 15 -60 40; methotrexate ? 41 on
    no      | methotrexate 15 -60 ?; belimumab 10 50 on             # one clear change settles it
    unknown | methotrexate 15 -60 ?
    yes     | methotrexate 15 -60 on; hydroxychloroquine 200 50 on  # antimalarials are free
    unknown | hydroxychloroquine 200 -60 on                         # nobody wrote of the others
    """
)


@pytest.mark.parametrize("story", STABLE, ids=lambda s: str(s["periods from -60 on; assessments on day 28 and 84"]))
def test_background_is_stable_without_a_new_drug_or_a_higher_dose(story: dict[str, object]) -> None:
    rows = []
    for text in str(story["periods from -60 on; assessments on day 28 and 84"]).split(";"):
        drug, dose, start, end = text.split()
        kind = {"hydroxychloroquine": "ANTIMALARIAL", "belimumab": "BIOLOGIC"}.get(drug, "IMMUNOSUPPRESSANT")
        rows.append({
            "CMTRT": drug, "CMCAT": kind, "CMDOSE": None if dose == "?" else dose, "CMDOSU": "mg",
            "CMDOSFRQ": "EVERY WEEK", "CMSTDTC": day(int(start)), "CMENRTPT": "ONGOING" if end == "on" else None,
            "CMENDTC": day(int(end)) if end.lstrip("-").isdigit() else None,
        })  # fmt: skip
    given = backgrounds(records(CM=rows))["S1"]

    found, sources = given.stable(date.fromisoformat(day(28)), date.fromisoformat(day(84)))

    assert found is story["stable"]
    assert sources or story["stable"] is None
