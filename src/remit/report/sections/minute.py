"""“In one minute”: who, is it safe, does it work, what happens, what to read with care. Only of numbers that exist."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from remit.report.material import Material

# A median of fewer subjects than this is not offered as the headline while an earlier visit has more.
ENOUGH = 5

DOT = Markup(' <span class="dot">·</span> ')


@dataclass(frozen=True)
class Line:
    """One line of the summary: the question, and the sentences that answer it."""

    label: str
    said: tuple[Markup, ...]

    @property
    def text(self) -> Markup:
        """The sentences, one after the other."""
        return DOT.join(self.said)


def minute(m: Material) -> tuple[Line, ...]:
    """The lines that have something to say."""
    lines = (
        Line("Who", tuple(_who(m))),
        Line("Safe so far?", tuple(_safe(m))),
        Line("Does it work?", tuple(_works(m))),
        Line("What happens?", tuple(_happens(m))),
        Line("Read with care", tuple(_care(m))),
    )
    return tuple(line for line in lines if line.said)


def _who(m: Material) -> Iterable[Markup]:
    s = m.shelf
    if s.has("disposition/infused/count"):
        yield Markup("<strong>{} {}</strong>").format(s.fraction("disposition/infused/count"), m.treated)
    for level in m.levels:
        if s.has(f"exposure/{level.key}/count"):
            yield together(level.name, s.fraction(f"exposure/{level.key}/count"))
    if s.has("follow-up/months/median"):
        follow = Markup("followed {} months (range {}–{}").format(
            *(s.number(f"follow-up/months/{k}") for k in ("median", "min", "max"))
        )
        reverse = "follow-up/reverse-kaplan-meier-months/median"
        yield follow + (
            Markup("; reverse Kaplan–Meier {})").format(s.number(reverse)) if s.has(reverse) else Markup(")")
        )


def _safe(m: Material) -> Iterable[Markup]:
    s = m.shelf
    if s.has("safety/crs/any/proportion"):
        graded = _only_grades(m, "safety/crs")
        yield together("CRS", s.number("safety/crs/any/proportion")) + graded
    for label, stem in (
        ("ICANS", "safety/icans/any"),
        ("infection", "safety/infection"),
        ("serious events", "safety/sae/any"),
    ):
        key = s.first(f"{stem}/proportion", f"{stem}/count")
        if key:
            yield together(label, s.number(key))
    if m.protocol.dlt is not None:
        key = s.first("safety/dlt/proportion", "safety/dlt/count")
        if key:
            waiting = "safety/dlt/open-windows/count"
            still = Markup(", {} with an open window").format(s.fraction(waiting)) if s.positive(waiting) else ""
            yield together("dose-limiting toxicity", s.number(key)) + still
    elif s.has("safety/teae/any/proportion"):
        yield Markup("any treatment-emergent event {}").format(s.number("safety/teae/any/proportion"))


def together(label: str, number: Markup) -> Markup:
    """A label and its number that no line break parts on a wide page."""
    return Markup('<span class="nb">{} {}</span>').format(label, number)


def _only_grades(m: Material, stem: str) -> str:
    """ ", all grade 1" where one grade holds all; empty where several do or none."""
    grades = [g for g in range(1, 6) if m.shelf.positive(f"{stem}/grade-{g}/count")]
    return f", all grade {grades[0]}" if len(grades) == 1 else ""


def _works(m: Material) -> Iterable[Markup]:
    s = m.shelf
    for group in m.protocol.follow_up_groups:
        found = [
            together(endpoint.label, s.number(f"efficacy/{endpoint.key}/{group.key}/proportion"))
            for endpoint in m.protocol.headline
            if s.has(f"efficacy/{endpoint.key}/{group.key}/proportion")
        ]
        if found:
            size = f"efficacy/{group.key}/count"
            outside = f"efficacy/{group.key}/not-in-group/count"
            rest = Markup("; {} not yet there").format(s.fraction(outside)) if s.positive(outside) else ""
            yield Markup("among {} {}: {}{}").format(s.fraction(size), group.label, DOT.join(found), rest)


def _happens(m: Material) -> Iterable[Markup]:
    s = m.shelf
    if s.has("b-cells/depletion-day/median"):
        where = Markup(" in {}").format(s.fraction("b-cells/depleted/count")) if s.has("b-cells/depleted/count") else ""
        yield Markup("B cells gone by day {}{}").format(s.number("b-cells/depletion-day/max"), where)
    if s.has("b-cells/reconstitution-months/median"):
        back = s.first("b-cells/returned/count", "b-cells/reconstitution-months/n") or ""
        yield Markup("back after {} months (observed median; {}–{}) in the {} seen to return").format(
            *(s.number(f"b-cells/reconstitution-months/{k}") for k in ("median", "min", "max")), s.fraction(back)
        )
    steroid = course(m, "prednisone-mg")
    if steroid:
        yield Markup("prednisone equivalent {}, mg/d").format(steroid)
    disease = course(m, "sledai-2k")
    if disease:
        yield Markup("SLEDAI-2K {}").format(disease)


def course(m: Material, measure: str) -> Markup | None:
    """Median at baseline → median at the last visit with enough subjects, with its n; None without two of them."""
    s = m.shelf
    start = s.first(f"activity/{measure}/baseline/median", f"baseline/{measure}/median")
    visits = [v.key for v in m.protocol.visits if (v.day or 0) > 0 and s.has(f"activity/{measure}/{v.key}/median")]
    well = [v for v in visits if (n := s.get(f"activity/{measure}/{v}/median")) is not None and (n.n or 0) >= ENOUGH]
    end = "last" if s.has(f"activity/{measure}/last/median") else (well or visits)[-1] if visits else None
    if start is None or end is None:
        return None
    when = "at the last visit" if end == "last" else f"at {m.visit_labels()[end].lower()}"
    return Markup("{} → {} {} (medians; n {})").format(
        s.number(start), s.number(f"activity/{measure}/{end}/median"), when, s.number(f"activity/{measure}/{end}/n")
    )


def _care(m: Material) -> Iterable[Markup]:
    s = m.shelf
    for group in m.protocol.follow_up_groups:
        size = f"efficacy/{group.key}/count"
        if not s.has(size) or not s.has("disposition/infused/count"):
            continue
        said = Markup("{} of {} {} carry the efficacy").format(
            s.fraction(size), s.fraction("disposition/infused/count"), m.treated
        )
        top = m.levels[-1]
        at_top = f"efficacy/{group.key}/{top.key}/count"
        if s.has(at_top):
            said += Markup("; {} of them at {}, where {} were treated").format(
                s.fraction(at_top), top.name, s.fraction(f"exposure/{top.key}/count")
            )
        yield said
    if m.protocol.dlt is not None:
        for level in m.levels[-1:]:
            key = f"safety/dlt/{level.key}/proportion"
            result = s.get(key)
            if result is not None and result.n == 0 and s.upper(key):
                yield Markup("no DLT among {} at {} still allows a rate up to {} %").format(
                    result.denominator, level.name, s.upper(key)
                )
    yield from _variants(m)
    for endpoint in m.protocol.headline:
        for where in ("last", *(group.key for group in m.protocol.follow_up_groups)):
            key = f"efficacy/{endpoint.key}/{where}/not-evaluable"
            if s.positive(key):
                yield Markup("{} not evaluable for {} at the last visit").format(s.fraction(key), endpoint.label)
                break
    if m.unplaced:
        yield Markup("{} of the {} at no level that the protocol declares ({}): in every total, in no column").format(
            len(m.unplaced), m.treated, ", ".join(m.unplaced)
        )
    for count, what in ((m.stamp.left_out, "left out"), (m.stamp.partly, "in the report without some of their rows")):
        if count:
            people = "1 subject is" if count == 1 else f"{count} subjects are"
            yield Markup('{} {} because of data errors: <a href="#methods">How it was done</a>').format(people, what)
    if any(f.severity == "error" for f in m.findings):
        yield Markup('open data errors are listed under <a href="#methods">How it was done</a>')
    if m.protocol.assumed:
        yield Markup('some protocol values are assumed: <a href="#methods">How it was done</a>')


def _variants(m: Material) -> Iterable[Markup]:
    """How far an answer moves when the endpoint is read as other papers print it."""
    s = m.shelf
    levels = {level.key for level in m.protocol.levels}
    for endpoint in m.protocol.headline:
        for group in m.protocol.follow_up_groups:
            stem = f"efficacy/{endpoint.key}/{group.key}/"
            others = [
                r
                for r in s.under(stem, "/proportion")
                if r.value is not None and r.id.removeprefix(stem).removesuffix("/proportion") not in levels
            ]
            ordered = sorted(others, key=lambda r: (r.value or 0, r.id))
            here = s.get(f"{stem}proportion")
            if here is None or not ordered or {r.value for r in ordered} <= {here.value}:
                continue
            yield Markup("{} is {} as defined here, {} to {} by other printed variants").format(
                endpoint.label, *(s.fraction(r.id) for r in (here, ordered[0], ordered[-1]))
            )
