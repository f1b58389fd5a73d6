"""Do the facts about an adverse event agree: seriousness, death, dose limitation, grade and fever?"""

from __future__ import annotations

import polars as pl

from remit.days import day_of
from remit.protocol import Dlt, DltLine, Protocol
from remit.records.checks.dose_limits import dose_limits, member_of
from remit.records.checks.rules import noted
from remit.records.collection import Records
from remit.records.findings import Finding

_CRITERIA = ("AESCONG", "AESDISAB", "AESDTH", "AESHOSP", "AESLIFE", "AESMIE")


def events(protocol: Protocol, records: Records) -> list[Finding]:
    """Seriousness without its criterion's answer, deaths without a date, dose limitation said both ways
    or against the definition, grades and attributions.
    """
    return [
        *_serious(records),
        *_deaths(records),
        *_dose_limiting(protocol, records),
        *dose_limits(protocol, records),
        *_fevers(records),
        *_scales(protocol, records),
    ]


def _serious(records: Records) -> list[Finding]:
    findings = []
    not_serious = records.table("AE").filter(pl.col("AESER") == "N")
    for criterion in _CRITERIA:
        for record in not_serious.filter(pl.col(criterion) == "Y")["record_id"]:
            what = f"{criterion} is Y and AESER is N."
            findings.append(noted("AE", "SERIOUS", what, record, criterion))
    return findings


def _deaths(records: Records) -> list[Finding]:
    findings = []
    people = records.table("DM").select("USUBJID", "DTHFL", "DTHDTC", pl.col("record_id").alias("person"))
    undated = people.filter((pl.col("DTHFL") == "Y") & pl.col("DTHDTC").is_null())
    findings += [noted("DM", "DEATH", "DTHFL is Y and DTHDTC is empty.", who, "DTHDTC") for who in undated["person"]]
    unflagged = people.filter((pl.col("DTHFL") == "N") & pl.col("DTHDTC").is_not_null())
    findings += [noted("DM", "DEATH", "DTHDTC is filled and DTHFL is N.", who, "DTHFL") for who in unflagged["person"]]
    fatal = records.table("AE").filter((pl.col("AEOUT") == "FATAL") | (pl.col("AESDTH") == "Y"))
    alive = people.filter(pl.col("DTHDTC").is_null() & (pl.col("DTHFL") != "Y").fill_null(value=True))
    for record in fatal.join(alive, on="USUBJID", how="semi", maintain_order="left")["record_id"]:
        findings.append(noted("AE", "DEATH", "The event is fatal and DM has no death.", record, "AEOUT"))
    return findings


def _dose_limiting(protocol: Protocol, records: Records) -> list[Finding]:
    """AEDLT said both Y and N of one event, answered by another word, or N where a line of the definition of the
    subject's part is met at once.
    """
    said = records.supp("AE", "AEDLT")
    findings = []
    both = (
        said.filter(pl.col("QVAL").is_in(["Y", "N"]))
        .group_by("USUBJID", "AESEQ")
        .agg(pl.col("QVAL").n_unique().alias("answers"), pl.col("record_id").sort().first())
    )
    for record in both.filter(pl.col("answers") > 1).sort("record_id")["record_id"]:
        findings.append(noted("SUPPAE", "DLT", "The event is said to be dose-limiting and not to be.", record, "QVAL"))
    strange = pl.col("QVAL").is_not_null() & ~pl.col("QVAL").str.to_uppercase().is_in(["Y", "YES", "N", "NO"])
    for record, answer in said.filter(strange).select("record_id", "QVAL").iter_rows():
        findings.append(noted("SUPPAE", "DLT", f'The answer "{answer[:20]}" is neither Y nor N.', record, "QVAL"))
    no = pl.col("QVAL").str.strip_chars().str.to_uppercase().is_in(["N", "NO"])
    denied = said.filter(no).select("USUBJID", "AESEQ")
    graded = records.table("AE").with_columns(pl.col("AETOXGR").cast(pl.Int64, strict=False).alias("grade"))
    graded = graded.join(denied, on=["USUBJID", "AESEQ"], how="semi", maintain_order="left")
    arm = records.table("DM").select("USUBJID", pl.coalesce("ACTARMCD", "ARMCD").alias("arm")).unique("USUBJID")
    graded = graded.join(arm, on="USUBJID", how="left", maintain_order="left")
    interest = {event.key: event for event in protocol.safety.interest}
    for line, arms in _lines(protocol):
        event = interest.get(line.interest or "")
        # a line that needs a duration or no event of interest is a person's judgment
        if not line.counts or event is None or line.at_least_grade is None or line.over_days is not None:
            continue
        met = member_of(event) & (pl.col("grade") >= line.at_least_grade)
        if arms is not None:
            met &= pl.col("arm").is_in(arms)
        for record, grade in graded.filter(met).select("record_id", "grade").iter_rows():
            what = f"Grade {grade} meets the definition ({line.text}), and AEDLT is N."
            findings.append(noted("AE", "DLT", what, record, "AETOXGR"))
    return findings


