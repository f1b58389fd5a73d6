"""The toxicity part of the safety section: its tables, its figure, and what it prints when nothing was collected."""

from __future__ import annotations

import re

from remit import analysis, derive
from remit.report.material import Material
from remit.report.sections.toxicity import toxicity
from remit.report.shelf import Shelf
from rooms.analysis.test_toxicity_scales import found, tables
from rooms.derive.small import CUT, records, seed_protocol


def _plain(markup: object) -> str:
    return re.sub(r"<[^>]+>", "", str(markup))


def _material(results: object, derived: object) -> Material:
    return Material(seed_protocol(), derived, Shelf(results), (), None)  # type: ignore[arg-type]


def _row(table: object, head: str) -> list[str]:
    return next([_plain(c.content) for c in r.cells] for r in table.rows if _plain(r.head) == head)  # type: ignore[attr-defined]


def test_grades_stand_in_columns_and_open_ones_apart() -> None:
    made = toxicity(_material(found().values(), tables()))

    assert _row(made["scales"], "ICAHT, days 0–30") == [
        "1",
        "·",
        "1",
        "1",
        "·",
        "·",
        "1",
        "1",
        "≥ 3: 1/3 (33.3 %)",
        "0.8–90.6",
    ]
    assert _row(made["scales"], "LICATS")[7] == "nc"
    assert _row(made["crs_scales"], "Penn") == ["·", "·", "1", "·", "·", "1", "1"]
    assert _row(made["flags"], "Hy's law, any day") == ["1/1 (100.0 %)", "2.5–100.0"]
    assert _row(made["flags"], "IgG below 4 g/L")[0] == "1/1 (100.0 %)"
    assert _row(made["infections"], "lower respiratory, rsv") == ["1/4 (25.0 %)", "1"]


def test_every_number_is_a_button_that_knows_its_result() -> None:
    made = toxicity(_material(found().values(), tables()))

    ids = [
        id
        for name in ("scales", "crs_scales", "flags", "infections")
        for row in made[name].rows
        for cell in row.cells
        for id in re.findall(r'data-id="([^"]+)"', str(cell.content))
    ]
    assert len(ids) > 20
    assert set(ids) <= set(found())


def test_the_figure_has_a_dot_for_everybody_with_both_values() -> None:
    figure = toxicity(_material(found().values(), tables()))["edish"]

    assert _plain(figure.title).startswith("Hy's law quadrant: 1/1")
    dots = figure.spec["layer"][-1]["data"]["values"]
    assert [(dot["USUBJID"], dot["ALTX"], dot["BILIX"]) for dot in dots] == [("S1", 5.0, 2.5)]
    assert figure.still.count("<circle") == 1


def test_nothing_collected_prints_nc_and_no_figure() -> None:
    derived = derive.all(seed_protocol(), records(), CUT)
    made = toxicity(_material(analysis.all(seed_protocol(), derived), derived))

    assert made["edish"] is None
    assert made["infections"] is None
    assert _row(made["flags"], "Hy's law, any day")[0] == "nc"
    assert {cells[7] for cells in ([_plain(c.content) for c in r.cells] for r in made["scales"].rows)} == {"nc"}
