"""b-cells through JSON: pairs of day and count, a count as number, null, or "<1" for below a limit of 1."""

from __future__ import annotations

import re
from collections.abc import Sequence

from remit.errors import InputError
from remit.instruments import b_cells
from remit.instruments.catalog import Instrument, Payload, Variant
from remit.instruments.door import reading
from remit.instruments.door.answers import whole

_BELOW = re.compile(r"<\s*(\d+(?:\.\d+)?)", re.ASCII)
_OUTPUTS = (
    "depleted_day", "reconstituted_day", "interval", "censor_day", "aplasia", "depletion_assessable",
)  # fmt: skip


def _sample(pair: object) -> b_cells.Sample:
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
        raise InputError('"cd19_per_ul" must be an array of [day, cells per µL] pairs, or null.')
    day = reading.as_number(pair[0], "cd19_per_ul day")
    if day is None:
        raise InputError('"cd19_per_ul": the day of a sample must be a number.')
    if isinstance(pair[1], str):
        match = _BELOW.fullmatch(pair[1].strip())
        if match is None:
            raise InputError('"cd19_per_ul": a count must be a number, null, or "<1" for below a limit.')
        return b_cells.Sample(day, None, float(match.group(1)))
    return b_cells.Sample(day, reading.as_number(pair[1], "cd19_per_ul count", reading.NOT_NEGATIVE))


def _variant(name: str, depleted_below: float = 10, consecutive: int = 2) -> Variant:
    def function(payload: Payload) -> dict[str, object]:
        pairs = reading.items(payload, "cd19_per_ul")
        if pairs is None:
            return {"because": ["unknown: cd19_per_ul"]}
        return _answer(b_cells.course([_sample(pair) for pair in pairs], depleted_below, 10, consecutive))

    return Variant(name, ("cd19_per_ul",), _OUTPUTS, function)


def _answer(course: b_cells.Course) -> dict[str, object]:
    return {
        "depleted_day": whole(course.depleted_day),
        "reconstituted_day": whole(course.reconstituted_day),
        "interval": None if course.interval is None else [whole(day) for day in course.interval],
        "censor_day": whole(course.censor_day),
        "aplasia": None if course.aplasia is None else [whole(days) for days in course.aplasia],
        "depletion_assessable": course.assessable,
        "because": list(course.because),
    }


def _percent(payload: Payload) -> dict[str, object]:
    percent = reading.number(payload, "cd19_pct_lymphocytes", (0.0, 100.0))
    depleted = b_cells.depleted_by_percent(percent)
    sentence = "CD19+ < 1 % of lymphocytes"
    return {"depleted": depleted, "because": [{True: "", False: "not: ", None: "unknown: "}[depleted] + sentence]}


INSTRUMENT = Instrument(
    "b-cells",
    "B-cell depletion and return",
    b_cells.CITATION,
    (
        _variant("default"),
        Variant("pct", ("cd19_pct_lymphocytes",), ("depleted",), _percent),
        _variant("depleted_below_5", depleted_below=5),
        _variant("one_sample_returns", consecutive=1),
    ),
)
