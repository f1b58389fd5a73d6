"""What is refused, each with one sentence that says what is allowed."""

import math

import pytest

from remit.designs import Cohort, Outcomes, build, decide, exact, outcomes_of, replay
from remit.designs.calls import METHODS, call
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
    for rates, says in (
        ((0.1, 0.2), "one rate for each of the 3 levels"),
        ((0.1, 0.2, 1.2), "between 0 and 1"),
        ((0.1, math.nan, 0.3), "finite"),
    ):
        with pytest.raises(InputError, match=says):
            chain.under(rates)


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
