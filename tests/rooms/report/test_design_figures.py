"""Figures of designs: every number and word comes from a row, no label lies on another, no color stands alone."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from remit import designs
from remit.analysis.design_chances import under
from remit.analysis.design_rule import rule
from remit.analysis.named_design import Named
from remit.analysis.result import Result
from remit.report.design_page import Panel, design_page
from remit.report.figures.canvas import width_of
from remit.report.figures.characteristics import characteristics
from remit.report.figures.decision_grid import decision_grid
from remit.report.figures.design import Drawn
from remit.report.figures.figure import Figure
from remit.report.figures.pathway_tree import pathway_tree
from remit.report.figures.render import picture, svg
from remit.report.figures.theme import ACTIONS, level_colors
from remit.report.material import Column
from remit.report.sections.design import oc_figure, oc_table, pathway_title, summary
from remit.report.shelf import Shelf

SVG = "{http://www.w3.org/2000/svg}"
CURVES = {
    "target-in-the-middle": (0.05, 0.15, 0.30, 0.45, 0.60),
    "all-safe": (0.02, 0.04, 0.06, 0.08, 0.10),
    "all-toxic": (0.30, 0.40, 0.50, 0.60, 0.70),
    "flat": (0.29, 0.30, 0.30, 0.30, 0.31),
}
SPECS: dict[str, tuple[str, Mapping[str, object]]] = {
    "boin": ("boin", {"levels": 5, "target": 0.3}),
    "keyboard": ("keyboard", {"levels": 5, "target": 0.3}),
    "three": ("3+3", {"levels": 4}),
    "titration": ("titration-3+3-expansion", {"levels": 4, "titration_through_level": 2, "expansion_subjects": 13}),
    "crm": ("crm", {"levels": 4, "target": 0.25}),
    "blrm": ("blrm", {"levels": 3, "doses": "10 20 40", "reference": 40, "prior_sd": "1.5 0.8"}),
}


def made(key: str, ahead: int = 2, name: str = "level {}") -> tuple[list[Result], Drawn]:
    kind, given = SPECS[key]
    design = designs.build(kind, given)
    levels = tuple((f"dl{k}", name.format(k)) for k in range(1, design.levels + 1))
    named = Named(f"design/{key}", kind, design, levels, tuple(range(design.levels)))
    rows = list(rule(named, None, ahead))
    chain = designs.exact(design)
    for curve, rates in CURVES.items():
        rows += under(named, curve, chain.under(rates[: design.levels]))
    colors = level_colors([level for level, _ in levels])
    return rows, Drawn(named.stem, kind, tuple(Column(level, said, colors[level]) for level, said in levels))


def texts(figure: Figure) -> list[dict[str, Any]]:
    return [
        {**one, "align": layer["mark"]["align"]}
        for layer in figure.spec["layer"]
        if layer["mark"]["type"] == "text"
        for one in layer["data"]["values"]
    ]


def box(one: dict[str, Any]) -> tuple[float, float, float, float]:
    wide = width_of(one["text"], one["size"])
    left = one["x"] - {"left": 0.0, "center": 0.5, "right": 1.0}[one["align"]] * wide
    return left, one["y"] - one["size"] * 0.42, left + wide, one["y"] + one["size"] * 0.42


def collisions(figure: Figure) -> list[tuple[str, str]]:
    boxed = [(one["text"], *box(one)) for one in texts(figure)]
    return [
        (a[0], b[0])
        for a, b in combinations(boxed, 2)
        if a[1] < b[3] - 0.5 and b[1] < a[3] - 0.5 and a[2] < b[4] - 0.5 and b[2] < a[4] - 0.5
    ]


@pytest.mark.parametrize("name", ["L{}", "level {}", "Cohort {} (6 x 10^9)"])
@pytest.mark.parametrize("key", SPECS)
def test_no_label_lies_on_another_however_long_the_names(key: str, name: str) -> None:
    rows, drawn = made(key, 3, name)
    shelf = Shelf(rows)

    for figure in (
        characteristics(shelf, [drawn], Markup("")),
        decision_grid(shelf, drawn, Markup("")),
        pathway_tree(shelf, drawn, Markup("")),
    ):
        assert figure is not None
        assert collisions(figure) == []
        assert all(box(one)[0] >= -1 and box(one)[2] <= figure.spec["width"] + 1 for one in texts(figure))


def test_two_designs_side_by_side_do_not_collide_and_differ_without_color() -> None:
    one, left = made("boin")
    two, right = made("keyboard")

    figure = characteristics(Shelf([*one, *two]), [left, right], Markup(""))

    assert figure is not None
    assert collisions(figure) == []
    bars = next(layer for layer in figure.spec["layer"] if layer["mark"]["type"] == "rect")["data"]["values"]
    mine = {bar["what"].partition(",")[0]: (bar["fill"] == "#ffffff", bar["edge"] == "none") for bar in bars}
    assert mine == {"boin": (False, True), "keyboard": (True, False)}
    assert "filled: boin" in figure.key_line
    assert "outlined: keyboard" in figure.key_line


@pytest.mark.parametrize("key", SPECS)
def test_every_colored_cell_and_box_carries_its_word(key: str) -> None:
    rows, drawn = made(key)
    shelf = Shelf(rows)
    words = {color: word for word, color in ACTIONS.items()}

    for figure in (decision_grid(shelf, drawn, Markup("")), pathway_tree(shelf, drawn, Markup(""))):
        assert figure is not None
        boxes = next(layer for layer in figure.spec["layer"] if layer["mark"]["type"] == "rect")["data"]["values"]
        said = texts(figure)
        for cell in boxes:
            inside = [
                t["text"] for t in said if cell["x"] <= t["x"] <= cell["x2"] and cell["y"] <= t["y"] <= cell["y2"]
            ]
            assert len(inside) == 1
            word = words[cell["fill"]]
            assert inside[0].startswith(word) or " / " in inside[0]


def test_the_tree_draws_every_step_once() -> None:
    rows, drawn = made("titration")
    figure = pathway_tree(Shelf(rows), drawn, Markup(""))

    steps = [r for r in rows if "/rule/pathway/" in r.id]
    assert figure is not None
    boxes = next(layer for layer in figure.spec["layer"] if layer["mark"]["type"] == "rect")["data"]["values"]
    assert sorted(b["what"] for b in boxes) == sorted(r.text for r in steps)
    assert "0/1 + event" in {t["text"] for t in texts(figure)}


def test_numbers_on_the_bars_are_the_texts_of_the_rows() -> None:
    rows, drawn = made("boin")
    figure = characteristics(Shelf(rows), [drawn], Markup(""), ["all-safe"])

    assert figure is not None
    shown = {t["text"] for t in texts(figure)}
    wanted = {
        r.text.removesuffix(" %") for r in rows if "/all-safe/dl" in r.id or r.id.endswith("all-safe/none/selected")
    }
    assert wanted <= shown
    assert "30 %" in shown


def test_a_design_without_a_target_promises_no_dashed_line() -> None:
    rows, drawn = made("three")
    figure = characteristics(Shelf(rows), [drawn], Markup(""))

    assert figure is not None
    assert "target" not in figure.key_line
    assert not any(layer["mark"].get("strokeDash") for layer in figure.spec["layer"])


def test_scenarios_with_the_same_rates_are_drawn_once_and_named_together() -> None:
    design = designs.build("boin", {"levels": 2, "target": 0.3})
    named = Named("design", "boin", design, (("dl1", "L1"), ("dl2", "L2")))
    chain = designs.exact(design)
    rows = [*rule(named)]
    for name, rates in {"likely": (0.1, 0.2), "slow": (0.1, 0.2), "toxic": (0.4, 0.5)}.items():
        rows += under(named, name, chain.under(rates))
    shelf, drawn = Shelf(rows), Drawn("design", "boin", (Column("dl1", "L1", "#000"), Column("dl2", "L2", "#111")))

    figure = oc_figure(shelf, drawn)

    assert figure is not None
    assert {"likely", "toxic"} <= {one["text"] for one in texts(figure)}
    assert "slow" not in {one["text"] for one in texts(figure)}
    said = str(summary(shelf, drawn)[0].striptags())
    share = next(r for r in rows if r.id == "design/likely/most-often/selected").text
    assert said.startswith("likely (the same rates: slow): L2")
    assert f"is recommended most often, in {share}" in said


def test_without_rows_there_is_no_figure() -> None:
    drawn = Drawn("design", "boin", (Column("dl1", "L1", "#000000"),))

    assert characteristics(Shelf([]), [drawn], Markup("")) is None
    assert decision_grid(Shelf([]), drawn, Markup("")) is None
    assert pathway_tree(Shelf([]), drawn, Markup("")) is None
    assert oc_table(Shelf([]), drawn) is None


def test_the_same_rows_give_the_same_picture() -> None:
    rows, drawn = made("crm")
    first, second = (characteristics(Shelf(rows), [drawn], Markup("")) for _ in range(2))

    assert first is not None
    assert second is not None
    assert first.still == second.still
    assert svg(first.spec, "a") == svg(second.spec, "a")


@pytest.mark.parametrize("key", ["boin", "titration"])
def test_the_still_picture_is_the_one_that_the_chart_library_draws(key: str) -> None:
    rows, drawn = made(key)
    shelf = Shelf(rows)

    for figure in (
        characteristics(shelf, [drawn], Markup("")),
        decision_grid(shelf, drawn, Markup("")),
        pathway_tree(shelf, drawn, Markup("")),
    ):
        assert figure is not None
        live, still = (ElementTree.fromstring(text) for text in (svg(figure.spec, "a"), figure.still))
        words = [sorted("".join(one.itertext()) for one in root.iter(f"{SVG}text")) for root in (live, still)]
        assert words[0] == words[1]
        wide, drawn_wide = (float((root.get("viewBox") or "").split()[2]) for root in (live, still))
        assert wide == pytest.approx(drawn_wide, abs=12)


def test_a_picture_of_its_own_stands_on_white_and_says_what_it_shows() -> None:
    rows, drawn = made("boin")
    figure = decision_grid(Shelf(rows), drawn, Markup(""))

    assert figure is not None
    text = picture(figure.still, "rows & columns")
    assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "<title>rows &amp; columns</title>" in text
    assert "background:#fff" in text


def test_the_page_asks_nothing_of_any_other_place_and_every_number_opens() -> None:
    rows, drawn = made("boin")
    shelf = Shelf(rows)
    figures = [oc_figure(shelf, drawn), pathway_tree(shelf, drawn, pathway_title(shelf, drawn))]

    html = design_page(
        "A <design>", [Panel("boin", "", summary(shelf, drawn), figures, [oc_table(shelf, drawn)])], shelf, ""
    )

    assert "A &lt;design&gt;" in html
    assert "http://" not in html.replace("http://www.w3.org/", "")
    assert "https://" not in html
    assert 'data-id="design/boin/all-safe/dl5/selected"' in html
    assert html.count("<figure") == 2
