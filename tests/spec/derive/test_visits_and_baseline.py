"""Which visit a day belongs to, which of several rows represents it, and which value is the baseline."""

from __future__ import annotations

import polars as pl
import pytest

from remit.derive.timing import with_visit
from rooms.derive.small import conditioning, day, derived, infusions, only, rated, records, ruled, seed_protocol
from spec.instruments.story import stories

# The seed's visits: screening -28 to -6, week 4 on day 21 to 35, week 6 on 36 to 48, week 12 on 77 to 91.
WINDOWS = stories(
    """
    day | visit       | from_target
    -29 |             |
    -28 | screening   | 14
    -6  | screening   | 8
    -5  | conditioning | 0
    0   | infusion-1  | 0
    5   |             |              # between windows: of no visit
    21  | week-4      | 7
    35  | week-4      | 7
    36  | week-6      | 6
    76  | week-10     | 6
    77  | week-12     | 7
    91  | week-12     | 7
    92  |             |
        |             |              # no date, whatever visit it was recorded under
    """
)


@pytest.mark.parametrize("story", WINDOWS, ids=lambda s: f"day {s['day']}")
def test_a_day_belongs_to_the_window_it_falls_in(story: dict[str, object]) -> None:
    frame = pl.DataFrame(
        {"APROTDY": [story["day"]], "VISITNUM": [10.0]}, schema={"APROTDY": pl.Int64, "VISITNUM": pl.Float64}
    )

    row = with_visit(seed_protocol(), frame).row(0, named=True)

    assert (row["AVISIT"], row["AWTDIFF"]) == (story["visit"], story["from_target"])


OVERLAP = stories(
    """
    day | visit
    33  | week-4
    34  | week-6   # as near to day 28 as to day 40: the later visit
    35  | week-6
    """
)


@pytest.mark.parametrize("story", OVERLAP, ids=lambda s: f"day {s['day']}")
def test_where_windows_overlap_the_nearer_target_wins_and_the_later_on_a_tie(story: dict[str, object]) -> None:
    seed = seed_protocol()
    wide = {"week-4": (28, (21, 45)), "week-6": (40, (30, 48))}
    visits = tuple(
        v.model_copy(update=dict(zip(("day", "window"), wide[v.key]))) if v.key in wide else v for v in seed.visits
    )
    frame = pl.DataFrame({"APROTDY": [story["day"]], "VISITNUM": [None]}, schema_overrides={"VISITNUM": pl.Float64})

    found = with_visit(seed.model_copy(update={"visits": visits}), frame)

    assert found["AVISIT"].to_list() == [story["visit"]]


def _c3(*samples: tuple[str, float | None]) -> list[dict[str, object]]:
    return [
        {"LBTESTCD": "C3", "LBTEST": "C3", "LBDTC": when, "LBSTRESN": value, "LBSTRESC": value or "POSITIVE",
         "LBSTRESU": "g/L", "LBSTNRLO": 0.9, "LBSTNRHI": 1.8}
        for when, value in samples
    ]  # fmt: skip


REPRESENTATIVES = stories(
    """
    first | second | represents
    24    | 30     | 30     # two days from day 28 against four
    26    | 30     | 30     # a tie: the later
    22    | 35     | 22     # six days against seven
    """
)


@pytest.mark.parametrize("story", REPRESENTATIVES, ids=lambda s: f"days {s['first']} and {s['second']}")
def test_the_sample_nearest_to_the_target_represents_the_visit(story: dict[str, int]) -> None:
    given = records(LB=_c3((day(story["first"]), 1.0), (day(story["second"]), 1.1)))

    lb = derived(given)["adlb"].filter((pl.col("AVISIT") == "week-4") & (pl.col("ANL01FL") == "Y"))

    assert lb["APROTDY"].to_list() == [story["represents"]]


# Conditioning starts on day -5 at 10:00, cells on day 0 at 10:00. Values are the days, so the baseline names its day.
BASELINES = stories(
    """
    rule                | samples                         | baseline
    before-conditioning | -20 -10 0 14                    | -10
    before-first-cells  | -20 -10 0 14                    | 0           # the day itself counts
    before-conditioning | -20 -5                          | -5
    before-conditioning | -20 -5T09:00                    | -5          # before the drug
    before-conditioning | -20 -5T10:00                    | -5          # at the same time
    before-conditioning | -20 -5T10:01                    | -20         # after it
    before-first-cells  | -20 0T14:00                     | -20
    before-conditioning | 3 14                            |             # nothing before
    before-conditioning | -20 -10?                        | -20         # no number
    """
)


