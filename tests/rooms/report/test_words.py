"""Methods as a reader says them."""

from __future__ import annotations

import pytest

from remit.analysis.result import Result
from remit.report.words import methods_said, sentence
from rooms.report import sample


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("sas-5", "method: quantile definition 5 (SAS)"),
        ("Clopper-Pearson", "method: exact (Clopper–Pearson)"),
        ("the design's own decision", "method: the design's own decision"),
    ],
)
def test_a_sentence_names_the_method_in_words(method: str, said: str) -> None:
    result = Result(
        id="a/b/median",
        title="A",
        analysis="a",
        population="safety",
        group="all",
        statistic="median",
        method=method,
        value=1.0,
        text="1",
    )

    assert said in sentence(result, sample.protocol())


def test_counting_is_no_method_and_each_method_is_named_once() -> None:
    asked = ["count", "sas-5", "max", "sas-5", "", "Turnbull"]

    assert methods_said(asked) == ["quantile definition 5 (SAS)", "Turnbull's estimate"]
