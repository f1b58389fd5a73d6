"""ICAHT from ADTOX, recounted: days written out one by one, runs found by text, grades read off the published table.

The second reading shares nothing with the first but the rules: a day without a count is filled on the straight line
between counts at most eight days apart, low days at most three days apart are one episode with the days between, days
of all episodes add up (Rejeski et al. 2023, Blood 142:865, as coded in public graders).
"""

from __future__ import annotations

import re
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rooms.derive.small import day, derived, infusions, only, records

SOME = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


def written_out(by_day: dict[int, int]) -> list[Fraction | None]:
    """A value for each of the days 0 to 30."""
    known = sorted(by_day)
    out: list[Fraction | None] = []
    for d in range(31):
        if d in by_day:
            out.append(Fraction(by_day[d]))
            continue
        earlier, later = [k for k in known if k < d], [k for k in known if k > d]
        if not earlier or not later or later[0] - earlier[-1] > 8:
            out.append(None)
            continue
        a, b = earlier[-1], later[0]
        out.append(by_day[a] + Fraction(by_day[b] - by_day[a], b - a) * (d - a))
    return out


def days_low(values: list[Fraction], limit: int, longest: bool) -> int:
    marks = "".join("x" if value <= limit else "." for value in values)
    # one or two days above within an episode are counted with it
    runs = [len(run) for run in re.findall(r"x(?:\.{0,2}x)*", marks)] or [0]
    return max(runs) if longest else sum(runs)


def read_off(values: list[Fraction], longest: bool) -> int:
    at_500, at_100 = days_low(values, 500, longest), days_low(values, 100, longest)
    if all(value <= 500 for value in values[3:]) or at_100 >= 14:
        return 4
    if at_500 >= 14 or at_100 >= 7:
        return 3
    return 2 if at_500 >= 7 else (1 if at_500 >= 1 else 0)


SERIES = st.dictionaries(st.integers(-3, 36), st.sampled_from([0, 50, 100, 101, 400, 500, 501, 800, 2400]), min_size=3)


@SOME
@given(st.lists(SERIES, min_size=12, max_size=12), st.sampled_from(["10^9/L", "/uL"]))
def test_both_readings_agree_on_grade_and_range(every: list[dict[int, int]], unit: str) -> None:
    factor = 1 if unit == "/uL" else 0.001
    people = {f"S{number}": by_day for number, by_day in enumerate(every, start=1)}
    rows = [
        {"USUBJID": who, "LBTESTCD": "NEUT", "LBSTRESN": value * factor, "LBSTRESU": unit, "LBDTC": day(d)}
        for who, by_day in people.items()
        for d, value in by_day.items()
    ]
    given_cells = [{"USUBJID": who, **one} for who in people for one in infusions()]

    found = derived(records(DM=[{"USUBJID": who} for who in people], EX=given_cells, LB=rows))["adtox"]

    for who, by_day in people.items():
        values = written_out(by_day)
        for variant, longest in (("cumulative", False), ("longest_run", True)):
            row = only(found, USUBJID=who, SCALE="icaht-early", VARIANT=variant)
            best = read_off([Fraction(5000) if v is None else v for v in values], longest)
            worst = read_off([Fraction(0) if v is None else v for v in values], longest)
            assert (row["AVALLO"], row["AVALHI"]) == (best, worst)
            assert row["AVAL"] == (best if best == worst else None)
