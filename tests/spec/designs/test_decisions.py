"""Small stories, one row each: what was seen, and what the committee is told."""

import pytest

from remit.designs import Cohort, build, decide, decision_table, exact, outcomes_of, pathways, worst

THREE = ("3+3", {"levels": 3})
NO_DESCENT = ("3+3", {"levels": 3, "descend": False})
TOP_AFTER_THREE = ("3+3", {"levels": 3, "confirm_top": False})
ONE_THIRD = ("3+3", {"levels": 3, "most_of_six": 2})
BOIN = ("boin", {"levels": 3, "target": 0.3})
TITRATION = ("boin", {"levels": 3, "target": 0.3, "titration": True})
SEED = (
    "titration-3+3-expansion",
    {"levels": 4, "titration_through_level": 2, "expansion_subjects": 13},
)

# cohorts as level:subjects/DLTs · action · next level · subjects
STORIES = [
    (THREE, "", "start", 1, 3),
    (THREE, "1:3/0", "escalate", 2, 3),
    (THREE, "1:3/1", "stay", 1, 3),
    (THREE, "1:3/1 1:3/0", "escalate", 2, 3),
    (THREE, "1:3/2", "stop", None, 0),
    (THREE, "1:3/0 2:3/2", "de-escalate", 1, 3),
    (THREE, "1:3/0 2:3/2 1:3/0", "stop", None, 0),
    (THREE, "1:3/0 2:3/0 3:3/0", "stay", 3, 3),
    (TOP_AFTER_THREE, "1:3/0 2:3/0 3:3/0", "stop", None, 0),
    (NO_DESCENT, "1:3/0 2:3/2", "stop", None, 0),
    (THREE, "1:3/1 1:3/1", "stop", None, 0),
    (ONE_THIRD, "1:3/1 1:3/1", "escalate", 2, 3),
    (BOIN, "1:3/0", "escalate", 2, 3),
    (BOIN, "1:3/1", "stay", 1, 3),
    (BOIN, "1:3/0 2:3/2", "de-escalate", 1, 3),
    (BOIN, "1:3/0 2:3/3", "de-escalate", 1, 3),
    (BOIN, "1:3/0 2:3/3 1:3/0", "stay", 1, 3),  # level 2 is closed
    (BOIN, "1:3/3", "stop", None, 0),
    (TITRATION, "", "start", 1, 1),
    (TITRATION, "1:1/0", "escalate", 2, 1),
    (TITRATION, "1:1/0 2:1/1", "stay", 2, 2),
    (TITRATION, "1:1/0 2:1/0 3:1/0", "stay", 3, 2),
    (SEED, "", "start", 1, 1),
    (SEED, "1:1/0 2:1/0", "escalate", 3, 3),
    (SEED, "1:1/0 2:1/1", "stay", 2, 2),
    (SEED, "1:1/0 2:1/0 3:3/0 4:3/0 4:3/1", "stay", 4, 7),  # declared, and expanded to thirteen
    (SEED, "1:1/0 2:1/0 3:3/0 4:3/2", "de-escalate", 3, 3),
]


def cohorts(text: str) -> list[Cohort]:
    parts = [part.replace(":", "/").split("/") for part in text.split()]
    return [Cohort(int(level), int(n), int(y)) for level, n, y in parts]


@pytest.mark.parametrize(("design", "seen", "action", "level", "subjects"), STORIES)
def test_the_committee_is_told(
    design: tuple[str, dict[str, object]], seen: str, action: str, level: int | None, subjects: int
) -> None:
    made = build(*design)

    decision = decide(made, outcomes_of(made.levels, cohorts(seen)))

    assert (decision.action, decision.level, decision.subjects) == (action, level, subjects)
    assert not decision.reason[0].islower()
    assert decision.reason.endswith(".")


@pytest.mark.parametrize(
    ("design", "seen", "selected"),
    [
        (THREE, "1:3/0 2:3/2 1:3/0", 1),
        (THREE, "1:3/2", None),
        (NO_DESCENT, "1:3/0 2:3/2", 1),
        (TOP_AFTER_THREE, "1:3/0 2:3/0 3:3/0", 3),
        (SEED, "1:1/0 2:1/0 3:3/0 4:3/0 4:3/1 4:7/1", 4),
        (SEED, "1:1/0 2:1/0 3:3/0 4:3/0 4:3/1 4:7/4", 3),  # 5 of 13 is more than a third
        (BOIN, "1:3/3", None),
    ],
)
def test_the_recommended_level(design: tuple[str, dict[str, object]], seen: str, selected: int | None) -> None:
    made = build(*design)

    assert made.select(outcomes_of(made.levels, cohorts(seen))) == selected


def test_the_sentence_names_counts_boundary_and_level() -> None:
    decision = decide(build(*BOIN), outcomes_of(3, cohorts("1:3/1")))

    assert decision.reason == "1 DLT in 3 subjects at level 1: the rate is between 0.2365 and 0.3585; stay at level 1."


def test_a_guard_overrules_and_says_so() -> None:
    skipping = build("crm", {"levels": 5, "target": 0.3, "restrict": False}, {"no-skipping": 1})
    seen = outcomes_of(5, cohorts("1:3/0"))

    decision = decide(skipping, seen)

    assert decision.level == 2
    assert "Guard no-skipping" in decision.reason


def test_a_guard_that_stops_changes_the_chances_too() -> None:
    plain = build("boin", {"levels": 3, "target": 0.3, "cohorts": 4})
    short = build("boin", {"levels": 3, "target": 0.3, "cohorts": 4}, {"most-subjects": 7})

    found = exact(short).under((0.1, 0.2, 0.3))

    assert found.subjects == pytest.approx(7, abs=0.1)
    assert exact(plain).under((0.1, 0.2, 0.3)).subjects > 11


def test_the_boin_table_for_target_30_as_published() -> None:
    # Liu & Yuan 2015, table for a target of 0.30: 3, 6, 9 and 12 subjects
    rows = {row.subjects: row for row in decision_table(build(*BOIN), 12)}

    assert [(rows[n].escalate, rows[n].de_escalate, rows[n].eliminate) for n in (3, 6, 9, 12)] == [
        (0, 2, 3),
        (1, 3, 4),
        (2, 4, 5),
        (2, 5, 7),
    ]


def test_pathways_two_cohorts_ahead() -> None:
    tree = pathways(build(*THREE), outcomes_of(3, cohorts("1:3/0")), 1)

    assert tree.decision.level == 2
    assert [node.decision.action for node in tree.branches] == ["escalate", "stay", "de-escalate", "de-escalate"]


def test_the_worst_curve_is_worse_than_any_usual_one() -> None:
    chain = exact(build("boin", {"levels": 3, "target": 0.3, "cohorts": 5}))

    found = worst(chain, lambda one: one.overdosed(0.33, 0.5), steps=12)

    for rates in ((0.1, 0.3, 0.5), (0.3, 0.35, 0.4), (0.05, 0.1, 0.2), (0.34, 0.34, 0.34)):
        assert chain.under(rates).overdosed(0.33, 0.5) <= found.value + 1e-12
    assert list(found.rates) == sorted(found.rates)
