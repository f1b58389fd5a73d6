"""Every reference case, asked through the same door as `remit call`. Package and version stand in each data file."""

import json
import math
from pathlib import Path

import pytest

from remit.designs.calls import call

FILES = sorted((Path(__file__).parent / "data").glob("*.json"))
DATA = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in FILES}
EXACT = [name for name, data in DATA.items() if data["source"]["tolerance"] is not None]


def disagreements(ours: object, theirs: object, tolerance: float, path: str = "") -> list[str]:
    if isinstance(theirs, dict):
        assert isinstance(ours, dict)
        return [
            line for key, one in theirs.items() for line in disagreements(ours[key], one, tolerance, f"{path}/{key}")
        ]
    if isinstance(theirs, list):
        assert isinstance(ours, list)
        if len(ours) != len(theirs):
            return [f"{path}: {len(ours)} entries, not {len(theirs)}"]
        return [
            line
            for at, (mine, one) in enumerate(zip(ours, theirs, strict=True))
            for line in disagreements(mine, one, tolerance, f"{path}/{at}")
        ]
    if theirs is None or isinstance(theirs, str | bool):
        return [] if ours == theirs else [f"{path}: {ours}, not {theirs}"]
    assert isinstance(ours, int | float), path
    return [] if abs(ours - theirs) <= tolerance else [f"{path}: {ours}, not {theirs}"]


@pytest.mark.parametrize("name", EXACT)
def test_every_case_agrees_within_its_tolerance(name: str) -> None:
    data = DATA[name]

    wrong = []
    for case in data["cases"]:
        tolerance = data["source"]["tolerance"]
        if case["input"].get("method") == "mle":
            tolerance = 1e-3  # golden section in the package stops at 1e-4 of the parameter
        wrong += disagreements(call(name, case["input"]), case["output"], tolerance)

    assert data["cases"]
    assert wrong == []


def test_estimate_and_p_value_after_two_stages_agree_closely() -> None:
    for case in DATA["simon_inference"]["cases"]:
        ours = call("simon_inference", case["input"])

        assert ours["pumvue"] == pytest.approx(case["output"]["pumvue"], abs=1e-8)
        assert ours["p.value"] == pytest.approx(case["output"]["p.value"], abs=1e-8)


@pytest.mark.parametrize(
    ("name", "key", "trials", "scale"),
    [
        ("boin_oc", "mtd_selection_percent", 20_000, 100),
        ("keyboard_oc", "mtd_selection_percent", 20_000, 100),
        ("crm_oc", "mtd_selection", 3_000, 1),
    ],
)
def test_simulated_selection_lies_within_four_standard_errors(name: str, key: str, trials: int, scale: int) -> None:
    for case in DATA[name]["cases"]:
        ours = call(name, case["input"])[key]
        assert isinstance(ours, list)

        for exact, simulated in zip(ours, case["output"][key], strict=True):
            share = exact / scale
            error = scale * math.sqrt(share * (1 - share) / trials)
            # Half a trial more: a simulation cannot come closer to a chance below one in its number of trials.
            assert abs(exact - simulated) <= 4 * error + 0.5 * scale / trials, (case["input"], exact, simulated)


@pytest.mark.parametrize(("name", "trials"), [("boin_oc", 20_000), ("keyboard_oc", 20_000), ("crm_oc", 3_000)])
def test_simulated_means_lie_within_four_standard_errors(name: str, trials: int) -> None:
    for case in DATA[name]["cases"]:
        ours = call(name, case["input"])
        most = case["input"].get("n") or case["input"]["ncohort"] * case["input"]["cohortsize"]

        for key in ("mean_patients", "mean_dlt"):
            pairs = zip(ours[key], case["output"][key], strict=True)  # type: ignore[call-overload]
            for exact, simulated in pairs:
                # A count between 0 and `most` with this mean varies at most so much (Bhatia and Davis).
                error = math.sqrt(exact * (most - exact) / trials)
                assert abs(exact - simulated) <= 4 * error
