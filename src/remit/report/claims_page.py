"""The page about printed numbers: what can be true together, what is forced, what stays open, and the sums behind it.

Arithmetic comes first and nobody is accused: a verdict does not say how a number came to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

from markupsafe import Markup

from remit.evidence.claims import Claims, Publication
from remit.evidence.derived import Fact
from remit.evidence.judged import ALL_TRUE, Checked, Judged, in_words
from remit.evidence.printed import base_reading
from remit.evidence.reconcile import Reconciled
from remit.report.templating import asset, environment

PLAIN = (
    "A verdict is about arithmetic alone. It does not say how a number came to be: typing errors, other data cuts and "
    "excluded patients look alike from here."
)
WORDS = {
    "possible": "These numbers can all be true together",
    "impossible": "Some of these numbers cannot be true together",
    "undecided": "Not decided in the time given",
    "reconciled": "The two reports can be reconciled",
}
VERDICTS = {
    "impossible": "cannot hold together with what is named beside it",
    "forced": "the other numbers leave nothing else",
    "undetermined": "the other numbers leave a range",
    "not-reported": "nothing printed bears on it",
}


UNITS = {
    "interval": " %",
    "upper-bound": " %",
    "all-patients": " %",
    "if-none": " %",
    "difference": " percentage points",
    "person-time": " months",
    "longest-follow-up": " months",
    "enrolment-window-days": " days",
}


@dataclass(frozen=True)
class Bar:
    """One range on a scale, from 0 to 100 percent of its width; `mark` is the printed number, None where none is."""

    name: str
    left: float
    width: float
    mark: float | None
    text: str
    ends: tuple[str, str]


@dataclass(frozen=True)
class Card:
    """One statement: what was printed, the sum, the verdict, and what it leans on."""

    name: str
    said: str
    verdict: str
    kind: str
    arithmetic: str
    range: str
    why: str
    leans: Sequence[str]
    note: str = ""


@dataclass(frozen=True)
class Part:
    """A section of the page; what it lacks is empty."""

    title: str
    said: str = ""
    bars: Sequence[Bar] = ()
    cards: Sequence[Card] = ()
    facts: Sequence[tuple[str, str, str]] = ()
    items: Sequence[str] = field(default=())


def claims_page(claims: Claims, checked: Checked) -> str:
    """The page about one document as HTML."""
    judged = list(checked.statements)
    parts = [
        _ranges(judged),
        _intervals(checked.derived),
        Part(
            "Statement by statement",
            "Each with its sum, its verdict beside the others, and the assumptions that the verdict leans on.",
            cards=[_card(claims, one) for one in judged],
        ),
        Part(
            "What follows without being printed",
            "Exact limits, bounds for counts of none, and what the numbers force on each other.",
            facts=[(fact.id, _value(fact), fact.why) for fact in checked.derived],
        ),
        Part("What was assumed", "Another choice may give another verdict.", items=_assumed(judged)),
    ]
    lead = ["" if checked.why == ALL_TRUE else checked.why, _named(checked)]
    return _page(claims.head.publication, f"{claims.n} patients", checked.verdict, lead, parts)


def reconcile_page(first: Claims, second: Claims, reconciled: Reconciled) -> str:
    """The page about two reports of one trial as HTML."""
    rows = [
        (f"{e.size} change{'' if e.size == 1 else 's'}", e.words, ", ".join(f"{k} {v}" for k, v in e.counts.items()))
        for e in reconciled.explanations
    ]
    parts = [
        Part("The two reports", facts=[_report("earlier", first), _report("later", second)]),
        Part("What changed in print", items=reconciled.changed),
        Part(
            "Explanations, the smallest first",
            "A patient who left or joined, an event recorded differently in a patient, and a changed definition count "
            "one each. Which of them happened cannot be told from the numbers.",
            facts=rows,
        ),
        Part("What was not compared", items=reconciled.left_over),
        Part("What was assumed", items=reconciled.assumptions),
    ]
    patients = f"{first.n} and {second.n} patients"
    return _page(second.head.publication, patients, reconciled.verdict, [reconciled.why], parts)


def _page(about: Publication, patients: str, verdict: str, lead: Iterable[str], parts: Iterable[Part]) -> str:
    where = [word for word in (about.source, str(about.printed or ""), about.doi, about.url) if word]
    return (
        environment()
        .get_template("claims_page.html")
        .render(
            title="What can be true",
            about=about.title or "",
            where=" · ".join(where),
            patients=patients,
            headline=WORDS.get(verdict, "The two reports cannot be reconciled under these assumptions"),
            lead=[text for text in lead if text],
            plain=PLAIN,
            parts=[part for part in parts if part.bars or part.cards or part.facts or part.items],
            version=version("remit"),
            style=Markup(asset("page.css") + asset("claims.css")),
        )
    )


def _ranges(judged: Iterable[Judged]) -> Part:
    """Numbers of patients that the other statements leave, each on its own scale."""
    bars = []
    for one in judged:
        if one.range is None or not one.unit:
            continue
        if one.scale is not None and one.scale[0] < one.scale[1]:
            bars.append(_bar(one.id, one.range, one.scale, one.printed, _range_words(one)))
    said = "Bar: what the other statements leave. Dot: what is printed. Each line has its own scale."
    return Part("What the other numbers leave open", said, bars=bars)


def _intervals(facts: Iterable[Fact]) -> Part:
    bars = []
    for fact in facts:
        if fact.range is not None and fact.id.endswith("/interval"):
            share = fact.why.split(";", 1)[0]
            text = f"{share}, limits {_number(fact.range[0], 1)} to {_number(fact.range[1], 1)} %"
            mark = float(share.rsplit("=", 1)[1].strip(" %"))
            bars.append(_bar(fact.id.rsplit("/", 1)[0], fact.range, (0, 100), mark, text, " %"))
    said = "Exact (Clopper-Pearson) 95 % limits of every printed count. Dot: the printed share."
    return Part("How sure the shares are", said, bars=bars)


def _bar(
    name: str,
    ends: tuple[float, float],
    scale: tuple[float, float],
    mark: float | None,
    text: str,
    unit: str = "",
) -> Bar:
    low, high = scale

    def place(value: float) -> float:
        return 100 * (value - low) / (high - low)

    shown = (f"{_number(low)}{unit}", f"{_number(high)}{unit}")
    left, right = place(ends[0]), place(ends[1])
    return Bar(name, left, right - left, None if mark is None else place(mark), text, shown)


def _card(claims: Claims, one: Judged) -> Card:
    statement = next(s for s in claims.statements if s.id == one.id)
    size = claims.size(statement.sets()[0]) if statement.sets() else claims.n
    reading = claims.readings(base_reading(claims.assumptions.rounding))
    said = statement.says()
    why = one.why.removeprefix(f"{said}: ")
    return Card(
        one.id,
        said,
        one.verdict.replace("-", " "),
        one.verdict,
        statement.arithmetic(size, reading),
        _range_words(one) if one.range is not None else "",
        why[:1].upper() + why[1:],
        one.assumptions,
        statement.note or "",
    )


def _named(checked: Checked) -> str:
    if not checked.conflict:
        return ""
    return f"Named together: {', '.join(checked.conflict)}. At least one of these numbers is other than printed, or an \
assumption does not hold."


def _assumed(judged: Iterable[Judged]) -> list[str]:
    found: dict[str, list[str]] = {}
    for one in judged:
        for text in one.assumptions:
            found.setdefault(text, []).append(one.id)
    return [f"{text} ({', '.join(ids)})" for text, ids in found.items()]


def _report(which: str, claims: Claims) -> tuple[str, str, str]:
    about = claims.head.publication
    said = "; ".join(f"{s.id}: {s.says()}" for s in claims.statements)
    return which, f"{about.title or about.source or 'untitled'}: {claims.n} patients", said


def _range_words(one: Judged) -> str:
    assert one.range is not None
    return in_words(*one.range, one.unit) + ("" if one.printed is None else f" (printed: {_number(one.printed)})")


def _value(fact: Fact) -> str:
    kind = next((part for part in fact.id.split("/") if part in UNITS), "")
    unit = UNITS.get(kind, "")
    if fact.range is not None:
        low, high = (_number(end) for end in fact.range)
        return (low if low == high else f"{low} to {high}") + unit
    return _number(fact.value) + unit if isinstance(fact.value, int | float) else str(fact.value or "")


def _number(value: float, decimals: int | None = None) -> str:
    return f"{value:.4g}" if decimals is None else f"{value:.{decimals}f}"
