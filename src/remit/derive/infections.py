"""Infections among the adverse events: site, organism, treatment, and the grade that follows from them.

The recorded grade is the grade; where none was recorded, the treatment gives it as CTCAE does for most infection terms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from remit.derive.collected_facts import as_word
from remit.derive.toxicity_rows import Judgment, Seen, graded
from remit.instruments.ctcae import INFECTION_TREATMENT
from remit.instruments.grade import Grade
from remit.instruments.infection import ORGANISMS, SITES, Infection, judge
from remit.records import Records

QUALIFIERS = {"INFSITE": (*SITES,), "INFORG": (*ORGANISMS, "not_found"), "INFTRT": (*INFECTION_TREATMENT,)}
"""SUPPAE qualifier -> the words that it may hold."""


def infections(seen: Seen, records: Records, adae: pl.DataFrame) -> Iterator[Judgment]:
    """One judgment per emergent infection of an infused subject."""
    if not adae.height:
        return
    mine = adae.filter((pl.col("INFFL") == "Y") & (pl.col("TRTEMFL") == "Y") & (pl.col("SAFFL") == "Y"))
    if not mine.height:
        return
    said: dict[tuple[str, int, str], list[tuple[str, str]]] = {}
    for name in QUALIFIERS:
        rows = records.supp("AE", name).sort("record_id").select("USUBJID", "AESEQ", "QVAL", "record_id")
        for subject, sequence, value, record in rows.iter_rows():
            if value is not None and sequence is not None:
                said.setdefault((subject, sequence, name), []).append((value, record))
    columns = ("USUBJID", "AESEQ", "TERM", "ASTDT", "AETOXGRN", "AEOUT", "sources")
    for subject, sequence, term, start, recorded, outcome, sources in mine.select(columns).iter_rows():
        words: dict[str, str | None] = {}
        rests, open_words = list(sources), []
        for name, allowed in QUALIFIERS.items():
            value, record = said.get((subject, sequence, name), [(None, None)])[0]
            word = None if value is None else as_word(value)
            words[name] = word if word in allowed else None
            if record is not None:
                rests.append(record)
            if word is not None and words[name] is None:
                open_words.append(f"unknown: {name} holds a word that is not in the list")
        judged = judge(Infection(words["INFSITE"], words["INFORG"], words["INFTRT"], outcome == "FATAL"))
        grade = judged.grade
        if recorded is not None and outcome != "FATAL":
            by_treatment = "" if grade.grade in (None, recorded) else f"; by treatment {grade.grade}"
            grade = Grade(recorded, recorded, recorded, (f"recorded as grade {recorded}{by_treatment}",))
        because = (term, *grade.because, *open_words)
        one = graded(subject, "infection", replace(grade, because=because), f"AE {sequence}", rests)
        yield replace(one, day=start, site=words["INFSITE"], organism=words["INFORG"], kind=judged.kind)
