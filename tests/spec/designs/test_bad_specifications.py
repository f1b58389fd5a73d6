"""What is refused, each with one sentence that says what is allowed."""

import math
from collections.abc import Callable

import pytest

from remit.designs import Cohort, Outcomes, build, decide, exact, outcomes_of, rates, replay
from remit.designs.calls import METHODS, call
from remit.designs.response.ahern import ahern
from remit.designs.response.bop2 import bop2
from remit.designs.response.simon import simon
from remit.errors import InputError

BOIN: dict[str, object] = {"levels": 3, "target": 0.3}


@pytest.mark.parametrize(
    ("key", "given", "says"),
    [
        ("boinn", BOIN, 'Did you mean "boin"'),
        ("boin", {"levels": 3}, "target is missing"),
        ("boin", {**BOIN, "target": 0}, "between 0 and 1, both excluded"),
        ("boin", {**BOIN, "target": 1.0}, "between 0 and 1, both excluded"),
        ("boin", {**BOIN, "target": math.nan}, "finite number"),
        ("boin", {**BOIN, "target": "0.3"}, "must be a number"),
        ("boin", {**BOIN, "cohort": 0}, "1 or more"),
        ("boin", {**BOIN, "cohort": 2.5}, "whole number"),
        ("boin", {**BOIN, "levels": 0}, "1 or more"),
        ("boin", {**BOIN, "start": 4}, "levels 1 to 3"),
        ("boin", {**BOIN, "cohrt": 3}, 'Did you mean "cohort"'),
        ("boin", {**BOIN, "titration": "yes"}, "true or false"),
        ("boin", {**BOIN, "low_rate": 0.4}, "either side of the target"),
        ("keyboard", {**BOIN, "below": 0.4}, "between 0 and 1"),
        ("3+3", {"levels": 3, "cohort": 4}, "3 subjects at a time"),
        ("3+3", {"levels": 3, "most_of_six": 3}, "1 to 2"),
        ("titration-3+3-expansion", {"levels": 3, "titration_through_level": 4}, "0 to 3"),
        ("crm", {**BOIN, "skeleton": [0.1, 0.3, 0.2]}, "must rise"),
        ("crm", {**BOIN, "skeleton": "0.1 0.2"}, "one guess for each of the 3 levels"),
        ("crm", {**BOIN, "skeleton": "0.1 0.2 x"}, "numbers with spaces"),
        ("crm", {**BOIN, "model": "probit"}, "power, logistic"),
        ("blrm", {"levels": 3, "doses": "1 3 2", "reference": 2}, "rise from each level"),
        ("blrm", {"levels": 3, "doses": "1 2 3", "reference": 2, "correlation": 1}, "between -1 and 1"),
        ("table", {**BOIN, "rows": "3: E S D"}, "need 4 letters"),
        ("table", {**BOIN, "rows": "3: E S D X"}, "allowed are E, S, D, DU, U"),
        ("table", {**BOIN, "rows": "3: E S D DU"}, "no row for 6 subjects"),
    ],
)
def test_a_bad_specification_is_one_sentence(key: str, given: dict[str, object], says: str) -> None:
    with pytest.raises(InputError) as refused:
        build(key, given)

    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


AIMED: dict[str, dict[str, object]] = {
    **dict.fromkeys(("boin", "keyboard", "mtpi", "mtpi2", "i3+3", "crm"), BOIN),
    "table": {**BOIN, "cohorts": 1, "rows": "3: E S D DU"},
}
SIZED: dict[str, dict[str, object]] = {**AIMED, "blrm": {"levels": 3, "doses": "1 2 3", "reference": 2}}


@pytest.mark.parametrize("key", AIMED)
def test_every_design_with_a_target_wants_it_inside_0_and_1(key: str) -> None:
    for target in (0, 1, -0.2, 1.3):
        with pytest.raises(InputError, match=rf"target: must be between 0 and 1, both excluded; got {target:g}\."):
            build(key, {**AIMED[key], "target": target})
    with pytest.raises(InputError, match="target: must be a finite number, not nan"):
        build(key, {**AIMED[key], "target": math.nan})


@pytest.mark.parametrize("key", SIZED)
def test_every_design_has_a_cohort_and_starts_at_a_level(key: str) -> None:
    for name, value, says in (
        ("cohort", 0, "cohort: must be 1 or more; got 0."),
        ("cohorts", 0, "cohorts: must be 1 or more; got 0."),
        ("start", 4, "start: must be one of the levels 1 to 3; got 4."),
        ("start", 0, "start: must be 1 or more; got 0."),
    ):
        with pytest.raises(InputError) as refused:
            build(key, {**SIZED[key], name: value})
        assert str(refused.value) == says


