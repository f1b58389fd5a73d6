"""Skin, joints, damage and classification from rating forms: each sheet turned into its instrument's input and scored.

One function per form; every one gets a subject's sheets in order of day and the last day that can hold a baseline.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from remit.criteria import Answer
from remit.derive.rating_scales import YES_NO, Known, Rating, Scale, asked, judged, known, measured
from remit.instruments import acr_1997, clasi, eular_acr_2019, joints, sdi_items
from remit.protocol import Protocol
from remit.records.rating_sheets import Sheet

Course = Sequence[Sheet]
Judge = Callable[[float | None, float | None], Answer]

CLASI_ACTIVITY = Scale("CLASIA", "CLASI activity", "clasi", "activity")
CLASI_DAMAGE = Scale("CLASID", "CLASI damage", "clasi", "damage")
CLASI_50 = Scale("CLASI50", "CLASI activity fallen by half", "clasi", "CLASI-50", "Y", YES_NO)
TENDER = Scale("TJC28", "Tender joints (28 examined)", "joints-28")
SWOLLEN = Scale("SJC28", "Swollen joints (28 examined)", "joints-28")
ACTIVE = Scale("AJC28", "Active joints (28 examined)", "joints-28")
JOINT_50 = Scale("JOINT50", "Active joints fallen by half", "joints-28", "Joint-50", "Y", YES_NO)
DAMAGE = Scale("SDI", "SLICC/ACR damage index", "sdi", "total")
EULAR_SCORE = Scale("EACR19", "EULAR/ACR 2019 score", "eular-acr-2019")
EULAR = Scale("EACR19YN", "Lupus by EULAR/ACR 2019", "eular-acr-2019", "default", "Y", YES_NO)
ACR_COUNT = Scale("ACR97", "ACR 1997 criteria met", "acr-1997")
ACR = Scale("ACR97YN", "Lupus by ACR 1997", "acr-1997", "default", "Y", YES_NO)


def clasi_rows(protocol: Protocol, course: Course, anchor: date | None) -> Iterator[Rating]:
    """CLASI activity and damage on every sheet that has the part, and CLASI-50 after the baseline."""
    seen: list[tuple[Sheet, Known]] = []
    for sheet in course:
        if sheet.rated("activity"):
            found = _activity(sheet)
            seen.append((sheet, found))
            yield from measured(sheet, CLASI_ACTIVITY, found, sheet.records("activity"))
        if sheet.rated("damage"):
            yield from measured(sheet, CLASI_DAMAGE, _skin_damage(sheet), sheet.records("damage"))
    for scale in asked(protocol, "clasi", "CLASI-50", CLASI_50):
        yield from _responses(scale, seen, anchor, clasi.clasi_50, ("activity",))


def _activity(sheet: Sheet) -> Known:
    missing = sheet.missing("activity")
    low = _activity_with(sheet, False)
    high = _activity_with(sheet, True) if missing else low
    said = [f"{item.test} {sheet.items[item.name]:g}" for item in sheet.said("activity")]
    return known(sheet, "activity", low, high, said, missing)


def _activity_with(sheet: Sheet, worst: bool) -> int:
    """The score with every unknown item at its most, or at 0."""
    value = _filled(sheet, "activity", worst)
    areas = {area: {sign: value[f"{sign} {area}"] for sign in clasi.LESION} for area in clasi.AREAS}
    total = clasi.activity(areas, {name: value[name] for name in clasi.OTHER})
    assert total is not None
    return total


def _skin_damage(sheet: Sheet) -> Known:
    def value(name: str) -> int | None:
        if name in sheet.items:
            return int(sheet.items[name])
        return 0 if "damage" in sheet.closed and name not in sheet.unknown else None

    areas = {
        area: {sign: value(f"{sign} {area}") for sign in clasi.DAMAGE if (sign, area) != ("scarring", "scalp")}
        for area in clasi.AREAS
    }
    _, low, high = clasi.damage(areas, value("scalp_scarring"), sheet.truth("lasts_a_year"))
    said = [f"{item.test} {sheet.items[item.name]:g}" for item in sheet.said("damage")]
    missing = [name for name in sheet.missing("damage") if name != "lasts_a_year"]
    if sheet.truth("lasts_a_year") is None and low != high:
        missing.append("whether dyspigmentation lasts a year")
    return known(sheet, "damage", low, high, said, missing)


def _filled(sheet: Sheet, part: str, worst: bool) -> Mapping[str, int]:
    found = {}
    for item in sheet.of(part):
        value = sheet.value(item)
        found[item.name] = int((item.high if worst else 0) if value is None else value)
    return found


def joint_rows(protocol: Protocol, course: Course, anchor: date | None) -> Iterator[Rating]:
    """Tender, swollen and active joints on every sheet, and the fall of the active ones after the baseline."""
    choice = protocol.instruments.get("joints-28")
    rule = choice.variant if choice is not None and choice.variant in joints.RULES else "pain_and_any_sign"
    seen: list[tuple[Sheet, Known]] = []
    for sheet in course:
        ends = examined(sheet, rule)
        counts = {sign: joint_count(sheet, sign, ends) for sign in ("tender", "swollen")}
        for scale, sign in ((TENDER, "tender"), (SWOLLEN, "swollen")):
            if sheet.rated(sign):
                yield from measured(sheet, scale, counts[sign], sheet.records(sign))
        low, high = _active(rule, counts["tender"], counts["swollen"])
        low, high = max(low, ends[0].active or 0), min(high, ends[1].active or 0)
        missing = [*sheet.missing("tender"), *sheet.missing("swollen")]
        found = known(sheet, "active", low, high, (rule.replace("_", " "),), missing)
        seen.append((sheet, found))
        yield from measured(sheet, ACTIVE._replace(VARIANT=rule), found, sheet.records("tender", "swollen"))
    for variant, least_joints, usual in (("Joint-50", 4, JOINT_50), ("Joint-50_from_6", 6, None)):

        def fallen(base: float | None, now: float | None, least_joints: int = least_joints) -> Answer:
            return joints.joint_50(base, now, least_joints)

        for scale in asked(protocol, "joints-28", variant, usual):
            yield from _responses(scale, seen, anchor, fallen, ("tender", "swollen"))


def joint_count(sheet: Sheet, sign: str, ends: tuple[joints.Counts, joints.Counts]) -> Known:
    """Tender or swollen joints of a sheet, from `examined`."""
    low, high = (end.tender if sign == "tender" else end.swollen for end in ends)
    found = [item.name.removeprefix(f"{sign} ") for item in sheet.said(sign)]
    missing = [name.removeprefix(f"{sign} ") for name in sheet.missing(sign)]
    return known(sheet, sign, low or 0, high or 0, found, missing)


def _active(rule: str, tender: Known, swollen: Known) -> tuple[float, float]:
    """Fewest and most active joints that two counts allow, whichever joints they are; the form asks for no pain."""
    everywhere = float(len(joints.JOINTS))
    match rule:
        case "tender_or_swollen":
            return max(tender.low, swollen.low), min(everywhere, tender.high + swollen.high)
        case "tender_and_swollen":
            return max(0.0, tender.low + swollen.low - everywhere), min(tender.high, swollen.high)
        case "swelling_needed":
            return swollen.low, swollen.high
        case _:
            return tender.low, tender.high


def examined(sheet: Sheet, rule: str = "swelling_needed") -> tuple[joints.Counts, joints.Counts]:
    """The counts with every unknown joint as without a sign, and as it would add most."""
    there, missing = (
        {sign: frozenset(name.removeprefix(f"{sign} ") for name in names(sign)) for sign in ("tender", "swollen")}
        for names in (sheet.present, sheet.missing)
    )
    least = joints.count(joints.Examination(tender=there["tender"], swollen=there["swollen"]), rule)
    if not any(missing.values()):
        return least, least
    tender, swollen = (there[sign] | missing[sign] for sign in ("tender", "swollen"))
    return least, joints.count(joints.Examination(tender=tender, swollen=swollen), rule)


def damage_rows(protocol: Protocol, course: Course, anchor: date | None) -> Iterator[Rating]:
    """The damage index on every sheet."""
    for sheet in course:
        points = {item.name: int(sheet.items[item.name]) for item in sheet.said("damage")}
        missing = sheet.missing("damage")
        found = sdi_items.total(points, missing)
        said = [f"{name} {value}" for name, value in points.items()]
        score = known(sheet, "damage", found.low, found.high, said, missing)
        yield from measured(sheet, DAMAGE, score, sheet.records("damage"))


def eular_rows(protocol: Protocol, course: Course, anchor: date | None) -> Iterator[Rating]:
    """Score and answer of the 2019 classification, from everything recorded up to and on the sheet's day."""
    titers: list[float] = []
    for sheet, present, missing, sources in _ever(course, ("items", "titer")):
        titers += [sheet.items[name] for name in ("ana_titre",) if name in sheet.items]
        found = eular_acr_2019.classify(max(titers, default=None), present, missing)
        # the score holds the points established: what was never looked for, such as a biopsy, adds none and is named
        open_items = missing if found.sle else frozenset()
        said = tuple(f"never looked for: {item}" for item in eular_acr_2019.ITEMS if item in open_items)
        yield Rating(sheet, EULAR_SCORE, found.score, (*found.because, *said), sources)
        for scale in asked(protocol, "eular-acr-2019", "default", EULAR):
            yield Rating(sheet, scale, found.sle, found.because, sources)


