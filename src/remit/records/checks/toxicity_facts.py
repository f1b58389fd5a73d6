"""Is every fact about a toxicity one that its scales can read: a word of the form, a number within its limits?"""

from __future__ import annotations

import polars as pl

from remit.protocol import Protocol
from remit.records.checks.rules import noted
from remit.records.collection import Records
from remit.records.findings import Finding
from remit.records.toxicity_codes import INFECTION_QUALIFIERS, TOXICITY_FACTS, ToxicityFact

_BY_CODE = {(one.category, one.code): one for one in TOXICITY_FACTS}


def toxicity_facts(protocol: Protocol, records: Records) -> list[Finding]:
    """Answers in FA about CRS, graft-versus-host disease, LICATS and IEC-HS, and the qualifiers of infections."""
    return [*_facts(records.table("FA")), *_qualifiers(records)]


def _facts(rows: pl.DataFrame) -> list[Finding]:
    category = pl.col("FACAT").str.to_uppercase()
    about = rows.filter(category.is_in(sorted({one.category for one in TOXICITY_FACTS})))
    if not about.height:
        return []
    columns = (category.alias("topic"), "FATESTCD", pl.coalesce("FASTRESC", "FAORRES").alias("text"), "FASTRESN")
    findings = []
    for topic, code, text, number, record in about.select(*columns, "record_id").iter_rows():
        fact = _BY_CODE.get((topic, code))
        if fact is None:
            continue
        what = _wrong(fact, text, number)
        if what:
            findings.append(noted("FA", "ANSWER", what, record, "FAORRES"))
    return findings


def _wrong(fact: ToxicityFact, text: str | None, number: float | None) -> str:
    """What is wrong with an answer; empty for one that the scales can read, and for none at all."""
    if fact.answers:
        words = [] if text is None else (text.replace(";", ",").split(",") if fact.several else [text])
        bad = [word.strip() for word in words if _word(word) not in fact.answers]
        return f'{fact.code} is answered "{bad[0][:20]}"; the form has {", ".join(fact.answers)}.' if bad else ""
    if fact.low is None or fact.high is None:
        return ""
    if number is None and text is not None:
        try:
            number = float(text)
        except ValueError:
            return f'{fact.code} is answered "{text[:20]}"; a number is asked for.'
    if number is not None and not fact.low <= number <= fact.high:
        return f"{fact.code} is {number:g}; it runs from {fact.low:g} to {fact.high:g}."
    return ""


def _word(text: str) -> str:
    return " ".join(text.strip().upper().replace("-", " ").replace("_", " ").split())


def _qualifiers(records: Records) -> list[Finding]:
    findings = []
    for name, allowed in INFECTION_QUALIFIERS.items():
        rows = records.supp("AE", name)
        for record, text in rows.select("record_id", "QVAL").iter_rows():
            if text is not None and _word(text) not in allowed:
                what = f'{name} is "{text[:20]}"; the form has {", ".join(allowed)}.'
                findings.append(noted("SUPPAE", "ANSWER", what, record, "QVAL"))
    return findings
