"""What dose-optimization designs and designs on a partial order decide, and what they refuse."""

import math

import pytest

from remit.designs import Cohort, Outcomes, decide, outcomes_of
from remit.designs.calls import call
from remit.designs.partial_order import PartialOrder, grid
from remit.designs.partial_order_boin import PartialOrderBoin
from remit.designs.partial_order_crm import PartialOrderCrm
from remit.designs.phase_one_two import (
    Boin12,
    EffToxCohort,
    EffToxTruth,
    UBoin,
    associated,
    build_efftox,
    decide_efftox,
    efftox_margins,
    efftox_outcomes,
    independent,
    walk,
)
from remit.designs.response.posterior_bounds import posterior_bounds
from remit.designs.response.predictive import Success
from remit.designs.response.predictive_design import predictive_design, predictive_limits
from remit.designs.response.sequential import Boundaries, course
from remit.errors import InputError

WANTED: dict[str, object] = {"levels": 3, "toxicity": 0.35, "response": 0.25}

# subjects, toxicities, responses and both per level; current level; next level and what the minutes say
STORIES = [
    ((0, 0, 0), (0, 0, 0), (0, 0, 0), 1, 1, "starts at level 1"),
    ((3, 0, 0), (0, 0, 0), (0, 0, 0), 1, 2, "go to level 2"),
    ((3, 0, 0), (0, 0, 0), (3, 0, 0), 1, 1, "desirability"),
    ((3, 3, 0), (0, 2, 0), (1, 3, 0), 2, 1, "at or above 0.4189"),
    ((6, 6, 0), (0, 2, 0), (4, 1, 0), 2, 1, "desirability"),
    ((3, 9, 0), (0, 3, 0), (1, 8, 0), 2, 3, "open the untried level 3"),
    ((3, 0, 0), (3, 0, 0), (3, 0, 0), 1, None, "no level below is open"),
    ((9, 9, 0), (0, 8, 0), (0, 3, 0), 2, None, "no level below is open"),
    ((12, 9, 9), (0, 1, 1), (4, 4, 4), 3, None, "All 30 planned subjects"),
]


@pytest.mark.parametrize(("treated", "toxic", "responded", "level", "following", "says"), STORIES)
def test_boin12_decides(
    treated: tuple[int, ...],
    toxic: tuple[int, ...],
    responded: tuple[int, ...],
    level: int,
    following: int | None,
    says: str,
) -> None:
    both = tuple(max(0, t + e - n) for n, t, e in zip(treated, toxic, responded, strict=True))

    decision = decide_efftox(build_efftox("boin12", WANTED), efftox_margins(treated, toxic, responded, both, level))

    assert decision.level == following
    assert says in decision.reason
    assert decision.subjects == (0 if following is None else 3)


def test_the_extra_exploration_can_be_switched_off() -> None:
    seen = efftox_margins((3, 9, 0), (0, 3, 0), (1, 8, 0), (0, 2, 0), 2)

    assert decide_efftox(Boin12(3, 0.35, 0.25), seen).level == 3
    assert decide_efftox(Boin12(3, 0.35, 0.25, explore=False), seen).level == 2


def test_the_recommended_level_has_the_highest_mean_utility_not_the_highest_desirability() -> None:
    # Three subjects say less than nine, so that the worse level is more likely to be above a benchmark above both.
    design = Boin12(2, 0.35, 0.25)
    seen = efftox_margins((9, 3), (1, 1), (3, 1), (0, 0), 2)
    ranks = {(row.subjects, row.toxicities, row.responses): row.rank or 0 for row in design.ranks}

    assert ranks[3, 1, 1] > ranks[9, 1, 3]
    assert design.select(seen) == 1


def test_early_stop_ends_where_the_decision_is_to_stay() -> None:
    seen = efftox_margins((6,), (0,), (5,), (0,), 1)

    decision = decide_efftox(Boin12(1, 0.35, 0.25, early_stop=6), seen)

    assert decision.level is None
    assert "6 subjects at a level are enough" in decision.reason


