import json
from typing import Any

import pytest

from remit.errors import InputError
from remit.stats.calls import METHODS, call


@pytest.mark.parametrize(
    ("variant", "question", "answer"),
    [
        (None, {"x": 4, "n": 8}, {"low": 0.157, "high": 0.843}),
        ("clopper_pearson", {"x": 4, "n": 8}, {"low": 0.157, "high": 0.843}),
        ("wilson", {"x": 4, "n": 8}, {"low": 0.2152, "high": 0.7848}),
        ("upper_one_sided_95", {"x": 0, "n": 13}, {"high": 0.2058}),
    ],
)
def test_an_interval_is_answered_by_variant(
    variant: str | None, question: dict[str, Any], answer: dict[str, float]
) -> None:
    assert call("interval", question, variant) == pytest.approx(answer, abs=5e-4)


@pytest.mark.parametrize("name", list(METHODS))
def test_every_variant_gives_its_output_keys_and_unknown_stays_unknown(name: str) -> None:
    for variant, method in METHODS[name].items():
        for question in ({}, dict.fromkeys(method.inputs)):
            answer = call(name, question, variant)

            assert tuple(answer) == method.outputs
            assert set(answer.values()) == {None}


def test_answers_are_json() -> None:
    curve = call("kaplan_meier", {"time": [1, 2.5, 2.5], "event": [True, 0, 1]})
    limits = call("binomial_ci", {"x": 3.0, "n": 9})

    assert json.loads(json.dumps(curve, allow_nan=False))["n_risk"] == [3, 2]
    assert curve["upper"][0] < 1
    assert json.loads(json.dumps(limits, allow_nan=False)) == limits


def test_no_subjects_are_an_empty_curve() -> None:
    answer = call("kaplan_meier", {"time": [], "event": []})

    assert answer["survival"] == []
    assert answer["quantile"] == [None, None, None]


@pytest.mark.parametrize(
    ("name", "variant", "question", "message"),
    [
        ("intervall", None, {}, 'Did you mean "interval"'),
        ("interval", "wilsen", {}, 'Did you mean "wilson"'),
        ("interval", None, [1], "a JSON object"),
        ("interval", None, {"y": 1}, "Keys: x, n, conf_level"),
        ("interval", None, {"x": "4", "n": 8}, "^x: must be a whole number"),
        ("interval", None, {"x": True, "n": 8}, "^x: must be a whole number"),
        ("interval", None, {"x": 1.5, "n": 8}, "^x: must be a whole number"),
        ("interval", None, {"x": -1, "n": 8}, "^x: must be a whole number"),
        ("interval", None, {"x": 1, "n": 10**400}, "^n: must be a whole number"),
        ("interval", None, {"x": 1, "n": float("inf")}, "^n: must be a whole number"),
        ("interval", None, {"x": 0, "n": 0}, "^n: .* 1 or more"),
        ("interval", None, {"x": 9, "n": 8}, "^x: must not be above n"),
        ("binomial_ci", None, {"x": 1, "n": 8, "conf_level": 95}, "^conf_level: .*0.95, not 95"),
        ("binomial_ci", None, {"x": 1, "n": 8, "conf_level": "0.9"}, "^conf_level"),
        ("kaplan_meier", None, {"time": 3, "event": [1]}, "^time: must be a list"),
        ("kaplan_meier", None, {"time": [3], "event": [1, 0]}, "^event: must be as long as time"),
        ("kaplan_meier", None, {"time": [3, -2], "event": [1, 0]}, "^time: .* entry 2"),
        ("kaplan_meier", None, {"time": [3, None], "event": [1, 0]}, "^time: .* entry 2"),
        ("kaplan_meier", None, {"time": [3], "event": ["1"]}, "^event: .* entry 1"),
        ("kaplan_meier", None, {"time": [3], "event": [1], "conf_type": "log_log"}, 'Did you mean "log-log"'),
    ],
)
def test_malformed_input_is_one_sentence_that_names_the_key(
    name: str, variant: str | None, question: object, message: str
) -> None:
    with pytest.raises(InputError, match=message) as refusal:
        call(name, question, variant)

    assert "\n" not in str(refusal.value)
