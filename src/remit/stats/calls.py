"""Statistics that answer one JSON object at a time: `interval`, `binomial_ci`, `kaplan_meier`.

Each answer takes a decoded JSON object and gives one. A key that is absent or null is unknown, and so is the
answer then; `conf_level` and `conf_type` have defaults instead. Anything malformed raises InputError with one
sentence that names the key.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from remit.errors import InputError, nearest
from remit.stats.intervals import INTERVALS, interval, upper_bound
from remit.stats.survival import BANDS, kaplan_meier

Question = Mapping[str, object]
Answer = dict[str, object]


class Method(NamedTuple):
    """One variant of a method: the keys it reads, the keys it gives, the function from one to the other."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    answer: Callable[[Question], Answer]


def _limits_of(method: str) -> Callable[[Question], Answer]:
    def answer(question: Question) -> Answer:
        counts = _counts(question)
        if counts is None:
            return {"low": None, "high": None}
        low, high = interval(method, *counts, _level(question))
        return {"low": low, "high": high}

    return answer


def _upper_one_sided_95(question: Question) -> Answer:
    counts = _counts(question)
    return {"high": None if counts is None else upper_bound(*counts, level=0.95)}


def _binomial_ci(question: Question) -> Answer:
    counts, level = _counts(question), _level(question)
    words = {method: method.replace("-", "_") for method in INTERVALS}
    if counts is None:
        return dict.fromkeys(words.values())
    return {word: list(interval(method, *counts, level)) for method, word in words.items()}


def _kaplan_meier(question: Question) -> Answer:
    times, events = _times(question), _events(question)
    band = question.get("conf_type")
    if band is None:
        band = BANDS[0]
    if band not in BANDS:
        raise InputError(f"conf_type: allowed are {', '.join(BANDS)}.{nearest(str(band), BANDS)}")
    level = _level(question)
    if times is None or events is None:
        return dict.fromkeys(_CURVE)
    if len(times) != len(events):
        raise InputError(f"event: must be as long as time ({len(times)}), is {len(events)} long.")
    curve = kaplan_meier(times, events, band, level)
    shares = (0.25, 0.5, 0.75)
    quantiles = [curve.quantile(share) for share in shares]
    columns = (
        curve.time,
        curve.at_risk,
        curve.events,
        curve.censored,
        curve.survival,
        curve.error,
        curve.low,
        curve.high,
        shares,
        [quantile.time for quantile in quantiles],
        [quantile.low for quantile in quantiles],
        [quantile.high for quantile in quantiles],
    )
    return {key: list(column) for key, column in zip(_CURVE, columns, strict=True)}


_CURVE: Final = (
    "time",
    "n_risk",
    "n_event",
    "n_censored",
    "survival",
    "std_err_cumhaz_scale",
    "lower",
    "upper",
    "quantile_p",
    "quantile",
    "quantile_lower",
    "quantile_upper",
)
_PROPORTION: Final = ("x", "n", "conf_level")
_CURVE_INPUTS: Final = ("time", "event", "conf_type", "conf_level")

METHODS: Final[dict[str, dict[str, Method]]] = {
    "interval": {
        "clopper_pearson": Method(_PROPORTION, ("low", "high"), _limits_of("clopper-pearson")),
        "wilson": Method(_PROPORTION, ("low", "high"), _limits_of("wilson")),
        "upper_one_sided_95": Method(("x", "n"), ("high",), _upper_one_sided_95),
        "jeffreys": Method(_PROPORTION, ("low", "high"), _limits_of("jeffreys")),
        "mid_p": Method(_PROPORTION, ("low", "high"), _limits_of("mid-p")),
        "blaker": Method(_PROPORTION, ("low", "high"), _limits_of("blaker")),
        "agresti_coull": Method(_PROPORTION, ("low", "high"), _limits_of("agresti-coull")),
        "wald": Method(_PROPORTION, ("low", "high"), _limits_of("wald")),
    },
    "binomial_ci": {
        "default": Method(_PROPORTION, tuple(method.replace("-", "_") for method in INTERVALS), _binomial_ci)
    },
    "kaplan_meier": {"default": Method(_CURVE_INPUTS, _CURVE, _kaplan_meier)},
}
"""Method name → variant → what it reads, gives and does; the first variant is the default."""


def call(name: str, question: object, variant: str | None = None) -> Answer:
    """Answer one decoded JSON object.

    name, variant   keys of `METHODS`; no variant means the first
    returns         the variant's output keys; null where an input that is needed is unknown
    raises          InputError: unknown name, variant or key, or a value that is not what the key holds
    """
    method, asked = chosen(METHODS, name, question, variant)
    return method.answer(asked)


def chosen(
    methods: Mapping[str, Mapping[str, Method]], name: str, question: object, variant: str | None
) -> tuple[Method, Question]:
    """The method that a name and variant mean, and the question once its keys are known to be ones it reads.

    methods   method name → variant → method; the first variant is the default
    raises    InputError: an unknown name, variant or key
    """
    if name not in methods:
        raise InputError(f'"{name}" is not a method.{nearest(name, methods)} Methods: {", ".join(methods)}.')
    variants = methods[name]
    word = next(iter(variants)) if variant is None else variant
    if word not in variants:
        allowed = ", ".join(variants)
        raise InputError(f'{name} has no variant "{word}".{nearest(word, variants)} Variants: {allowed}.')
    keys = variants[word].inputs
    if not isinstance(question, Mapping):
        raise InputError(f"{name} takes a JSON object with the keys {', '.join(keys)}.")
    for key in question:
        if key not in keys:
            allowed = ", ".join(keys)
            raise InputError(f'{name} has no input key "{key}".{nearest(str(key), keys)} Keys: {allowed}.')
    return variants[word], question


def _counts(question: Question) -> tuple[int, int] | None:
    x, n = _count(question, "x", 0), _count(question, "n", 1)
    if x is None or n is None:
        return None
    if x > n:
        raise InputError("x: must not be above n.")
    return x, n


def _count(question: Question, key: str, least: int) -> int | None:
    value = question.get(key)
    if value is None:
        return None
    if not isinstance(value, int | float) or not _is_number(value) or value != value // 1 or value < least:
        raise InputError(f"{key}: must be a whole number of {least} or more.")
    return int(value)


def _level(question: Question) -> float:
    value = question.get("conf_level")
    if value is None:
        return 0.95
    if not isinstance(value, int | float) or not _is_number(value) or not 0 < value < 1:
        raise InputError("conf_level: must be a number between 0 and 1, both excluded (0.95, not 95).")
    return float(value)


def _times(question: Question) -> list[float] | None:
    given = _list(question, "time")
    if given is None:
        return None
    for place, value in enumerate(given, start=1):
        if not _is_number(value) or value < 0:
            raise InputError(f"time: every entry must be a number of 0 or more; entry {place} is not.")
    return [float(value) for value in given]


def _events(question: Question) -> list[int] | None:
    given = _list(question, "event")
    if given is None:
        return None
    for place, value in enumerate(given, start=1):
        if value not in (0, 1):
            raise InputError(f"event: every entry must be 1 (event) or 0 (censored); entry {place} is neither.")
    return [int(value) for value in given]


def _list(question: Question, key: str) -> list[Any] | None:
    value = question.get(key)
    if value is None or isinstance(value, list):
        return value
    raise InputError(f"{key}: must be a list with one entry per subject.")


def _is_number(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond every float
        return False
