"""What an abstract of an early-phase dose-finding trial should hold, and whether this one does.

The topics follow CONSORT for abstracts (Hopewell et al. 2008) and its extension to dose-finding trials (CONSORT-DEFINE,
2023); the wording is ours and shorter [topics recalled, unverified: check before citing].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from remit.protocol import Protocol
from remit.report.shelf import Shelf

Parts = Mapping[str, str]


@dataclass(frozen=True)
class Item:
    """One topic: where it stands when it is there (empty: it is missing), and what to add when it is not."""

    topic: str
    where: Callable[[Protocol, Shelf, Parts], str]
    add: str


def checklist(protocol: Protocol, shelf: Shelf, parts: Parts) -> list[str]:
    """The checklist as lines of Markdown: every item with its place, or with what to add."""
    rows = []
    for item in ITEMS:
        place = item.where(protocol, shelf, parts)
        rows.append(f"| {item.topic} | {f'present: {place}' if place else f'missing: {item.add}'} |")
    return [
        "## Reporting checklist",
        "",
        "CONSORT for abstracts with its dose-finding extension (CONSORT-DEFINE).",
        "",
        "| item | state |",
        "|---|---|",
        *rows,
    ]


def _has(*ids: str) -> Callable[[Protocol, Shelf, Parts], str]:
    return lambda protocol, shelf, parts: "Results" if shelf.first(*ids) else ""


def _title(protocol: Protocol, shelf: Shelf, parts: Parts) -> str:
    words = protocol.title.lower()
    return (
        "title"
        if any(
            w in words
            for w in ("dose-finding", "dose finding", "dose-escalation", "dose escalation", "phase 1", "phase i")
        )
        else ""
    )


def _doses(protocol: Protocol, shelf: Shelf, parts: Parts) -> str:
    return "Methods" if all(level.dose.amount is not None or level.dose.tiers for level in protocol.levels) else ""


def _assumed_doses(protocol: Protocol, shelf: Shelf, parts: Parts) -> str:
    return "" if any("dose/amount" in a.path for a in protocol.assumed) else "protocol"


def _states(protocol: Protocol, shelf: Shelf, parts: Parts) -> str:
    found = any(shelf.under(f"efficacy/{e.key}/", "/proportion") for e in protocol.endpoints)
    return "Results" if found else ""


def _by_level(protocol: Protocol, shelf: Shelf, parts: Parts) -> str:
    return "Results" if all(shelf.get(f"exposure/{level.key}/count") is not None for level in protocol.levels) else ""


def _left(protocol: Protocol, shelf: Shelf, parts: Parts) -> str:
    return "report, section 1" if shelf.has("disposition/discontinued/count") else ""


def _dlt_by_level(protocol: Protocol, shelf: Shelf, parts: Parts) -> str:
    return "Results" if any(shelf.get(f"safety/dlt/{level.key}/proportion") for level in protocol.levels) else ""


ITEMS: tuple[Item, ...] = (
    Item("Title names an early-phase dose-finding trial", _title, "say “phase 1” or “dose escalation” in the title"),
    Item("Authors and contact", lambda p, s, t: "", "authors and the address of the corresponding author"),
    Item(
        "Trial design: how doses were chosen",
        lambda p, s, t: "Methods" if p.escalation or any(x.escalation for x in p.parts) else "",
        "the escalation design and its stopping rule",
    ),
    Item(
        "Participants: who was eligible, and where",
        lambda p, s, t: "",
        "main eligibility criteria and the settings in which data were collected",
    ),
    Item("Interventions: every dose and schedule", _doses, "the planned dose of each level"),
    Item(
        "Doses stated by the source",
        _assumed_doses,
        "the doses of some levels are assumptions of this protocol document; print the true ones",
    ),
    Item(
        "Objective",
        lambda p, s, t: "Background" if any(o.importance == "primary" for o in p.objectives) else "",
        "the primary objective",
    ),
    Item(
        "Primary outcome and its window",
        lambda p, s, t: "Methods" if p.dlt is not None else "",
        "the definition of dose-limiting toxicity and its window",
    ),
    Item(
        "Expansion or backfill rules",
        lambda p, s, t: "Methods" if any(x.kind == "expansion" for x in p.parts) else "",
        "whether levels were expanded or backfilled, and on what ground",
    ),
    Item("Numbers at each dose", _by_level, "subjects enrolled, infused and analyzed at each level"),
    Item(
        "Recruitment status and dates", lambda p, s, t: "", "first and last enrollment, and whether recruitment goes on"
    ),
    Item("Numbers lost or left out, with reasons", _left, "who left, and why"),
    Item("DLT at each level, with denominator", _dlt_by_level, "DLT as x/n; “none” is not the same as not reported"),
    Item(
        "Recommended dose or maximum tolerated dose",
        lambda p, s, t: "",
        "the dose recommended for the next study, or that none is yet",
    ),
    Item("Outcomes with intervals", _states, "each response as x/n with its exact interval and the time point"),
    Item("Follow-up, with range", _has("follow-up/months/median"), "median follow-up and its range"),
    Item(
        "Harms, also at zero",
        _has("safety/teae/any/proportion", "safety/teae/any/count"),
        "all adverse events, not only those related to the product",
    ),
    Item("Conclusions within the intervals", lambda p, s, t: "Conclusions" if t["Conclusions"] else "", "a conclusion"),
    Item("Registration", lambda p, s, t: "last line" if p.identification.registry else "", "registry and number"),
    Item("Funding", lambda p, s, t: "", "source of funding"),
)
