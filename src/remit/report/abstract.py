"""The structured abstract in Markdown: proportions as x/n with their exact interval, zero counts with what they allow.

It says only what results and protocol hold; what a congress or a journal will ask for beyond that is listed below it as
missing, never filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from remit.analysis.result import Result
from remit.protocol import Protocol
from remit.report.checklist import checklist
from remit.report.shelf import Shelf, shown


def abstract(
    protocol: Protocol, derived: Mapping[str, pl.DataFrame], results: Sequence[Result], notice: str | None = None
) -> str:
    """The abstract and its checklist as Markdown; the same input gives the same text.

    notice   a warning about the data themselves (invented, blinded, draft), which stands first
    """
    shelf = Shelf(results)
    parts = {
        "Background": " ".join(_background(protocol)),
        "Methods": " ".join(_methods(protocol)),
        "Results": " ".join(_results(protocol, shelf)),
        "Conclusions": " ".join(_conclusions(protocol, shelf)),
    }
    lines = [f"# {protocol.title}", ""]
    if notice:
        lines += [f"> **{notice}**", ""]
    for name, text in parts.items():
        lines += [f"**{name}.** {text}", ""]
    if protocol.identification.registry:
        lines += [
            f"**Registration.** {', '.join(f'{r.registry} {r.number}' for r in protocol.identification.registry)}",
            "",
        ]
    return "\n".join([*lines, *checklist(protocol, shelf, parts), ""])


def _background(protocol: Protocol) -> Iterable[str]:
    product = protocol.product
    kind = " ".join(
        x for x in (product.source, f"{product.target}-directed" if product.target else "", product.kind) if x
    )
    yield f"{product.name} ({kind}) is studied in {_lower(protocol.disease.name)}."
    primary = [o.text.rstrip(".") for o in protocol.objectives if o.importance == "primary"]
    if primary:
        yield f"Primary objective: {'; '.join(_lower(p) for p in primary)}."


def _methods(protocol: Protocol) -> Iterable[str]:
    phase = protocol.identification.phase
    yield f"{f'{phase} trial' if phase else 'Trial'}, {_design(protocol)}."
    doses = [f"{level.name} {dose(level)}" for level in protocol.levels]
    heading = "Arms" if protocol.levels_are == "arms" else "Dose levels"
    yield f"{heading}: {', '.join(doses)}; {protocol.schedules[0].label}."
    if protocol.conditioning:
        agents = [
            f"{a.drug} {a.amount:g} {a.unit} on days {', '.join(map(_signed, a.days))}" for a in protocol.conditioning
        ]
        yield f"Conditioning: {' and '.join(agents)}."
    if protocol.dlt is not None:
        anchor = protocol.dlt.anchor.replace("-", " ")
        yield f"Dose-limiting toxicity was assessed for {protocol.dlt.window_days} days from the {anchor}."
    states = [e.label for e in protocol.headline if e.kind in ("state", "response")]
    if states:
        yield f"Activity endpoints: {', '.join(states)}; a subject without an answer is not evaluable."
    level = f"{protocol.rules.interval_level:.0%}".replace("%", " %")
    method, end = protocol.rules.interval.replace("-", "–").title(), protocol.rules.follow_up_to.replace("-", " ")
    yield f"Proportions carry {method} {level} intervals; follow-up ends at the {end}."


def _design(protocol: Protocol) -> str:
    if protocol.levels_are == "arms":
        return "parallel arms"
    escalation = protocol.escalation or next((p.escalation for p in protocol.parts if p.escalation), None)
    return f"single arm, dose escalation ({escalation.design})" if escalation else "single arm"


def dose(level: object) -> str:
    """The planned dose of one infusion in plain text."""
    amount, unit = level.dose.amount, level.dose.unit  # type: ignore[attr-defined]
    if amount is None:
        return "by body weight"
    return f"{amount:g} × {unit}" if unit.startswith("10^") else f"{amount:g} {unit}"


def _results(protocol: Protocol, s: Shelf) -> Iterable[str]:
    verb = "treated" if protocol.levels_are == "arms" else "infused"
    levels = [
        f"{level.name} {_text(s, f'exposure/{level.key}/count')}"
        for level in protocol.levels
        if s.positive(f"exposure/{level.key}/count")
    ]
    if s.has("disposition/infused/count") and not s.positive("disposition/infused/count"):
        yield f"No subject had been {verb}, so there are no results."
        return
    if s.has("disposition/infused/count"):
        by_level = f" ({', '.join(levels)})" if levels else ""
        yield f"{_text(s, 'disposition/infused/count')} subjects were {verb}{by_level}."
    people = [
        f"{label} {_spread(s, f'baseline/{key}')}{unit}"
        for key, label, unit in BASELINE
        if s.has(f"baseline/{key}/median")
    ]
    if people:
        yield f"At baseline, median (range): {'; '.join(people)}."
    if s.has("follow-up/months/median"):
        reverse = "follow-up/reverse-kaplan-meier-months/median"
        extra = f"; reverse Kaplan–Meier median {_text(s, reverse)}" if s.has(reverse) else ""
        yield f"Median follow-up was {_spread(s, 'follow-up/months')} months{extra}."
    yield from _safety(protocol, s)
    yield from _activity(protocol, s)
    if s.has("b-cells/reconstitution-months/median"):
        stem = "b-cells/reconstitution-months"
        seen = _text(s, f"{stem}/n")
        yield f"B cells returned after a median of {_spread(s, stem)} months in the {seen} subjects observed to return."


BASELINE = (
    ("age-years", "age", " years"),
    ("disease-duration-years", "disease duration", " years"),
    ("sledai-2k", "SLEDAI-2K", ""),
    ("prednisone-mg", "prednisone equivalent", " mg/d"),
)
SAFETY = (
    ("safety/dlt", "Dose-limiting toxicity"),
    ("safety/crs/any", "cytokine release syndrome"),
    ("safety/icans/any", "ICANS"),
    ("safety/infection", "infection"),
    ("safety/sae/any", "serious adverse events"),
    ("safety/grade-3-or-more/any", "events of grade 3 or more"),
    ("safety/teae/any", "any treatment-emergent event"),
)


def _safety(protocol: Protocol, s: Shelf) -> Iterable[str]:
    said = []
    for stem, label in SAFETY:
        key = s.first(f"{stem}/proportion", f"{stem}/count")
        if key and not (stem == "safety/dlt" and protocol.dlt is None):
            grades = [g for g in range(1, 6) if s.positive(f"{stem.removesuffix('/any')}/grade-{g}/count")]
            only = (
                f", all grade {grades[0]}"
                if len(grades) == 1 and stem in ("safety/crs/any", "safety/icans/any")
                else ""
            )
            said.append(f"{label} {counted(s, key)}{only}{_by_level(protocol, s) if stem == 'safety/dlt' else ''}")
    if said:
        yield f"{'; '.join(said)}."


def _by_level(protocol: Protocol, s: Shelf) -> str:
    found = [
        (level.name, r)
        for level in protocol.levels
        if (r := s.get(f"safety/dlt/{level.key}/proportion")) and r.denominator
    ]
    return f" (by level: {', '.join(f'{name} {r.n}/{r.denominator}' for name, r in found)})" if found else ""


def _activity(protocol: Protocol, s: Shelf) -> Iterable[str]:
    for group in protocol.follow_up_groups:
        found = [
            f"{e.label} {counted(s, f'efficacy/{e.key}/{group.key}/proportion')}"
            for e in protocol.headline
            if s.has(f"efficacy/{e.key}/{group.key}/proportion")
        ]
        if found:
            of = f" of {_text(s, 'disposition/infused/count')}" if s.has("disposition/infused/count") else ""
            size = s.get(f"efficacy/{group.key}/count")
            carried = f"{size.n}{of}" if size is not None and size.n is not None else "those"
            yield f"Among {carried} {group.label}, at the last visit: {'; '.join(found)}."


def _conclusions(protocol: Protocol, s: Shelf) -> Iterable[str]:
    if s.has("disposition/infused/count") and not s.positive("disposition/infused/count"):
        yield "None yet."
        return
    dlt = s.get("safety/dlt/proportion")
    if protocol.dlt is not None and dlt is not None and dlt.n is not None:
        seen = "No dose-limiting toxicity was seen" if dlt.n == 0 else f"Dose-limiting toxicity was seen in {dlt.n}"
        upper = s.upper("safety/dlt/proportion")
        yield f"{seen} among {dlt.denominator} evaluable subjects; the data allow a rate up to {upper} %."
    for group in protocol.follow_up_groups:
        size = s.get(f"efficacy/{group.key}/count")
        if size is not None and size.n is not None and s.has("disposition/infused/count"):
            everybody = _text(s, "disposition/infused/count")
            yield f"Activity rests on {size.n} of {everybody} subjects ({group.label}); the intervals are wide."
    if not any(s.has(f"efficacy/{g.key}/count") for g in protocol.follow_up_groups) and dlt is None:
        yield "To be written: the results above make no claim beyond their intervals."


def counted(s: Shelf, id: str) -> str:
    """A proportion as printed; a zero count adds what the exact upper bound still allows, where the result says it."""
    result = s.get(id)
    if result is None:
        return "–"
    bound = result.note.partition("upper bound ")[2].split(" %")[0] if result.n == 0 else ""
    return (
        f"{shown(result)[:-1]}; one-sided 95 % upper bound {bound} %)"
        if bound and shown(result).endswith(")")
        else shown(result)
    )


def _text(s: Shelf, id: str) -> str:
    result = s.get(id)
    return shown(result).partition(" (")[0] if result else "–"


def _spread(s: Shelf, stem: str) -> str:
    return f"{_text(s, f'{stem}/median')} ({_text(s, f'{stem}/min')}–{_text(s, f'{stem}/max')})"


def _signed(day: int) -> str:
    return str(day).replace("-", "−")


def _lower(text: str) -> str:
    """The first letter small, unless the word is an abbreviation."""
    return text if len(text) > 1 and text[1].isupper() else text[:1].lower() + text[1:]
