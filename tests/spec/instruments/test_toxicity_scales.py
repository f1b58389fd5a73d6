"""toxicity-scales in Python: stored facts in, every verdict out; and what CTCAE leaves to hypogammaglobulinemia."""

from __future__ import annotations

import pytest

from remit import instruments
from remit.errors import InputError
from remit.instruments import scales


def test_nothing_recorded_gives_no_topic() -> None:
    assert scales.disagreements(scales.Facts()) == ()


def test_each_recorded_fact_is_one_topic_with_every_scale_that_grades_it() -> None:
    facts = scales.Facts(neutrophils=0.4, neutrophils_lln=1.8, creatinine=72, creatinine_uln=90, creatinine_baseline=46)

    topics = {topic.name: topic for topic in scales.disagreements(facts)}

    assert set(topics) == {"neutrophils", "creatinine"}
    assert {v.scale: v.says for v in topics["neutrophils"].verdicts} == {"CTCAE v5": "4", "CTCAE v6": "3"}
    assert topics["neutrophils"].disagree


def test_an_unknown_verdict_is_shown_and_disagrees_with_nothing() -> None:
    (topic,) = scales.disagreements(scales.Facts(neutrophils=1.6))

    assert {v.scale: v.says for v in topic.verdicts} == {"CTCAE v5": "?", "CTCAE v6": "0"}
    assert not topic.disagree


def test_immunoglobulin_is_refused_by_ctcae_and_banded_by_hypogammaglobulinemia() -> None:
    with pytest.raises(InputError, match="see hypogammaglobulinemia"):
        instruments.call("ctcae-v5", "lab", {"term": "igg", "value": 3.5})

    assert instruments.call("hypogammaglobulinemia", None, {"igg": 3.5})["band"] == "severe"
