"""BILAG-2004, flare index, SLE-DAS, CLASI, damage, renal response and classification."""

from __future__ import annotations

from typing import Any

import pytest

from remit import instruments
from remit.errors import InputError


@pytest.mark.parametrize(
    ("variant", "grades", "score"),
    [
        ("numeric", list("ABCDEEEEE"), 21),
        ("numeric_12_5_1", list("ABCDEEEEE"), 18),
        ("numeric_9_3_1", list("ABCDEEEEE"), 13),
        ("numeric", ["A"] * 9, 108),
        ("numeric", ["E"] * 9, 0),
        ("numeric", [*"ABCDEEEE", None], None),
    ],
)
def test_bilag_letters_as_a_number(variant: str, grades: list[str | None], score: int | None) -> None:
    assert instruments.call("bilag-2004", variant, {"grades": grades})["score"] == score


@pytest.mark.parametrize(
    ("system", "items", "ever", "grade"),
    [
        ("constitutional", {"pyrexia": 2, "weight_loss": 3, "anorexia": 4}, None, "A"),
        ("constitutional", {"pyrexia": 2, "weight_loss": 3}, None, "B"),
        ("constitutional", {"pyrexia": 1, "weight_loss": 2, "anorexia": 3}, None, "B"),
        ("constitutional", {"pyrexia": 1}, None, "C"),
        ("constitutional", {"weight_loss": 2}, None, "C"),
        ("constitutional", {}, True, "D"),
        ("constitutional", {}, False, "E"),
        ("constitutional", {}, None, None),
        ("constitutional", {"pyrexia": None}, False, None),  # not done
        (
            "constitutional",
            {"pyrexia": 2, "weight_loss": 2, "anorexia": 2, "lymphadenopathy_splenomegaly": None},
            None,
            "A",
        ),
        ("mucocutaneous", {"skin_eruption_severe": 2}, None, "A"),
        ("mucocutaneous", {"skin_eruption_severe": 1}, None, "B"),
        ("mucocutaneous", {"skin_eruption_mild": 2}, None, "B"),
        ("mucocutaneous", {"skin_eruption_mild": 1}, None, "C"),
        ("mucocutaneous", {"alopecia_mild": 1}, None, "C"),
        ("neuropsychiatric", {"seizure_disorder": 4}, None, "B"),
        ("neuropsychiatric", {"status_epilepticus": 4}, None, "A"),
        ("musculoskeletal", {"arthritis_moderate": 3}, None, "B"),
        ("musculoskeletal", {"arthritis_mild": 3}, None, "C"),
        ("musculoskeletal", {"myositis_severe": 4}, None, "A"),
        ("renal", {"protein_24h_g": 1.2, "active_sediment": True}, None, "A"),
        ("renal", {"protein_24h_g": 1.2}, None, "B"),
        ("renal", {"protein_24h_g": 1.0}, None, "B"),
        ("renal", {"protein_24h_g": 0.5}, None, "B"),
        ("renal", {"protein_24h_g": 0.4}, None, "C"),
        ("renal", {"protein_24h_g": 0.25}, True, "D"),
        ("renal", {"protein_24h_g": 1.2, "previous_24h_g": 2.0}, None, "C"),  # fallen by 40 %
        ("renal", {"protein_24h_g": 1.5, "previous_24h_g": 1.9}, None, "B"),  # fallen by 21 %
        ("renal", {"creatinine_umol_l": 140, "previous_creatinine_umol_l": 100}, None, "B"),
        ("haematological", {"hb_g_dl": 7.9}, None, "A"),
        ("haematological", {"hb_g_dl": 8.0}, None, "B"),
        ("haematological", {"hb_g_dl": 8.95}, None, "B"),  # the printed gap
        ("haematological", {"hb_g_dl": 9.0}, None, "C"),
        ("haematological", {"hb_g_dl": 11.0}, False, "E"),
        ("haematological", {"platelets": 24}, None, "A"),
        ("haematological", {"platelets": 49.5}, None, "B"),
        ("haematological", {"platelets": 149}, None, "C"),
        ("haematological", {"wcc": 0.9}, None, "A"),
        ("haematological", {"wcc": 1.9}, None, "B"),
        ("haematological", {"wcc": 3.9}, None, "C"),
        ("haematological", {"neutrophils": 0.4}, None, "A"),
        ("haematological", {"neutrophils": 0.9}, None, "B"),
        ("haematological", {"neutrophils": 1.9}, None, "C"),
        ("haematological", {"lymphocytes": 0.9}, None, "C"),
        ("haematological", {"ttp": 2}, None, "A"),
        ("haematological", {"ttp": 1}, None, "B"),
        ("haematological", {"active_haemolysis": True}, None, "B"),
        ("haematological", {"coombs_isolated": True}, None, "C"),
        ("haematological", {"hb_g_dl": None}, False, None),
    ],
)
def test_bilag_letter_of_a_system(system: str, items: dict[str, Any], ever: bool | None, grade: str | None) -> None:
    given = {"system": system, "items": items, "ever_active": ever}

    assert instruments.call("bilag-2004", "grade", given)["grade"] == grade


