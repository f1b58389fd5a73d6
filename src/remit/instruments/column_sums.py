"""Scores that are computed rather than decided, for all rows of a table at once: sums of weights, ratios, roots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import polars as pl

from remit.criteria import TOLERANCE
from remit.instruments import bilag_2004, clasi, joints, pga, prednisone, sle_das, sledai_2k
from remit.instruments.column_features import column, lists_any, r_value

Sums = Callable[[pl.DataFrame], dict[str, pl.Expr]]


def _listed(table: pl.DataFrame, name: str) -> pl.Expr:
    """A list of findings: absent or null is empty."""
    empty = pl.lit([], dtype=pl.List(pl.String))
    return pl.col(name).fill_null([]) if name in table.columns else empty


def _points(codes: pl.Expr, weights: Mapping[str, float]) -> pl.Expr:
    """Sum of the weights of the distinct codes of a list."""
    points = pl.element().replace_strict(dict(weights), default=0, return_dtype=pl.Float64)
    return codes.list.unique().list.eval(points).list.sum().fill_null(0)


def _sledai(table: pl.DataFrame) -> dict[str, pl.Expr]:
    clinical = {code: w for code, w in sledai_2k.WEIGHTS.items() if code not in sledai_2k.SEROLOGY_ITEMS}
    active, missing = _listed(table, "active"), _listed(table, "missing")
    low, open_points = _points(active, sledai_2k.WEIGHTS), _points(missing, sledai_2k.WEIGHTS)
    clinical_low, clinical_open = _points(active, clinical), _points(missing, clinical)
    return {
        "total": pl.when(open_points == 0).then(low).cast(pl.Int64),
        "clinical": pl.when(clinical_open == 0).then(clinical_low).cast(pl.Int64),
        "min": low.cast(pl.Int64),
        "max": (low + open_points).cast(pl.Int64),
    }


def _pga(table: pl.DataFrame) -> dict[str, pl.Expr]:
    top = column(table, "scale", pl.String).replace_strict(pga.SCALES, default=None, return_dtype=pl.Float64)
    return {"pga_0_3": pl.when(column(table, "value").is_between(0, top)).then(column(table, "value") * 3.0 / top)}


def _numeric(coding: str) -> Sums:
    def sums(table: pl.DataFrame) -> dict[str, pl.Expr]:
        points = bilag_2004.CODINGS[coding]
        letters = pl.col("grades")
        worth = pl.element().replace_strict(points, default=0, return_dtype=pl.Float64)
        low = letters.list.eval(worth).list.sum()
        unknown = letters.list.eval(pl.element().is_null().cast(pl.Float64)).list.sum()
        return {
            "score": pl.when(unknown == 0).then(low).cast(pl.Int64),
            "min": low.cast(pl.Int64),
            "max": (low + unknown * points["A"]).cast(pl.Int64),
        }

    return sums


def _das(from_joints: bool) -> Sums:
    def sums(table: pl.DataFrame) -> dict[str, pl.Expr]:
        flags = _listed(table, "flags")
        swollen, protein = column(table, "sjc28"), column(table, "proteinuria_mg")
        platelets, white = column(table, "platelets"), column(table, "wbc")
        both = lists_any(table, "flags", ["localized_rash"]) & lists_any(table, "flags", ["generalized_rash"])
        ticked = (swollen >= 1) if from_joints else lists_any(table, "flags", ["arthritis"])
        none = pl.lit(0.0)
        terms = (
            _points(flags, sle_das.WEIGHTS),
            pl.when(both.fill_null(False)).then(-sle_das.WEIGHTS["localized_rash"]).otherwise(none),
            pl.when(ticked.fill_null(False)).then(sle_das.ARTHRITIS).otherwise(none),
            sle_das.PER_SWOLLEN_JOINT * swollen.fill_null(0),
            pl.when(protein > 500 + TOLERANCE).then(-17.584 + 3.811 * protein.log()).otherwise(none),
            pl.when(platelets < 100 - TOLERANCE).then(26.105 - 5.577 * platelets.log()).otherwise(none),
            pl.when(white < 3 - TOLERANCE).then(6.118 - 5.058 * white.log()).otherwise(none),
        )
        total = pl.lit(sle_das.INTERCEPT)
        for term in terms:
            total = total + term
        known = swollen.is_not_null() & protein.is_not_null() & platelets.is_not_null() & white.is_not_null()
        band = (
            pl.when(total <= 2.08 + TOLERANCE).then(pl.lit("remission"))
            .when(total <= 7.64 + TOLERANCE).then(pl.lit("mild"))
            .otherwise(pl.lit(sle_das.WORST))
        )  # fmt: skip
        return {
            "score": pl.when(known).then(total),
            "category": pl.when(known | (band == sle_das.WORST)).then(band),
            "flag": pl.when(both.fill_null(False)).then(pl.lit("rash_exclusive")),
        }

    return sums


def _clasi(table: pl.DataFrame) -> dict[str, pl.Expr]:
    """Every listed part and the three others; a null anywhere leaves the score unknown."""
    parts = [pl.col(name) for name in table.columns if name.startswith("areas.")]
    total = pl.lit(0.0)
    for part in (*parts, *(column(table, name) for name in clasi.OTHER)):
        total = total + part
    return {"activity": (total if parts else pl.lit(None, dtype=pl.Float64)).cast(pl.Int64)}


def _prednisone(betamethasone_mg: float) -> Sums:
    def sums(table: pl.DataFrame) -> dict[str, pl.Expr]:
        known = {**prednisone.MG_EQUAL_TO_5_PREDNISONE, "betamethasone": betamethasone_mg}
        name = column(table, "drug", pl.String).str.strip_chars().str.to_lowercase()
        dose = column(table, "mg") * 5.0 / name.replace_strict(known, default=None, return_dtype=pl.Float64)
        return {"prednisone_mg": dose, "lldas_gc": dose <= 7.5 + TOLERANCE}

    return sums


def _surface(table: pl.DataFrame) -> dict[str, pl.Expr]:
    return {"m2": (column(table, "cm") * column(table, "kg") / 3600.0).sqrt()}


def _conditioning(table: pl.DataFrame) -> dict[str, pl.Expr]:
    m2 = (column(table, "cm") * column(table, "kg") / 3600.0).sqrt()
    drugs = {"flu_total_mg": "flu_mg_m2", "cy_total_mg": "cy_mg_m2"}
    return {
        **{name: m2 * column(table, dose) * column(table, "days") for name, dose in drugs.items()},
        "m2": m2,
    }


def _study_day(table: pl.DataFrame) -> dict[str, pl.Expr]:
    day = column(table, "protocol_day")
    return {"study_day": (day + (day >= 0).cast(pl.Int64)).cast(pl.Int64)}


def _joints(rule: str) -> Sums:
    def sums(table: pl.DataFrame) -> dict[str, pl.Expr]:
        painful, tender, swollen, effusion = (
            _listed(table, name) for name in ("painful", "tender", "swollen", "effusion")
        )
        active = {
            "pain_and_any_sign": _union(painful, tender).list.set_intersection(_union(tender, swollen, effusion)),
            "tender_or_swollen": _union(tender, swollen),
            "tender_and_swollen": tender.list.set_intersection(swollen),
            "swelling_needed": _union(swollen, effusion),
        }[rule]
        whole = _listed(table, "not_assessed").list.len() == 0
        counts = {"tender": tender, "swollen": swollen, "active": active}
        return {name: pl.when(whole).then(_union(one).list.len().cast(pl.Int64)) for name, one in counts.items()}

    return sums


def _union(first: pl.Expr, *others: pl.Expr) -> pl.Expr:
    joined = first.list.unique()
    for other in others:
        joined = joined.list.set_union(other)
    return joined


def _ratio(table: pl.DataFrame) -> dict[str, pl.Expr]:
    return {"r_value": r_value(table)}


def _clearance(table: pl.DataFrame) -> dict[str, pl.Expr]:
    return {"clearance": pl.col("clearance_ml_min")} if table.columns == ["clearance_ml_min"] else {}


def _over(names: Iterable[str], key: str, sums: Sums) -> dict[tuple[str, str], Sums]:
    return {(key, name): sums for name in names}


SUMS: Final[dict[tuple[str, str], Sums]] = {
    **_over(("default", "strict_missing"), "sledai-2k", _sledai),
    ("pga", "convert"): _pga,
    **{("bilag-2004", coding): _numeric(coding) for coding in bilag_2004.CODINGS},
    ("sle-das", "default"): _das(True),
    ("sle-das", "arthritis_ticked"): _das(False),
    ("clasi", "activity"): _clasi,
    **_over(("default", "threshold"), "prednisone-equivalent", _prednisone(0.75)),
    ("prednisone-equivalent", "betamethasone_0_6"): _prednisone(0.6),
    ("bsa", "mosteller"): _surface,
    ("bsa", "conditioning"): _conditioning,
    ("study-day", "cdisc"): _study_day,
    **{("joints-28", rule): _joints(rule) for rule in joints.RULES},
    ("hys-law", "fda_2009"): _ratio,
    ("hys-law", "above_3"): _ratio,
    ("fludarabine-renal", "injection_label"): _clearance,
    ("fludarabine-renal", "older_label"): _clearance,
}
"""(instrument, variant) -> the outputs that are computed for all rows at once."""
