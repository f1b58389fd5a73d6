"""The analysis room (floor 5a): derived tables in, results out, and the way back from a result to its records."""

from remit.analysis.analyses import ANALYSES, Analysis, analyze, find
from remit.analysis.design import design
from remit.analysis.result import Interval, Result, Selection
from remit.analysis.trace import Part, Trace, result_by_id, trace

__all__ = [
    "ANALYSES",
    "Analysis",
    "Interval",
    "Part",
    "Result",
    "Selection",
    "Trace",
    "all",
    "analyze",
    "design",
    "find",
    "result_by_id",
    "trace",
]

all = analyze