def acr_rows(protocol: Protocol, course: Course, anchor: date | None) -> Iterator[Rating]:
    """Criteria met of 1997 and the answer, from everything recorded up to and on the sheet's day."""
    for sheet, present, missing, sources in _ever(course, ("items",)):
        found = acr_1997.classify(present, missing)
        because = tuple(one.replace("_", " ") for one in found.because)
        yield Rating(sheet, ACR_COUNT, found.count, because, sources)
        for scale in asked(protocol, "acr-1997", "default", ACR):
            yield Rating(sheet, scale, found.sle, because, sources)


def _ever(
    course: Course, parts: tuple[str, ...]
) -> Iterator[tuple[Sheet, frozenset[str], frozenset[str], tuple[str, ...]]]:
    """Each sheet with what was ever present, what was never looked for, and the records of it and the earlier ones."""
    present: frozenset[str] = frozenset()
    missing: frozenset[str] | None = None
    sources: tuple[str, ...] = ()
    for sheet in course:
        present |= sheet.present("items")
        never = frozenset(sheet.missing("items"))
        missing = never if missing is None else missing & never
        sources = (*sources, *sheet.records(*parts))
        yield sheet, present, missing - present, sources


def _responses(
    scale: Scale, seen: Sequence[tuple[Sheet, Known]], anchor: date | None, judge: Judge, parts: tuple[str, ...]
) -> Iterator[Rating]:
    """The answer on every sheet after the baseline day."""
    before = [one for one in seen if anchor is not None and one[0].day is not None and one[0].day <= anchor]
    last = max((place for place, (_, score) in enumerate(before) if score.value is not None), default=None)
    base = None if last is None else before[last][1]
    # that no later one is the baseline rests on those
    rests = tuple(record for sheet, _ in before[last or 0 :] for record in sheet.records(*parts))
    for sheet, now in seen:
        if anchor is not None and sheet.day is not None and sheet.day > anchor:
            answer = judged(base, now, judge)
            yield Rating(sheet, scale, answer.met, answer.because, (*sheet.records(*parts), *rests))
