"""Unknown as a third value, the slow way: try every completion of what is unknown and see whether they agree.

A reference rule is written for a complete input only. `decided` fills each unknown key with every representative value
in turn, asks the rule each time, and answers only where all completions give the same answer.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

Payload = Mapping[str, Any]
Rule = Callable[[dict[str, Any]], Any]


class OpenText(Exception):
    """The written definition does not say; the comparison skips this input."""


def exact(number: float) -> Fraction:
    """The decimal number that was typed, not its binary neighbor."""
    return Fraction(repr(number))


def completions(given: Payload, domain: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Every complete input that agrees with what is known; a key that is absent or null is unknown."""
    choices = [[given[key]] if given.get(key) is not None else list(values) for key, values in domain.items()]
    for values in itertools.product(*choices):
        yield dict(zip(domain, values))


def decided(rule: Rule, given: Payload, domain: Mapping[str, Sequence[Any]]) -> Any:
    """The answer that every completion gives, or None when two of them differ."""
    answers: list[Any] = []
    for complete in completions(given, domain):
        answer = rule(complete)
        if answer not in answers:
            answers.append(answer)
        if len(answers) > 1:
            return None
    return answers[0]