def test_an_end_for_want_of_an_open_level_is_not_called_enough_subjects() -> None:
    seen = efftox_margins((9, 6), (0, 3), (0, 3), (0, 1), 2)

    decision = decide_efftox(Boin12(2, 0.35, 0.25, early_stop=6), seen)

    assert decision.level is None
    assert "no level below is open" in decision.reason


def test_u_boin_changes_from_boin_to_the_winner() -> None:
    design = UBoin(3, 0.35, 0.25, first_stage=6, second_stage=12)
    first = efftox_margins((3, 3, 0), (0, 1, 0), (2, 1, 0), (0, 0, 0), 2)
    second = efftox_margins((3, 6, 0), (0, 2, 0), (3, 2, 0), (0, 0, 0), 2)
    explored = efftox_margins((3, 6, 0), (0, 1, 0), (3, 2, 0), (0, 0, 0), 2)
    full = efftox_margins((3, 12, 0), (0, 3, 0), (3, 2, 0), (0, 0, 0), 2)

    assert "stage 1, BOIN says stay" in decide_efftox(design, first).reason
    assert decide_efftox(design, second).level == 1
    assert "highest mean utility" in decide_efftox(design, second).reason
    assert decide_efftox(design, explored).level == 3
    assert "12 subjects at one level are enough" in decide_efftox(design, full).reason


# cohorts as (level, DLTs of 3) on the grid of 2 doses and 2 schedules; next level and what the minutes say
GRID = [
    ([], 1, "starts at level 1 (dose 1, schedule 1)"),
    ([(1, 0)], 2, "every lower neighbor of level 2 (dose 2, schedule 1) is safe"),
    ([(1, 0), (2, 0)], 3, "sideways to level 3 (dose 1, schedule 2)"),
    ([(1, 0), (2, 0), (3, 0)], 4, "every lower neighbor of level 4"),
    ([(1, 0), (2, 2), (1, 0), (3, 0)], 3, "no level above may be opened"),
    ([(1, 0), (2, 0), (3, 1)], 3, "between 0.2365 and 0.3585"),
    ([(1, 0), (2, 0), (3, 0), (4, 2)], 2, "go down to level 2"),
    ([(1, 2)], 1, "nothing is below"),
    ([(1, 3)], None, "no other is open"),
]


@pytest.mark.parametrize(("cohorts", "following", "says"), GRID)
def test_the_interval_design_on_a_grid_decides(
    cohorts: list[tuple[int, int]], following: int | None, says: str
) -> None:
    design = PartialOrderBoin(levels=4, target=0.3, doses=2, schedules=2)

    decision = decide(design, outcomes_of(4, [Cohort(level, 3, dlts) for level, dlts in cohorts]))

    assert decision.level == following
    assert says in decision.reason


