"""CTCAE 5.0: the boundary of every band belongs to the milder grade."""

from __future__ import annotations

from typing import Any

import pytest

from remit import instruments
from remit.instruments import ctcae
from spec.instruments.story import stories

FALLING = stories("""
    term        | key        | lln | value | grade
    neutrophils | value_e9_l | 2.0 | 2.0   | 0
    neutrophils | value_e9_l | 2.0 | 1.99  | 1
    neutrophils | value_e9_l | 2.0 | 1.5   | 1
    neutrophils | value_e9_l | 2.0 | 1.49  | 2
    neutrophils | value_e9_l | 2.0 | 1.0   | 2
    neutrophils | value_e9_l | 2.0 | 0.99  | 3
    neutrophils | value_e9_l | 2.0 | 0.5   | 3
    neutrophils | value_e9_l | 2.0 | 0.49  | 4
    neutrophils | value_e9_l | 1.2 | 1.3   | 2        # literal cut-off although within the local range
    neutrophils | value_e9_l |     | 1.6   | unknown  # above the grade 2 limit, the local limit unknown
    neutrophils | value_e9_l |     | 1.4   | 2
    platelets   | value_e9_l | 150 | 150   | 0
    platelets   | value_e9_l | 150 | 75    | 1
    platelets   | value_e9_l | 150 | 74.9  | 2
    platelets   | value_e9_l | 150 | 50    | 2
    platelets   | value_e9_l | 150 | 49    | 3
    platelets   | value_e9_l | 150 | 25    | 3
    platelets   | value_e9_l | 150 | 24    | 4
    lymphocytes | value_e9_l | 1.0 | 0.8   | 1
    lymphocytes | value_e9_l | 1.0 | 0.79  | 2
    lymphocytes | value_e9_l | 1.0 | 0.5   | 2
    lymphocytes | value_e9_l | 1.0 | 0.49  | 3
    lymphocytes | value_e9_l | 1.0 | 0.2   | 3
    lymphocytes | value_e9_l | 1.0 | 0.19  | 4
    leukocytes  | value_e9_l | 4.0 | 3.0   | 1
    leukocytes  | value_e9_l | 4.0 | 2.9   | 2
    leukocytes  | value_e9_l | 4.0 | 2.0   | 2
    leukocytes  | value_e9_l | 4.0 | 1.9   | 3
    leukocytes  | value_e9_l | 4.0 | 1.0   | 3
    leukocytes  | value_e9_l | 4.0 | 0.9   | 4
    cd4         | value_e9_l | 0.6 | 0.5   | 1
    cd4         | value_e9_l | 0.6 | 0.2   | 2
    cd4         | value_e9_l | 0.6 | 0.05  | 3
    cd4         | value_e9_l | 0.6 | 0.04  | 4
    anemia      | hb_g_dl    | 12  | 12.0  | 0
    anemia      | hb_g_dl    | 12  | 10.0  | 1
    anemia      | hb_g_dl    | 12  | 9.9   | 2
    anemia      | hb_g_dl    | 12  | 8.0   | 2
    anemia      | hb_g_dl    | 12  | 7.9   | 3
    anemia      | hb_g_dl    | 12  | 4.0   | 3        # grade 4 is a clinical judgment
    anemia      | hb_g_dl    | 12  |       | unknown
""")


@pytest.mark.parametrize("story", FALLING)
def test_falling_counts(story: dict[str, Any]) -> None:
    given = {story["key"]: story["value"], "lln": story["lln"]}

    assert instruments.call("ctcae-v5", story["term"], given)["grade"] == story["grade"]


