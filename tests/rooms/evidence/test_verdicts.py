"""Verdicts on small documents, half of them possible, half of them not."""

from __future__ import annotations

import pytest

from remit.evidence import check_claims, reconcile_claims
from remit.evidence.answer import to_dict
from remit.exchange.claims_yaml import parse_claims

HIGH = 'groups: {high: {where: "x > 6", count: 8}}\n'
LAW = "kind: implies, if: doris, then: lldas"
FOLLOWED = "kind: summary, variable: follow_up_months, min: 1, max: 12"


def document(n: int, *statements: str, head: str = "") -> str:
    lines = [f"  - {{id: {name}, {text}}}" for name, text in zip("abcdefgh", statements, strict=False)]
    return "\n".join([f"n: {n}", head + "statements:", *lines])


POSSIBLE = {
    "parts add up": document(7, "kind: partition, parts: {a: 3, b: 4}"),
    "percent of some": document(30, 'kind: proportion, event: e, n: 13, percent: "30.8"'),
    "interval by its method": document(
        8, 'kind: proportion, event: e, count: 6, percent: "75.0", '
        'interval: {low: "34.9", high: "96.8", method: clopper-pearson}',
    ),
    "wilson": document(
        8, 'kind: proportion, event: e, count: 4, interval: {low: "21.5", high: "78.5", method: wilson}'
    ),
    "median and range": document(7, "kind: summary, variable: sledai, median: 18, min: 10, max: 22"),
    "remission with serology": document(3, "kind: patient, values: {doris: true, sledai: 4}"),
    "nested": document(8, "kind: count, event: doris, count: 4", "kind: count, event: lldas, count: 6", LAW),
    "exception": document(
        8, "kind: count, event: doris, count: 5", "kind: count, event: lldas, count: 4",
        "kind: count, event: hemolysis, count: 1", LAW + ", except: [hemolysis]",
    ),
    "not nested": document(8, "kind: count, event: doris, count: 5", "kind: count, event: lldas, count: 4"),
    "curve": document(
        10, 'kind: curve, variable: t, at: [{t: 0, at-risk: 10, survival: "1.00"}, '
        '{t: 6, at-risk: 7, survival: "0.80"}, {t: 12, at-risk: 5}]',
    ),
    "group by count": document(20, "kind: summary, variable: x, median: 5, min: 1, max: 12", head=HIGH),
    "grimmer": document(10, 'kind: summary, variable: k, integer: true, mean: "3.40", sd: "1.26"'),
    "two patients": document(2, "kind: patient, values: {e: true}", "kind: patient, values: {e: true}"),
    "bound": document(5, 'kind: summary, variable: x, median: "> 9", max: 18'),
    "months cut": document(2, FOLLOWED, "kind: time, days: 306", head="assumptions: {months: truncated}\n"),
}  # fmt: skip

IMPOSSIBLE = {
    "parts do not add up": (document(8, "kind: partition, parts: {a: 3, b: 4}"), "a"),
    "no such percent": (document(13, 'kind: proportion, event: e, percent: "33.1"'), "a"),
    "interval of another method": (document(
        8, 'kind: proportion, event: e, count: 4, '
        'interval: {low: "21.5", high: "78.5", method: clopper-pearson}'), "a"),
    "median above maximum": (document(7, "kind: summary, variable: y, median: 23, max: 22"), "a"),
    "score above its scale": (document(7, "kind: summary, variable: sledai, max: 106"), "a"),
    "all in remission but one is not": (
        document(3, "kind: count, event: doris, count: 3", "kind: patient, values: {sledai: 8}"), "ab"),
    "remission outside low activity": (
        document(8, "kind: count, event: doris, count: 5", "kind: count, event: lldas, count: 4", LAW), "abc"),
    "too few exceptions": (document(
        8, "kind: count, event: doris, count: 6", "kind: count, event: lldas, count: 4",
        "kind: count, event: hemolysis, count: 1", LAW + ", except: [hemolysis]"), "abcd"),
    "survival too low": (document(
        10, 'kind: curve, variable: t, '
        'at: [{t: 0, at-risk: 10}, {t: 6, survival: "0.40"}, {t: 12, at-risk: 5}]'), "a"),
    "more at risk later": (document(10, "kind: curve, variable: t, at: [{t: 1, at-risk: 5}, {t: 6, at-risk: 7}]"), "a"),
    "nobody above six": (document(20, "kind: summary, variable: x, max: 5", head=HIGH), "a"),
    "grimmer": (document(10, 'kind: summary, variable: k, integer: true, mean: "3.40", sd: "1.20"'), "a"),
    "spread beyond the range": (
        document(12, 'kind: summary, variable: x, min: 4, max: 20, mean: "10.6", sd: "9.2"'), "a"),
    "two patients, one event": (document(
        2, "kind: patient, values: {e: true}", "kind: patient, values: {e: true}",
        "kind: count, event: e, count: 1"), "abc"),
    "last day first": (document(2, "kind: time, first: 2024-02-01, last: 2024-01-01"), "a"),
    "months rounded": (document(2, FOLLOWED, "kind: time, days: 305"), "ab"),
    "nine of eight": (document(20, "kind: count, of: high, event: e, count: 9", head=HIGH), "a"),
}  # fmt: skip


