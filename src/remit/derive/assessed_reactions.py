"""Reactions that an investigator assesses: acute graft-versus-host disease, LICATS, and the grade of an IEC-HS.

Assessed and absent is grade 0; not assessed is unknown. Where the protocol looks for graft-versus-host disease, an
infused subject without any assessment is unknown and not free of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from remit.derive.collected_facts import Facts
from remit.derive.toxicity_rows import Judgment, Sample, Seen, graded
from remit.instruments import gvhd_magic, iec_hs, licats
from remit.instruments.grade import Grade

STAGES = {"SKINSTG": "skin", "LIVERSTG": "liver", "UGISTG": "upper_gi", "LGISTG": "lower_gi"}


def graft_versus_host(seen: Seen, facts: Mapping[str, Facts]) -> Iterator[Judgment]:
    """One judgment per assessment day; one unknown for who was never assessed."""
    looked_for = any(event.key == "gvhd" for event in seen.protocol.safety.interest)
    for person in seen.people.values():
        found = facts.get(person.subject)
        if found is None:
            if looked_for:
                unknown = Grade(None, 0, 4, ("unknown: never assessed",))
                one = graded(person.subject, "gvhd-magic", unknown, "never", person.rests)
                yield replace(one, collected=False)
            continue
        bilirubin = seen.of(person.subject).get("bilirubin", ())
        for day, told in found.days().items():
            same = [one for one in bilirubin if one.day == day]
            stages, used = _stages(told, same)
            rests = (*told.records, *(record for one in used for record in one.rests))
            one = graded(person.subject, "gvhd-magic", gvhd_magic.overall(**stages), f"day {day}", rests)
            yield replace(one, day=told.facts[0].on)


def _stages(told: Facts, bilirubin: Sequence[Sample]) -> tuple[dict[str, int | None], Sequence[Sample]]:
    """Stages as recorded, else from the facts of the day; the samples that gave the stage of the liver."""
    stages = {organ: told.stage(code, gvhd_magic.MOST[organ]) for code, organ in STAGES.items()}
    rash = told.number("RASHBSA")
    if stages["skin"] is None and rash is not None:
        stages["skin"] = gvhd_magic.skin_stage(rash, told.truth("BULLAE"))
    if stages["upper_gi"] is None:
        stages["upper_gi"] = gvhd_magic.upper_gi_stage(told.truth("UGISYMP"))
    if stages["lower_gi"] is None:
        stages["lower_gi"] = gvhd_magic.lower_gi_stage(
            told.number("STOOLML"), told.number("STOOLEP"), told.truth("GISEVERE")
        )
    values = [value for one in bilirubin if (value := one.in_unit_of("bilirubin")) is not None]
    if stages["liver"] is None and values:
        stages["liver"] = gvhd_magic.liver_stage(max(values))
        return stages, bilirubin
    return stages, ()


def local_reactions(seen: Seen, facts: Mapping[str, Facts]) -> Iterator[Judgment]:
    """LICATS: one judgment per event, or one of grade 0 where it was asked and there was none."""
    for subject in seen.people:
        found = facts.get(subject)
        if found is None:
            continue
        events = [told for told in found.groups().values() if told.truth("OCCUR") is not False]
        if not events:
            nothing = Grade(0, 0, 0, ("asked, none occurred",))
            yield graded(subject, "licats", nothing, "no event", found.records)
        for number, told in enumerate(events, start=1):
            event = licats.LicatsEvent(
                resolution=word if (word := told.word("RESOLVED")) in licats.RESOLUTIONS else None,
                glucocorticoid_treatment=told.truth("STEROID"),
                hospitalisation=word if (word := told.word("HOSPITAL")) in licats.HOSPITALISATIONS else "none",
                icu=told.truth("ICU") or False,
            )
            grade = licats.grade(event)
            # a hospital stay or intensive care that nobody asked about can raise the grade
            open_still = 4 if told.truth("ICU") is None else (3 if told.last("HOSPITAL") is None else grade.high)
            if open_still > grade.high:
                grade = Grade(None, grade.low, open_still, ("unknown: hospital stay or intensive care",))
            begins = next((one for one in told.facts if one.day is not None), None)
            onset = licats.onset_class(None if begins is None else begins.day)
            prior = licats.eligible(told.truth("PRIORORG"))
            because = [*grade.because, f"onset {onset or 'unknown'}"]
            because += [] if prior.met else list(prior.because)
            organ = told.word("ORGAN")
            one = graded(subject, "licats", replace(grade, because=tuple(because)), f"event {number}", told.records)
            yield replace(one, day=None if begins is None else begins.on, site=organ)


def inflammation(seen: Seen, facts: Mapping[str, Facts]) -> Iterator[Judgment]:
    """IEC-HS as the investigator judged it: one grade per subject who was asked."""
    for subject in seen.people:
        told = facts.get(subject)
        if told is None or told.last("PRESENT") is None:
            continue
        grade = iec_hs.grade(
            told.truth("PRESENT"), told.truth("INTERV"), told.truth("SEVCONS"), told.truth("LIFETHR"),
            False if told.last("DEATH") is None else told.truth("DEATH"),
        )  # fmt: skip
        yield graded(subject, "iec-hs", grade, "whole course", told.records)
