"""Time of the instruments over whole tables: many subjects, many visits, one answer a row from every rule.

Two processes share the rules; nothing is asserted. CPU seconds are printed beside wall seconds, because wall time means
little on a busy machine. The tables are made up. What is asked once a subject (a series of counts, a classification)
has one row a subject; everything else has one row a visit.
"""

from __future__ import annotations

import os
import random
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import polars as pl

from remit.instruments import bilag_2004, columns, joints, sdi_items, sledai_2k, sri

SUBJECTS = 10_000
LETTERS = ("A", "B", "C", "D", "E", None)
CONDITIONING = {"cm": 165.0, "kg": 62.0, "flu_mg_m2": 25.0, "cy_mg_m2": 300.0, "days": 3.0}


class Made:
    """Columns of made-up values."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.chance = random.Random(7)

    def number(self, low: float, high: float, digits: int) -> pl.Series:
        """Uniform values, 3 % unknown."""
        chance, span = self.chance, high - low
        return pl.Series(
            [None if chance.random() < 0.03 else round(low + span * chance.random(), digits) for _ in range(self.rows)],
            dtype=pl.Float64,
        )

    def whole(self, most: int) -> pl.Series:
        """Whole numbers, 3 % unknown."""
        chance = self.chance
        return pl.Series(
            [None if chance.random() < 0.03 else float(chance.randint(0, most)) for _ in range(self.rows)],
            dtype=pl.Float64,
        )

    def truth(self) -> pl.Series:
        """Yes, no or unknown."""
        return pl.Series(self.chance.choices((True, False, None), (30, 67, 3), k=self.rows), dtype=pl.Boolean)

    def word(self, *words: str | None) -> pl.Series:
        """One of the words."""
        return pl.Series(self.chance.choices(words, k=self.rows), dtype=pl.String)

    def codes(self, codes: tuple[str, ...], most: int) -> pl.Series:
        """Up to `most` of the codes."""
        chance = self.chance
        lists = [chance.sample(codes, chance.randint(0, most)) for _ in range(self.rows)]
        return pl.Series(lists, dtype=pl.List(pl.String))

    def letters(self, prefix: str) -> dict[str, pl.Series]:
        """A BILAG letter for each system."""
        return {f"{prefix}.{system}": self.word(*LETTERS) for system in sri.SYSTEMS}


def visits(made: Made) -> dict[tuple[str, str], pl.DataFrame]:
    """One table per instrument that is asked at every visit."""
    active, previous = made.codes(sledai_2k.CODES, 3), made.codes(sledai_2k.CODES, 3)
    sledai, before = made.whole(20), made.whole(20)
    pga, pga_before, pred = made.number(0, 3, 2), made.number(0, 3, 2), made.number(0, 20, 1)
    since = made.whole(400)
    platelets, lln = made.number(5, 400, 0), made.number(140, 150, 0)
    alt, uln, alt_before = made.number(10, 300, 0), made.number(38, 42, 0), made.number(10, 80, 0)
    bilag = {**made.letters("bilag_bl"), **made.letters("bilag")}
    change = {"sledai_bl": before, "sledai": sledai, "pga_bl": pga_before, "pga": pga}
    count = {"value_e9_l": made.number(0, 8, 2), "lln": made.number(1.5, 2, 1)}
    upcr, egfr, egfr_before = made.number(0, 3, 2), made.number(20, 120, 0), made.number(40, 120, 0)
    one, two = made.codes(joints.JOINTS, 4), made.codes(joints.JOINTS, 4)
    flags = {name: made.truth() for name in ("is_stable", "is_any", "biologic_any", "antimalarial")}
    yes_no = {name: made.truth() for name in ("hemolytic_anemia", "gi_activity", "maintenance_ok")}
    response = {"upcr_g_g": upcr, "egfr": egfr, "egfr_ref": egfr_before, "rescue": made.truth(), "pred_mg": pred}
    fever = made.number(36, 41, 1)
    lldas = {
        "sledai": sledai, "active": active, "previous_active": previous, "pga": pga, "pred_mg": pred, **yes_no,
        "investigational.single_course_days_ago": since,
    }  # fmt: skip
    doris = {"csledai": sledai, "sledai": sledai + 2, "pga": pga, "pred_mg": pred, **flags}
    asked: dict[tuple[str, str], dict[str, pl.Series]] = {
        ("sledai-2k", "default"): {"active": active, "missing": previous},
        ("pga", "convert"): {"value": pga, "scale": made.word("0-3")},
        ("lldas", "default"): lldas,
        ("lldas", "gc_5"): lldas,
        ("doris", "doris_2021"): doris,
        ("doris", "drug_free"): doris,
        ("sri", "SRI-4"): {**change, **bilag, "medication_ok": made.truth()},
        ("bicla", "default"): {**change, **bilag, "treatment_failure": made.truth()},
        ("bilag-2004", "numeric"): {
            "grades": pl.Series([made.chance.choices(LETTERS, k=9) for _ in range(made.rows)], dtype=pl.List(pl.String))
        },
        ("selena-flare", "default"): {
            "sledai_prev": before, "sledai": sledai, "pga_prev": pga_before, "pga": pga,
            "pred_mg_kg_prev": made.number(0, 1, 2), "pred_mg_kg": made.number(0, 1, 2),
            "new_drugs": made.codes(("nsaid", "hydroxychloroquine", "azathioprine", "methotrexate"), 1),
            "hospitalised_for_sle": made.truth(),
        },
        ("sle-das", "default"): {
            "flags": made.codes(("alopecia", "dsdna", "low_complement", "localized_rash", "generalized_rash"), 3),
            "sjc28": made.whole(28), "proteinuria_mg": made.number(0, 3000, 0), "platelets": platelets,
            "wbc": made.number(0.5, 9, 1),
        },
        ("crs-astct", "ASTCT"): {
            "fever_c": fever, "fever_attributable": made.truth(), "vasopressors": made.codes(("norepinephrine",), 1),
            "fluid_responsive_hypotension": made.truth(), "oxygen": made.word("none", "low_flow_cannula", "cpap"),
            "o2_l_min": made.number(0, 15, 1),
        },
        ("crs-scales", "Lee_2014"): {
            "fever_c": fever, "fever_attributable": made.truth(), "vasopressors": made.codes(("norepinephrine",), 1),
            "fluid_responsive_hypotension": made.truth(), "oxygen": made.word("none", "low_flow_cannula", "cpap"),
            "high_dose_vasopressor": made.truth(), "fio2_percent": made.number(21, 80, 0),
        },
        ("icans-astct", "ASTCT"): {
            "ice": made.whole(10), "arousal": made.word("alert", "voice", "tactile", "unarousable"),
            "motor_deep_focal": made.truth(),
        },
        ("ice", "score"): {"orientation": made.whole(4), "naming": made.whole(3), "command": made.whole(1)},
        ("gvhd-magic", "overall"): {
            "skin": made.whole(4), "liver": made.whole(4), "upper_gi": made.whole(1), "lower_gi": made.whole(4)
        },
        ("licats", "grade"): {
            "resolution": made.word("spontaneous", "outpatient_treatment", None),
            "hospitalisation": made.word("none", "new"), "glucocorticoid_treatment": made.truth(),
        },
        ("iec-hs", "grade"): {name: made.truth() for name in ("present", "intervention", "severe_consequence")},
        ("infection", "judge"): {
            "site": made.word("urinary", "lower_respiratory"), "organism": made.word("vzv", "cmv", "not_found"),
            "treatment": made.word("local", "oral_antibiotic", "iv_antibiotic", None),
        },
        ("hypogammaglobulinemia", "band"): {"igg": made.number(1, 14, 1), "lln": made.number(6, 7.5, 1)},
        ("hys-law", "fda_2009"): {
            "alt": alt, "alt_uln": uln, "ast": made.number(10, 300, 0), "ast_uln": uln,
            "bilirubin": made.number(0.2, 5, 1), "bilirubin_uln": made.number(1, 1.3, 1),
            "alp": made.number(40, 300, 0), "alp_uln": made.number(110, 130, 0),
        },
        **{("ctcae-v5", term): count for term in ("neutrophils", "lymphocytes", "leukocytes", "cd4")},
        ("ctcae-v5", "platelets"): {"value_e9_l": platelets, "lln": lln},
        ("ctcae-v5", "anemia"): {"hb_g_dl": made.number(5, 15, 1), "lln": made.number(11, 12, 1)},
        ("ctcae-v5", "alt"): {"value_u_l": alt, "uln": uln, "baseline_u_l": alt_before},
        ("ctcae-v5", "ast"): {"value_u_l": alt, "uln": uln, "baseline_u_l": alt_before},
        ("ctcae-v5", "bilirubin"): {"value_mg_dl": made.number(0.2, 12, 1), "uln": made.number(1, 1.3, 1)},
        ("ctcae-v5", "creatinine"): {"value_umol_l": made.number(40, 400, 0), "uln": made.number(80, 100, 0)},
        ("ctcae-v5", "ck"): {"value_u_l": made.number(20, 3000, 0), "uln": made.number(170, 200, 0)},
        ("ctcae-v5", "fibrinogen"): {"value_g_l": made.number(0.3, 5, 1), "lln": made.number(1.8, 2, 1)},
        ("ctcae-v5", "fever"): {"temp_c": fever, "hours": made.number(0, 48, 0)},
        ("clasi", "CLASI-50"): {"baseline": made.whole(70), "now": made.whole(70)},
        ("clasi", "activity"): {
            **{f"areas.{area}.erythema": made.whole(3) for area in ("scalp", "chest", "arms")},
            "mucosal": made.whole(1), "recent_hair_loss": made.whole(1), "alopecia": made.whole(3),
        },
        ("sdi", "total"): {
            f"items.{item}": made.whole(1) for item in tuple(sdi_items.ITEMS)[:6]
        },
        ("renal-response", "PERR_BLISSLN"): {name: response[name] for name in response if name != "pred_mg"},
        ("renal-response", "CRR_AURORA"): response,
        ("joints-28", "pain_and_any_sign"): {"painful": one, "tender": one, "swollen": two},
        ("serology", "default"): {
            "dsdna": made.number(0, 100, 1), "dsdna_uln": made.number(9, 11, 1), "c3": made.number(0.3, 1.5, 2),
            "c3_lln": made.number(0.8, 0.9, 2), "c4": made.number(0.02, 0.4, 2), "c4_lln": made.number(0.09, 0.1, 2),
        },
        ("prednisone-equivalent", "default"): {"drug": made.word("prednisone", "methylprednisolone"), "mg": pred},
        ("study-day", "cdisc"): {"protocol_day": made.whole(700)},
        ("fludarabine-renal", "injection_label"): {"clearance_ml_min": made.number(10, 120, 0)},
        ("bsa", "conditioning"): {name: pl.Series([value] * made.rows) for name, value in CONDITIONING.items()},
    }  # fmt: skip
    return {key: pl.DataFrame(table) for key, table in asked.items()}


def once(made: Made) -> dict[tuple[str, str], pl.DataFrame]:
    """One table per instrument that is asked once a subject."""
    return {
        ("icaht", "early_cumulative"): pl.DataFrame(
            {f"anc_per_ul_by_day.{day}": made.number(0, 3000, 0) for day in range(0, 31, 2)}
        ),
        ("eular-acr-2019", "default"): pl.DataFrame(
            {"ana_titre": made.whole(640), "items": made.codes(("synovitis", "dsdna", "fever", "alopecia"), 3)}
        ),
        ("acr-1997", "default"): pl.DataFrame({"items": made.codes(("malar_rash", "arthritis", "ana", "seizure"), 4)}),
        ("bilag-2004", "grade"): pl.DataFrame(
            {"system": made.word(*bilag_2004.SYSTEMS[:1]), "items.pyrexia": made.whole(4), "ever_active": made.truth()}
        ),
    }


def seconds(task: tuple[str, str, pl.DataFrame]) -> tuple[str, float]:
    """CPU seconds of one instrument over one table."""
    key, variant, table = task
    start = time.process_time()
    columns.answers(table, key, variant)
    return f"{key} {variant}", time.process_time() - start


def main() -> None:
    """Print the time of each number of visits, and of each instrument at the last one."""
    os.environ["POLARS_MAX_THREADS"] = "1"  # read by the two processes: one thread each
    subjects = int(sys.argv[1]) if len(sys.argv) > 1 else SUBJECTS
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(seconds, [("ice", "score", pl.DataFrame({"naming": [3.0]}))] * 2))
        for per_subject in (5, 10, 20):
            asked = visits(Made(subjects * per_subject)) | once(Made(subjects))
            tasks = [(key, variant, table) for (key, variant), table in asked.items()]
            start = time.perf_counter()
            taken = list(pool.map(seconds, tasks))
            wall, work = time.perf_counter() - start, sum(spent for _, spent in taken)
            size = f"{subjects} subjects × {per_subject:2} visits × {len(tasks)} rules"
            print(f"{size}: {wall:5.1f} s, {work:5.1f} s CPU")
    for name, spent in sorted(taken, key=lambda pair: -pair[1])[:12]:
        print(f"  {spent:6.2f} s  {name}")


if __name__ == "__main__":
    main()
