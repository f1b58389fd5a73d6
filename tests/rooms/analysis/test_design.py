"""Rows about the declared design: they say what the designs room says, and that no record is behind them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from remit import analysis, designs
from remit.analysis.decision_grid import cells
from remit.analysis.named_design import Named
from remit.analysis.pathway import Step, begin, steps
from remit.designs.pathways import Node
from remit.errors import InputError
from remit.exchange.dlt_rates import dlt_scenarios
from remit.exchange.protocol_yaml import read_protocol

EXAMPLES = Path(__file__).parents[3] / "examples"
SEED = read_protocol(EXAMPLES / "kn5501-sle" / "protocol.yaml")
PARTS = read_protocol(EXAMPLES / "kn5501-sad-mad" / "protocol.yaml")
RATES = (0.01, 0.02, 0.05, 0.10)

MADE: dict[str, designs.Design] = {
    "3+3": designs.build("3+3", {"levels": 4}),
    "boin": designs.build("boin", {"levels": 5, "target": 0.3}),
    "crm": designs.build("crm", {"levels": 4, "target": 0.25}),
    "blrm": designs.build("blrm", {"levels": 3, "doses": "10 20 40", "reference": 40, "prior_sd": "1.5 0.8"}),
}


def leaves(node: Node, path: tuple[tuple[int, int, int], ...] = ()) -> dict[Any, tuple[str, int | None]]:
    """Every way through a tree of `designs.pathways`, with the decision at its end."""
    here = path if node.cohort is None else (*path, (node.cohort.level, node.cohort.treated, node.cohort.dlts))
    if not node.branches:
        return {here: (node.decision.action, node.decision.level)}
    return {way: end for branch in node.branches for way, end in leaves(branch, here).items()}


def spread(flat: tuple[Step, ...]) -> dict[Any, tuple[str, int | None]]:
    """The same of merged steps: a step for 2–3 DLTs is two ways."""
    inner = {step.cohorts[:-1] for step in flat if step.cohorts}
    ways: dict[Any, tuple[str, int | None]] = {}
    for step in flat:
        if step.cohorts in inner:
            continue
        *before, last = step.cohorts
        start = tuple((one.level, one.treated, one.dlts[0]) for one in before)
        for dlts in range(last.dlts[0], last.dlts[1] + 1):
            ways[(*start, (last.level, last.treated, dlts))] = (step.decision.action, step.decision.level)
    return ways


@pytest.mark.parametrize("key", MADE)
@pytest.mark.parametrize("ahead", [1, 2, 3])
def test_the_steps_are_the_pathways_with_like_ends_drawn_once(key: str, ahead: int) -> None:
    design = MADE[key]
    tree = designs.pathways(design, designs.nobody_yet(design.levels), ahead)

    flat = steps(design, begin(design), ahead)

    assert spread(flat) == leaves(tree)
    assert len(flat) <= 1 + sum(1 for _ in leaves(tree)) * (ahead + 1)


def test_a_titration_also_branches_by_an_event_that_is_no_dlt() -> None:
    design = designs.build("titration-3+3-expansion", {"levels": 4, "titration_through_level": 2})

    first = [step for step in steps(design, begin(design), 1) if step.cohorts]

    assert [step.cohorts[0].text for step in first] == ["0/1", "0/1 + event", "1/1"]
    assert [(step.decision.action, step.decision.subjects) for step in first] == [
        ("escalate", 1),
        ("stay", 2),
        ("stay", 2),
    ]


def test_the_path_so_far_is_where_the_tree_starts() -> None:
    design = MADE["boin"]

    root = steps(design, begin(design, [designs.Cohort(1, 3, 0), designs.Cohort(2, 3, 1)]), 1)[0]

    assert (root.decision.action, root.decision.level) == ("stay", 2)


def test_too_far_ahead_is_refused() -> None:
    with pytest.raises(InputError, match="1 to 4 cohorts"):
        steps(MADE["boin"], begin(MADE["boin"]), 5)


def test_the_grid_of_a_ladder_is_its_decision_table() -> None:
    words = {"E": "escalate", "S": "stay", "D": "de-escalate", "DU": "eliminate"}
    table = {row.subjects: row.letters for row in designs.decision_table(MADE["boin"])}

    for cell in cells(MADE["boin"]):
        assert cell.words == (words[table[cell.subjects][cell.dlts]],)
        assert cell.subjects % 3 == 0


def test_the_grid_of_a_3_plus_3_is_the_published_rule() -> None:
    # Storer 1989: 0/3 up, 1/3 three more, at most 1/6 up, 2 of 3 or 2 of 6 too toxic; nothing below level 1
    at = {(c.level, c.subjects, c.dlts): c.words for c in cells(MADE["3+3"])}

    assert [at[2, 3, y] for y in range(4)] == [("escalate",), ("stay",), ("de-escalate",), ("de-escalate",)]
    assert [at[2, 6, y] for y in (1, 2, 3)] == [("escalate",), ("de-escalate",), ("de-escalate",)]
    assert at[1, 3, 2] == ("stop",)
    assert (2, 6, 0) not in at  # 0 of 3 went up, so nobody sees 0 of 6 on the way


def test_no_cell_says_stop_only_because_everybody_is_treated() -> None:
    design = designs.build("boin", {"levels": 3, "target": 0.3, "cohorts": 2}, {"no-skipping": 1})
    crm = designs.build("crm", {"levels": 2, "target": 0.25, "cohorts": 2})

    assert all(cell.words != ("stop",) for one in (design, crm) for cell in cells(one))


def test_the_chances_are_those_of_the_exact_chain() -> None:
    rows = {r.id: r for r in analysis.design(SEED, {"likely": RATES})}
    design = designs.build(
        "titration-3+3-expansion",
        {"levels": 4, "titration_through_level": 2, "expansion_subjects": 13, "gap_days": 28},
        {"no-skipping": 1},
    )

    found = designs.exact(design).under(RATES)

    for place, level in enumerate(("dl1", "dl2", "dl3", "dl4")):
        assert rows[f"design/likely/{level}/selected"].value == pytest.approx(found.selected[place], abs=1e-12)
        assert rows[f"design/likely/{level}/treated"].value == pytest.approx(found.treated[place], abs=1e-12)
        assert rows[f"design/likely/{level}/dlts"].value == pytest.approx(found.dlts[place], abs=1e-12)
        assert rows[f"design/likely/{level}/true-rate"].value == RATES[place]
    assert rows["design/likely/most-often/level"].value == 4
    assert rows["design/likely/all/treated"].value == pytest.approx(found.subjects)


def test_every_row_says_what_it_rests_on_and_has_nothing_behind() -> None:
    rows = analysis.design(SEED, {"likely": RATES})

    assert {r.basis for r in rows} == {"protocol", "scenario"}
    assert all(r.sources == 0 and r.behind == () and "no record is behind it" in r.note for r in rows)
    assert all(("scenario likely" in r.note) == (r.basis == "scenario") for r in rows)
    assert len({r.id for r in rows}) == len(rows)
    assert all(r.value is None or -1 <= r.value < 100 for r in rows)
    assert all(r.text for r in rows)


def test_each_part_of_a_trial_has_its_own_design_and_its_own_rates() -> None:
    rates = tuple(0.01 * k for k in range(1, len(PARTS.levels) + 1))

    rows = {r.id: r for r in analysis.design(PARTS, {"likely": rates})}

    assert rows["design/sad/likely/sad-1/true-rate"].value == 0.01
    first = next(k for k, level in enumerate(PARTS.levels) if level.key == "mad-1")
    assert rows["design/mad/likely/mad-1/true-rate"].value == rates[first]
    assert rows["design/mad/rule/pathway/next-level"].text == "start at MAD 1 (+3)"
    assert not any(id.startswith("design/expansion") for id in rows)


def test_a_protocol_without_escalation_has_no_rows() -> None:
    pilot = read_protocol(EXAMPLES / "cdisc-pilot" / "protocol.yaml")

    assert analysis.design(pilot, {"likely": (0.1,) * len(pilot.levels)}) == ()


def test_a_scenario_with_too_few_rates_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"likely: dlt_rates: must have one rate for each of the 4 levels; got 2"):
        analysis.design(SEED, {"likely": (0.1, 0.2)})


def test_a_scenario_called_rule_does_not_hide_the_rule() -> None:
    ids = {r.id for r in analysis.design(SEED, {"rule": RATES})}

    assert "design/scenario-rule/none/selected" in ids
    assert "design/rule/pathway/next-level" in ids


def test_named_designs_without_a_table_are_those_in_calendar_time() -> None:
    from remit.analysis.design_rule import rule

    assert rule(Named("design", "tite-boin", None, (("dl1", "level 1"),))) == ()


def test_dlt_rates_are_read_from_every_scenario_that_has_them(tmp_path: Path) -> None:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "b.yaml").write_text("contract: scenario/1\ndlt_rates: [0.1, 0.2]\n", "utf-8")
    (folder / "a.yaml").write_text("dlt_rates: [0.3, 0.2]\nother: {deep: [1]}\n", "utf-8")
    (folder / "c.yaml").write_text("title: without\n", "utf-8")

    assert dlt_scenarios(tmp_path) == {"a": (0.3, 0.2), "b": (0.1, 0.2)}
    assert dlt_scenarios(tmp_path / "nowhere") == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dlt_rates: [0.1, 1.2]", "entry 2 is 1.2"),
        ("dlt_rates: often", "must be a list of rates"),
        ("dlt_rates: [0.1, x]", "must be a number"),
        ("dlt_rates: [0.1", "not readable as YAML"),
        ("dlt_rates: []", "at least one rate"),
    ],
)
def test_a_wrong_scenario_is_named_with_what_is_allowed(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "likely.yaml").write_text(text, "utf-8")

    with pytest.raises(InputError) as problem:
        dlt_scenarios(tmp_path)

    assert "scenarios/likely.yaml" in str(problem.value)
    assert says in str(problem.value)
