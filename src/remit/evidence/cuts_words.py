"""What changed between two cuts, in words: a short reason for each number, and for each cause the numbers it moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from remit.analysis import Result
from remit.evidence.candidates import Ids
from remit.evidence.cuts import Explained, Moved
from remit.evidence.record_changes import RecordChange

# More single records than this are told by subject.
_SINGLE = 30
_NAMED = 3


@dataclass(frozen=True)
class Cause:
    """Something that moved numbers.

    kind     entered, left, subject, record, cutoff, protocol, version
    name     subject, record id, or the path in the protocol
    words    one line about it
    numbers  the numbers that it had a part in, in the order of the explanation
    """

    kind: str
    name: str
    words: str
    numbers: tuple[Moved, ...]


def printed(one: Result | None, other: Result | None) -> tuple[str, str]:
    """Both sides of a number as printed; `not there` for an id that a cut lacks, `none` for a number without value.

    Where they print alike, what differs stands behind: the number out of which, or the unrounded value.
    """
    texts = ["not there" if side is None else side.text or "none" for side in (one, other)]
    if one is None or other is None or one.text != other.text:
        return texts[0], texts[1]
    about: tuple[tuple[str, float | None, float | None], ...] = (
        ("", one.value, other.value),
        ("of ", one.denominator, other.denominator),
        ("n = ", one.n, other.n),
        ("from ", one.interval.low if one.interval else None, other.interval.low if other.interval else None),
        ("to ", one.interval.high if one.interval else None, other.interval.high if other.interval else None),
    )
    word, old, new = next((row for row in about if row[1] != row[2]), ("", None, None))
    return f"{texts[0]} ({word}{_plain(old)})", f"{texts[1]} ({word}{_plain(new)})"


def _plain(value: float | None) -> str:
    return "none" if value is None else f"{value:.6g}"


def causes(explained: Explained) -> tuple[Cause, ...]:
    """Every cause, those first that moved the number at the head of the explanation."""
    members: dict[tuple[str, str], list[Moved]] = {}
    singles = {change.record for one in explained.moved for change in explained.singles(one)}
    single = len(singles) <= _SINGLE
    for one in explained.moved:
        for subject in explained.entered(one):
            members.setdefault((_way(explained, subject), subject), []).append(one)
        for change in explained.singles(one):
            key = ("record", change.record) if single or change.subject is None else ("subject", change.subject)
            if one not in members.setdefault(key, [])[-1:]:
                members[key].append(one)
        for kind, holds in (("cutoff", one.cutoff), ("version", one.version)):
            if holds:
                members.setdefault((kind, ""), []).append(one)
        for path in one.protocol:
            members.setdefault(("protocol", path), []).append(one)
    return tuple(Cause(*key, _about(explained, key, numbers), tuple(numbers)) for key, numbers in members.items())


def because(explained: Explained, one: Moved) -> str:
    """Why a number moved, in a line."""
    if not one.explained:
        return "not explained in the time given"
    said = []
    if one.version:
        said.append("another version of remit")
    if one.cutoff:
        said.append("the cutoff moved")
    said += [f"protocol {path}" for path in one.protocol[:_NAMED]]
    for way in ("entered", "left"):
        people = [subject for subject in explained.entered(one) if _way(explained, subject) == way]
        if people:
            said.append(f"{_listed(people)} {way}")
    singles = explained.singles(one)
    if 0 < len(singles) <= _NAMED:
        said += [changed(change) for change in singles]
    elif singles:
        people = sorted({change.subject or change.table for change in singles})
        said.append(f"{len(singles)} records of {_listed(people)}")
    return "; ".join(said)


def changed(change: RecordChange) -> str:
    """One record change in words."""
    if change.kind in ("collected", "not collected"):
        return f"{change.table} is {change.kind}"
    how = f"{change.kind} ({', '.join(change.columns)})" if change.columns else change.kind
    aside = f", set aside before ({change.aside})" if change.kind == "added" else f", now set aside ({change.aside})"
    return f"{change.record} {how}{aside if change.aside else ''}"


def _about(explained: Explained, key: tuple[str, str], numbers: Sequence[Moved]) -> str:
    kind, name = key
    cuts = explained.before, explained.after
    if kind == "cutoff":
        return f"cutoff {cuts[0].cutoff.isoformat()} → {cuts[1].cutoff.isoformat()}, the same records known"
    if kind == "version":
        return "this version of remit counts otherwise than the report printed"
    if kind == "protocol":
        return f"protocol {name} (version {cuts[0].protocol.version} → {cuts[1].protocol.version})"
    if kind == "record":
        change = explained.changes[name]
        dated = f", dated {change.day}" if change.day else ""
        return f"{changed(change)}{dated}{_by_cutoff([change])}"
    if kind in ("entered", "left"):
        changes = [explained.changes[record] for record in explained.strangers[name]]
        return f"{name} {kind}: {_counted(changes)}{_by_cutoff(changes)}"
    used: Ids = frozenset(change.record for one in numbers for change in explained.singles(one))
    mine = [explained.changes[record] for record in used if explained.changes[record].subject == name]
    return f"{name}: {_counted(mine)}{_by_cutoff(mine)}"


def _by_cutoff(changes: Sequence[RecordChange]) -> str:
    made = sum(change.origin == "cutoff" for change in changes)
    if made == len(changes):
        return ", by the cutoff" if any(change.kind == "changed" for change in changes) else ", between the cutoffs"
    return f", {len(changes) - made} of them edited" if made else ""


def _counted(changes: Sequence[RecordChange]) -> str:
    """ "12 records added (LB 9, RS 3), 1 changed (CM 1)"."""
    said: list[str] = []
    for kind in ("added", "changed", "removed"):
        tables = Counter(change.table for change in changes if change.kind == kind)
        if tables:
            total = tables.total()
            many = f"{total} record{'' if total == 1 else 's'}" if not said else str(total)
            said.append(f"{many} {kind} ({', '.join(f'{t} {n}' for t, n in tables.most_common())})")
    return ", ".join(said)


def _way(explained: Explained, subject: str) -> str:
    first = next(iter(explained.strangers[subject]))
    kinds = {explained.changes[record].kind for record in explained.strangers[subject]}
    return "left" if kinds == {"removed"} or (explained.changes[first].kind == "removed") else "entered"


def _listed(names: Iterable[str]) -> str:
    some = list(names)
    more = f" and {len(some) - _NAMED} more" if len(some) > _NAMED else ""
    return ", ".join(some[:_NAMED]) + more


__all__ = ["Cause", "because", "causes", "changed", "printed"]