@pytest.mark.parametrize("story", BASELINES, ids=lambda s: f"{s['rule']}: {s['samples']}")
def test_the_baseline_is_the_last_value_before_treatment(story: dict[str, object]) -> None:
    samples = []
    for text in str(story["samples"]).split():
        bare = text.rstrip("?")
        number, _, time = bare.partition("T")
        when = day(int(number)) + (f"T{time}" if time else "")
        samples.append((when, None if text.endswith("?") else 100.0 + int(number)))
    treated = [
        *({**row, "EXSTDTC": f"{row['EXSTDTC']}T10:00"} for row in conditioning()),
        *({**row, "EXSTDTC": f"{row['EXSTDTC']}T10:00"} for row in infusions()),
    ]

    lb = derived(records(EX=treated, LB=_c3(*samples)), protocol=ruled(baseline=story["rule"]))["adlb"]

    base = lb.filter(pl.col("ABLFL") == "Y")
    assert [v - 100 for v in base["AVAL"]] == ([] if story["baseline"] is None else [story["baseline"]])
    changed = lb.filter(pl.col("CHG").is_not_null())
    assert (changed["CHG"] == changed["AVAL"] - changed["BASE"]).all()
    assert set(base["sources"].explode()) <= set(changed["sources"].explode()) or changed.height == 0


def test_of_two_samples_on_one_day_the_later_record_is_the_baseline_even_after_the_ninth() -> None:
    # record numbers 9 and 10: as text, 10 sorts first
    rows = [{**row, "LBSEQ": n} for n, row in zip((9, 10), _c3((day(-8), 1.0), (day(-8), 2.0)))]

    lb = derived(records(LB=rows))["adlb"]

    assert lb.filter(pl.col("ABLFL") == "Y")["AVAL"].to_list() == [2.0]


def test_a_change_between_units_is_not_computed() -> None:
    first, second = _c3((day(-8), 90.0), (day(28), 0.9))

    lb = derived(records(LB=[{**first, "LBSTRESU": "mg/dL"}, second]))["adlb"]

    after = only(lb, APROTDY=28)
    assert (after["BASE"], after["CHG"]) == (None, None)


def test_an_abnormal_baseline_keeps_its_grade_and_later_values_are_graded_against_it() -> None:
    def alt(on: int, value: float) -> dict[str, object]:
        return {"LBTESTCD": "ALT", "LBDTC": day(on), "LBSTRESN": value, "LBSTRESC": value, "LBSTRESU": "U/L",
                "LBSTNRLO": 5, "LBSTNRHI": 40}  # fmt: skip

    lb = derived(records(LB=[alt(-8, 80), alt(28, 100), alt(56, 130)]))["adlb"]

    # CTCAE v5: twice the limit is grade 1; 1.25 times an abnormal baseline is 0, 1.6 times is 1
    assert lb.select("APROTDY", "ATOXGRN", "BTOXGRN", "WORSTFL").rows() == [
        (-8, 1, 1, None),
        (28, 0, 1, None),
        (56, 1, 1, "Y"),
    ]


def test_below_quantification_is_a_value_and_not_done_is_none() -> None:
    rows = [
        {"CPTESTCD": "BLYCE", "CPTEST": "B", "CPDTC": day(-8), "CPORRES": "<1", "CPSTRESU": "/uL"},
        {"CPTESTCD": "BLYCE", "CPTEST": "B", "CPDTC": day(28), "CPSTAT": "NOT DONE", "CPSTRESC": "NOT DONE"},
        {"CPTESTCD": "BLYCE", "CPTEST": "B", "CPDTC": day(56), "CPSTRESC": "0.02", "CPSTRESN": 0.02,
         "CPSTRESU": "10^9/L"},
    ]  # fmt: skip

    lb = derived(records(CP=rows))["adlb"]

    # "/uL" is another spelling of cells per microliter; 10^9 per liter is a thousand times as much
    assert lb.select("APROTDY", "AVAL", "LLOQ", "BLQFL", "AVALU", "ABLFL", "BASE").rows() == [
        (-8, None, 1.0, "Y", "cells/uL", "Y", None),
        (56, 20.0, None, None, "cells/uL", None, None),
    ]


def test_scores_take_the_last_known_of_each_part_as_baseline() -> None:
    given = records(RS=[*rated(-20, ["arthritis"], pga=1.5), *rated(-8, missing=["rash"], pga=1.0), *rated(28)])

    rs = derived(given)["adrs"]

    assert only(rs, PARAMCD="SLEDAI", ABLFL="Y")["APROTDY"] == -20
    assert only(rs, PARAMCD="PGA", ABLFL="Y")["APROTDY"] == -8
    assert only(rs, PARAMCD="SLEDAI", APROTDY=28)["CHG"] == -4
