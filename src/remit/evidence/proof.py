"""Proof of an explanation: with only the named record changes made, the trial run again gives the new number.

Lineage proposes, the rerun disposes. Where every guess fails, the changes outside it are searched by halving: the
shortest run of them that gives the number ends with one that is needed. What time does not allow stays unproven and is
said to be so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from remit.evidence.candidates import NONE, Ids, Lineage
from remit.evidence.record_changes import RecordChange
from remit.evidence.rerun import KEYS, Rerun, Results, State, same

How = Literal["alone", "together", "none"]
Tell = Callable[[int, int], None]

# With more parts than this, leaving them out one by one takes longer than anybody waits.
_PARTS = 24
# So many subjects are asked one by one even when time is up: without it, too much is blamed.
_ASKED = 40


@dataclass(frozen=True)
class Proof:
    """Why one number moved.

    records   ids of the changes
    how       `alone`: these changes give the number; `together`: they do along with those of the other numbers of the
              same analysis; `none`: not proven
    minimal   whether each of them was left out in turn and the number then was another
    """

    records: Ids
    how: How
    minimal: bool = False


UNPROVEN = Proof(NONE, "none")


class Prover:
    """Proves what moved the numbers between two states that differ in records alone."""

    def __init__(
        self,
        rerun: Rerun,
        lineage: Lineage,
        changes: Sequence[RecordChange],
        states: tuple[State, State],
        enough: Callable[[], bool],
    ) -> None:
        self._rerun, self._lineage, self._enough = rerun, lineage, enough
        self._changes = changes
        self._old, self._new = states
        self._everything = frozenset(change.record for change in changes)
        self._of: dict[str, Ids] = {}
        for change in changes:
            if change.subject is not None:
                self._of[change.subject] = self._of.get(change.subject, NONE) | {change.record}

    def prove(self, ids: Sequence[str], first: AbstractSet[str], tell: Tell) -> Mapping[str, Proof]:
        """Every number that moved, in the order in which it matters that its proof is its own.

        first   those whose causes are narrowed before anything else is proven
        """
        asked = self._subjects(ids, tell)
        classes: dict[tuple[str, tuple[Ids, ...]], list[str]] = {}
        for id in ids:
            guesses = self._lineage.of(self._old.results.get(id), self._new.results.get(id))
            classes.setdefault((self._maker(id), _of_subjects(guesses, asked[id])), []).append(id)
        proven: dict[str, Proof] = {}
        for done, ((key, guesses), members) in enumerate(classes.items()):
            tell(done, 2 * len(classes))
            if self._enough():
                break
            made = self._alone(key, guesses, members)
            proven |= made
            if not first.isdisjoint(members):
                proven |= self._all_narrowed(dict.fromkeys(members, guesses), made, tell)
        for key in KEYS:
            left = {i: g for (k, g), members in classes.items() if k == key for i in members if i not in proven}
            if left:
                proven |= self._together(key, left)
            proven |= self._by_subjects(key, [id for id in left if not proven[id].records])
        proven |= self._all_narrowed({i: g for (_, g), members in classes.items() for i in members}, proven, tell)
        tell(1, 1)
        return {id: proven[id] for id in ids}

    def _subjects(self, ids: Sequence[str], tell: Tell) -> Mapping[str, Ids]:
        """For each number, the changes of the subjects without whose changes it would be another.

        None where time was up before all were asked.
        """
        mine = self._of
        of_none = frozenset(change.record for change in self._changes if change.subject is None)
        asked: dict[str, Ids] = dict.fromkeys(ids, of_none)
        if len(mine) < 2:
            return dict.fromkeys(ids, self._everything)
        for done, subject in enumerate(sorted(mine)):
            tell(done, len(mine) + 1)
            if done >= _ASKED and self._enough():
                return dict.fromkeys(ids, NONE)
            without = self._without([subject], KEYS)
            for id in ids:
                if not same(without.get(id), self._new.results.get(id)):
                    asked[id] = asked[id] | mine[subject]
        return asked

    def _without(self, subjects: Sequence[str], keys: Iterable[str]) -> Results:
        return self._rerun.spliced(self._new.derived, self._old.derived, subjects, keys)

    def _by_subjects(self, key: str, ids: Sequence[str]) -> dict[str, Proof]:
        """Numbers that no guess gave: taking back one subject after the other, as long as the number stays as it is,
        leaves subjects who give it. A number can be there because of any of several people.
        """
        found: dict[str, Proof] = {}
        for id in ids:
            if id in found or len(self._of) > _ASKED:
                continue
            back: list[str] = []
            for subject in sorted(self._of, reverse=True):
                if same(self._without([*back, subject], [key]).get(id), self._new.results.get(id)):
                    back.append(subject)
            guess = self._everything.difference(*(self._of[subject] for subject in back))
            held = self._holding(key, guess, [other for other in ids if other not in found])
            found |= dict.fromkeys(held, Proof(guess, "alone"))
        return found

    def _all_narrowed(
        self, guesses: Mapping[str, Sequence[Ids]], proven: Mapping[str, Proof], tell: Tell
    ) -> dict[str, Proof]:
        """Those proven alone without the parts that they do not need."""
        found: dict[str, Proof] = {}
        first = {id: place for place, id in enumerate(guesses)}
        classes: dict[tuple[str, Ids, Ids], list[str]] = {}
        for id, proof in proven.items():
            if proof.how == "alone" and proof.records and not proof.minimal:
                lesser = [guess for guess in guesses[id] if guess < proof.records]
                classes.setdefault((self._maker(id), proof.records, lesser[-1] if lesser else NONE), []).append(id)
        for done, ((key, records, surely), members) in enumerate(
            sorted(classes.items(), key=lambda item: min(first[id] for id in item[1]))
        ):
            if len(classes) > 1:
                tell(len(classes) + done, 2 * len(classes))
            if self._enough():
                break
            found |= self._narrowed(key, members, records, surely)
        return found

    def _maker(self, id: str) -> str:
        return self._new.makers.get(id) or self._old.makers[id]

    def _holding(self, key: str, chosen: Ids, ids: Iterable[str]) -> list[str]:
        """Those numbers that are as they are in the new state when only these changes are made."""
        if chosen == self._everything:
            return list(ids)
        made = self._rerun.results(chosen, [key])
        return [id for id in ids if made and same(made.get(id), self._new.results.get(id))]

    def _alone(self, key: str, guesses: Sequence[Ids], members: Sequence[str]) -> dict[str, Proof]:
        """Numbers with the same guesses; each takes the first that gives it, narrowed where that is quick."""
        found: dict[str, Proof] = {}
        for guess in guesses:
            held = self._holding(key, guess, [id for id in members if id not in found])
            if held:
                found |= dict.fromkeys(held, Proof(guess, "alone"))
            if len(found) == len(members) or self._enough():
                return found
        found |= self._by_subjects(key, [id for id in members if id not in found])
        while len(found) < len(members) and not self._enough():
            left = [id for id in members if id not in found]
            guess = self._searched(key, guesses[0] if guesses else NONE, left[0])
            held = self._holding(key, guess, left) if guess else []
            found |= dict.fromkeys(held, Proof(guess, "alone")) or {left[0]: UNPROVEN}
        return found

    def _together(self, key: str, left: Mapping[str, Sequence[Ids]]) -> dict[str, Proof]:
        """Numbers of one analysis, their changes made together."""
        found: dict[str, Proof] = {}
        for step in range(max(map(len, left.values()))):
            guess = {id: g[min(step, len(g) - 1)] for id, g in left.items() if g and id not in found}
            held = self._holding(key, frozenset().union(*guess.values()), guess)
            found |= {id: Proof(guess[id], "together") for id in held}
            if len(found) == len(left):
                break
        return found | {id: UNPROVEN for id in left if id not in found}

    def _searched(self, key: str, start: Ids, id: str) -> Ids:
        """The guess with what else is needed; nothing when time is up."""
        chosen = start
        rest = [change.record for change in self._changes if change.record not in chosen]
        while not self._holding(key, chosen, [id]):
            low, high = 0, len(rest)
            while low < high and not self._enough():
                middle = (low + high) // 2
                if self._holding(key, chosen.union(rest[:middle]), [id]):
                    high = middle
                else:
                    low = middle + 1
            if low < high or not rest[:high]:
                return frozenset()
            chosen, rest = chosen | {rest[high - 1]}, rest[: high - 1]
        return chosen

    def _narrowed(self, key: str, ids: Sequence[str], guess: Ids, surely: Ids) -> dict[str, Proof]:
        """Each number with the parts that it needs, where leaving parts out one by one is quick enough.

        surely   a lesser guess that did not suffice: parts of it are asked last
        """
        whole = dict.fromkeys(ids, Proof(guess, "alone"))
        parts, singly = self._parts(guess, surely)
        if not parts or len(parts) > _PARTS:
            return whole
        needs: dict[str, Ids] = dict.fromkeys(ids, frozenset())
        for part in parts:
            if self._enough():
                return whole
            held = set(self._holding(key, guess - part, ids))
            needs |= {id: need | part for id, need in needs.items() if id not in held}
        found: dict[str, Proof] = {}
        for need in dict.fromkeys(needs.values()):
            members = [id for id in ids if needs[id] == need]
            enough = members if need == guess else self._holding(key, need, members)
            found |= dict.fromkeys(enough, Proof(need, "alone", singly))
            if enough and need != guess and not singly:
                found |= self._narrowed(key, enough, need, surely)
            # where either of two parts would do, leaving out the one or the other shows nothing
            either = [id for id in members if id not in found]
            if either:
                found |= dict.fromkeys(either, self._one_by_one(key, either, guess, [*parts], singly))
        return found

    def _one_by_one(self, key: str, ids: Sequence[str], guess: Ids, parts: Sequence[Ids], singly: bool) -> Proof:
        chosen = guess
        for part in parts:
            if self._enough():
                return Proof(chosen, "alone")
            if len(self._holding(key, chosen - part, ids)) == len(ids):
                chosen = chosen - part
        return Proof(chosen, "alone", singly and len(ids) == 1)

    def _parts(self, records: Ids, surely: Ids) -> tuple[list[Ids], bool]:
        """What is left out at once, and whether that is as little as can be: a subject who came or went, or one record;
        of many records, those of one table (and subject).
        """
        strangers = [ids for ids in self._lineage.strangers.values() if ids <= records]
        single = records.difference(*strangers)
        extra, named = sorted(single - surely), sorted(single & surely)
        if len(single) + len(strangers) <= _PARTS:
            return [*map(_one, extra), *strangers, *map(_one, named)], True
        for parts in (2, 1):
            # record ids begin with table and subject
            blocks: dict[str, set[str]] = {}
            for record in single:
                blocks.setdefault("/".join(record.split("/")[:parts]), set()).add(record)
            if len(blocks) + len(strangers) <= _PARTS:
                break
        return [*(frozenset(blocks[name]) for name in sorted(blocks)), *strangers], False


def _of_subjects(guesses: Sequence[Ids], asked: Ids) -> tuple[Ids, ...]:
    """The guesses of these subjects alone; as they are, since two subjects may stand in for each other; everything of
    these subjects, since a number may be there because of another one's rows.
    """
    return tuple(dict.fromkeys(g for g in [*(guess & asked for guess in guesses), *guesses, asked] if g))


def _one(record: str) -> Ids:
    return frozenset([record])