@pytest.mark.parametrize(
    ("celsius", "bilag", "sledai"),
    [(37.5, False, False), (37.6, True, False), (38.0, True, False), (38.1, True, True), (None, None, None)],
)
def test_fever_has_two_thresholds(celsius: float | None, bilag: bool | None, sledai: bool | None) -> None:
    answer = instruments.call("bilag-2004", "pyrexia_threshold", {"temperature_c": celsius})

    assert (answer["bilag_pyrexia"], answer["sledai_fever"]) == (bilag, sledai)


STEADY: dict[str, Any] = {
    "sledai_prev": 6,
    "sledai": 6,
    "pga_prev": 0.5,
    "pga": 0.5,
    "pred_mg_kg_prev": 0.1,
    "pred_mg_kg": 0.1,
    "new_drugs": [],
    "hospitalised_for_sle": False,
}


@pytest.mark.parametrize(
    ("changed", "flare"),
    [
        ({}, "none"),
        ({"sledai": 8}, "none"),
        ({"sledai": 9}, "mild_moderate"),
        ({"sledai": 12}, "mild_moderate"),
        ({"sledai": 13}, "severe"),
        ({"sledai_prev": 13, "sledai": 13}, "none"),
        ({"sledai_prev": 12, "sledai": 13}, "severe"),
        ({"pga": 1.4}, "none"),
        ({"pga": 1.5}, "mild_moderate"),
        ({"pga_prev": 1.5, "pga": 2.5}, "mild_moderate"),
        ({"pga_prev": 2.4, "pga": 2.6}, "severe"),
        ({"pred_mg_kg": 0.2}, "mild_moderate"),
        ({"pred_mg_kg": 0.5}, "mild_moderate"),
        ({"pred_mg_kg": 0.6}, "severe"),
        ({"new_drugs": ["nsaid"]}, "mild_moderate"),
        ({"new_drugs": ["hydroxychloroquine"]}, "mild_moderate"),
        ({"new_drugs": ["azathioprine"]}, "severe"),
        ({"new_drugs": ["nsaid", "mycophenolate"]}, "severe"),
        ({"hospitalised_for_sle": True}, "severe"),
        ({"pga": None}, None),
        ({"pga": None, "hospitalised_for_sle": True}, "severe"),
        ({"hospitalised_for_sle": None, "sledai": 9}, None),  # could still be severe
    ],
)
def test_flare_index(changed: dict[str, Any], flare: str | None) -> None:
    assert instruments.call("selena-flare", None, {**STEADY, **changed})["flare"] == flare


def test_flare_without_the_drug_lines_is_given_beside() -> None:
    answer = instruments.call("selena-flare", None, {**STEADY, "new_drugs": ["azathioprine"]})

    assert (answer["flare"], answer["flare_without_drugs"]) == ("severe", "none")


NOTHING: dict[str, Any] = {"flags": [], "sjc28": 0, "proteinuria_mg": 0, "platelets": 250, "wbc": 6}


@pytest.mark.parametrize(
    ("changed", "score", "category"),
    [
        ({}, 0.366, "remission"),
        ({"sjc28": 1}, 0.366 + 3.132 + 0.454, "mild"),
        ({"proteinuria_mg": 500}, 0.366, "remission"),
        ({"proteinuria_mg": 501}, 6.473, "mild"),  # the jump of 6.11
        ({"platelets": 100}, 0.366, "remission"),
        ({"wbc": 3}, 0.366, "remission"),
        ({"flags": ["low_complement", "dsdna"]}, 2.076, "remission"),
        ({"flags": ["localized_rash"]}, 3.504, "mild"),
        ({"flags": ["neuropsychiatric"]}, 18.366, "moderate_severe"),
    ],
)
def test_sle_das(changed: dict[str, Any], score: float, category: str) -> None:
    answer = instruments.call("sle-das", None, {**NOTHING, **changed})

    assert answer["score"] == pytest.approx(score, abs=2e-3)
    assert answer["category"] == category


