"""Which allocations a declared design explains. The seed trial treated 1, 1, 5 and 13 with no DLT."""

from remit.designs import Cohort, build, exact, replay

SEED = [Cohort(1, 1, 0), Cohort(2, 1, 0), Cohort(3, 5, 0), Cohort(4, 13, 0)]
COMPOSITE = build(
    "titration-3+3-expansion",
    {
        "levels": 4,
        "start": 1,
        "cohort": 3,
        "titration_through_level": 2,
        "trigger_grade": 2,
        "trigger_count": 1,
        "titration_subjects_count": True,
        "expansion_subjects": 13,
        "gap_days": 28,
    },
    {"no-skipping": 1},
)


def test_one_one_five_thirteen_is_no_finished_three_plus_three() -> None:
    for descend in (True, False):
        for confirm in (True, False):
            design = build("3+3", {"levels": 4, "descend": descend, "confirm_top": confirm})

            found = replay(design, SEED)

            assert not exact(design).finishes_with((1, 1, 5, 13))
            assert not found.allowed
            assert found.cohort == 2
            assert found.first_violation == (
                "Cohort 2: no DLTs in 1 subject at level 2,"
                " but level 1 had 1 of the 3 subjects that the design asks for."
            )


def test_one_one_five_thirteen_is_a_path_of_titration_threes_and_expansion() -> None:
    found = replay(COMPOSITE, SEED)

    assert found.allowed
    assert found.finished
    assert found.first_violation is None


def test_the_same_subjects_one_by_one_give_the_same_answer() -> None:
    singles = [Cohort(cohort.level, 1, 0) for cohort in SEED for _ in range(cohort.treated)]

    assert replay(COMPOSITE, singles).allowed
    assert replay(build("3+3", {"levels": 4}), singles).cohort == 2


def test_a_fourteenth_subject_is_one_too_many() -> None:
    found = replay(COMPOSITE, [*SEED, Cohort(4, 1, 0)])

    assert found.cohort == 5
    assert found.first_violation is not None
    assert "the design ends the trial" in found.first_violation


def test_going_up_after_two_dlts_is_named() -> None:
    found = replay(build("boin", {"levels": 3, "target": 0.3}), [Cohort(1, 3, 0), Cohort(2, 3, 2), Cohort(3, 3, 0)])

    assert found.cohort == 3
    assert found.first_violation is not None
    assert "goes to level 1" in found.first_violation


def test_a_cohort_recorded_in_parts_is_one_cohort() -> None:
    found = replay(build("3+3", {"levels": 3}), [Cohort(1, 2, 0), Cohort(1, 1, 0), Cohort(2, 1, 0)])

    assert found.allowed
    assert not found.finished
    assert found.next is None  # level 2 has one of its three


def test_an_unfinished_trial_says_what_comes_next() -> None:
    found = replay(build("3+3", {"levels": 3}), [Cohort(1, 3, 0)])

    assert found.next is not None
    assert found.next.level == 2
