"""What a committee reads about the next cohort, in numbers that can be checked by hand."""

import pytest

from remit.designs import Cohort, Outcomes, Pending, build, next_cohort, outcomes_of
from remit.designs.next_cohort import Option
from remit.errors import InputError

THREE = build("3+3", {"levels": 3})


def option(course: list[Cohort], kind: str, key: str = "3+3", **given: object) -> Option:
    design = build(key, {"levels": 3, **given})
    seen = outcomes_of(3, course)
    return next(one for one in next_cohort(design, seen, seen).options if one.kind == kind)


def test_three_more_after_none_in_three() -> None:
    # 0 of 3 under Beta(1, 1): P(0 or 1 DLT in the next three) = 4/7 + 2/7
    here = option([Cohort(1, 3, 0)], "more-here")

    (forecast,) = here.forecasts
    assert not here.allowed
    assert here.why.startswith("The design does something else now.")
    assert [(c.action, c.level, c.dlts) for c in forecast.chances] == [("escalate", 2, (0, 1)), ("stop", None, (2, 3))]
    assert forecast.chances[0].probability == pytest.approx(6 / 7)
    assert forecast.changes == pytest.approx(1 / 7)
    assert forecast.width_after < forecast.width


def test_the_next_level_is_as_uncertain_as_its_prior() -> None:
    # nobody there: each of 0, 1, 2 and 3 DLTs has probability 1/4
    above = option([Cohort(1, 3, 0)], "next-level")

    (forecast,) = above.forecasts
    assert above.allowed
    assert "Nobody was treated at level 2 yet" in above.why
    assert [c.probability for c in forecast.chances] == pytest.approx([1 / 4, 1 / 4, 1 / 2])
    assert forecast.changes == pytest.approx(1 / 2)  # two or three DLTs bring the trial back
    assert forecast.width == pytest.approx(0.95)


def test_a_level_that_the_design_does_not_open_says_why() -> None:
    above = option([Cohort(1, 3, 1)], "next-level")

    assert not above.allowed
    assert "does not open level 2 now" in above.why
    assert "one DLT in three asks for three more" in above.why


def test_there_is_nothing_above_the_top() -> None:
    above = option([Cohort(1, 3, 0), Cohort(2, 3, 0), Cohort(3, 3, 0)], "next-level")

    assert (above.allowed, above.level, above.forecasts) == (False, None, ())
    assert "top level" in above.why


def test_without_an_open_window_nothing_changes_but_the_time() -> None:
    wait = option([Cohort(1, 3, 0)], "wait")

    assert (wait.allowed, wait.days, wait.forecasts) == (True, 0, ())
    assert "nothing changes but the time" in wait.why


def test_while_a_window_is_open_only_waiting_is_offered() -> None:
    known = Outcomes((2, 0, 0), (0, 0, 0), 1)

    found = next_cohort(THREE, known, None, [Pending(1, 0.5)], days=14)

    assert [one.kind for one in found.options] == ["wait"]
    # half a window without a DLT is worth less than a subject, and more than none
    means = [next_cohort(THREE, known, None, [Pending(1, share)]).posteriors[0].rates[0].mean for share in (0, 0.5, 1)]
    assert means == sorted(means, reverse=True)
    assert means[0] == pytest.approx(1 / 4)
    assert means[2] == pytest.approx(1 / 5)


def test_after_the_end_another_recommendation_is_a_change() -> None:
    # six clean subjects at the top: declared; three more change that only if the level becomes too toxic
    here = option([Cohort(1, 3, 0), Cohort(2, 3, 0), Cohort(3, 6, 0)], "more-here")

    (forecast,) = here.forecasts
    assert forecast.changes == pytest.approx(1 - forecast.chances[0].probability)


def test_the_prior_is_named_and_a_model_stands_beside_it() -> None:
    plain = option([Cohort(1, 3, 0)], "more-here")
    crm = option([Cohort(1, 3, 0)], "more-here", "crm", target=0.3)
    likelihood = option([Cohort(1, 3, 0)], "more-here", "crm", target=0.3, method="likelihood")

    assert [one.prior for one in plain.forecasts] == ["Beta(1, 1) at each level alone"]
    assert [one.prior.split(",")[0] for one in crm.forecasts] == ["Beta(1", "CRM"]
    assert len(likelihood.forecasts) == 1


def test_what_cannot_be_asked() -> None:
    with pytest.raises(InputError, match="2 levels, but the design has 3"):
        next_cohort(THREE, Outcomes((3, 0), (0, 0), 1), None)
    with pytest.raises(InputError, match="share: must be between 0 and 1"):
        Pending(1, 1.5)
    with pytest.raises(InputError, match="level: must be one of the levels 1 to 3; got 4"):
        next_cohort(THREE, Outcomes((3, 0, 0), (0, 0, 0), 1), None, [Pending(4, 0.5)])
    with pytest.raises(InputError, match="level: must be 1 or more"):
        Pending(0, 0.5)