RISING = stories("""
    term       | value_key    | baseline_key    | uln | baseline | value | grade
    alt        | value_u_l    | baseline_u_l    | 40  | 30       | 40    | 0
    alt        | value_u_l    | baseline_u_l    | 40  | 30       | 41    | 1
    alt        | value_u_l    | baseline_u_l    | 40  | 30       | 120   | 1
    alt        | value_u_l    | baseline_u_l    | 40  | 30       | 121   | 2
    alt        | value_u_l    | baseline_u_l    | 40  | 30       | 200   | 2
    alt        | value_u_l    | baseline_u_l    | 40  | 30       | 201   | 3
    alt        | value_u_l    | baseline_u_l    | 40  | 30       | 800   | 3
    alt        | value_u_l    | baseline_u_l    | 40  | 30       | 801   | 4
    alt        | value_u_l    | baseline_u_l    | 40  | 40       | 41    | 1        # at the limit is normal
    alt        | value_u_l    | baseline_u_l    | 40  | 100      | 120   | 0        # 1.2 × an abnormal baseline
    alt        | value_u_l    | baseline_u_l    | 40  | 100      | 149   | 0
    alt        | value_u_l    | baseline_u_l    | 40  | 100      | 150   | 1        # that band starts at 1.5
    alt        | value_u_l    | baseline_u_l    | 40  | 100      | 300   | 1
    alt        | value_u_l    | baseline_u_l    | 40  | 100      | 301   | 2
    alt        | value_u_l    | baseline_u_l    | 40  | 100      | 501   | 3
    alt        | value_u_l    | baseline_u_l    | 40  | 100      | 2001  | 4
    alt        | value_u_l    | baseline_u_l    | 40  |          | 121   | 2        # baseline unknown: by the limit
    alt        | value_u_l    | baseline_u_l    |     | 30       | 121   | unknown
    ast        | value_u_l    | baseline_u_l    | 40  | 30       | 121   | 2
    bilirubin  | value_mg_dl  | baseline_mg_dl  | 1.0 | 0.6      | 1.0   | 0
    bilirubin  | value_mg_dl  | baseline_mg_dl  | 1.0 | 0.6      | 1.5   | 1
    bilirubin  | value_mg_dl  | baseline_mg_dl  | 1.0 | 0.6      | 1.6   | 2
    bilirubin  | value_mg_dl  | baseline_mg_dl  | 1.0 | 0.6      | 3.0   | 2
    bilirubin  | value_mg_dl  | baseline_mg_dl  | 1.0 | 0.6      | 3.1   | 3
    bilirubin  | value_mg_dl  | baseline_mg_dl  | 1.0 | 0.6      | 10.0  | 3
    bilirubin  | value_mg_dl  | baseline_mg_dl  | 1.0 | 0.6      | 10.1  | 4
    bilirubin  | value_mg_dl  | baseline_mg_dl  | 1.0 | 2.0      | 2.0   | 0
    bilirubin  | value_mg_dl  | baseline_mg_dl  | 1.0 | 2.0      | 2.1   | 1
    bilirubin  | value_mg_dl  | baseline_mg_dl  | 1.0 | 2.0      | 3.1   | 2
    creatinine | value_umol_l | baseline_umol_l | 90  | 80       | 90    | 0
    creatinine | value_umol_l | baseline_umol_l | 90  | 80       | 91    | 1
    creatinine | value_umol_l | baseline_umol_l | 90  | 100      | 135   | 1
    creatinine | value_umol_l | baseline_umol_l | 90  | 100      | 136   | 2
    creatinine | value_umol_l | baseline_umol_l | 90  | 50       | 80    | 2        # literal, though below the limit
    creatinine | value_umol_l | baseline_umol_l | 90  | 50       | 75    | 0        # exactly 1.5 × baseline
    creatinine | value_umol_l | baseline_umol_l | 90  | 50       | 151   | 3        # above 3 × baseline
    creatinine | value_umol_l | baseline_umol_l | 90  | 50       | 150   | 2
    creatinine | value_umol_l | baseline_umol_l | 90  | 200      | 270   | 2
    creatinine | value_umol_l | baseline_umol_l | 90  | 200      | 271   | 3
    creatinine | value_umol_l | baseline_umol_l | 90  | 200      | 540   | 3
    creatinine | value_umol_l | baseline_umol_l | 90  | 200      | 541   | 4
    creatinine | value_umol_l | baseline_umol_l | 90  |          | 136   | 2
    creatinine | value_umol_l | baseline_umol_l |     | 50       | 80    | unknown
""")