def _lines(protocol: Protocol) -> list[tuple[DltLine, list[str] | None]]:
    """Every line of a definition with the arms that it holds for; None for everybody."""
    if all(part.dlt is None for part in protocol.parts):
        return [(line, None) for line in protocol.dlt.definition] if protocol.dlt is not None else []
    by_rule: dict[Dlt, list[str]] = {}
    for level in protocol.levels:
        rule = protocol.dlt_of(level)
        if rule is not None:
            by_rule.setdefault(rule, []).append(level.arm)
    return [(line, arms) for rule, arms in by_rule.items() for line in rule.definition]


def _fevers(records: Records) -> list[Finding]:
    """A fever is what makes the syndrome (ASTCT 2019, Lee et al., Biol Blood Marrow Transplant 25:625-38)."""
    name = "cytokine release syndrome"
    syndromes = records.table("AE").filter(
        (pl.col("AEDECOD").str.to_lowercase() == name) & pl.col("AETOXGR").is_not_null()
    )
    fevers = (
        records.table("FA")
        .filter((pl.col("FATESTCD") == "FEVER") & (pl.coalesce("FASTRESC", "FAORRES") == "Y"))
        .filter(pl.col("FAOBJ").str.to_lowercase() == name)
        .select("USUBJID", day_of("FADTC").alias("hot"))
    )
    near = (
        syndromes.join(fevers, on="USUBJID")
        .filter(
            pl.col("hot").is_null()
            | (
                (pl.col("hot") >= day_of("AESTDTC").fill_null(pl.date(1900, 1, 1)))
                & (pl.col("hot") <= day_of("AEENDTC").fill_null(pl.date(2199, 12, 31)))
            )
        )
        .select("record_id")
    )
    without = syndromes.join(near, on="record_id", how="anti", maintain_order="left")
    return [
        noted("AE", "FEVER", f"Grade {grade}, and no fever is recorded while it lasted.", record, "AETOXGR")
        for record, grade in without.select("record_id", "AETOXGR").iter_rows()
    ]


def _scales(protocol: Protocol, records: Records) -> list[Finding]:
    """Events of interest that are graded by a scale of their own, and do not say by which."""
    named = records.supp("AE", "AETOXSCL").select("USUBJID", "AESEQ")
    graded = records.table("AE").filter(pl.col("AETOXGR").is_not_null())
    findings = []
    for event in protocol.safety.interest:
        if event.scale is None or event.scale == protocol.safety.toxicity_scale:
            continue
        silent = graded.filter(member_of(event)).join(named, on=["USUBJID", "AESEQ"], how="anti", maintain_order="left")
        for record, grade in silent.select("record_id", "AETOXGR").iter_rows():
            what = f"Grade {grade} of {event.label} without its scale; {event.scale} is the protocol's."
            findings.append(noted("AE", "GRADED-BY", what, record, "AETOXGR"))
    return findings
