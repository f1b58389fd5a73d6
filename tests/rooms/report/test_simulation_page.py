"""The small figures of the page about virtual trials, as what they draw."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from remit.report.figures.clear_of import Line, clear_of
from remit.report.figures.figure import Figure
from remit.report.figures.render import svg
from remit.report.figures.spread_strip import WIDE, Strip, strip
from remit.report.figures.theme import EVENT
from remit.report.figures.trial_levels import Panel, trial_levels
from remit.report.material import Column

COUNTS = Strip(
    key="counts",
    title="Infused",
    bars=[(16.5, 17.5, "17", 4), (17.5, 18.5, "18", 6), (18.5, 19.5, "19", 0), (19.5, 20.5, "20", 2)],
    line=(17, 18, 20),
    mark=(20, "printed 20"),
    ends=("", ""),
    names={},
)


def marks(figure: Figure, kind: str) -> list[dict[str, Any]]:
    """The data of every layer of one kind of mark."""
    return [one for layer in figure.spec["layer"] if layer["mark"]["type"] == kind for one in layer["data"]["values"]]


def texts(figure: Figure) -> list[str]:
    return [one["text"] for one in marks(figure, "text")]


def drawn(one: Strip) -> Figure:
    return strip(one, Markup("said"), "summary")


def test_a_bar_is_as_high_as_its_trials_and_none_stands_for_nobody() -> None:
    bars = marks(drawn(COUNTS), "rect")

    assert [bar["says"] for bar in bars] == ["4 trials", "6 trials", "2 trials"]
    heights = [bar["y2"] - bar["y"] for bar in bars]
    assert abs(heights[0] / heights[1] - 4 / 6) < 0.01
    assert {bar["y2"] for bar in bars} == {bars[0]["y2"]}


def test_the_printed_number_is_marked_where_it_lies() -> None:
    figure = drawn(COUNTS)
    (mark,) = [line for line in marks(figure, "rule") if line["edge"] == EVENT]
    bar = marks(figure, "rect")[-1]

    assert "printed 20" in texts(figure)
    assert mark["x"] == mark["x2"]
    assert abs(mark["x"] - (bar["x"] + bar["x2"]) / 2) < 0.1


def test_a_print_beyond_all_trials_stays_on_the_sheet() -> None:
    for at in (-40, 0, 90):
        figure = drawn(replace(COUNTS, mark=(at, f"printed {at}")))
        (mark,) = [line for line in marks(figure, "rule") if line["edge"] == EVENT]

        assert 0 <= mark["x"] <= WIDE


def test_all_strips_are_equally_wide() -> None:
    one = replace(COUNTS, bars=[(0.5, 1.5, "1", 9)], line=(1, 1, 1), mark=None)
    wide = replace(
        COUNTS,
        bars=[(0.0, 0.5, "0 to 0.5", 9), (0.5, 1.0, "0.5 to 1", 1)],
        ends=("0", "1"),
        line=(0, 0.2, 1),
        mark=None,
    )

    assert {drawn(strip_).spec["width"] for strip_ in (COUNTS, one, wide)} == {WIDE + 2}


def test_one_whole_number_does_not_fill_the_sheet() -> None:
    (bar,) = marks(drawn(replace(COUNTS, bars=[(0.5, 1.5, "1", 9)], line=(1, 1, 1), mark=None)), "rect")

    assert bar["x2"] - bar["x"] < WIDE / 4


def test_a_difference_has_its_zero_in_sight() -> None:
    figure = drawn(replace(COUNTS, zero=True, mark=None, bars=[(3.5, 4.5, "4", 2)], line=(4, 4, 4)))
    upright = [line for line in marks(figure, "rule") if line["x"] == line["x2"] and line["y"] != line["y2"]]

    assert len(upright) == 1
    assert 0 <= upright[0]["x"] < marks(figure, "rect")[0]["x"]


def test_a_number_that_no_trial_has_says_so() -> None:
    figure = drawn(replace(COUNTS, bars=[], line=None, mark=None))

    assert texts(figure) == ["no trial has this number"]
    assert "<svg" in svg(figure.spec, figure.key)


def test_names_of_levels_stand_under_their_bars() -> None:
    figure = drawn(replace(COUNTS, bars=[(0.5, 1.5, "1", 2), (1.5, 2.5, "2", 3)], names={1.0: "DL1", 2.0: "DL2"}))

    assert {"DL1", "DL2"} <= set(texts(figure))


def test_lines_of_claims_fall_from_left_to_right_and_names_do_not_touch() -> None:
    grid = (0.05, 0.5, 0.95)
    lines = [Line(name, "#000000", (1.0, 0.4, 0.0)) for name in ("DORIS", "LLDAS", "SRI-4")]

    figure = clear_of(lines, grid, 0.2, Markup("title"))

    names = sorted(one["y"] for one in marks(figure, "text") if one["text"] in {"DORIS", "LLDAS", "SRI-4"})
    assert all(below - above >= 14 for above, below in pairwise(names))
    assert "20 %" in texts(figure)


def test_a_level_that_is_too_toxic_stands_out_in_the_assumed_rates() -> None:
    levels = [Column("dl1", "DL1", "#111111"), Column("dl2", "DL2", "#222222")]
    panels = [
        Panel("assumed", [(0.1, "10"), (0.45, "45")]),
        Panel("recommended", [(0.5, "50"), (0.2, "20"), (0.3, "30")]),
    ]

    figure = trial_levels(levels, panels, Markup("title"), 1 / 3)

    bars = marks(figure, "rect")
    assert [bar["fill"] == EVENT for bar in bars] == [False, True, False, False, False]
    assert "none" in texts(figure)
    assert figure.summary == "By dose level: assumed: 10, 45; recommended: 50, 20, 30."