def test_sle_das_counts_one_rash_and_waits_for_every_number() -> None:
    both = instruments.call("sle-das", None, {**NOTHING, "flags": ["localized_rash", "generalized_rash"]})
    unknown = instruments.call("sle-das", None, {**NOTHING, "platelets": None})

    assert (both["score"], both["flag"]) == (pytest.approx(0.366 + 3.887), "rash_exclusive")
    assert (unknown["score"], unknown["because"]) == (None, ["unknown: platelets"])


@pytest.mark.parametrize(
    ("score", "band"), [(0, "mild"), (9, "mild"), (10, "moderate"), (20, "moderate"), (21, "severe")]
)
def test_clasi_bands(score: int, band: str) -> None:
    assert instruments.call("clasi", "band", {"activity": score})["band"] == band


@pytest.mark.parametrize(
    ("baseline", "now", "response"),
    [(12, 6, True), (12, 7, False), (10, 5, True), (9, 0, None), (None, 5, None), (12, None, None)],
)
def test_clasi_50_needs_a_baseline_of_10(baseline: int | None, now: int | None, response: bool | None) -> None:
    assert instruments.call("clasi", "CLASI-50", {"baseline": baseline, "now": now})["response"] is response


def test_clasi_activity_is_unknown_with_an_unknown_part() -> None:
    parts = {"mucosal": 0, "recent_hair_loss": 0, "alopecia": 0}

    assert instruments.call("clasi", None, {"areas": {"arms": {"erythema": 2}}, **parts})["activity"] == 2
    assert instruments.call("clasi", None, {"areas": {"arms": {"erythema": None}}, **parts})["activity"] is None
    with pytest.raises(InputError, match=r"erythema"):
        instruments.call("clasi", None, {"areas": {"arms": {"erythema": 4}}, **parts})


@pytest.mark.parametrize(
    ("given", "renal"),
    [
        ((1, 1, 1), 3),
        ((0, 0, 1), 3),
        ((1, 1, 0), 2),
        ((1, 0, 0), 1),
        ((0, 0, 0), 0),
        ((None, 0, 0), None),
        ((None, 1, 1), 3),
    ],
)
def test_damage_renal_domain_ends_at_3(given: tuple[int | None, ...], renal: int | None) -> None:
    payload = dict(zip(("gfr_lt50", "proteinuria_35", "esrd"), given, strict=True))

    assert instruments.call("sdi", None, payload)["renal"] == renal


@pytest.mark.parametrize(
    ("item", "months", "scored"),
    [
        ("claudication", 5, False),
        ("claudication", 6, True),
        ("stroke", 0, True),
        ("myocardial_infarction", 1, True),
        ("cataract", None, None),
    ],
)
def test_damage_must_last_unless_it_is_an_event(item: str, months: float | None, scored: bool | None) -> None:
    assert instruments.call("sdi", "duration", {"item": item, "duration_months": months})["scored"] is scored


