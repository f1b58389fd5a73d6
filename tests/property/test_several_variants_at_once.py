"""Variants judged together, which share facts and judgments, answer as each does alone, reasons and parts included."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from remit.instruments import doris, lldas, selena_flare, sledai_2k, sri
from remit.instruments.investigational import NONE, Investigational

QUICK = settings(max_examples=100, deadline=None)

truths = st.sampled_from((True, False, None))
pga = st.sampled_from((None, 0.0, 0.49, 0.5, 1.0, 1.01, 2.6))
dose = st.sampled_from((None, 0.0, 5.0, 5.1, 7.5, 7.6))
# myositis is the item that one variant calls major; serology the two that another does not count as new
few = st.sampled_from(("myositis", "arthritis", "rash", "fever", "proteinuria", *sorted(sledai_2k.SEROLOGY_ITEMS)))
codes = st.frozensets(few, max_size=3)
products = st.sampled_from(
    (
        None,
        NONE,
        *(Investigational("single-course", days) for days in (None, 10, 200)),
        Investigational("repeated-courses"),
    )
)
letters = st.none() | st.dictionaries(st.sampled_from(sri.SYSTEMS), st.sampled_from((*"ABCDE", None)), max_size=4)


@st.composite
def lldas_visits(draw: st.DrawFn) -> lldas.LldasInput:
    active, missing = draw(codes), draw(codes)
    return lldas.LldasInput(
        sledai=draw(st.sampled_from((None, sum(sledai_2k.WEIGHTS[code] for code in active)))),
        active=active,
        missing=missing - active,
        previous_active=draw(st.none() | codes | st.just(active)),
        previous_missing=draw(codes),
        pga=draw(pga),
        pred_mg=draw(dose),
        hemolytic_anemia=draw(truths),
        gi_activity=draw(truths),
        maintenance_ok=draw(truths),
        investigational=draw(products),
        sfi_flare_vs_baseline=draw(st.sampled_from((None, *selena_flare.FLARES))),
        bilag=draw(letters),
        previous_bilag=draw(letters),
    )


doris_visits = st.builds(
    doris.DorisInput,
    csledai=st.sampled_from((None, 0, 1, 4)),
    sledai=st.sampled_from((None, 0, 2, 4, 5)),
    pga=pga,
    pred_mg=dose,
    is_stable=truths,
    is_any=truths,
    biologic_any=truths,
    antimalarial=truths,
    dsdna_high=truths,
    c3_or_c4_low=truths,
    investigational=products,
)


@QUICK
@given(lldas_visits(), st.permutations(lldas.VARIANTS))
def test_lldas(visit: lldas.LldasInput, variants: list[str]) -> None:
    assert lldas.judge_each(visit, variants) == {variant: lldas.judge(visit, variant) for variant in variants}


@QUICK
@given(doris_visits, st.permutations(doris.VARIANTS))
def test_doris(visit: doris.DorisInput, variants: list[str]) -> None:
    assert doris.judge_each(visit, variants) == {variant: doris.judge(visit, variant) for variant in variants}
