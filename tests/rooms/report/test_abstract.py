"""The abstract: what a reader of nothing else needs, and a list of what is still missing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

import remit.report as report
from rooms.report import sample, sample_results


@pytest.fixture(scope="module")
def trial() -> Any:
    frames = sample.derived()
    return sample.protocol(), frames, sample_results.results(frames)


@pytest.fixture(scope="module")
def text(trial: Any) -> str:
    return report.abstract(*trial)


def test_it_has_the_four_parts_of_a_structured_abstract(text: str) -> None:
    assert re.findall(r"^\*\*(\w+)\.\*\*", text, flags=re.M) == [
        "Background",
        "Methods",
        "Results",
        "Conclusions",
        "Registration",
    ]


def test_every_percent_carries_its_fraction_and_its_exact_interval(text: str) -> None:
    results = text[text.index("**Results.**") : text.index("**Conclusions.**")]

    bare = [
        m
        for m in re.finditer(r"\d+\.\d %", results)
        if not re.search(r"\d+/\d+ \($|upper bound $", results[: m.start()])
    ]

    assert bare == []
    assert results.count(" %; 95 % CI ") >= 8


def test_a_count_of_zero_says_what_it_still_allows(trial: Any) -> None:
    protocol, frames, results = trial
    noted = tuple(
        replace(r, note="none seen; one-sided 95 % upper bound 13.9 %") if r.id == "safety/infection/proportion" else r
        for r in results
    )

    text = report.abstract(protocol, frames, noted)

    assert "infection 0/20 (0.0 %; 95 % CI 0.0–16.8; one-sided 95 % upper bound 13.9 %)" in text


def test_all_sets_are_named_and_not_only_those_followed_long_enough(text: str) -> None:
    assert "Among 8 of 20 followed more than 6 months" in text


def test_the_checklist_says_present_with_its_place_or_missing_with_what_to_add(text: str) -> None:
    rows = re.findall(r"^\| (.+) \| (.+) \|$", text[text.index("|---") :], flags=re.M)

    assert len(rows) >= 15
    assert all(re.match(r"(present|missing): \S", state) for _, state in rows)
    assert dict(rows)["Funding"].startswith("missing:")


def test_no_results_leave_a_document_and_not_an_error(trial: Any) -> None:
    text = report.abstract(trial[0], {}, ())

    assert "| Harms, also at zero | missing:" in text
