"""Time of a population fit, a forecast, a sensitivity analysis and a try of a calibration, with what they found.

Fits: 20 simulated patients of the immune-reset model (krej, kP, B0 differ; 8 CAR-NK and 11 B-cell counts each, limits
0.05 and 1 per uL), from a wrong start; --studies N repeats the fit over N cohorts and counts how often the 95 % limits
held the truth. Forecasts: virtual patients as of day 56, --patients N counts how often the bands held the truth.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from remit.biology import IMMUNE_RESET
from remit.biology.forecast import LEVELS, coverage
from remit.biology.rehearsal import SEED_TRIAL_CELLS_E9, rehearse
from remit.biology.saem import Schedule, fit
from remit.biology.sensitivity import OUTCOMES, sensitivity
from remit.instruments.sledai_2k import WEIGHTS
from rooms.biology.virtual import TRUTH, WRONG_START, immune_reset


def main() -> None:
    """Measure and print; CPU time of this process."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--studies", type=int, default=0)
    arguments.add_argument("--patients", type=int, default=20)
    asked = arguments.parse_args()
    print(f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}")
    fit(IMMUNE_RESET, immune_reset(2, 1)[0], 1, WRONG_START, Schedule(1, 1, 1, 1))

    cohort, _ = immune_reset(20, 1)
    before = time.process_time()
    found = fit(IMMUNE_RESET, cohort, 1, WRONG_START)
    print(f"\nfit of 20 patients, 250 + 150 iterations, 3 chains: {time.process_time() - before:.1f} s")
    for estimate in found.estimates:
        truth = TRUTH[estimate.name]
        print(
            f"  {estimate.name:<20} {estimate.value:9.4g}  ({estimate.low:.3g} to {estimate.high:.3g})  truth {truth:g}"
        )

    if asked.studies:
        held, score = [], []
        for seed in range(asked.studies):
            made = fit(IMMUNE_RESET, immune_reset(20, 1000 + seed)[0], seed, WRONG_START, Schedule(60, 40, 50, 2))
            held.append([e.low <= TRUTH[e.name] <= e.high for e in made.estimates])
            score.append([np.log(e.value / TRUTH[e.name]) / (e.standard_error / e.value) for e in made.estimates])
        print(f"\n95 % limits over {asked.studies} cohorts: held, mean and SD of the score")
        for k, estimate in enumerate(found.estimates):
            column = np.array(score)[:, k]
            print(f"  {estimate.name:<20} {np.mean(held, axis=0)[k]:.2f}  {column.mean():+.2f}  {column.std():.2f}")

    before = time.process_time()
    bands = coverage(asked.patients, 1)
    each = (time.process_time() - before) / asked.patients
    print(f"\nforecast as of day 56, 400 draws: {each:.2f} s a patient; {asked.patients} patients, share held")
    for key, row in zip(bands.events, bands.covered, strict=True):
        print(
            f"  {key:<20} " + "  ".join(f"{level:.0%}: {share:.2f}" for level, share in zip(LEVELS, row, strict=True))
        )

    before = time.process_time()
    shares = sensitivity(1)
    print(f"\nSobol' indices, {shares.runs:,} patients: {time.process_time() - before:.1f} s")
    for outcome in OUTCOMES:
        first = ", ".join(f"{name} {value:.2f}" for name, value in shares.ranking(outcome)[:3])
        print(f"  {outcome:<20} {first}")

    before = time.process_time()
    rehearse(SEED_TRIAL_CELLS_E9 * 400, WEIGHTS, 1, ("bench",))
    print(f"\n400 rehearsed trials of 20 patients, one try of a calibration: {time.process_time() - before:.1f} s")


if __name__ == "__main__":
    main()
