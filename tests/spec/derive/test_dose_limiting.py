"""Which events are dose-limiting, and who can be counted in a dose decision.

Cells on day 0, 7 and 14; the window is 28 days from the first infusion, both days counted.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from remit.instruments.sledai_2k import CODES
from remit.protocol import Protocol
from rooms.derive.small import DAY0, day, derived, infusions, only, rated, records, seed_protocol
from spec.instruments.story import stories

CRS, ICANS = "Cytokine release syndrome", "Immune effector cell-associated neurotoxicity syndrome"

# The subject was last seen on day 60. Terms: crs, neutropenia (a cytopenia), hepatitis (anything else).
EVENTS = stories(
    """
    term        | grade | start   | end | related     | dlt
    crs         | 3     | 0       | 2   | RELATED     | Y
    crs         | 2     | 0       | 2   | RELATED     | N
    crs         | 3     | 28      | 30  | RELATED     | Y       # the last day of the window
    crs         | 3     | 29      | 30  | RELATED     | N       # outside
    crs         | 3     | -1      | 2   | RELATED     | N       # before the cells
    crs         |       | 1       | 2   | RELATED     | unknown # no grade
    crs         | 3     | 1       | 2   |             | unknown # nobody said why
    crs         | 3     | 1       | 2   | NOT RELATED | N
    crs         | 3     | 1       | 20  | RELATED     | Y
    crs         | 2     | 29      |     |             | N       # outside settles it
    hepatitis   | 3     | 1       | 8   | RELATED     | N       # back after seven days
    hepatitis   | 3     | 1       | 9   | RELATED     | Y       # longer than seven days
    hepatitis   | 3     | 1       | on  | RELATED     | Y       # open when last seen
    hepatitis   | 3     | 1       |     | RELATED     | unknown # recovered on an unknown day
    hepatitis   | 3     | 25      | on  | RELATED     | Y
    hepatitis   | 2     | 1       | on  | RELATED     | N
    neutropenia | 3     | 1       | 20  | RELATED     | N       # left to the line about blood counts
    neutropenia | 4     | 1       | 29  | RELATED     | N       # 28 days
    neutropenia | 4     | 1       | 30  | RELATED     | Y       # more than 28 days
    hepatitis   | 5     | 20      | 22  | NOT RELATED | Y       # a death, whatever the cause
    """
)
TERMS = {
    "crs": {"AEDECOD": CRS, "AEBODSYS": "Immune system disorders"},
    "neutropenia": {"AEDECOD": "Neutrophil count decreased", "AEBODSYS": "Investigations"},
    "hepatitis": {"AEDECOD": "Hepatitis", "AEBODSYS": "Hepatobiliary disorders"},
}


@pytest.mark.parametrize("story", EVENTS, ids=lambda s: " ".join(str(v) for v in s.values()))
def test_an_event_meets_the_definition_or_not_or_nobody_can_tell(story: dict[str, object]) -> None:
    end = story["end"]
    event = {
        "AETERM": story["term"], "AETOXGR": story["grade"], "AEREL": story["related"],
        "AESTDTC": day(int(str(story["start"]))), "AEENDTC": day(end) if isinstance(end, int) else None,
        "AEOUT": "NOT RECOVERED/NOT RESOLVED" if end == "on" else "RECOVERED/RESOLVED", **TERMS[str(story["term"])],
    }  # fmt: skip

    row = only(derived(records(AE=[event], VS=[{"VSTESTCD": "TEMP", "VSDTC": day(60)}]))["adae"], AESEQ=1)

    assert row["DLTFL"] == story["dlt"]
    assert row["DLTBEC"]


@pytest.mark.parametrize(
    ("start", "flag"),
    [("2024-03", None), ("2024-02", "N"), ("2024-05", "N"), ("2024", None), (None, None)],
)
def test_a_partial_start_decides_only_what_all_its_days_agree_on(start: str | None, flag: str | None) -> None:
    event = {"AETERM": "x", "AEDECOD": CRS, "AETOXGR": 3, "AEREL": "RELATED", "AESTDTC": start}

    assert only(derived(records(AE=[event]))["adae"], AESEQ=1)["DLTFL"] == flag


def test_words_that_nobody_coded_leave_the_group_open() -> None:
    event = {"AETERM": "fever after cells", "AETOXGR": 3, "AEREL": "RELATED", "AESTDTC": day(1), "AEENDTC": day(2)}

    row = only(derived(records(AE=[event]))["adae"], AESEQ=1)

    assert (row["DLTFL"], row["CRSFL"], row["INFFL"]) == (None, None, None)


@pytest.mark.parametrize(("scale", "flag"), [("ASTCT 2019", "Y"), ("CTCAE v5.0", None)])
def test_a_grade_on_another_scale_is_no_grade_of_the_line(scale: str, flag: str | None) -> None:
    event = {"AETERM": "x", "AEDECOD": CRS, "AETOXGR": 3, "AEREL": "RELATED", "AESTDTC": day(1), "AEENDTC": day(2)}

    tables = derived(records(AE=[event], SUPPAE=[{"IDVARVAL": "1", "QNAM": "AETOXSCL", "QVAL": scale}]))

    row = only(tables["adae"], AESEQ=1)
    assert row["DLTFL"] == flag
    assert row["sources"] == ["AE/S1/1", "SUPPAE/S1/1/AETOXSCL"]


@pytest.mark.parametrize("typed", ["Y", "N"])
def test_what_the_investigator_recorded_stands_and_the_definition_is_shown_beside(typed: str) -> None:
    grade = 2 if typed == "Y" else 3
    event = {"AETERM": "x", "AEDECOD": ICANS, "AETOXGR": grade, "AEREL": "RELATED", "AESTDTC": day(1)}

    tables = derived(records(AE=[event], SUPPAE=[{"IDVARVAL": "1", "QNAM": "AEDLT", "QVAL": typed}]))

    row = only(tables["adae"], AESEQ=1)
    assert row["DLTFL"] == typed
    assert "by the definition not so" in row["DLTBEC"]


# A DLT is ICANS of grade 3 on day 10; "maybe" is one without a grade. The window closes on day 28.
EVALUABLE = stories(
    """
    infusions | seen_until | cut | left | event | in      | why
    0 7 14    | 28         | 60  | no   |       | Y       |                      # seen on the last day
    0 7 14    | 40         | 40  | no   |       | Y       |
    0 7 14    | 27         | 60  | no   |       | unknown | not seen yet
    0 7 14    | 27         | 60  | yes  |       | N       | not followed
    0 7 14    | 27         | 27  | no   |       | unknown | window open
    0 7       | 27         | 27  | no   |       | unknown | window open          # the third may come
    0 7       | 60         | 60  | no   |       | N       | 2 of 3 infusions
    0 7       | 20         | 20  | yes  |       | N       | 2 of 3 infusions     # nothing more can come
    0 7       | 12         | 12  | no   | dlt   | Y       |                      # a DLT settles it
    0 7       | 60         | 60  | no   | maybe | unknown | may be a DLT
    0 7 14    | 60         | 60  | no   | maybe | Y       |                      # counted either way
    """
)


@pytest.mark.parametrize("story", EVALUABLE, ids=lambda s: " ".join(str(v) for v in s.values()))
def test_who_is_evaluable_for_dose_limiting_toxicity(story: dict[str, object]) -> None:
    cut, seen = int(str(story["cut"])), int(str(story["seen_until"]))
    event = {"AETERM": "x", "AEDECOD": ICANS, "AEREL": "RELATED", "AESTDTC": day(10)}
    graded = {**event, "AETOXGR": 3 if story["event"] == "dlt" else None}
    leaving = {"DSCAT": "DISPOSITION EVENT", "DSDECOD": "WITHDRAWAL BY SUBJECT", "DSSTDTC": day(seen)}
    given = records(
        EX=infusions([int(d) for d in str(story["infusions"]).split()]),
        VS=[{"VSTESTCD": "TEMP", "VSDTC": day(seen)}],
        AE=[graded] if story["event"] is not None else [],
        DS=[leaving] if story["left"] else [],
    )

    row = only(derived(given, DAY0 + timedelta(days=cut))["adset"], SET="dlt-evaluable")

    assert row["IN"] == story["in"]
    assert (story["why"] or "") in row["REASON"]
    assert row["REASON"] == "" or row["IN"] != "Y"


def _strict(**changes: object) -> Protocol:
    seed = seed_protocol()
    assert seed.dlt is not None
    evaluable = seed.dlt.evaluable.model_copy(update=changes)
    return seed.model_copy(update={"dlt": seed.dlt.model_copy(update={"evaluable": evaluable})})


def test_a_protocol_may_ask_for_all_infusions_even_after_a_dlt() -> None:
    event = {"AETERM": "x", "AEDECOD": ICANS, "AEREL": "RELATED", "AESTDTC": day(10), "AETOXGR": 3}
    given = records(EX=infusions([0, 7]), AE=[event], VS=[{"VSTESTCD": "TEMP", "VSDTC": day(60)}])

    row = only(derived(given, protocol=_strict(fewer_if_stopped_for_dlt=False))["adset"], SET="dlt-evaluable")

    assert (row["IN"], row["REASON"]) == ("N", "2 of 3 infusions")


@pytest.mark.parametrize(("cut", "verdict"), [(14, None), (15, "N"), (16, "N")])
def test_the_course_is_not_incomplete_before_its_last_visit_is_over(cut: int, verdict: str | None) -> None:
    # the third infusion is planned on day 14, its window ends on day 15
    given = records(EX=infusions([0, 7]))

    row = only(derived(given, DAY0 + timedelta(days=cut))["adset"], SET="per-protocol")

    assert row["IN"] == verdict


def test_a_visit_at_which_nothing_was_assessed_is_no_assessment() -> None:
    empty = rated(28, missing=CODES, pga=None)
    known = rated(28, missing=[code for code in CODES if code != "rash"], pga=None)

    assert only(derived(records(RS=empty))["adset"], SET="efficacy-evaluable")["IN"] == "N"
    assert only(derived(records(RS=known))["adset"], SET="efficacy-evaluable")["IN"] == "Y"


# Followed from 4 March 2024; half a year of 30.4375-day months is 182.625 days.
@pytest.mark.parametrize(("last", "inside"), [(182, "N"), (183, "Y")])
def test_a_group_is_over_six_months_from_the_183rd_day(last: int, inside: str) -> None:
    given = records(VS=[{"VSTESTCD": "TEMP", "VSDTC": day(last)}])

    row = only(derived(given, date(2025, 6, 1))["adset"], SET="over-6-months")

    assert row["IN"] == inside
