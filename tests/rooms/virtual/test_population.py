from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from remit.biology import IMMUNE_RESET
from remit.errors import InputError
from remit.protocol import Protocol
from remit.virtual.course import Patients
from remit.virtual.population import ITEMS, patients
from remit.virtual.scenario import Parameter, Scenario
from rooms.virtual.enrolling import scenario

TRIAL, SUBJECT = np.repeat([1, 2, 3], 70), np.tile(np.arange(1, 71), 3)


def every_array(found: Patients) -> dict[str, np.ndarray]:
    arrays = {one.name: getattr(found, one.name) for one in fields(found) if one.name != "baseline"}
    return arrays | {
        f"baseline {name}": getattr(found.baseline, name)
        for name in ("present", "threshold", "score", "global_0_3", "prednisone_mg")
    }


def test_a_subject_is_the_same_alone_in_a_block_and_in_another_order(seed_protocol: Protocol) -> None:
    everyone = every_array(patients(seed_protocol, scenario(), 11, TRIAL, SUBJECT))
    order = np.random.default_rng(0).permutation(len(TRIAL))
    mixed = every_array(patients(seed_protocol, scenario(), 11, TRIAL[order], SUBJECT[order]))
    alone = every_array(patients(seed_protocol, scenario(), 11, TRIAL[100:101], SUBJECT[100:101]))

    for name, values in everyone.items():
        assert np.array_equal(mixed[name], values[order]), name
        assert np.array_equal(alone[name][0], values[100]), name


def test_another_seed_and_another_trial_give_other_subjects(seed_protocol: Protocol) -> None:
    one = patients(seed_protocol, scenario(), 11, TRIAL, SUBJECT).parameters
    other = patients(seed_protocol, scenario(), 12, TRIAL, SUBJECT).parameters

    assert not (one == other).all(axis=1).any()
    assert len(np.unique(one, axis=0)) == len(one)


def test_everyone_satisfies_the_protocol(seed_protocol: Protocol) -> None:
    # examples/kn5501-sle/protocol.yaml: age 18 to 65, SLEDAI-2K of 8 or more
    found = patients(seed_protocol, scenario(), 3, np.repeat(np.arange(1, 26), 20), np.tile(np.arange(1, 21), 25))

    assert found.age.min() >= 18
    assert found.age.max() <= 65
    assert found.baseline.score.min() >= 8
    assert found.baseline.score.max() <= 26
    assert found.baseline.items == ITEMS
    surface = found.parameters[:, IMMUNE_RESET.parameter("BSA")]
    assert np.allclose(surface, np.sqrt(found.height_cm * found.weight_kg / 3600))


def test_stricter_criteria_of_the_protocol_are_kept_too(seed_protocol: Protocol) -> None:
    strict = changed(
        seed_protocol,
        inclusion=[
            {
                "id": "young",
                "text": "Under 30",
                "when": {"variable": "age", "op": "below", "value": 30, "unit": "years"},
            },
            {"id": "dna", "text": "Anti-dsDNA above normal", "when": {"variable": "anti_dsdna_high", "op": "is_true"}},
        ],
        exclusion=[
            {
                "id": "heavy",
                "text": "80 kg or more",
                "when": {"variable": "weight", "op": "at_least", "value": 80, "unit": "kg"},
            }
        ],
    )

    found = patients(strict, scenario(), 3, TRIAL, SUBJECT)

    assert found.age.max() < 30
    assert found.weight_kg.max() < 80
    assert (found.parameters[:, IMMUNE_RESET.parameter("A0")] > 100).all()


def test_items_absent_at_entry_need_more_activity_than_at_entry(seed_protocol: Protocol) -> None:
    baseline = patients(seed_protocol, scenario(), 3, TRIAL, SUBJECT).baseline

    assert np.array_equal(baseline.present, baseline.threshold < 1)


def test_a_changed_parameter_moves_that_one_and_no_other(seed_protocol: Protocol) -> None:
    plain = patients(seed_protocol, scenario(), 3, TRIAL, SUBJECT).parameters
    moved = patients(seed_protocol, scenario(kd=Parameter(value=0.2)), 3, TRIAL, SUBJECT).parameters

    column = IMMUNE_RESET.parameter("kd")
    assert np.allclose(moved[:, column], 2 * plain[:, column])
    assert np.array_equal(np.delete(moved, column, axis=1), np.delete(plain, column, axis=1))


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        (
            "kkil",
            Parameter(value=1.0),
            'scenario › parameters › kkil: the model has no such parameter. Did you mean "kkill"?',
        ),
        ("kL", Parameter(value=-0.1), "scenario › parameters › kL › value: must be a finite number above 0, in 1/d."),
        (
            "fLL",
            Parameter(value=1.5),
            "scenario › parameters › fLL › value: must be a finite number above 0 and below 1.",
        ),
        ("BSA", Parameter(value=1.7), "scenario › parameters › BSA: is worked out for each subject"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_by_name(
    seed_protocol: Protocol, name: str, change: Parameter, sentence: str
) -> None:
    with pytest.raises(InputError) as told:
        patients(seed_protocol, scenario(**{name: change}), 3, TRIAL, SUBJECT)

    assert str(told.value).startswith(sentence)


def test_eligibility_that_nobody_can_satisfy_is_refused(seed_protocol: Protocol) -> None:
    impossible = changed(
        seed_protocol,
        inclusion=[
            {"id": "old", "text": "x", "when": {"variable": "age", "op": "above", "value": 200, "unit": "years"}}
        ],
        exclusion=[],
    )

    with pytest.raises(InputError, match="hardly any virtual subject satisfies the criteria together"):
        patients(impossible, scenario(), 3, TRIAL[:2], SUBJECT[:2])


def test_a_criterion_in_an_unknown_unit_is_refused(seed_protocol: Protocol) -> None:
    months = changed(
        seed_protocol,
        inclusion=[
            {"id": "age", "text": "x", "when": {"variable": "age", "op": "above", "value": 216, "unit": "months"}}
        ],
        exclusion=[],
    )

    with pytest.raises(
        InputError, match='eligibility › age › age: a virtual subject has it in no unit "months"; use years'
    ):
        patients(months, scenario(), 3, TRIAL[:2], SUBJECT[:2])


def changed(protocol: Protocol, **eligibility: list[dict[str, object]]) -> Protocol:
    document = protocol.model_dump(mode="json") | {"eligibility": eligibility}
    return Protocol.model_validate(document)


@pytest.mark.parametrize("change", [{"spread": -1}, {"value": float("nan")}, {"value": float("inf")}])
def test_the_document_refuses_numbers_that_no_parameter_can_be(change: dict[str, float]) -> None:
    document = {"contract": "scenario/1", "key": "x", "title": "x", "dlt_rates": [0.1], "parameters": {"kd": change}}

    with pytest.raises(ValueError, match=f"kd.{next(iter(change))}"):
        Scenario.model_validate(document)
