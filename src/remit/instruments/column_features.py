"""What decides an instrument's answer, as columns: on which side of which limit a number lies, which codes are listed.

Nothing here repeats a rule; a feature too few would make two different rows share an answer, and the property test that
compares every row with the scalar call would find it. Comparisons allow the same 1e-9 at a limit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Final

import polars as pl

from remit.criteria import TOLERANCE
from remit.instruments import bicla, doris, hys_law, lldas, renal_response, selena_flare, sledai_2k, sri

Features = Callable[[pl.DataFrame], list[pl.Expr]]

_SERIOUS: Final = (*sorted(lldas.MAJOR_ITEMS), "myositis")
_DRUGS: Final = (sorted(selena_flare.MILD_DRUGS), sorted(selena_flare.SEVERE_DRUGS))
_MANIFESTATIONS: Final = (sorted(selena_flare.MILD_MANIFESTATIONS), sorted(selena_flare.SEVERE_MANIFESTATIONS))


def side(value: pl.Expr, limit: pl.Expr | float) -> pl.Expr:
    """0 below, 1 at, 2 above a limit; null where either is unknown."""
    return (value >= limit - TOLERANCE).cast(pl.UInt8) + (value > limit + TOLERANCE).cast(pl.UInt8)


def column(table: pl.DataFrame, name: str, dtype: pl.DataType | type[pl.DataType] = pl.Float64) -> pl.Expr:
    """A column, or unknown in every row where the table has none."""
    return pl.col(name) if name in table.columns else pl.lit(None, dtype=dtype)


def _sides(table: pl.DataFrame, name: str, *limits: float) -> list[pl.Expr]:
    """How many of a fixed number's sides a value has passed: one small number for all limits together."""
    if name not in table.columns:
        return []
    passed = side(pl.col(name), limits[0])
    for limit in limits[1:]:
        passed = passed + side(pl.col(name), limit)
    return [passed]


def _as_they_are(table: pl.DataFrame, *names: str) -> list[pl.Expr]:
    return [pl.col(name) for name in table.columns if name in names or name.split(".")[0] in names]


def lists_any(table: pl.DataFrame, name: str, codes: Iterable[str]) -> pl.Expr:
    """Whether a list holds one of the codes; null for an unknown list."""
    if name not in table.columns:
        return pl.lit(None, dtype=pl.Boolean)
    return pl.col(name).list.eval(pl.element().is_in(list(codes))).list.any()


def _sledai_item(table: pl.DataFrame) -> list[pl.Expr]:
    limits = {"platelets_e9_l": (100,), "wbc_e9_l": (3,), "temperature_c": (38,), "urine_rbc_hpf": (5,),
              "urine_wbc_hpf": (5,), "painful_inflamed_joints": (2, 3)}  # fmt: skip
    out = _as_they_are(table, "item", "attributed_to_sle", "cause")
    for name, cuts in limits.items():
        out += _sides(table, f"value.{name}", *cuts)
    for value, limit in (("c3_g_l", "c3_lln"), ("c4_g_l", "c4_lln"), ("dsdna", "uln")):
        if f"value.{value}" in table.columns:
            edge = column(table, f"value.{limit}")
            out += [side(pl.col(f"value.{value}"), edge), pl.col(f"value.{value}").is_null(), edge.is_null()]
    for name in ("protein_24h_g", "upcr_g_g", "previous_24h_g"):
        out += _sides(table, f"value.{name}", 0.5)
        if f"value.{name}" in table.columns and name != "previous_24h_g":
            out.append(side(pl.col(f"value.{name}") - column(table, "value.previous_24h_g"), 0.5))
    if "value.upcr_mg_mmol" in table.columns:
        ratio = pl.col("value.upcr_mg_mmol") / 113.1
        out += [side(ratio, 0.5), side(pl.col("value.upcr_mg_mmol") / 100.0, 0.5)]
        out.append(side(ratio - column(table, "value.previous_24h_g"), 0.5))
    return out


def _product(table: pl.DataFrame) -> list[pl.Expr]:
    days = "investigational.single_course_days_ago"
    return [
        *_sides(table, days, 28),
        *_as_they_are(table.drop(days, strict=False), "investigational"),
    ]


