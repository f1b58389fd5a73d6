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
from remit.instruments.grade import Grade, bounded

STAGES = {"SKINSTG": "skin", "LIVERSTG": "liver", "UGISTG": "upper_gi", "LGISTG": "lower_gi"}


def graft_versus_host(seen: Seen, facts: Mapping[str, Facts]) -> Iterator[Judgment]:
    """One judgment per assessment day; one unknown for answers without a day, and for who was never assessed."""
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
            least, most, used = _stages(told, same)
            rests = (*told.records, *(record for one in used for record in one.rests))
            one = graded(person.subject, "gvhd-magic", _overall(least, most), f"day {day}", rests)
            yield replace(one, day=told.facts[0].on)
        undated = tuple(one.record for one in found.facts if one.day is None)
        if undated:
            unknown = Grade(None, 0, 4, ("unknown: the day of an assessment",))
            yield graded(person.subject, "gvhd-magic", unknown, "no day", undated)


Stages = dict[str, int | None]


def _overall(least: Stages, most: Stages) -> Grade:
    low, high = gvhd_magic.overall(**least), gvhd_magic.overall(**most)
    if low.low == high.high:
        return low
    unknown = [organ.replace("_", " ") for organ, stage in least.items() if stage is None or stage != most[organ]]
    return bounded(low.low, high.high, tuple(f"unknown: {organ}" for organ in unknown))


def _stages(told: Facts, bilirubin: Sequence[Sample]) -> tuple[Stages, Stages, Sequence[Sample]]:
    """Stages as recorded, else from the facts of the day, each as low and as high as what was not asked allows.

    The third are the samples that gave the stage of the liver.
    """
    least: Stages = {organ: told.stage(code, gvhd_magic.MOST[organ]) for code, organ in STAGES.items()}
    if least["upper_gi"] is None:
        least["upper_gi"] = gvhd_magic.upper_gi_stage(told.truth("UGISYMP"))
    most = dict(least)
    rash, bullae = told.number("RASHBSA"), told.truth("BULLAE")
    if least["skin"] is None and rash is not None:
        least["skin"] = gvhd_magic.skin_stage(rash, bullae)
        most["skin"] = gvhd_magic.skin_stage(rash, bullae is not False)
    if least["lower_gi"] is None:
        stool, severe = (told.number("STOOLML"), told.number("STOOLEP")), told.truth("GISEVERE")
        least["lower_gi"] = gvhd_magic.lower_gi_stage(*stool, severe)
        most["lower_gi"] = gvhd_magic.lower_gi_stage(*stool, severe is not False)
    ends = [value for one in bilirubin if (value := one.in_unit_of("bilirubin")) is not None]
    if least["liver"] is None and ends:
        least["liver"] = gvhd_magic.liver_stage(max(low for low, _ in ends))
        most["liver"] = gvhd_magic.liver_stage(max(high for _, high in ends))
        return least, most, bilirubin
    return least, most, ()


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
            hospital = told.word("HOSPITAL")
            event = licats.LicatsEvent(
                resolution=word if (word := told.word("RESOLVED")) in licats.RESOLUTIONS else None,
                glucocorticoid_treatment=told.truth("STEROID"),
                hospitalisation=hospital if hospital in licats.HOSPITALISATIONS else "none",
                icu=told.truth("ICU") or False,
            )
            grade = licats.grade(event)
            # a hospital stay or intensive care that nobody asked about, or in other words, can raise the grade
            stay = 3 if hospital not in licats.HOSPITALISATIONS else grade.high
            open_still = 4 if told.truth("ICU") is None else stay
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