@pytest.mark.parametrize("key", ["keyboard", "mtpi", "mtpi2", "i3+3"])
def test_a_target_interval_has_a_length_on_both_sides(key: str) -> None:
    for name in ("below", "above"):
        with pytest.raises(InputError, match=f"{name}: must be above 0; got 0"):
            build(key, {**BOIN, name: 0})


def test_rates_that_fall_are_refused_where_they_must_rise() -> None:
    with pytest.raises(InputError, match="rates must not fall from one level to the next"):
        rates("truth", (0.1, 0.3, 0.2), 3, rising=True)
    with pytest.raises(InputError, match="one guess for each of the 3 levels; got 2"):
        build("crm", {**BOIN, "skeleton": "0.1 0.2"})
    with pytest.raises(InputError, match="one dose for each of the 3 levels; got 2"):
        build("blrm", {**SIZED["blrm"], "doses": "1 2"})


@pytest.mark.parametrize(
    ("ask", "named"),
    [
        (lambda: simon(0.4, 0.3, 0.05, 0.2), "Simon design"),
        (lambda: ahern(0.3, 0.3, 0.05, 0.2), "A single-stage design"),
        (lambda: bop2((10, 20), 0.4, 0.2, 0.1), "BOP2"),
    ],
)
def test_a_rate_worth_finding_is_above_the_one_that_is_not(ask: Callable[[], object], named: str) -> None:
    with pytest.raises(InputError, match=rf"{named} needs p1 > p0; got p0=0\.\d, p1=0\.\d\. Swap them, or lower p0"):
        ask()


def test_more_dlts_than_patients_and_levels_the_design_lacks() -> None:
    with pytest.raises(InputError, match="4 DLTs in 3 subjects"):
        Cohort(1, 3, 4)
    with pytest.raises(InputError, match="level 2 has 2 DLTs in 1 subjects"):
        Outcomes((3, 1), (0, 2), 2)
    with pytest.raises(InputError, match="2 levels, but the design has 3"):
        decide(build("boin", BOIN), outcomes_of(2, [Cohort(1, 3, 0)]))
    with pytest.raises(InputError, match="levels 1 to 3"):
        replay(build("boin", BOIN), [Cohort(4, 3, 0)])


def test_true_rates_are_checked() -> None:
    chain = exact(build("boin", {**BOIN, "cohorts": 2}))
    for truth, says in (
        ((0.1, 0.2), "one rate for each of the 3 levels"),
        ((0.1, 0.2, 1.2), "between 0 and 1"),
        ((0.1, math.nan, 0.3), "finite"),
    ):
        with pytest.raises(InputError, match=says):
            chain.under(truth)


def test_guards_are_checked() -> None:
    with pytest.raises(InputError, match="Did you mean"):
        build("boin", BOIN, {"no-skiping": 1})
    with pytest.raises(InputError, match="needs the target"):
        build("3+3", {"levels": 3}, {"stop-if-too-toxic": 95})


def test_simon_needs_p1_above_p0() -> None:
    with pytest.raises(InputError, match=r"needs p1 > p0; got p0=0.4, p1=0.3\. Swap them"):
        simon(0.4, 0.3, 0.05, 0.2)


def test_the_json_door_names_the_key() -> None:
    for name, question, says in (
        ("boin_ocs", {}, "Did you mean"),
        ("boin_oc", {"targt": 0.3}, "Did you mean"),
        ("boin_oc", {"target": 0.3, "p_true": [0.1, 2], "ncohort": 3, "cohortsize": 3}, "p_true"),
        ("boin_select_mtd", {"target": 0.3, "n": [3], "dlt": [4]}, "dlt"),
        ("simon_two_stage", {"p0": 0.3, "p1": 0.2, "alpha": 0.1, "beta": 0.1}, "p1 > p0"),
        ("crm_posterior", {"skeleton": [0.1, 0.2], "target": 0.2, "level": [3], "dlt": [0]}, "level"),
        ("blrm_posterior", {"doses": [1], "intervals": [0.1, 0.3], "prior_mean": [0, 0], "prior_cov": [1]}, "_cov"),
    ):
        with pytest.raises(InputError, match=says):
            call(name, question)


def test_an_absent_or_null_key_gives_nulls() -> None:
    for name, variants in METHODS.items():
        answer = call(name, dict.fromkeys(variants["default"].inputs))

        assert set(answer) == set(variants["default"].outputs)
        assert all(value is None for value in answer.values())