def _lldas(table: pl.DataFrame) -> list[pl.Expr]:
    """Total, organs, what is new, and the side of every ceiling."""
    before = pl.col("previous_active") if "previous_active" in table.columns else pl.lit([], dtype=pl.List(pl.String))
    out = [before.is_null()]
    weight = pl.lit(0.0)
    for name in ("active", "missing"):
        if name not in table.columns:
            continue
        listed = pl.col(name).fill_null([])
        new = listed.list.set_difference(before)
        out += [
            lists_any(table, name, _SERIOUS[:-1]).fill_null(False),
            lists_any(table, name, _SERIOUS[-1:]).fill_null(False),
            new.list.len() > 0,
            new.list.eval(pl.element().is_in(list(sledai_2k.SEROLOGY_ITEMS)).not_()).list.any(),
            listed.list.len() == 0,
        ]
        weight = weight + listed.list.eval(_weights()).list.sum()
        out.append(side(weight, 4.0))
    for name, cuts in {"sledai": (4,), "pga": (1.0,), "pred_mg": (5.0, 7.5)}.items():
        out += _sides(table, name, *cuts)
    out += _as_they_are(table, "hemolytic_anemia", "gi_activity", "maintenance_ok", "sfi_flare_vs_baseline")
    return out + _product(table)


def _weights() -> pl.Expr:
    return pl.element().replace_strict(sledai_2k.WEIGHTS, default=0, return_dtype=pl.Float64)


def _doris(table: pl.DataFrame) -> list[pl.Expr]:
    out = [
        column(table, "sledai").cast(pl.Float64).is_in([0.0, 2.0, 4.0]),
        side(column(table, "sledai") - column(table, "csledai"), 0),
    ]
    for name, cuts in {"csledai": (0,), "pga": (0.5,), "pred_mg": (0, 5)}.items():
        out += _sides(table, name, *cuts)
    flags = ("is_stable", "is_any", "biologic_any", "antimalarial", "dsdna_high", "c3_or_c4_low")
    return out + _as_they_are(table, *flags) + _product(table)


def _letters(table: pl.DataFrame) -> list[tuple[pl.Expr, pl.Expr]]:
    """(baseline, now) of every system, with the rule for systems without a column."""
    pairs = []
    for system in sri.SYSTEMS:
        before = pl.col(f"bilag_bl.{system}") if f"bilag_bl.{system}" in table.columns else pl.lit("E")
        unlisted = pl.when(before == "E").then(pl.lit("E"))
        pairs.append((before, pl.col(f"bilag.{system}") if f"bilag.{system}" in table.columns else unlisted))
    return pairs


def _how_many(truths: Iterable[pl.Expr], most: int) -> pl.Expr:
    total = pl.lit(0)
    for truth in truths:
        total = total + truth.fill_null(False).cast(pl.Int32)
    return total.clip(0, most)


def _new_letters(table: pl.DataFrame) -> list[pl.Expr]:
    pairs = _letters(table)
    out = []
    for letter, quiet, most in (("A", ("A",), 1), ("B", ("A", "B"), 2)):
        known = [(now == letter) & before.is_in(quiet).not_() for before, now in pairs]
        unknown = [
            (now.is_null() & before.is_in(quiet).not_().fill_null(True)) | ((now == letter) & before.is_null())
            for before, now in pairs
        ]
        out += [_how_many(known, most), _how_many(unknown, most)]
    return out


def _sri(table: pl.DataFrame) -> list[pl.Expr]:
    fall = column(table, "sledai_bl") - column(table, "sledai")
    points = sorted(set(sri.VARIANTS.values()))
    out = [sum((side(fall, x) for x in points[1:]), side(fall, points[0]))]
    out += _sides(table, "sledai_bl", *points)
    out += [side(column(table, "pga") - column(table, "pga_bl"), 0.3), *_new_letters(table)]
    return out + _as_they_are(table, "medication_ok")


def _bicla(table: pl.DataFrame) -> list[pl.Expr]:
    pairs = _letters(table)
    out = [side(column(table, "sledai"), column(table, "sledai_bl"))]
    out += [side(column(table, "pga") - column(table, "pga_bl"), 0.3), *_new_letters(table)]
    for letter, good in (("A", ("B", "C", "D")), ("B", ("C", "D"))):
        worse = [(before == letter) & now.is_in((*good, "E")).not_() for before, now in pairs]
        unclear = [
            ((before == letter) & (now.is_null() | (now == "E")))
            | (before.is_null() & now.is_in(good).not_().fill_null(True))
            for before, now in pairs
        ]
        out += [_how_many(worse, 1), _how_many(unclear, 1)]
    out.append(_how_many([before.is_in(("A", "B")) for before, _ in pairs], 1))
    out.append(_how_many([before.is_null() for before, _ in pairs], 1))
    return out + _as_they_are(table, "treatment_failure")


