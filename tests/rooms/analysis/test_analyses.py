"""One result can be had without making them all."""

from __future__ import annotations

import pytest

from remit import analysis
from remit.analysis.study import Study
from remit.errors import InputError
from rooms.analysis import small_trial as small


@pytest.mark.parametrize("one", analysis.ANALYSES, ids=lambda a: a.key)
def test_an_analysis_says_the_first_words_of_its_ids(one: analysis.Analysis) -> None:
    made = {result.id.partition("/")[0] for result in one.make(Study(small.protocol(), small.tables()))}

    assert made <= set(one.stems)


def test_a_found_result_is_the_one_among_all() -> None:
    everything = {r.id: r for r in analysis.all(small.protocol(), small.tables())}

    for id in ("safety/crs/any/count", "efficacy/over-6-months/count", "steroid/steroid-free/last/proportion"):
        if id in everything:
            assert analysis.find(small.protocol(), small.tables(), id) == everything[id]
    assert "safety/crs/any/count" in everything


def test_an_unknown_id_gets_the_nearest() -> None:
    with pytest.raises(InputError, match="efficacy/over-6-months/count"):
        analysis.find(small.protocol(), small.tables(), "efficacy/over-6-month/count")
