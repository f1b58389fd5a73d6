"""Documents at the edge: no calendar, numbers too large, limits upside down, a group called all, an SD on its own."""

from __future__ import annotations

import pytest

from remit.errors import InputError
from remit.evidence import check_claims
from remit.exchange.claims_yaml import parse_claims


def document(*statements: str, n: int = 10, head: str = "") -> str:
    lines = [f"n: {n}", *([head] if head else []), "statements:"]
    return "\n".join([*lines, *(f"  - {{{one}}}" for one in statements)])


@pytest.mark.parametrize(
    "statement",
    [
        "id: a, kind: time, first: 2024-01-01, last: 2024-02-01",
        "id: a, kind: time, of: infusion, days: 30",
        "id: a, kind: time, of: cut, first: 2024-01-01",
        "id: a, kind: order, levels: [DL1, DL2], cleared: 3",
    ],
)
def test_days_and_gates_without_any_follow_up_are_read(statement: str) -> None:
    assert check_claims(parse_claims(document(statement))).verdict == "possible"


@pytest.mark.parametrize(("days", "verdict"), [(83, "impossible"), (84, "possible")])
def test_gates_and_an_enrolment_window_bind_each_other_without_follow_up(days: int, verdict: str) -> None:
    # three openings, each at least 28 days after the last patient of the level below
    checked = check_claims(
        parse_claims(
            document(
                "id: levels, kind: partition, parts: {DL1: 3, DL2: 3, DL3: 3, DL4: 3}",
                "id: order, kind: order, levels: [DL1, DL2, DL3, DL4], dlt-window-days: 28",
                f"id: window, kind: time, of: enrolment, days: {days}",
                n=12,
            )
        )
    )

    assert checked.verdict == verdict
    if verdict == "impossible":
        assert set(checked.conflict) == {"levels", "order", "window"}


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("id: a, kind: summary, variable: x, mean: 1e300", "numbers up to 1,000,000,000 are checked"),
        ('id: a, kind: summary, variable: x, mean: "100000000.123456", sd: "4.1"', "this many decimals cannot be"),
        ('id: a, kind: summary, variable: x, integer: true, mean: "100000000", sd: "40000000"', "than an SD can be"),
    ],
)
def test_numbers_that_the_solver_cannot_hold_are_refused_in_a_sentence(statement: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        check_claims(parse_claims(document(statement, n=100)), limit=5)


def test_a_group_called_all_is_refused() -> None:
    with pytest.raises(InputError, match="groups › all: `all` means everyone"):
        parse_claims(document("id: a, kind: count, event: e, count: 1", head="groups: {all: {count: 3}}"))


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ('kind: proportion, event: e, count: 4, interval: {low: "70", high: "20"}', "lower limit 70 is above"),
        ('kind: proportion, event: e, count: 4, interval: {low: "50.0", high: "60.0"}', "outside its own interval"),
        ('kind: summary, variable: x, mean: "3.1", interval: {low: "4", high: "2"}', "lower limit 4 is above"),
    ],
)
def test_an_interval_upside_down_or_beside_its_number_is_impossible(statement: str, says: str) -> None:
    checked = check_claims(parse_claims(document(f"id: a, {statement}")))

    assert checked.verdict == "impossible"
    assert says in checked.why


def test_an_interval_by_any_method_around_its_number_is_possible() -> None:
    text = 'id: a, kind: proportion, event: e, count: 0, interval: {low: "0", high: "30.8"}'
    assert check_claims(parse_claims(document(text))).verdict == "possible"


def test_an_sd_that_no_whole_numbers_have_is_a_conflict_of_its_own_and_found_at_once() -> None:
    # of four whole numbers the variance is k/12 with few k: 0.8165 and 0.9574 are SDs, nothing between prints as 0.9
    checked = check_claims(
        parse_claims(
            document(
                "id: whole, kind: summary, variable: s, integer: true",
                'id: low, kind: implies, if: f, then: "s <= 0"',
                'id: spread, kind: summary, variable: s, sd: "0.9"',
                n=4,
                head="assumptions: {rounding: rounded}",
            )
        ),
        limit=5,
    )

    assert (checked.verdict, checked.conflict) == ("impossible", ("spread",))