def _flare(table: pl.DataFrame) -> list[pl.Expr]:
    out = []
    for name, cuts, steps in (("sledai", (12,), (3,)), ("pga", (1.0, 2.5), (1.0,)), ("pred_mg_kg", (0.5,), ())):
        now, before = column(table, name), column(table, f"{name}_prev")
        out += [side(now, before), *_sides(table, name, *cuts), *(side(now - before, step) for step in steps)]
    for name, groups in (("new_drugs", _DRUGS), ("manifestations", _MANIFESTATIONS)):
        out += [lists_any(table, name, group) for group in groups]
    return out + _as_they_are(table, "hospitalised_for_sle", "led_to_care")


def _crs(table: pl.DataFrame) -> list[pl.Expr]:
    out = [*_sides(table, "fever_c", 38.0), *_sides(table, "o2_l_min", 6), *_sides(table, "fio2_percent", 40)]
    if "vasopressors" in table.columns:
        out.append(pl.col("vasopressors").list.unique().list.sort().list.join(","))
    skipped = ("fever_c", "o2_l_min", "fio2_percent", "vasopressors")
    return out + [pl.col(name) for name in table.columns if name not in skipped]


def _falling(*cuts: float) -> Features:
    def features(table: pl.DataFrame) -> list[pl.Expr]:
        name = "hb_g_dl" if "hb_g_dl" in table.columns else "value_e9_l"
        return [*_sides(table, name, *cuts), side(column(table, name), column(table, "lln"))]

    return features


def _multiples(value: str, baseline: str, of_limit: tuple[float, ...], of_baseline: tuple[float, ...]) -> Features:
    def features(table: pl.DataFrame) -> list[pl.Expr]:
        given, uln, before = column(table, value), column(table, "uln"), column(table, baseline)
        out = [side(before, uln), uln.is_null(), before.is_null()]
        out += [side(given, cut * uln) for cut in of_limit]
        return out + [side(given, cut * before) for cut in of_baseline]

    return features


def _fibrinogen(table: pl.DataFrame) -> list[pl.Expr]:
    value, lln, before = column(table, "value_g_l"), column(table, "lln"), column(table, "baseline_g_l")
    fallen = (before - value) / before
    out = [side(value, 0.5), lln.is_null(), before.is_null(), before == 0]
    out += [side(value, share * lln) for share in (1.0, 0.75, 0.5, 0.25)]
    return out + [side(fallen, share) for share in (0.25, 0.5, 0.75)]


def _all_sides(**cuts: tuple[float, ...]) -> Features:
    """Numbers with fixed limits; every other column as it is."""

    def features(table: pl.DataFrame) -> list[pl.Expr]:
        out = [pl.col(name) for name in table.columns if name not in cuts]
        for name, limits in cuts.items():
            out += _sides(table, name, *limits)
        return out

    return features


def _renal(table: pl.DataFrame) -> list[pl.Expr]:
    out = []
    for name, cuts in {
        "upcr_g_g": (0.5, 0.7, 3), "egfr": (60, 90), "pred_mg": (10,), "egfr_change_pct": (-15, -10, 10, 15),
        "days_over_10mg": (7,), "run_over_10mg": (3,),
    }.items():  # fmt: skip
        out += _sides(table, name, *cuts)
    egfr, reference = column(table, "egfr"), column(table, "egfr_ref")
    out += [side(egfr, keep * reference) for keep in (0.8, 0.9)]
    out.append(side(column(table, "upcr_g_g"), column(table, "upcr_bl") / 2))
    return out + _as_they_are(table, "rescue")


def _halved(least: tuple[float, ...]) -> Features:
    def features(table: pl.DataFrame) -> list[pl.Expr]:
        return [*_sides(table, "baseline", *least), side(column(table, "now"), column(table, "baseline") / 2.0)]

    return features


def _serology(table: pl.DataFrame) -> list[pl.Expr]:
    pairs = (("dsdna", "dsdna_uln"), ("c3", "c3_lln"), ("c4", "c4_lln"))
    out = [side(column(table, value), column(table, limit)) for value, limit in pairs]
    return out + _as_they_are(table, "dsdna_positive", "complement_low")


def _igg(table: pl.DataFrame) -> list[pl.Expr]:
    unit = (
        pl.when(column(table, "unit") == "mg/dL").then(0.01).otherwise(1.0) if "unit" in table.columns else pl.lit(1.0)
    )
    value = column(table, "igg") * unit
    out = [side(value, 4.0), side(value, column(table, "lln") * unit), *_sides(table, "days_since_ivig", 28)]
    return out + _as_they_are(table, "ivig")


def _hys(table: pl.DataFrame) -> list[pl.Expr]:
    out = []
    for name, cuts in (("alt", (3,)), ("ast", (3,)), ("bilirubin", (2,)), ("alp", (2,))):
        ratio = column(table, name) / column(table, f"{name}_uln")
        out += [side(ratio, cut) for cut in cuts]
    return [*out, side(r_value(table), 2), side(r_value(table), 5)]


