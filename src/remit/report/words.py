"""A result in a sentence, and the definition behind it: the words of panels, notes and copied sentences."""

from __future__ import annotations

from collections.abc import Iterable

from remit.analysis.result import Result
from remit.protocol import Protocol
from remit.report.shelf import shown

# Variants of instruments as a reader would say them; any other variant is shown by its key.
VARIANTS = {
    "gc-lt5": "prednisolone below 5 mg/d",
    "pga-le": "PGA 0.5 or less",
    "clinical-off": "clinical, off treatment (2017)",
    "drug-free": "drug-free",
    "clinical-items-vs-previous": "new activity in clinical items only",
    "investigational-literal": "study product read as a barred drug",
    "sfi-vs-baseline": "new activity as flare against baseline",
    "drug-free-no-antimalarial": "drug-free, without antimalarial",
    "max-new-b-0": "no new B allowed",
    "PERR-BLISSLN": "PERR (BLISS-LN)",
    "CRR-BLISSLN": "complete (BLISS-LN)",
    "CRR-AURORA": "complete (AURORA)",
    "KDIGO-partial": "partial or better (KDIGO)",
    "KDIGO-complete": "complete (KDIGO)",
    "half-or-more": "at least half of the time",
}
# Methods as a reader would say them; any other method is printed as it is.
METHODS = {
    "sas-5": "quantile definition 5 (SAS)",
    "r-7": "quantile definition 7 (R)",
    "Clopper-Pearson": "exact (Clopper–Pearson)",
    "clopper-pearson": "exact (Clopper–Pearson)",
    "Kaplan-Meier": "Kaplan–Meier",
    "Kaplan-Meier, events and censoring exchanged": "Kaplan–Meier with events and censoring exchanged",
    "Turnbull": "Turnbull's estimate",
}
# A number that is only counted, added up or looked up needs no method said.
PLAIN = {"count", "n", "sum", "mean", "median", "min", "max", "sd", "q1", "q3", "value"}
MISSING = {
    "not-evaluable": "a subject without an answer is not evaluable and left out of the denominator",
    "non-responder": "a subject without an answer counts as not met",
    "observed": "only answered visits count",
}
EMERGENT = {
    "conditioning": "treatment-emergent from the first day of conditioning on",
    "treatment": "treatment-emergent from the first treatment on",
    "first-cells": "treatment-emergent from the first infusion of cells on",
}


def sentence(result: Result, protocol: Protocol) -> str:
    """What the number says, complete enough to be read alone."""
    where = [f"population: {set_label(result.population, protocol)}"]
    if result.group not in {"", "all"}:
        where.append(f"group: {group_label(result.group, protocol)}")
    if result.method and result.method != result.statistic:
        where.append(f"method: {method_word(result.method)}")
    return f"{result.title}: {shown(result)} ({'; '.join(where)})."


def definition(result: Result, protocol: Protocol) -> str:
    """What was counted or measured, in the protocol's words; empty when the title already says it."""
    segments = result.id.split("/")
    if segments[0] == "efficacy":
        endpoint = next((e for e in protocol.endpoints if e.key in segments), None)
        if endpoint is not None:
            said = f"{endpoint.label}, instrument {endpoint.instrument}"
            variant = "" if endpoint.variant == "default" else variant_word(endpoint.variant)
            return (
                f"{said}{f', variant {variant}' if variant else ''}; {MISSING.get(endpoint.missing, endpoint.missing)}."
            )
        group = next((g for g in protocol.groups if g.key in segments), None)
        return f"Subjects {group.label}." if group else ""
    if segments[0] == "design":
        return result.note[:1].upper() + result.note[1:].rstrip(".") + "."
    if segments[0] == "safety":
        if "dlt" in segments and protocol.dlt is not None:
            return f"Within {protocol.dlt.window_days} days after the {protocol.dlt.anchor.replace('-', ' ')}."
        since = "treatment" if protocol.levels_are == "arms" else protocol.rules.treatment_emergent_from
        return f"Adverse events, {EMERGENT[since]}."
    if segments[0] == "b-cells" and protocol.b_cells is not None:
        rule = protocol.b_cells
        below, back = f"{rule.depleted_below:g} {rule.unit}", f"{rule.reconstituted_at:g} {rule.unit}"
        return f"Depleted: below {below}; back: at {back} or more."
    if segments[0] == "follow-up":
        until = protocol.rules.follow_up_to.replace("-", " ")
        start = "first treatment" if protocol.levels_are == "arms" else "first infusion of cells"
        return f"From the {start} to the {until}; a month is {protocol.rules.month_days} days."
    return ""


def set_label(key: str, protocol: Protocol) -> str:
    """The label of an analysis set, or the key in words."""
    return next((s.label for s in protocol.analysis_sets if s.key == key), _word(key))


def group_label(key: str, protocol: Protocol) -> str:
    """The label of a group or the name of a level, or the key in words."""
    names = {**{g.key: g.label for g in protocol.groups}, **{level.key: level.name for level in protocol.levels}}
    return names.get(key, _word(key))


def variant_word(key: str) -> str:
    """A variant in words."""
    slug = key.replace("_", "-")
    return VARIANTS.get(slug, slug.replace("-", " "))


def method_word(method: str) -> str:
    """A method in words."""
    return METHODS.get(method, method)


def methods_said(methods: Iterable[str]) -> list[str]:
    """The methods worth naming, each once, in words and in the order met."""
    return list(dict.fromkeys(method_word(method) for method in methods if method and method not in PLAIN))


def _word(key: str | None) -> str:
    return (key or "").replace("-", " ").replace("_", " ")
