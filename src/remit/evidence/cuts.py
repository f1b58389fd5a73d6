"""Two data cuts of one trial: every number that differs, and what made it so, with nothing left over.

From the earlier state to the later one in three steps, each of them run: the cutoff moves while the records stay as
they were known; the protocol is amended; then every record that differs is changed. What moved a number in a step is a
cause of it. The third step is divided among records by lineage and proven (`evidence.proof`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from remit import derive
from remit.analysis import Result
from remit.errors import InputError
from remit.evidence.candidates import Ids, Lineage
from remit.evidence.proof import How, Proof, Prover, Tell
from remit.evidence.protocol_changes import ProtocolChange, mixed, protocol_changes
from remit.evidence.record_changes import Kind, Mixture, RecordChange, record_changes, with_origins
from remit.evidence.rerun import Rerun, Results, State, same, state
from remit.protocol import Protocol
from remit.records import Records

_NOTHING: Ids = frozenset()
_OPPOSITE: Mapping[Kind, Kind] = {
    "added": "removed",
    "removed": "added",
    "collected": "not collected",
    "not collected": "collected",
}


@dataclass(frozen=True, eq=False)
class Cut:
    """A trial at a cutoff.

    name      what the reader calls it
    records   as collected; what lies after the cutoff is not seen
    printed   results that a report has printed of it, by id, where they and not this version's count
    """

    name: str
    protocol: Protocol
    records: Records
    cutoff: date
    printed: Results | None = None


@dataclass(frozen=True)
class Moved:
    """One number that differs, and why.

    before, after   None where the id is new or vanished
    records         ids of the record changes that moved it
    how, minimal    how well that is proven (see `Proof`)
    cutoff          whether the later cutoff alone moved it, with the same records known
    protocol        paths of the protocol that moved it
    version         whether this version of remit gives another number than the report printed
    """

    id: str
    title: str
    before: Result | None
    after: Result | None
    records: Ids = _NOTHING
    how: How = "alone"
    minimal: bool = True
    cutoff: bool = False
    protocol: tuple[str, ...] = ()
    version: bool = False

    @property
    def explained(self) -> bool:
        """Whether its causes are proven."""
        return self.how != "none"


@dataclass(frozen=True, eq=False)
class Explained:
    """What changed between two cuts.

    moved       every number that differs, those asked for first at the head, then in the order of the report
    results     how many numbers there are in either cut
    changes     every record that differs, by id, whether or not it moved a number
    protocol    every place in which the protocols differ
    strangers   subjects whom only one of the cuts has, with the ids of everything that is recorded of them
    """

    before: Cut
    after: Cut
    moved: tuple[Moved, ...]
    results: int
    changes: Mapping[str, RecordChange]
    protocol: tuple[ProtocolChange, ...] = ()
    strangers: Mapping[str, Ids] = field(default_factory=dict)

    def entered(self, one: Moved) -> tuple[str, ...]:
        """Subjects who came or went and moved a number by that."""
        return tuple(subject for subject in sorted(self.strangers) if self.strangers[subject] <= one.records)

    def singles(self, one: Moved) -> tuple[RecordChange, ...]:
        """The record changes that moved a number, without those of subjects who came or went."""
        whole = _NOTHING.union(*(self.strangers[subject] for subject in self.entered(one)))
        return tuple(self.changes[record] for record in sorted(one.records - whole, key=_natural))

    @property
    def unexplained(self) -> tuple[Moved, ...]:
        """Numbers whose causes could not be proven in the time given."""
        return tuple(one for one in self.moved if not one.explained)


def explain(
    before: Cut,
    after: Cut,
    first: Sequence[str] = (),
    enough: Callable[[], bool] = lambda: False,
    tell: Tell = lambda done, total: None,
) -> Explained:
    """Every number that differs between two cuts, with its causes.

    first    ids of the numbers that matter most
    enough   says when the time for proofs is up; numbers not reached are proven together, those of an analysis at once
    tell     is told how many proofs are done, of how many
    raises   InputError when the two are not one trial
    """
    if before.protocol.id != after.protocol.id:
        raise InputError(
            f"{before.name} is the trial {before.protocol.id} and {after.name} is {after.protocol.id}. "
            "Give two cuts of one trial."
        )
    if after.cutoff < before.cutoff:
        return _turned(explain(after, before, first, enough, tell))
    old, new = (derive.known_by(cut.records, cut.cutoff) for cut in (before, after))
    changes = with_origins(record_changes(old, new), before.records, after.records)
    amended = protocol_changes(before.protocol, after.protocol)
    begin = state(before.protocol, old, before.cutoff)
    end = state(after.protocol, new, after.cutoff)
    waited = begin if before.cutoff == after.cutoff else state(before.protocol, old, after.cutoff)
    ruled = state(after.protocol, old, after.cutoff) if amended else waited
    lineage = Lineage(changes, ruled.derived, end.derived)
    printed = before.printed or begin.results, after.printed or end.results
    moved = _differing(*printed, [*first, *end.results, *begin.results])
    by_records = [id for id in moved if not same(ruled.results.get(id), end.results.get(id))]
    rerun = Rerun(after.protocol, after.cutoff, Mixture(old, new, changes))
    proofs = Prover(rerun, lineage, changes, (ruled, end), enough).prove(by_records, frozenset(first), tell)
    paths = _by_protocol(before, after, old, amended, (waited, ruled), moved) if amended else {}
    found = []
    for id in moved:
        one, other = (results.get(id) for results in printed)
        proof = proofs.get(id, Proof(_NOTHING, "alone", True))
        about = other or one
        assert about is not None
        found.append(
            Moved(
                id,
                about.title,
                one,
                other,
                proof.records,
                proof.how,
                proof.minimal,
                cutoff=not same(begin.results.get(id), waited.results.get(id)),
                protocol=paths.get(id, ()),
                version=not same(one, begin.results.get(id)) or not same(other, end.results.get(id)),
            )
        )
    everything = {change.record: change for change in changes}
    many = len({*printed[0], *printed[1]})
    return Explained(before, after, tuple(found), many, everything, amended, lineage.strangers)


def _differing(old: Results, new: Results, order: Iterable[str]) -> list[str]:
    every = dict.fromkeys([*(id for id in order if id in old or id in new), *new, *old])
    return [id for id in every if not same(old.get(id), new.get(id))]


def _by_protocol(
    before: Cut,
    after: Cut,
    known: Records,
    amended: Sequence[ProtocolChange],
    states: tuple[State, State],
    moved: Sequence[str],
) -> Mapping[str, tuple[str, ...]]:
    """Paths of the protocol that moved each number: places whose reversal alone, or whose change alone, moves it; all
    of them where no single place does.
    """
    old, new = (one.results for one in states)
    ids = [id for id in moved if not same(old.get(id), new.get(id))]
    found: dict[str, list[str]] = {id: [] for id in ids}
    places = frozenset(change.place for change in amended)
    for change in amended if ids else ():
        for chosen, stays in (({change.place}, old), (places - {change.place}, new)):
            protocol = after.protocol if chosen == places else mixed(before.protocol, after.protocol, chosen)
            if protocol is None:
                continue
            results = new if chosen == places else state(protocol, known, after.cutoff).results
            for id in ids:
                if not same(results.get(id), stays.get(id)):
                    found[id] += [path for path in change.paths if path not in found[id]]
    every = tuple(path for change in amended for path in change.paths)
    return {id: tuple(paths) or every for id, paths in found.items()}


def _natural(record: str) -> tuple[tuple[int, str], ...]:
    # LB/…/10 comes after LB/…/9
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in record.split("/"))


def _turned(explained: Explained) -> Explained:
    """The same explanation read from the later cut to the earlier."""
    moved = tuple(replace(one, before=one.after, after=one.before) for one in explained.moved)
    changes = {
        id: replace(change, kind=_OPPOSITE.get(change.kind, change.kind)) for id, change in explained.changes.items()
    }
    return replace(explained, before=explained.after, after=explained.before, moved=moved, changes=changes)
