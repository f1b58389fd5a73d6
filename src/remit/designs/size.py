"""How large a design may be to be solved exactly: subjects in a table, outcomes walked, final states kept.

Above these the walk would take minutes and fill the memory; it stops as soon as it knows.
"""

from __future__ import annotations

from remit.errors import InputError

MOST_SUBJECTS = 200
MOST_OUTCOMES = 20_000_000  # the quick walks: states times outcomes of a cohort, summed over the trial
MOST_FINAL_STATES = 500_000
MOST_STATES = 100_000  # the general walk, which asks the design at every state
MOST_JUDGED = 1_000_000  # CRM and BLRM fit a curve to each
MOST_STATES_OF_A_RULE = 400_000  # a 3+3 and its kin, without a number of cohorts: quickly decided
TELLING = 5_000
REDUCE = "take fewer levels or cohorts, or larger cohorts instead of single subjects"


def subjects(planned: int) -> None:
    """Refuse a trial of too many subjects.

    raises   InputError: the limit and what to reduce
    """
    if planned > MOST_SUBJECTS:
        raise InputError(
            f"cohorts: {planned:,} subjects (cohort times cohorts) are too many; "
            f"a design is solved exactly up to {MOST_SUBJECTS} subjects; reduce cohorts or cohort."
        )


def outcomes(walked: int) -> None:
    """Refuse to go on with a quick walk.

    raises   InputError: the limit and what to reduce
    """
    if walked > MOST_OUTCOMES:
        raise _too_many(f"more than {MOST_OUTCOMES:,} ways of turning out")


def judged(counts: int) -> None:
    """Refuse to go on fitting a curve to each of that many counts.

    raises   InputError: the limit and what to reduce
    """
    if counts > MOST_JUDGED:
        raise _too_many(f"more than {MOST_JUDGED:,} counts to which a curve is fitted")


def final_states(many: int) -> None:
    """Refuse to weigh that many final states.

    raises   InputError: the limit and what to reduce
    """
    if many > MOST_FINAL_STATES:
        raise _too_many(f"more than {MOST_FINAL_STATES:,} final states")


def planned(design: object) -> int | None:
    """Subjects that a design plans, where it says so as cohorts of one size."""
    cohort, cohorts = getattr(design, "cohort", None), getattr(design, "cohorts", None)
    return cohort * cohorts if isinstance(cohort, int) and isinstance(cohorts, int) else None


def states(walked: int, done: int, whole: int | None) -> None:
    """Refuse to go on with the general walk.

    walked   states so far
    done     subjects at the state now reached, of `whole` planned ones; from the two it is seen early where this ends
    raises   InputError: the limit and what to reduce
    """
    expected = walked
    if whole is not None and done and walked >= TELLING:
        # States grow at least as the cube of the subjects while nothing stops; half of that is granted to stopping.
        expected = max(walked, int(walked * (whole / done) ** 3 / 2))
    most = MOST_STATES if whole is not None else MOST_STATES_OF_A_RULE
    if expected > most:
        what = f"more than {most:,} states"
        if whole is None:
            raise InputError(f"levels: the trial can pass through {what}, the most that is solved exactly; take fewer.")
        raise _too_many(what)


def _too_many(what: str) -> InputError:
    return InputError(f"cohorts: the trial can pass through {what}, the most that is solved exactly; {REDUCE}.")
