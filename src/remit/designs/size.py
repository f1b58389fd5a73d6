"""How large a design may be to be solved exactly: subjects in a table, outcomes walked, final states kept.

Above these the walk would take minutes and fill the memory. It stops as soon as it knows: at a limit, or when the way
in which the states have grown so far leads beyond it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from remit.errors import InputError

MOST_SUBJECTS = 200
MOST_OUTCOMES = 20_000_000  # the quick walks: states times outcomes of a cohort, summed over the trial
MOST_FINAL_STATES = 500_000
MOST_STATES = 100_000  # the general walk, which asks the design at every state
MOST_JUDGED = 1_000_000  # CRM and BLRM fit a curve to each
MOST_STATES_OF_A_RULE = 150_000  # a 3+3 and its kin, without a number of cohorts: quickly decided
TELLING = 5_000  # states from which on their growth tells where it ends
HINTING = 1_000  # states from which on it tells only what is ten times too large
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


@dataclass
class Growth:
    """How the states of a trial grow with its subjects, from which it is seen early where that ends.

    whole   planned subjects
    most    the limit
    what    what is counted, for the message
    """

    whole: int
    most: int
    what: str
    seen: list[tuple[int, int]] = field(default_factory=list)

    def reached(self, done: int, walked: int) -> None:
        """Refuse to go on.

        done     subjects treated in the states walked last
        walked   states so far
        raises   InputError: the limit and what to reduce
        """
        self.seen.append((done, walked))
        if walked >= HINTING and self._expected(done, walked) > self.most * (1 if walked >= TELLING else 10):
            raise _too_many(f"more than {self.most:,} {self.what}")

    def _expected(self, done: int, walked: int) -> int:
        """States at the end if they go on growing by the power of the latest fifth; half is granted to stopping."""
        before, fewer = next((one for one in reversed(self.seen) if one[0] <= 0.8 * done), (0, 0))
        if not before or done >= self.whole:
            return walked
        power = math.log(walked / fewer) / math.log(done / before)
        return max(walked, int(walked * (self.whole / done) ** power / 2))


def growth(whole: int, most: int = MOST_STATES) -> Growth:
    """Of the states of the general walk."""
    return Growth(whole, most, "states")


def counted(whole: int, most: int = MOST_JUDGED) -> Growth:
    """Of the counts to which a curve is fitted."""
    return Growth(whole, most, "counts to which a curve is fitted")


def states(walked: int, planned: bool) -> None:
    """Refuse to go on with the general walk.

    planned  whether the design says how many subjects it treats
    raises   InputError: the limit and what to reduce
    """
    if planned and walked > MOST_STATES:
        raise _too_many(f"more than {MOST_STATES:,} states")
    if walked > MOST_STATES_OF_A_RULE:
        raise InputError(
            f"levels: the trial can pass through more than {MOST_STATES_OF_A_RULE:,} states, "
            "the most that is solved exactly; take fewer."
        )


def _too_many(what: str) -> InputError:
    return InputError(f"cohorts: the trial can pass through {what}, the most that is solved exactly; {REDUCE}.")
