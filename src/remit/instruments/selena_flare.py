"""SELENA-SLEDAI flare index, classic form: one line is enough, severe overrides; compared with the previous visit.

A study found most severe flares that rest on medication alone not clinically severe: the index without the drug lines
is given beside. What counts as a new or worse manifestation is the investigator's entry; a severe one counts only when
it led to a hospital stay or more prednisone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from remit.citations import Citation
from remit.criteria import Truth, all_of, any_of, is_above, is_at_least, is_at_most
from remit.instruments.sri import change

CITATION: Final = Citation(
    "Petri M et al.", 2005, "N Engl J Med 353:2550-8", checked=False,
    note="Mild PGA line: rise of 1.0 or more (one page prints a rise to 1.0). Thresholds read in published tables.",
)  # fmt: skip

MILD_DRUGS: Final = frozenset(("nsaid", "hydroxychloroquine"))
SEVERE_DRUGS: Final = frozenset(("cyclophosphamide", "azathioprine", "methotrexate", "mycophenolate"))
MILD_MANIFESTATIONS: Final = frozenset(
    ("discoid_rash", "photosensitive_rash", "profundus", "cutaneous_vasculitis", "bullous_lupus",
     "nasopharyngeal_ulcers", "pleuritis", "pericarditis", "arthritis", "lupus_fever")
)  # fmt: skip
SEVERE_MANIFESTATIONS: Final = frozenset(
    ("central_nervous", "vasculitis", "nephritis", "myositis", "platelets_below_60", "hemolytic_anemia_severe")
)
"""hemolytic_anemia_severe: hemoglobin below 7 or fallen by more than 3 g/dL."""
VARIANTS: Final = ("default", "pga_to")
FLARES: Final = ("none", "mild_moderate", "severe")


@dataclass(frozen=True, slots=True)
class FlareInput:
    """Previous (`_prev`) and current values; None is unknown. new_drugs: added for activity since then.

    manifestations   new or worse, codes of MILD_MANIFESTATIONS and SEVERE_MANIFESTATIONS; not listed is absent
    led_to_care      the severe manifestation led to a hospital stay, or to prednisone doubled or above 0.5 mg/kg
    """

    sledai_prev: float | None
    sledai: float | None
    pga_prev: float | None
    pga: float | None
    pred_mg_kg_prev: float | None
    pred_mg_kg: float | None
    new_drugs: frozenset[str] | None
    hospitalised_for_sle: Truth
    manifestations: frozenset[str] | None = frozenset()
    led_to_care: Truth = None


@dataclass(frozen=True, slots=True)
class Flare:
    """none, mild_moderate or severe (None: unknown), with and without the drug lines."""

    flare: str | None
    without_drugs: str | None
    because: tuple[str, ...]


def judge(visit: FlareInput, variant: str = "default") -> Flare:
    """Flare at one visit against the previous one.

    variant   pga_to reads the mild line of the global assessment as "risen to 1.0 or more" instead of "by"
    """
    lines = _lines(visit, variant)
    whole = _class(lines)
    undrugged = _class([line for line in lines if not line[0].startswith("drug")])
    if whole is None:
        because = tuple(f"unknown: {sentence}" for sentence, _, truth in lines if truth is None)
    elif whole == "none":
        because = ("no line of the index",)
    else:
        because = tuple(sentence for sentence, line_class, truth in lines if truth and line_class == whole)
    return Flare(whole, undrugged, because)


def _class(lines: list[tuple[str, str, Truth]]) -> str | None:
    severe = any_of(truth for _, line_class, truth in lines if line_class == "severe")
    if severe:
        return "severe"
    mild = any_of(truth for _, line_class, truth in lines if line_class == "mild_moderate")
    if severe is None or mild is None:
        return None
    return "mild_moderate" if mild else "none"


def _named(visit: FlareInput, names: frozenset[str]) -> Truth:
    return None if visit.manifestations is None else bool(visit.manifestations & names)


def _mild_assessment(visit: FlareInput, variant: str) -> tuple[str, str, Truth]:
    if variant == "pga_to":
        risen = all_of((is_above(visit.pga, visit.pga_prev), is_at_least(visit.pga, 1.0)))
        return "PGA risen to ≥ 1", "mild_moderate", all_of((risen, is_at_most(visit.pga, 2.5)))
    risen = is_at_least(change(visit.pga, visit.pga_prev), 1.0)
    return "PGA rise ≥ 1", "mild_moderate", all_of((risen, is_at_most(visit.pga, 2.5)))


def _lines(visit: FlareInput, variant: str) -> list[tuple[str, str, Truth]]:
    risen = is_above(visit.sledai, visit.sledai_prev)
    more_steroid = is_above(visit.pred_mg_kg, visit.pred_mg_kg_prev)
    worse = is_above(visit.pga, visit.pga_prev)
    drugs = visit.new_drugs
    return [
        ("SLEDAI risen to > 12", "severe", all_of((risen, is_above(visit.sledai, 12)))),
        ("PGA risen to > 2.5", "severe", all_of((worse, is_above(visit.pga, 2.5)))),
        ("hospital stay for lupus", "severe", visit.hospitalised_for_sle),
        ("severe manifestation", "severe", all_of((_named(visit, SEVERE_MANIFESTATIONS), visit.led_to_care))),
        ("drug: prednisone raised to > 0.5 mg/kg", "severe", all_of((more_steroid, is_above(visit.pred_mg_kg, 0.5)))),
        ("drug: new immunosuppressant", "severe", None if drugs is None else bool(drugs & SEVERE_DRUGS)),
        (
            "SLEDAI rise ≥ 3",
            "mild_moderate",
            all_of((is_at_least(change(visit.sledai, visit.sledai_prev), 3), is_at_most(visit.sledai, 12))),
        ),
        _mild_assessment(visit, variant),
        ("new or worse manifestation", "mild_moderate", _named(visit, MILD_MANIFESTATIONS | SEVERE_MANIFESTATIONS)),
        ("drug: prednisone increased", "mild_moderate", all_of((more_steroid, is_at_most(visit.pred_mg_kg, 0.5)))),
        ("drug: new NSAID or hydroxychloroquine", "mild_moderate", None if drugs is None else bool(drugs & MILD_DRUGS)),
    ]
