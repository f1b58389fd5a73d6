"""Published numbers and what follows from them, against values computed by hand or with other tools."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from remit.evidence import Checked, check_claims, reconcile_claims
from remit.exchange.claims_yaml import parse_claims, read_claims

EXAMPLES = Path(__file__).parents[2] / "examples" / "claims"
SEED = (EXAMPLES / "l17.yaml").read_text("utf-8")


def checked(text: str) -> Checked:
    return check_claims(parse_claims(text))


def facts(found: Checked) -> dict[str, object]:
    return {f.id: f.range if f.range is not None else f.value for f in found.derived}


def order(gate: str) -> str:
    return f"  - {{id: order, kind: order, levels: [DL1, DL2, DL3, DL4], dlt-window-days: 28{gate}}}\n"


def window(last: str) -> str:
    return f"  - {{id: window, kind: time, first: 2023-08-21, last: {last}, of: enrolment}}\n"


def test_the_seed_abstract_is_possible_and_its_intervals_are_those_left_out() -> None:
    found = checked(SEED)

    # Clopper-Pearson limits and one-sided bounds computed with scipy.stats.beta
    assert found.verdict == "possible"
    assert facts(found)["doris/interval"] == pytest.approx((15.7, 84.3), abs=0.05)
    assert facts(found)["lldas/interval"] == pytest.approx((34.9, 96.8), abs=0.05)
    assert facts(found)["crs/interval"] == pytest.approx((1.2, 31.7), abs=0.05)
    assert facts(found)["levels/DL4/if-none"] == pytest.approx(20.6, abs=0.05)
    assert facts(found)["doris/all-patients"] == (20, 80)
    assert facts(found)["lldas/all-patients"] == (30, 90)


def test_the_seed_abstract_bounds_person_time() -> None:
    # By hand, half months: 9·1 + 2·5 + 5 + 7·6.5 + 12 = 81.5 and 1 + 10·5 + 6 + 8·12 = 153
    assert facts(checked(SEED))["person-time/half-month-grid"] == (81.5, 153)
    exact = checked(SEED + "assumptions: {months: exact}\n")
    assert facts(exact)["person-time"] == (81.5, 153)


def test_the_shortest_enrolment_window_of_the_seed_abstract_is_306_days() -> None:
    # By hand: 12 months is at least 351 days, 1 month at most 45
    assert facts(checked(SEED))["enrolment-window-days"] == (306, 364)


def test_levels_opened_in_order_name_who_is_followed_longest() -> None:
    found = facts(checked(SEED + order("")))

    # By hand: seven patients precede DL4; the first of DL4 is 84 days after the first of all, 380 − 84 = 296 days
    assert [found[f"over-6-months/DL{k}"] for k in (1, 2, 3, 4)] == [1, 1, 5, 1]
    assert found["longest-follow-up/DL4"] == pytest.approx(9.7, abs=0.05)


def test_a_level_opened_after_three_leaves_one_to_three_of_the_last_level() -> None:
    found = facts(checked(SEED + order(", cleared: 3")))

    assert found["over-6-months/DL4"] == (1, 3)
    assert found["over-6-months/DL3"] == (3, 5)


@pytest.mark.parametrize(
    ("last", "verdict"),
    [("2024-06-16", "impossible"), ("2024-06-21", "impossible"), ("2024-06-22", "possible")],
)
def test_an_enrolment_window_contradicts_a_range_of_follow_up(last: str, verdict: str) -> None:
    found = checked(SEED + window(last))

    assert found.verdict == verdict
    assert found.conflict == (("follow-up", "window") if verdict == "impossible" else ())


def test_the_window_is_possible_once_infusion_is_not_enrolment() -> None:
    found = checked(SEED + window("2024-06-16") + "assumptions: {infusion-equals-enrolment: false}\n")

    assert found.verdict == "possible"


ALLOCATION = (
    "n: 20\nstatements:\n"
    "  - {{id: levels, kind: allocation, design: {}, levels: {{DL1: 1, DL2: 1, DL3: 5, DL4: 13}}{}}}\n"
)


def test_1_1_5_13_is_no_path_of_a_3_plus_3() -> None:
    # By hand: a 3+3 treats three subjects at its first level
    found = checked(ALLOCATION.format('"3+3"', ""))

    assert (found.verdict, found.conflict) == ("impossible", ("levels",))
    assert "the design begins with 3 at level 1; the report has 1 at level 1" in found.why


def test_1_1_5_13_is_a_path_of_titration_3_plus_3_and_expansion() -> None:
    found = checked(ALLOCATION.format("titration-3+3-expansion", ", dlts: 0, finished: true"))

    # By hand: one at DL1, one at DL2, three at DL3 and two beside, DL4 expanded to thirteen
    assert found.verdict == "possible"
    assert found.statements[0].verdict == "forced"
    assert "titration through level 2 or 3 or 4, expansion subjects 13" in found.statements[0].why


def test_without_dlts_printed_their_number_stays_open() -> None:
    judged = checked(ALLOCATION.format("titration-3+3-expansion", "")).statements[0]

    assert judged.verdict == "undetermined"
    assert judged.range is not None
    assert judged.range[0] == 0


def test_registered_outcomes_without_a_number_are_named() -> None:
    registry = "  - {id: registry, kind: registered, endpoints: [sri-4, lldas, doris, bilag-2004], planned: 36}\n"

    judged = {s.id: s for s in checked(SEED + registry).statements}["registry"]

    assert judged.verdict == "not-reported"
    assert "sri-4 and bilag-2004" in judged.why


def test_79_of_47_is_impossible_and_both_numbers_are_named() -> None:
    found = checked("n: 47\nstatements:\n  - {id: crs, kind: count, of: all, event: crs, count: 79}\n")

    assert (found.verdict, found.conflict) == ("impossible", ("crs",))
    assert "79 of 47" in found.why


def test_four_whole_numbers_have_no_mean_of_31_30() -> None:
    found = checked(
        'n: 5\nstatements:\n  - {id: s, kind: summary, variable: sledai, n: 4, integer: true, mean: "31.30"}\n'
    )

    assert (found.verdict, found.conflict) == ("impossible", ("s",))
    assert "31.25 or 31.50" in found.why


def test_remission_with_a_score_of_six_is_impossible() -> None:
    found = checked("n: 10\nstatements:\n  - {id: case-1, kind: patient, values: {doris: true, sledai: 6}}\n")

    assert (found.verdict, found.conflict) == ("impossible", ("case-1",))
    assert "instruments define" in found.why


@pytest.mark.parametrize(
    ("percent", "verdict", "cut"),
    [("76", "impossible", ()), ("67", "possible", ()), ("66", "possible", ("p",))],
)
def test_six_of_nine_as_a_percent(percent: str, verdict: str, cut: tuple[str, ...]) -> None:
    found = checked(
        f'n: 9\nstatements:\n  - {{id: p, kind: proportion, event: e, count: 6, n: 9, percent: "{percent}"}}\n'
    )

    assert (found.verdict, found.truncated) == (verdict, cut)
    if cut:
        assert "only if" in found.why
        assert found.statements[0].assumptions == ("printed numbers are cut off, not rounded",)


def test_a_percent_that_is_only_possible_cut_off_is_impossible_where_rounding_is_assumed() -> None:
    printed = '  - {id: p, kind: proportion, event: e, count: 6, percent: "66"}'
    found = checked(f"n: 9\nassumptions: {{rounding: rounded}}\nstatements:\n{printed}\n")

    assert found.verdict == "impossible"


def test_two_reports_of_the_seed_trial_are_reconciled_by_two_who_left() -> None:
    first, second = (read_claims(EXAMPLES / f"{name}.yaml") for name in ("l17", "later-report"))

    found = reconcile_claims(first, second, more=1)

    smallest = [e for e in found.explanations if e.size == 2]
    assert found.verdict == "reconciled"
    assert [e.counts for e in smallest] == [{"left": 2, "left with crs": 1}]
    assert {e.words for e in found.explanations if e.size == 3} == {
        "2 patients left, crs recorded differently in 1 (yes → no)",
        "2 patients left (2 of them with crs), crs recorded differently in 1 (no → yes)",
        "2 patients left, the definition of crs changed",
    }


def test_every_verdict_on_the_seed_abstract_takes_less_than_five_seconds() -> None:
    start = time.perf_counter()

    checked(SEED + order(", cleared: 3") + window("2024-06-22"))

    assert time.perf_counter() - start < 5