@pytest.mark.parametrize(
    ("variant", "given", "response"),
    [
        ("PERR_BLISSLN", {"upcr_g_g": 0.7, "egfr": 58, "egfr_ref": 70, "rescue": False}, True),
        ("PERR_BLISSLN", {"upcr_g_g": 0.71, "egfr": 80, "egfr_ref": 80, "rescue": False}, False),
        ("PERR_BLISSLN", {"upcr_g_g": 0.5, "egfr": 60, "egfr_ref": 100, "rescue": False}, True),
        ("PERR_BLISSLN", {"upcr_g_g": 0.5, "egfr": 56, "egfr_ref": 70, "rescue": False}, True),  # exactly 20 % lower
        ("PERR_BLISSLN", {"upcr_g_g": 0.5, "egfr": 55, "egfr_ref": 70, "rescue": False}, False),
        ("PERR_BLISSLN", {"upcr_g_g": 0.5, "egfr": 80, "egfr_ref": 80, "rescue": True}, False),
        ("PERR_BLISSLN", {"upcr_g_g": 0.5, "egfr": 80, "egfr_ref": None, "rescue": False}, True),
        ("PERR_BLISSLN", {"upcr_g_g": 0.5, "egfr": 50, "egfr_ref": None, "rescue": False}, None),
        ("CRR_BLISSLN", {"upcr_g_g": 0.5, "egfr": 100, "egfr_ref": 100, "rescue": False}, False),
        ("CRR_BLISSLN", {"upcr_g_g": 0.49, "egfr": 90, "egfr_ref": 120, "rescue": False}, True),
        ("CRR_BLISSLN", {"upcr_g_g": 0.49, "egfr": 81, "egfr_ref": 90, "rescue": False}, True),
        ("CRR_BLISSLN", {"upcr_g_g": 0.49, "egfr": 80, "egfr_ref": 90, "rescue": False}, False),
        ("CRR_AURORA", {"upcr_g_g": 0.5, "egfr": 100, "egfr_ref": 100, "rescue": False, "pred_mg": 10}, True),
        ("CRR_AURORA", {"upcr_g_g": 0.5, "egfr": 100, "egfr_ref": 100, "rescue": False, "pred_mg": 10.1}, False),
        ("CRR_AURORA", {"upcr_g_g": 0.5, "egfr": 100, "egfr_ref": 100, "rescue": False, "pred_mg": None}, None),
        ("KDIGO_partial", {"upcr_bl": 6.0, "upcr_g_g": 3.0, "egfr_change_pct": 0}, False),  # below 3, strictly
        ("KDIGO_partial", {"upcr_bl": 5.0, "upcr_g_g": 2.5, "egfr_change_pct": -15}, True),
        ("KDIGO_partial", {"upcr_bl": 5.0, "upcr_g_g": 2.5, "egfr_change_pct": -16}, False),
        ("KDIGO_partial", {"upcr_bl": None, "upcr_g_g": 2.5, "egfr_change_pct": 0}, None),
    ],
)
def test_renal_response(variant: str, given: dict[str, Any], response: bool | None) -> None:
    assert instruments.call("renal-response", variant, given)["response"] is response


@pytest.mark.parametrize(
    ("ana", "items", "sle", "score"),
    [
        (80, ["class_III_IV"], True, 10),
        (40, ["class_III_IV"], False, None),
        (None, ["class_III_IV"], None, None),
        (80, ["alopecia", "acute_cutaneous"], False, 6),  # the highest of a domain counts
        (80, ["antiphospholipid", "low_c3_and_c4", "dsdna"], False, 12),  # no clinical criterion
        (160, ["synovitis", "low_c3_and_c4"], True, 10),
        (160, ["low_c3_or_c4", "low_c3_and_c4", "synovitis", "dsdna", "smith"], True, 16),
    ],
)
def test_eular_acr_2019(ana: float | None, items: list[str], sle: bool | None, score: int | None) -> None:
    answer = instruments.call("eular-acr-2019", None, {"ana_titre": ana, "items": items})

    assert (answer["sle"], answer["score"]) == (sle, score)


@pytest.mark.parametrize(("celsius", "item"), [(38.3, False), (38.4, True), (None, None)])
def test_eular_acr_fever_needs_more_than_38_3(celsius: float | None, item: bool | None) -> None:
    assert instruments.call("eular-acr-2019", None, {"temperature_c": celsius})["fever_item"] is item


@pytest.mark.parametrize(
    ("items", "count", "sle"),
    [
        (["malar_rash", "oral_ulcers", "arthritis", "ana"], 4, True),
        (["pleuritis", "pericarditis", "arthritis", "ana"], 3, False),  # one criterion, two parts
        (["anti_dna", "anti_sm", "antiphospholipid", "ana", "seizure", "psychosis"], 3, False),
        (["leukopenia_twice", "proteinuria_persistent", "cellular_casts", "photosensitivity", "discoid_rash"], 4, True),
        ([], 0, False),
    ],
)
def test_acr_1997_counts_each_criterion_once(items: list[str], count: int, sle: bool) -> None:
    answer = instruments.call("acr-1997", None, {"items": items})

    assert (answer["count"], answer["sle"]) == (count, sle)
