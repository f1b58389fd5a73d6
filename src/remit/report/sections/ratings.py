"""Part of section 4: skin, joints, damage and SLE-DAS by visit, categories and halved scores, flares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from remit.protocol import Visit
from remit.report.figures.rating_courses import Panel, rating_courses
from remit.report.material import Material
from remit.report.tables import FOOT, Cell, Row, Table

PANELS = (
    Panel("CLASIA", "clasi-activity", "CLASI activity"),
    Panel("TJC28", "tender-joints", "Tender joints of 28"),
    Panel("SJC28", "swollen-joints", "Swollen joints of 28"),
    Panel("SLEDAS", "sle-das", "SLE-DAS"),
)
MEASURES = (
    ("clasi-activity", "CLASI activity (0–70)"),
    ("clasi-damage", "CLASI damage (0–56)"),
    ("tender-joints", "Tender joints of 28"),
    ("swollen-joints", "Swollen joints of 28"),
    ("sle-das", "SLE-DAS"),
    ("sdi", "Damage index (SLICC/ACR)"),
)
SHARES = (
    ("sle-das-category/{}/remission", "SLE-DAS remission"),
    ("sle-das-category/{}/mild", "SLE-DAS mild activity"),
    ("sle-das-category/{}/moderate-severe", "SLE-DAS moderate or severe"),
    ("clasi-50/{}", "CLASI activity halved, of 10 or more"),
    ("joint-50/{}", "Active joints halved, of 4 or more"),
)
FLARES = (
    ("any", "Any flare (SELENA index)"),
    ("mild-moderate", "Mild or moderate flare"),
    ("severe", "Severe flare"),
    ("any-without-drugs", "Any flare, drug lines left out"),
)
NOTHING = Cell(Markup('<span class="none">–</span>'))


def ratings(m: Material) -> Mapping[str, Any] | None:
    """Figure, tables and facts of the rating forms; None when nobody filled in any."""
    if not any(m.shelf.under(f"activity/{key}/") for key, _ in MEASURES) and not m.shelf.under("flares/"):
        return None
    return {
        "figure": rating_courses(m, PANELS, _title(m)),
        "medians": medians(m),
        "shares": shares(m),
        "flares": flares(m),
        "facts": _facts(m),
    }


def _title(m: Material) -> Markup:
    said = []
    for key, heading in (
        ("clasi-activity", "CLASI activity"),
        ("swollen-joints", "swollen joints"),
        ("sle-das", "SLE-DAS"),
    ):
        before, after = (f"activity/{key}/{time}/median" for time in ("baseline", "last"))
        if m.shelf.has(before) and m.shelf.has(after):
            said.append(Markup("{} {} → {}").format(heading, m.shelf.fraction(before), m.shelf.fraction(after)))
    if not said:
        return Markup("Skin, joints and SLE-DAS over time")
    return Markup("Median from baseline to the last visit: {}").format(Markup(", ").join(said))


def _times(m: Material, stems: list[str], ending: str) -> list[tuple[str, str]]:
    """Keys and headings of the time points at which any of the measures has a value: baseline, visits, last."""
    after: list[Visit] = [visit for visit in m.protocol.visits if visit.day is None or visit.day > 0]
    every = [("baseline", "Baseline"), *((visit.key, visit.label) for visit in after), ("last", "Last visit")]
    return [(key, label) for key, label in every if any(m.shelf.has(stem.format(key) + ending) for stem in stems)]


def medians(m: Material) -> Table | None:
    """Median and range of every score by visit, with n."""
    s = m.shelf
    times = _times(m, [f"activity/{key}/{{}}" for key, _ in MEASURES], "/median")
    rows = []
    for key, label in MEASURES:
        stems = [f"activity/{key}/{time}" for time, _ in times]
        if any(s.has(f"{stem}/median") for stem in stems):
            rows.append(Row(label, [_spread(m, stem) if s.has(f"{stem}/median") else NOTHING for stem in stems]))
        change = f"activity/{key}-change/last"
        if s.has(f"{change}/median"):
            rows.append(Row("change from baseline", [*[NOTHING] * (len(times) - 1), _spread(m, change)], "sub"))
    if not rows:
        return None
    caption = "Skin, joints, SLE-DAS and damage by visit, median (range)"
    return Table("rating-medians", caption, [label for _, label in times], rows, FOOT, "Score")


def _spread(m: Material, stem: str) -> Cell:
    s = m.shelf
    said = Markup('{} <span class="pc">({}–{})</span> <span class="hn">n {}</span>')
    return Cell(said.format(*(s.cell(f"{stem}/{part}") for part in ("median", "min", "max", "n"))))


def shares(m: Material) -> Table | None:
    """SLE-DAS categories and halved scores at every visit, out of those with an answer."""
    s = m.shelf
    times = _times(m, [f"activity/{key}" for key, _ in SHARES], "/proportion")
    rows = []
    for key, label in SHARES:
        ids = [f"activity/{key.format(time)}/proportion" for time, _ in times]
        if any(s.get(id) is not None for id in ids):
            rows.append(Row(label, [Cell(s.cell(id)) if s.has(id) else NOTHING for id in ids]))
    if not rows:
        return None
    caption = "SLE-DAS categories and halved scores by visit, of those who could be judged"
    return Table("rating-shares", caption, [label for _, label in times], rows, FOOT, "Category or response")


def flares(m: Material) -> Table | None:
    """Subjects with a flare after the first infusion, by kind, and by level for any flare."""
    s = m.shelf
    rows = []
    for key, label in FLARES:
        stem = f"flares/{key}"
        if s.get(f"{stem}/count") is None:
            continue
        rows.append(Row(label, [Cell(s.cell(f"{stem}/count")), Cell(s.interval(f"{stem}/count"), "ci")]))
        for level in m.levels:
            if s.get(f"{stem}/{level.key}/count") is not None:
                one = f"{stem}/{level.key}/count"
                rows.append(Row(level.name, [Cell(s.cell(one)), Cell(s.interval(one), "ci")], "sub"))
    if not rows:
        return None
    return Table("flares", "Subjects with a flare since treatment", ["Subjects", "95 % CI, %"], rows, FOOT, "Flare")


def _facts(m: Material) -> list[tuple[str, Markup]]:
    s = m.shelf
    wanted = (
        ("flares/all/flares", "Flares in all"),
        ("flares/all/per-year", "Flares per subject and year"),
        ("time-to/flare/median", "Months to the first flare, median"),
        ("activity/sdi-new/last/count", "New damage at the last assessment"),
    )
    return [(label, s.number(id)) for id, label in wanted if s.get(id) is not None]
