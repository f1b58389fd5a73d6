"""The page's one minute as plain text, for the command line and for programs: the same sentences, the same numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from remit.analysis.result import Result
from remit.protocol import Protocol
from remit.records.findings import Finding
from remit.report.material import Material
from remit.report.sections.minute import minute
from remit.report.shelf import Shelf
from remit.report.stamp import ReportStamp

# Numbers of the notes that print shows, and a link that only the page can follow.
_NOTE = re.compile(r'<sup class="note">.*?</sup>')
_QUOTED = re.compile(r'data-id="([^"]+)"')


@dataclass(frozen=True)
class Line:
    """One question, its sentences, and the ids of the results they quote, in order of reading."""

    label: str
    sentences: tuple[str, ...]
    ids: tuple[str, ...]


def summary(
    protocol: Protocol,
    derived: Mapping[str, pl.DataFrame],
    results: Sequence[Result],
    findings: Sequence[Finding],
    stamp: ReportStamp,
) -> tuple[Line, ...]:
    """The lines of “In one minute” that have something to say."""
    spoken = minute(Material(protocol, derived, Shelf(results), findings, stamp))
    return tuple(
        Line(
            line.label,
            tuple(str(Markup(_NOTE.sub("", sentence)).striptags()) for sentence in line.said),
            tuple(dict.fromkeys(_QUOTED.findall(str(line.text)))),
        )
        for line in spoken
    )
