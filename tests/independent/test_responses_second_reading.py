"""Time in a state and renal response once more, written the obvious way, on generated courses."""

from __future__ import annotations

import math
import random
from datetime import timedelta
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.derive.state_share import state_shares
from remit.protocol import Endpoint, Protocol
from rooms.derive.small import CUT, DAY0, conditioning, day, derived, infusions, rated, records, seed_protocol, steroid


def asked(**fields: Any) -> Protocol:
    protocol = seed_protocol()
    own = {"key": "own", "label": "Own", "paramcd": "OWN", "timepoints": ("last",), "population": "efficacy-evaluable"}
    return protocol.model_copy(update={"endpoints": (*protocol.endpoints, Endpoint(**{**own, **fields}))})


HALF = asked(
    kind="state", instrument="state-time", variant="half_or_more", variants=("more_than_half",), of="lldas"
)

courses = st.lists(
    st.tuples(st.integers(-40, 400), st.sampled_from(["Y", "N", None])),
    min_size=1,
    max_size=9,
    unique_by=lambda visit: visit[0],
)


def day_by_day(course: list[tuple[int, str | None]], end: int, *, strict: bool) -> bool | None:
    """Every day from 0 to the day before `end` has the state of the last visit up to it; none before any visit."""
    said = []
    for one in range(end):
        earlier = [visit for visit in course if visit[0] <= one or visit[0] <= 0]
        said.append(max(earlier)[1] if earlier else None)
    if not said:
        return None
    inside, unknown = said.count("Y"), said.count(None)

    def enough(days: int) -> bool:
        return 2 * days > len(said) if strict else 2 * days >= len(said)

    return enough(inside) if enough(inside) == enough(inside + unknown) else None


@settings(max_examples=100, deadline=None)
@given(courses)
def test_time_in_a_state_day_by_day(course: list[tuple[int, str | None]]) -> None:
    ordered = sorted(course)
    frame = pl.DataFrame(
        [("S1", "LLDAS", "default", d, DAY0 + timedelta(days=d), None, said, ["r"]) for d, said in ordered],
        schema={"USUBJID": pl.String, "PARAMCD": pl.String, "VARIANT": pl.String, "APROTDY": pl.Int64,
                "ADT": pl.Date, "VISITNUM": pl.Float64, "AVALC": pl.String, "sources": pl.List(pl.String)},
        orient="row",
    )  # fmt: skip

    lines = state_shares(HALF, frame)
    ends = [d for d, _ in ordered if d > 0]
    for variant, strict in (("half_or_more", False), ("more_than_half", True)):
        mine = [line for line in lines if ("OWN", variant) == (line.about.PARAMCD, line.about.VARIANT)]
        assert [line.value for line in mine] == [day_by_day(ordered, end, strict=strict) for end in ends]


def filtration(creatinine: float, age: int, sex: str) -> float:
    k, a = (0.7, 0.241) if sex == "F" else (0.9, 0.302)
    x = creatinine / 88.4 / k
    power = -a if x < 1 else -1.2
    value = 142 * math.exp(power * math.log(x) + age * math.log(0.9938))
    return value * 1.012 if sex == "F" else value


def responds(
    rule: str,
    base: float,
    now: float | None,
    rates: tuple[float, float | None],
    dose: float,
    *,
    rescued: bool,
    late: bool,
) -> bool | None:
    """What each rule asks, by hand; an answer is no as soon as one known line fails."""
    before, rate = rates
    lines: list[bool | None] = []

    def kept(floor: float, share: float) -> bool | None:
        return None if rate is None else rate >= floor or rate >= share * before

    def below(limit: float, *, equal: bool) -> bool | None:
        return None if now is None else now <= limit if equal else now < limit

    if rule == "PERR_BLISSLN":
        lines = [below(0.7, equal=True), kept(60, 0.8), not rescued, dose <= 10 or not late]
    elif rule == "CRR_BLISSLN":
        lines = [below(0.5, equal=False), kept(90, 0.9), not rescued, dose <= 10 or not late]
    elif rule == "CRR_AURORA":
        lines = [below(0.5, equal=True), kept(60, 0.8), not rescued, dose <= 10]
    elif rule == "KDIGO_complete":
        lines = [below(0.5, equal=False), None if rate is None else abs(rate - before) <= 0.15 * before]
    else:
        half = None if now is None else now <= base / 2
        lines = [half, below(3, equal=False), None if rate is None else abs(rate - before) <= 0.15 * before]
    return False if False in lines else None if None in lines else True