@pytest.mark.parametrize("story", RISING)
def test_rising_values_and_their_baseline(story: dict[str, Any]) -> None:
    given = {story["value_key"]: story["value"], "uln": story["uln"], story["baseline_key"]: story["baseline"]}

    assert instruments.call("ctcae-v5", story["term"], given)["grade"] == story["grade"]


@pytest.mark.parametrize(
    ("value", "lln", "baseline", "grade"),
    [
        (2.0, 2.0, None, 0),
        (1.9, 2.0, None, 1),
        (1.5, 2.0, None, 1),
        (1.4, 2.0, None, 2),
        (0.9, 2.0, None, 3),
        (0.49, 2.0, None, 4),
        (2.2, 2.0, 3.0, 0),  # fallen by 27 %, but still normal: the standard grades a fall only "if abnormal"
        (1.9, 2.0, 2.5, 1),  # low, fallen by 24 %
        (1.9, 2.0, 2.6, 2),  # low, fallen by 27 %
        (1.9, 2.0, 3.8, 3),  # low, fallen by half
        (1.0, 1.5, 4.0, 4),  # fallen by three quarters
        (1.9, None, None, None),
    ],
)
def test_fibrinogen(value: float, lln: float | None, baseline: float | None, grade: int | None) -> None:
    assert ctcae.grade_lab("fibrinogen", value, lln=lln, baseline=baseline) == grade


@pytest.mark.parametrize(("value", "grade"), [(200, 0), (201, 1), (500, 1), (501, 2), (1001, 3), (2001, 4)])
def test_ck(value: float, grade: int) -> None:
    assert instruments.call("ctcae-v5", "ck", {"value_u_l": value, "uln": 200})["grade"] == grade


CLINICAL = stories("""
    variant             | key           | value               | key2          | value2 | grade
    fever               | temp_c        | 37.9                | hours         | 6      | 0
    fever               | temp_c        | 38.0                | hours         | 6      | 1
    fever               | temp_c        | 39.0                | hours         | 6      | 1
    fever               | temp_c        | 39.1                | hours         | 6      | 2
    fever               | temp_c        | 40.0                | hours         | 48     | 2
    fever               | temp_c        | 40.1                | hours         | 24     | 3
    fever               | temp_c        | 40.1                | hours         | 25     | 4
    fever               | temp_c        | 40.1                | hours         |        | unknown
    fever               | temp_c        | 39.1                | hours         |        | 2
    fever               | temp_c        |                     | hours         | 6      | unknown
    febrile_neutropenia | anc_e9_l      | 0.9                 | single_temp_c | 38.4   | 3
    febrile_neutropenia | anc_e9_l      | 1.0                 | single_temp_c | 38.4   | 0
    febrile_neutropenia | anc_e9_l      | 0.9                 | single_temp_c | 38.3   | 0
    febrile_neutropenia | anc_e9_l      |                     | single_temp_c | 38.4   | unknown
    febrile_neutropenia | anc_e9_l      |                     | single_temp_c | 38.0   | 0
""")


@pytest.mark.parametrize("story", CLINICAL)
def test_clinical_terms(story: dict[str, Any]) -> None:
    given = {story["key"]: story["value"], story["key2"]: story["value2"]}

    assert instruments.call("ctcae-v5", story["variant"], given)["grade"] == story["grade"]


@pytest.mark.parametrize(
    ("treatment", "grade"),
    [("local", 1), ("oral_antibiotic", 2), ("iv_antibiotic", 3), ("urgent_intervention", 4), (None, None)],
)
def test_infection_by_treatment(treatment: str | None, grade: int | None) -> None:
    assert instruments.call("ctcae-v5", "infection", {"treatment": treatment})["grade"] == grade


def test_sustained_lower_fever_counts_too() -> None:
    assert ctcae.febrile_neutropenia(0.9, 38.2, sustained_celsius=38.0).grade == 3


def test_flags_say_what_a_reader_must_know() -> None:
    literal = ctcae.lab("neutrophils", 1.3, ctcae.Reference(lln=1.2))
    unknown = ctcae.lab("alt", 121, ctcae.Reference(uln=40))

    assert literal.because == ("below 1.5", "flag: within the reference range")
    assert unknown.because == ("above 3 × upper limit", "flag: baseline unknown")
