"""Unknown never becomes no (or yes): forgetting a known fact moves an answer only towards unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from remit.instruments import bicla, crs_astct, ctcae, dlt, doris, icans_astct, lldas, selena_flare, sledai_2k, sri
from remit.instruments.grade import Grade
from remit.instruments.investigational import NONE, Investigational

QUICK = settings(max_examples=100, deadline=None)

truths = st.sampled_from((True, False, None))
known = st.booleans()
pga = st.sampled_from((0.0, 0.2, 0.49, 0.5, 1.0, 1.01, 1.5, 1.8, 2.6))
dose = st.sampled_from((0.0, 2.5, 5.0, 5.1, 7.5, 7.6, 20.0))
codes = st.frozensets(st.sampled_from(sledai_2k.CODES), max_size=3)
products = st.sampled_from((NONE, Investigational("single-course", 10), Investigational("single-course", 200)))
letters = st.dictionaries(st.sampled_from(sri.SYSTEMS), st.sampled_from("ABCDE"), min_size=2, max_size=4)


@st.composite
def lldas_visits(draw: st.DrawFn) -> lldas.LldasInput:
    active = draw(codes)
    return lldas.LldasInput(
        sledai=sum(sledai_2k.WEIGHTS[code] for code in active),
        active=active,
        previous_active=draw(codes | st.just(active)),
        pga=draw(pga),
        pred_mg=draw(dose),
        hemolytic_anemia=draw(known),
        gi_activity=draw(known),
        maintenance_ok=draw(known),
        investigational=draw(products),
        sfi_flare_vs_baseline=draw(st.sampled_from(selena_flare.FLARES)),
    )


@st.composite
def doris_visits(draw: st.DrawFn) -> doris.DorisInput:
    clinical = draw(st.sampled_from((0, 0, 0, 1, 4)))
    dsdna, low = draw(known), draw(known)
    return doris.DorisInput(
        csledai=clinical,
        sledai=clinical + 2 * dsdna + 2 * low,
        pga=draw(pga),
        pred_mg=draw(dose),
        is_stable=draw(known),
        is_any=draw(known),
        biologic_any=draw(known),
        antimalarial=draw(known),
        dsdna_high=dsdna,
        c3_or_c4_low=low,
        investigational=draw(products),
    )


def assert_forgetting_only_opens(visit: Any, judge: Callable[[Any], object], forgettable: list[str]) -> None:
    before = judge(visit)
    for name in forgettable:
        after = judge(replace(visit, **{name: None}))
        assert after is None or after == before, name


def all_names(visit: Any, *but: str) -> list[str]:
    return [field.name for field in fields(visit) if field.name not in but]


@QUICK
@given(lldas_visits(), st.sampled_from(lldas.VARIANTS))
def test_lldas(visit: lldas.LldasInput, variant: str) -> None:
    names = all_names(visit, "active", "missing", "previous_missing")

    assert_forgetting_only_opens(visit, lambda one: lldas.judge(one, variant).met, names)


@QUICK
@given(lldas_visits(), st.sampled_from(lldas.VARIANTS), st.sampled_from(sledai_2k.CODES))
def test_lldas_with_an_item_not_assessed(visit: lldas.LldasInput, variant: str, code: str) -> None:
    before = lldas.judge(visit, variant).met
    unassessed = replace(visit, sledai=None, active=visit.active - {code}, missing=frozenset((code,)))

    assert lldas.judge(unassessed, variant).met in (before, None)


@QUICK
@given(doris_visits(), st.sampled_from(doris.VARIANTS))
def test_doris(visit: doris.DorisInput, variant: str) -> None:
    assert_forgetting_only_opens(visit, lambda one: doris.judge(one, variant).met, all_names(visit))


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Any]:
    before = draw(letters)
    return {
        "sledai_bl": draw(st.integers(0, 20)),
        "sledai": draw(st.integers(0, 20)),
        "pga_bl": draw(pga),
        "pga": draw(pga),
        "bilag_bl": before,
        "bilag": {system: draw(st.sampled_from("ABCD")) for system in before},
    }


@QUICK
@given(changes(), known, st.sampled_from(tuple(sri.VARIANTS)))
def test_sri(change: dict[str, Any], ok: bool, variant: str) -> None:
    visit = sri.SriInput(**change, medication_ok=ok)

    assert_forgetting_only_opens(visit, lambda one: sri.judge(one, variant).met, all_names(visit))
    for key in ("bilag_bl", "bilag"):
        for system in change[key]:
            forgotten = replace(visit, **{key: {**change[key], system: None}})
            assert sri.judge(forgotten, variant).met in (sri.judge(visit, variant).met, None)


@QUICK
@given(changes(), known, st.sampled_from(tuple(bicla.VARIANTS)))
def test_bicla(change: dict[str, Any], failure: bool, variant: str) -> None:
    visit = bicla.BiclaInput(**change, treatment_failure=failure)

    assert_forgetting_only_opens(visit, lambda one: bicla.judge(one, variant).met, all_names(visit))
    for key in ("bilag_bl", "bilag"):
        for system in change[key]:
            forgotten = replace(visit, **{key: {**change[key], system: None}})
            assert bicla.judge(forgotten, variant).met in (bicla.judge(visit, variant).met, None)


def assert_range_holds(visit: Any, grade: Callable[[Any], Grade], forgettable: list[str]) -> None:
    """Forgetting a fact gives a range that still holds the true grade."""
    before = grade(visit).grade
    assert before is not None
    for name in forgettable:
        after = grade(replace(visit, **{name: None}))
        assert after.low <= before <= after.high, name
        assert after.grade in (before, None), name


crs_facts = st.builds(
    crs_astct.CrsFacts,
    fever_c=st.sampled_from((37.0, 38.0, 39.5)),
    fever_attributable=known,
    prior_crs=known,
    anticytokine_or_antipyretic=known,
    vasopressors=st.frozensets(st.sampled_from(crs_astct.VASOPRESSORS), max_size=3),
    fluid_responsive_hypotension=known,
    oxygen=st.sampled_from(tuple(crs_astct.OXYGEN)),
)


@QUICK
@given(crs_facts)
def test_crs(facts: crs_astct.CrsFacts) -> None:
    assert_range_holds(facts, crs_astct.grade, all_names(facts, "o2_l_min", "outcome"))


icans_facts = st.builds(
    icans_astct.IcansFacts,
    ice=st.integers(0, 10),
    arousal=st.sampled_from(tuple(icans_astct.AROUSAL)),
    motor_deep_focal=known,
    seizure=st.sampled_from(tuple(icans_astct.SEIZURE)),
    edema=st.sampled_from(tuple(icans_astct.EDEMA)),
)


@QUICK
@given(icans_facts)
def test_icans(facts: icans_astct.IcansFacts) -> None:
    assert_range_holds(facts, icans_astct.grade, ["ice", "arousal", "motor_deep_focal"])


@QUICK
@given(
    st.sampled_from(dlt.EVENT_TYPES),
    st.integers(0, 5),
    st.integers(-3, 50),
    st.integers(0, 40),
    st.sampled_from(dlt.CAUSES),
    st.integers(0, 14),
    st.sampled_from((dlt.TEMPLATE, dlt.FIRST_INFUSION)),
)
def test_dlt(
    event_type: str, grade: int, day: int, duration: int, cause: str, last: int, template: dlt.Template
) -> None:
    event = dlt.Event(event_type, grade, day, duration, cause)
    before = dlt.judge(event, last, template).met

    # the cause stays: an exclusion has to be shown, so forgetting it may turn a no into a yes, by definition
    assert_forgetting_only_opens(
        event, lambda one: dlt.judge(one, last, template).met, ["type", "grade", "day", "duration_d"]
    )
    assert dlt.judge(event, None, template).met in (before, None)


@QUICK
@given(st.builds(dlt.Exposure, st.integers(0, 3), st.integers(0, 40), known, known))
def test_dlt_evaluable(exposure: dlt.Exposure) -> None:
    if exposure.stopped_for_dlt:
        exposure = replace(exposure, had_dlt=True)  # stopped for one means had one

    assert_forgetting_only_opens(exposure, lambda one: dlt.evaluable(one).met, all_names(exposure))


@QUICK
@given(
    st.sampled_from(tuple(ctcae.LAB_TERMS)),
    st.floats(0.01, 500),
    st.floats(0.1, 200),
    st.floats(0.1, 200),
    st.floats(0.1, 200),
)
def test_ctcae_limits(term: str, value: float, lln: float, uln: float, baseline: float) -> None:
    known_all = ctcae.Reference(lln, uln, baseline, symptomatic=True)
    before = ctcae.lab(term, value, known_all).grade
    assert before is not None

    for name in ("lln", "uln"):  # an unknown baseline is graded by the limits, as the standard says
        after = ctcae.lab(term, value, replace(known_all, **{name: None}))
        assert after.grade in (before, None)
        assert after.low <= before <= after.high


@QUICK
@given(
    st.builds(
        selena_flare.FlareInput,
        sledai_prev=st.integers(0, 20),
        sledai=st.integers(0, 20),
        pga_prev=pga,
        pga=pga,
        pred_mg_kg_prev=st.sampled_from((0.0, 0.1, 0.5, 0.6)),
        pred_mg_kg=st.sampled_from((0.0, 0.1, 0.5, 0.6)),
        new_drugs=st.frozensets(st.sampled_from(("nsaid", "azathioprine")), max_size=2),
        hospitalised_for_sle=known,
    )
)
def test_flare(visit: selena_flare.FlareInput) -> None:
    assert_forgetting_only_opens(visit, lambda one: selena_flare.judge(one).flare, all_names(visit))