@pytest.mark.parametrize("name", POSSIBLE)
def test_it_can_be(name: str) -> None:
    found = check_claims(parse_claims(POSSIBLE[name]))

    assert (found.verdict, found.conflict) == ("possible", ()), found.why


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_it_cannot_be_and_the_smallest_conflict_is_named(name: str) -> None:
    text, conflict = IMPOSSIBLE[name]

    found = check_claims(parse_claims(text))

    assert (found.verdict, list(found.conflict)) == ("impossible", list(conflict))
    assert all(s.verdict == "impossible" for s in found.statements if s.id in conflict)


@pytest.mark.parametrize(
    ("statement", "verdict", "ends"),
    [
        ("kind: count, event: e", "not-reported", (0, 8)),
        ("kind: count, event: doris", "undetermined", (0, 6)),
        ("kind: count, event: both", "forced", (6, 6)),
        ("kind: proportion, event: lldas, count: 6", "forced", (6, 6)),
        ("kind: summary, variable: y", "not-reported", None),
        ("kind: registered, endpoints: [lldas, sri-4]", "not-reported", None),
    ],
)
def test_a_question_gets_its_range(statement: str, verdict: str, ends: tuple[int, int] | None) -> None:
    text = "\n".join([
        "n: 8", "statements:", "  - {id: l, kind: count, event: lldas, count: 6}",
        "  - {id: law, kind: implies, if: doris, then: lldas}", "  - {id: a, kind: implies, if: both, then: lldas}",
        "  - {id: b, kind: implies, if: lldas, then: both}", f"  - {{id: asked, {statement}}}",
    ])  # fmt: skip

    judged = {s.id: s for s in check_claims(parse_claims(text)).statements}["asked"]

    assert (judged.verdict, judged.range) == (verdict, ends)


def test_groups_that_are_larger_than_everyone_are_named() -> None:
    found = check_claims(parse_claims("n: 5\n" + HIGH))

    assert (found.verdict, found.conflict) == ("impossible", ("high",))


def test_a_conflict_that_rests_on_a_group_names_the_group() -> None:
    found = check_claims(parse_claims(IMPOSSIBLE["nobody above six"][0]))

    assert "high is 8" in found.why


def test_out_of_time_is_undecided_and_says_so() -> None:
    text = document(300, 'kind: summary, variable: k, integer: true, mean: "20.31", sd: "9.99", min: 0, max: 80')

    found = check_claims(parse_claims(text), limit=0.001)

    assert found.verdict == "undecided"
    assert "not decided in 0.001 s" in found.why


def test_the_answer_is_the_contract() -> None:
    answer = to_dict(check_claims(parse_claims(POSSIBLE["nested"])))

    assert answer["contract"] == "claims/1"
    assert {"verdict", "conflict", "statements", "derived"} <= set(answer)
    assert set(answer["statements"][0]) == {"id", "verdict", "range", "assumptions", "why"}
    assert all(set(fact) in ({"id", "value", "why"}, {"id", "range", "why"}) for fact in answer["derived"])


def test_equal_reports_need_no_change() -> None:
    text = document(5, "kind: count, event: crs, count: 2")

    found = reconcile_claims(parse_claims(text), parse_claims(text))

    assert [(e.size, e.counts) for e in found.explanations] == [(0, {})]


def test_one_regraded_patient_or_a_changed_definition_explain_one_event_less() -> None:
    first, second = (document(5, f"kind: count, event: crs, count: {k}") for k in (2, 1))

    found = reconcile_claims(parse_claims(first), parse_claims(second))

    assert {e.words for e in found.explanations} == {
        "crs recorded differently in 1 (yes → no)",
        "the definition of crs changed",
    }


def test_a_shorter_longest_follow_up_cannot_be_reconciled_while_everyone_stays() -> None:
    first = document(3, "kind: summary, variable: follow_up_months, min: 6, max: 12")
    second = document(3, "kind: summary, variable: follow_up_months, min: 9, max: 9")

    found = reconcile_claims(parse_claims(first), parse_claims(second))

    assert found.explanations
    assert all(e.counts.get("left", 0) >= 1 for e in found.explanations)