RULES = ("PERR_BLISSLN", "CRR_BLISSLN", "CRR_AURORA", "KDIGO_complete", "KDIGO_partial")
PEOPLE = 60


def test_renal_responses_by_hand() -> None:
    draw = random.Random(20)
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in ("DM", "EX", "RS", "LB", "CM")}
    expected: dict[tuple[str, str], bool | None] = {}
    for number in range(1, PEOPLE + 1):
        who = f"S{number}"
        age, sex = draw.randint(18, 70), draw.choice("FM")
        base, now = round(draw.choice([0.2, 0.5, 1.0, 2.0, 4.0]) + draw.random(), 2), round(draw.random() * 1.5, 2)
        creatinine = (draw.randint(50, 140), draw.randint(50, 160))
        measured = (draw.random() > 0.15, draw.random() > 0.15)
        before, dose, on = draw.choice([5, 12.5, 15]), draw.choice([0, 5, 7.5, 12.5]), draw.choice([84, 167, 168, 200])
        burst = draw.random() < 0.15
        rescued = dose > before or burst
        rows = {
            "DM": [{"SUBJID": str(number), "AGE": age, "AGEU": "YEARS", "SEX": sex}],
            "EX": [*conditioning(), *infusions()],
            "RS": [*rated(-8, ["proteinuria"]), *rated(on)],
            "CM": [
                steroid(before, "2023-01-01", day(30)), steroid(dose, day(31)),
                {**steroid(1000, "2023-01-01"), "CMTRT": "MYCOPHENOLATE MOFETIL", "CMCAT": "IMMUNOSUPPRESSANT"},
                *([steroid(40, day(40), day(43))] if burst else []),
            ],
            "LB": [
                *_pair("PROTCRT", "g/g", (base, now if measured[0] else None), on),
                *_pair("CREAT", "umol/L", (creatinine[0], creatinine[1] if measured[1] else None), on),
            ],
        }  # fmt: skip
        for name, made in rows.items():
            tables[name] += [{**row, "USUBJID": who} for row in made]
        rates = filtration(creatinine[0], age, sex), filtration(creatinine[1], age, sex) if measured[1] else None
        for rule in RULES:
            if measured[0] and base >= 0.5:
                expected[who, rule] = responds(rule, base, now, rates, dose, rescued=rescued, late=on >= 168)
    protocol = asked(kind="response", instrument="renal-response", variant=RULES[0], variants=RULES[1:])

    frame = derived(records(**tables), CUT, protocol)["adrs"]
    frame = frame.filter((pl.col("PARAMCD") == "OWN") & (pl.col("APROTDY") > 0))
    said = {"Y": True, "N": False, None: None}
    found = {(who, rule): said[answer] for who, rule, answer in frame.select("USUBJID", "VARIANT", "AVALC").iter_rows()}
    assert {key: found[key] for key in expected} == expected
    assert {True, False, None} == set(expected.values())
    # nobody without proteinuria at baseline is ever judged
    assert {found[key] for key in found.keys() - expected.keys()} == {None}


def _pair(code: str, unit: str, values: tuple[float, float | None], now: int) -> list[dict[str, Any]]:
    return [
        {"LBTESTCD": code, "LBTEST": code, "LBORRES": value, "LBSTRESC": value, "LBSTRESN": value, "LBSTRESU": unit,
         "LBDTC": day(on)}
        for on, value in zip((-8, now), values, strict=True) if value is not None
    ]  # fmt: skip