def r_value(table: pl.DataFrame) -> pl.Expr:
    """ALT over alkaline phosphatase, each as a multiple of its limit."""
    alp = column(table, "alp") / column(table, "alp_uln")
    return pl.when(alp > 0).then(column(table, "alt") / column(table, "alt_uln") / alp)


def _over(names: Collection[str], key: str, features: Features) -> dict[tuple[str, str], Features]:
    return {(key, name): features for name in names}


_LIVER: Final = _multiples("value_u_l", "baseline_u_l", (1, 3, 5, 20), (1.5, 3, 5, 20))
_BILIRUBIN: Final = _multiples("value_mg_dl", "baseline_mg_dl", (1, 1.5, 3, 10), (1, 1.5, 3, 10))
_COUNTS: Final = {
    "neutrophils": (1.5, 1, 0.5), "platelets": (75, 50, 25), "lymphocytes": (0.8, 0.5, 0.2), "leukocytes": (3, 2, 1),
    "cd4": (0.5, 0.2, 0.05), "anemia": (10, 8),
}  # fmt: skip
_GUT: Final = _all_sides(ml_per_day=(500, 1000, 1500), episodes_per_day=(2.5, 3, 5, 7, 7.5))

FEATURES: Final[dict[tuple[str, str], Features]] = {
    **_over(("lab_item", "arthritis_2K", "arthritis_SELENA", "persistent_proteinuria", "SELENA_new_or_rise", "upcr_50"),
            "sledai-2k", _sledai_item),
    **_over(("window_30", "window_28", "window_10"), "sledai-2k",
            _all_sides(last_present_days_before_visit=(10, 28, 30))),
    **_over(lldas.VARIANTS, "lldas", _lldas),
    **_over(doris.VARIANTS, "doris", _doris),
    **_over(tuple(sri.VARIANTS), "sri", _sri),
    **_over(tuple(bicla.VARIANTS), "bicla", _bicla),
    **_over(selena_flare.VARIANTS, "selena-flare", _flare),
    ("crs-astct", "ASTCT"): _crs,
    **_over(("Lee_2014", "Penn", "CTCAE_v5"), "crs-scales", _crs),
    ("gvhd-magic", "liver_stage"): _all_sides(bili_mg_dl=(2, 3, 6, 15)),
    ("gvhd-magic", "skin_stage"): _all_sides(rash_bsa_pct=(0, 25, 50)),
    **_over(("lower_gi_stage", "lower_gi_stage_by_volume"), "gvhd-magic", _GUT),
    ("licats", "onset_class"): _all_sides(onset_day=(14, 30)),
    **{("ctcae-v5", term): _falling(*cuts) for term, cuts in _COUNTS.items()},
    **_over(("alt", "ast", "alt_uln_only", "ast_uln_only"), "ctcae-v5", _LIVER),
    **_over(("bilirubin", "bilirubin_uln_only"), "ctcae-v5", _BILIRUBIN),
    ("ctcae-v5", "creatinine"): _multiples("value_umol_l", "baseline_umol_l", (1, 1.5, 3, 6), (1.5, 3)),
    ("ctcae-v5", "ck"): _multiples("value_u_l", "baseline_u_l", (1, 2.5, 5, 10), ()),
    ("ctcae-v5", "fibrinogen"): _fibrinogen,
    ("ctcae-v5", "fever"): _all_sides(temp_c=(38, 39, 40), hours=(24,)),
    ("ctcae-v5", "febrile_neutropenia"): _all_sides(anc_e9_l=(1,), single_temp_c=(38.3,)),
    ("clasi", "band"): _all_sides(activity=(10, 21)),
    ("clasi", "CLASI-50"): _halved((10,)),
    **_over(("Joint-50", "Joint-50_from_6"), "joints-28", _halved((4, 6))),
    **_over((*renal_response.VARIANTS,), "renal-response", _renal),
    ("serology", "default"): _serology,
    ("hypogammaglobulinemia", "band"): _igg,
    **_over(hys_law.VARIANTS, "hys-law", _hys),
    **_over(("injection_label", "older_label"), "fludarabine-renal", _all_sides(clearance_ml_min=(30, 50, 70, 80))),
    ("b-cells", "pct"): _all_sides(cd19_pct_lymphocytes=(1,)),
    ("sdi", "duration"): _all_sides(duration_months=(6,)),
}  # fmt: skip
"""(instrument, variant) -> the features of a table that decide its answer."""
