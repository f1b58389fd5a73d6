"""Reading a claims document: what is refused, and in which words."""

from __future__ import annotations

import pytest

from remit.errors import InputError
from remit.evidence.printed import Readings, Span, read, span
from remit.evidence.where import parse
from remit.exchange.claims_yaml import parse_claims

STATEMENT = "n: 12\nstatements:\n  - {id: s, "
COMPARED = STATEMENT + "kind: comparison, first: {n: 3, count: 1}, second: {n: 4, count: 1}, "


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("n: 12\nstatemnts: []\n", 'line 2 › statemnts: not a field. Did you mean "statements"?'),
        (STATEMENT + "kind: sumary}", '"sumary" is not a kind of statement. Did you mean "summary"?'),
        (STATEMENT + "kind: summary, variabel: x}", 'line 3 › statements › s › variabel: not a field. Did'),
        (STATEMENT + "kind: count, of: al, event: x}", '"al" is not a group. Did you mean "all"?'),
        (STATEMENT + "kind: implies, fi: x, then: y}", "Fields: id, kind, note, of, if, then, except."),
        (STATEMENT + "kind: summary, variable: x, mean: abc}", '"abc" is not a printed number'),
        (STATEMENT + "kind: count, event: x, count: -1}", "count"),
        (STATEMENT + "kind: count, event: x}\n  - {id: s, kind: count, event: y}", "id of an earlier statement"),
        ("n: 12\ngroups:\n  a: {where: \"__import__('os') > 6\"}\n", "is not a condition"),
        ('n: 12\ngroups:\n  a: {where: "f > six"}\n', '"six" is not a number'),
        ("n: 12\ngroups:\n  a: {of: b}\n  b: {of: a}\n", "leads back to itself"),
        ("n: 12\nassumptions: {month: rounded}\n", 'Did you mean "months"?'),
        ("n: 12\nassumptions: {infusion-equal-enrolment: true}\n", 'Did you mean "infusion-equals-enrolment"?'),
        (STATEMENT + 'kind: allocation, design: "3+4", levels: {a: 3}}', '"3+4" is not a design. Did you mean "3+3"?'),
        (STATEMENT + "kind: allocation, design: boin, levels: {a: 3}}", "boin: target is missing."),
        (STATEMENT + 'kind: allocation, design: "3+3", levels: {a: 3}, dlts: {b: 1}}', 'a level "b" that has no count'),
        (STATEMENT + 'kind: allocation, design: "3+3", levels: {a: 300}}', "levels › a: 300"),
        (STATEMENT + "kind: comparison, first: {n: 3}, second: {n: 4}, test: fisher}", "both sides need a count, or"),
        (STATEMENT + "kind: comparison, first: {n: 3, cout: 1}, second: {n: 4}}", 'first › cout: not a field. Did you'),
        (COMPARED + "test: welch}", "compares means"),
        (COMPARED + "test: fishr}", '"fisher"?'),
        (COMPARED + "p: tiny}", '"tiny" is not a'),
        (STATEMENT + 'kind: summary, variable: v, interval: {low: 1, hig: 2}}', 'hig: not a field. Did'),
        (STATEMENT + 'kind: count, event: !!python/object/apply:os.system ["x"]}', "a tag (!) is not allowed"),
        (STATEMENT + 'kind: count, event: "{{ 7*7 }}"}', "is not a condition"),
        ("n: twelve\n", "a whole number is wanted"),
        ("statements: []\n", "n: missing"),
        ("", "the file is empty"),
        ("n: [1\n", "not readable as YAML"),
        ("- 1\n", "this must be a mapping of fields"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(text: str, says: str) -> None:
    with pytest.raises(InputError) as problem:
        parse_claims(text)

    assert says in str(problem.value)


def test_only_n_is_needed() -> None:
    assert parse_claims("n: 3\n").statements == ()


def test_a_statement_without_an_id_is_named_by_kind_and_place() -> None:
    assert parse_claims("n: 3\nstatements:\n  - {kind: count, event: x}\n").statements[0].id == "count-1"


def test_conditions_are_comparisons_joined_by_and() -> None:
    first, second, third = parse("follow_up_months > 6 and not crs and levels = DL4")

    assert (first[0].name, first[0].op, first[0].number) == ("follow_up_months", ">", 6)
    assert (second[0].name, second[1]) == ("crs", False)
    assert third[0].word == "DL4"


@pytest.mark.parametrize(
    ("text", "reading", "low", "high"),
    [("31.30", "rounded", 31.295, 31.305), ("31.30", "truncated", 31.3, 31.31), ("31.30", "either", 31.295, 31.31),
     ("-1.0", "truncated", -1.1, -1.0), ("0", "either", -1, 1)],
)  # fmt: skip
def test_a_printed_number_stands_for_a_span(text: str, reading: str, low: float, high: float) -> None:
    found = span(read(text), reading)  # type: ignore[arg-type]

    assert (float(found.low or 0), float(found.high or 0)) == (low, high)


def test_a_number_without_quotes_is_exact_but_in_months() -> None:
    readings = Readings("either", "rounded")

    assert readings.span("age", 5) == Span(read(5).value, read(5).value)
    assert readings.span("follow_up_months", 5).high == read("5.5").value