def test_the_po_crm_never_opens_a_level_above_an_untreated_one() -> None:
    design = PartialOrderCrm(levels=4, target=0.3, doses=2, schedules=2)

    assert decide(design, outcomes_of(4, [Cohort(1, 3, 0)])).level in (2, 3)
    assert decide(design, outcomes_of(4, [Cohort(1, 3, 0), Cohort(2, 3, 0)])).level == 3
    assert "the data favor the order" in decide(design, outcomes_of(4, [Cohort(1, 3, 1)])).reason


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda: build_efftox("boin13", WANTED), 'Did you mean "boin12"'),
        (lambda: build_efftox("boin12", {"levels": 3, "toxicity": 0.3}), "response is missing"),
        (lambda: build_efftox("boin12", {**WANTED, "explor": True}), 'Did you mean "explore"'),
        (lambda: Boin12(3, 0.35, 0.25, utilities=(100, 40, 110, 0)), "response alone must be worth most"),
        (lambda: Boin12(3, 0.35, 0.25, utilities=(100, 40, 60, 50)), "toxicity alone least"),
        (lambda: Boin12(3, 0.35, 0.25, utilities=(100, 40, 60)), "must be four"),
        (lambda: Boin12(3, 0.35, 0.25, utilities=(100, math.nan, 60, 0)), "finite number"),
        (lambda: Boin12(3, math.nan, 0.25), "finite number"),
        (lambda: Boin12(3, 0.35, 1.0), "both excluded"),
        (lambda: Boin12(3, 0.35, 0.25, low_rate=0.5), "either side of the limit"),
        (lambda: Boin12(3, 0.35, 0.25, start=4), "levels 1 to 3"),
        (lambda: Boin12(3, 0.35, 0.25, enough=0), "1 or more"),
        (lambda: Boin12(3, 0.35, 0.25, utilities=(100, 30, 50, 0)).ranks, "must equal"),
        (lambda: UBoin(3, 0.35, 0.25, margin=0.4), "below the toxicity limit"),
        (lambda: UBoin(3, 0.35, 0.25, first_stage=12, second_stage=12), "above first_stage"),
        (lambda: UBoin(3, 0.35, 0.25, prior=0), "above 0"),
        (lambda: EffToxCohort(1, 0, 0, 0, 0), "at least one subject"),
        (lambda: EffToxCohort(1, -1, 3, 0, 0), "0 or more"),
        (lambda: efftox_outcomes(2, [EffToxCohort(3, 1, 0, 0, 0)]), "levels 1 to 2"),
        (lambda: efftox_margins((3,), (4,), (0,), (0,), 1), "level 1 has 4 in 3 subjects"),
        (lambda: efftox_margins((3,), (2,), (2,), (0,), 1), "1 to 2 can have both; got 0"),
        (lambda: efftox_margins((3, 3), (2,), (2,), (0,), 1), "one count per level each"),
        (lambda: decide_efftox(Boin12(3, 0.35, 0.25), efftox_outcomes(2, [])), "2 levels, but the design has 3"),
        (lambda: independent((0.1, 0.2), (0.1, 1.2)), "between 0 and 1"),
        (lambda: independent((0.1, 0.2), (0.1,)), "one rate for each of the 2 levels"),
        (lambda: associated((0.1,), (0.2,), 0), "odds_ratio: must be above 0"),
        (lambda: EffToxTruth((0.1,), (0.2,), (0.15,)), "must be 0 to 0.1"),
        (lambda: walk(Boin12(2, 0.35, 0.25, cohorts=2)).under(independent((0.1,), (0.2,))), "1 levels, but"),
        (
            lambda: walk(Boin12(2, 0.35, 0.25, cohorts=2)).under(associated((0.1, 0.2), (0.2, 0.3), 2.0)),
            "walk with the four counts",
        ),
        (lambda: walk(Boin12(2, 0.35, 0.25, (100, 30, 50, 0)), margins=True), "needs the four counts"),
        (lambda: PartialOrderBoin(4, 0.3, doses=2, schedules=3), "make 6 levels; got 4"),
        (lambda: PartialOrderBoin(4, 0.3), "give doses and schedules, or an order"),
        (lambda: PartialOrderBoin(4, 0.3, 2, 2, "1<2"), "not both"),
        (lambda: PartialOrderBoin(3, 0.3, order="1<2, 2<3, 3<1"), r"circle; it says 1<2<3<1"),
        (lambda: PartialOrderBoin(3, 0.3, order="1<1"), "below itself"),
        (lambda: PartialOrderBoin(3, 0.3, order="1<4"), "1 to 3; got 4"),
        (lambda: PartialOrderBoin(3, 0.3, order="1 2"), "is not a pair like 1<2"),
        (lambda: PartialOrderBoin(4, math.nan, 2, 2), "finite number"),
        (lambda: PartialOrder(12, ()).upper_sets, "leaves too much open"),
        (lambda: grid(5, 4), "at most 16 levels; got 20"),
        (lambda: PartialOrderCrm(4, 0.3, 2, 2, orderings="1 2 4 3"), "agree with the order"),
        (lambda: PartialOrderCrm(4, 0.3, 2, 2, orderings="1 2 x 4"), "levels in order"),
        (lambda: PartialOrderCrm(6, 0.3, order="1<2"), "more than 24; list those to weigh"),
        (lambda: PartialOrderCrm(4, 0.3, 2, 2, skeleton=(0.1, 0.2)), "one guess for each of the 4 levels"),
        (lambda: posterior_bounds((10, 20), 0.4, 0.2, 0.05, 0.95), "least must not be above wanted"),
        (lambda: posterior_bounds((20, 10), 0.2, 0.4, 0.05, 0.95), "must rise from look to look"),
        (lambda: predictive_design((10, 20), 0.4, 0.2, 0.1, 0.1), "needs p1 > p0; got p0=0.4, p1=0.2"),
        (lambda: predictive_design((3, 5), 0.2, 0.3, 0.01, 0.01), "allow more subjects"),
        (lambda: predictive_limits(Success(20, 0.2, 0.9), (10,), 0.05), "last look must be at all 20"),
        (lambda: predictive_limits(Success(20, 0.2, 0.9), (10, 20), 0.9, 0.1), "below must be under above"),
        (lambda: Boundaries((10,), (3,), (3,)), "3 or fewer and 3 or more meet"),
        (lambda: course(Boundaries((10,), (2,), (3,)), math.nan), "finite number"),
    ],
)
def test_a_bad_specification_is_one_sentence(made: object, says: str) -> None:
    with pytest.raises(InputError) as refused:
        made()  # type: ignore[operator]

    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_json_door_asks_the_same_designs() -> None:
    efftox = {"phi_t": 0.35, "phi_e": 0.25, "n": [3, 3], "tox": [0, 2], "eff": [1, 2], "both": [0, 1]}
    partial = {"target": 0.3, "doses": 2, "schedules": 2, "n": [3, 3, 0, 0], "dlt": [0, 0, 0, 0], "current_dose": 2}
    oc = {"phi_t": 0.35, "phi_e": 0.25, "p_tox": [0.1, 0.3], "p_eff": [0.2, 0.5], "ncohort": 4}

    assert call("efftox_next_dose", {**efftox, "current_dose": 2})["next_dose"] == 1
    assert call("efftox_next_dose", {**efftox, "current_dose": 2, "design": "u-boin"})["obd"] in (1, 2, 99)
    assert call("partial_order_next_dose", partial)["next_dose"] == 3
    assert call("partial_order_next_dose", {**partial, "design": "po-crm", "last_dlt": 0})["next_dose"] == 3
    assert call("efftox_oc", oc)["basis"] == "exact"
    found = call("partial_order_oc", {"target": 0.3, "order": "1<2, 1<3", "p_true": [0.1, 0.3, 0.4], "ncohort": 4})
    assert sum(found["mtd_selection_percent"]) + found["percent_stop_no_mtd"] == pytest.approx(100)  # type: ignore[arg-type,operator]
    assert call("posterior_boundaries", {"looks": [10, 20], "least": 0.2, "wanted": 0.4, "futile_below": 0.05,
                                         "effective_above": 0.95, "ps": [0.2]})["stop_if_le"] == [1, 6]  # fmt: skip
    assert (
        call("predictive_design", {"looks": [10, 20, 30], "p0": 0.2, "p1": 0.45, "alpha": 0.1, "beta": 0.2})["size"]
        <= 0.1
    )  # type: ignore[operator]


def test_the_decision_of_a_design_on_toxicity_alone_is_reachable() -> None:
    seen = efftox_margins((3, 3), (0, 1), (1, 2), (0, 1), 2)

    assert seen.toxicity == Outcomes((3, 3), (0, 1), 2)
