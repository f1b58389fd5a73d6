"""The same recorded facts under every scale that grades them, and where the scales disagree.

A toxicity is stored as facts (a count, a temperature, a vasopressor), never as one grade: what is grade 4 in one scale
is grade 3 in the next. `disagreements` says so for one set of facts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from remit.citations import Citation
from remit.criteria import Truth, is_above
from remit.instruments import crs_astct, crs_scales, ctcae, ctcae_v6, gvhd_magic, icaht, t_icaht
from remit.instruments.crs_scales import CrsCourse
from remit.instruments.ctcae_bands import Reference
from remit.instruments.eular_acr_2019 import fever_item
from remit.instruments.grade import Grade
from remit.instruments.sledai_laboratory import lab_item

CITATION: Final = Citation(
    "remit", 2026, "the scales' own sources", note="Each scale is cited at its own instrument; here they are compared."
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Stored facts of one subject; None is unknown, an empty series was not recorded.

    neutrophils, leukocytes, platelets    ×10⁹/L at one visit, with their lower limits
    neutrophils_by_day, platelets_by_day  ×10⁹/L by protocol day
    attributed        whether low counts or fever are attributed to active lupus
    crs               the facts of cytokine release syndrome, as all its scales read them
    bilirubin         mg/dL; alt U/L; creatinine µmol/L, each with upper limit and baseline
    """

    neutrophils: float | None = None
    neutrophils_lln: float | None = None
    leukocytes: float | None = None
    leukocytes_lln: float | None = None
    platelets: float | None = None
    platelets_lln: float | None = None
    neutrophils_by_day: Mapping[int, float] = field(default_factory=dict)
    platelets_by_day: Mapping[int, float] = field(default_factory=dict)
    attributed: Truth = None
    temperature: float | None = None
    hours_above_40: float | None = None
    alt: float | None = None
    alt_uln: float | None = None
    alt_baseline: float | None = None
    bilirubin: float | None = None
    bilirubin_uln: float | None = None
    bilirubin_baseline: float | None = None
    creatinine: float | None = None
    creatinine_uln: float | None = None
    creatinine_lln: float | None = None
    creatinine_baseline: float | None = None
    crs: CrsCourse | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one scale says about one topic: a grade or a yes/no as text ("?" unknown), and why."""

    topic: str
    scale: str
    says: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: every scale's verdict, and whether two known grades of it differ."""

    name: str
    verdicts: tuple[Verdict, ...]
    disagree: bool


def disagreements(facts: Facts) -> tuple[Topic, ...]:
    """Every topic the facts speak to, with each scale's verdict.

    Grades are compared with grades; a yes/no scale (an activity item, a classification item) is compared with the
    other yes/no scales of its topic. Unknown verdicts are shown and disagree with nothing.
    """
    topics = []
    for name, rule in _TOPICS.items():
        verdicts = tuple(rule(facts))
        if not verdicts:
            continue
        graded = {v.says for v in verdicts if v.says.isdigit()}
        answered = {v.says for v in verdicts if v.says in ("yes", "no")}
        topics.append(Topic(name, verdicts, len(graded) > 1 or len(answered) > 1))
    return tuple(topics)


def _graded(topic: str, scale: str, grade: Grade) -> Verdict:
    says = str(grade.grade) if grade.grade is not None else "?"
    return Verdict(topic, scale, says, grade.because)


def _answered(topic: str, scale: str, truth: Truth, why: str) -> Verdict:
    return Verdict(topic, scale, {True: "yes", False: "no", None: "?"}[truth], (why,))


def _neutrophils(facts: Facts) -> list[Verdict]:
    topic, out = "neutrophils", []
    if facts.neutrophils is not None:
        reference = Reference(lln=facts.neutrophils_lln)
        out.append(_graded(topic, "CTCAE v5", ctcae.lab(topic, facts.neutrophils, reference)))
        out.append(_graded(topic, "CTCAE v6", ctcae_v6.lab(topic, facts.neutrophils, reference)))
    if facts.neutrophils_by_day:
        counts = {day: icaht.per_ul(value) for day, value in facts.neutrophils_by_day.items()}
        late = [value for day, value in counts.items() if day > icaht.LAST_EARLY_DAY]
        out.append(_graded(topic, "ICAHT early, cumulative", icaht.early(counts)))
        out.append(_graded(topic, "ICAHT early, longest run", icaht.early(counts, longest_run=True)))
        if late:
            out.append(_graded(topic, "ICAHT late", icaht.late(late)))
    return out


def _platelets(facts: Facts) -> list[Verdict]:
    topic, out = "platelets", []
    if facts.platelets is not None:
        reference = Reference(lln=facts.platelets_lln)
        out.append(_graded(topic, "CTCAE v5", ctcae.lab(topic, facts.platelets, reference)))
        out.append(_graded(topic, "CTCAE v6", ctcae_v6.lab(topic, facts.platelets, reference)))
        item = lab_item("thrombocytopenia", {"platelets_e9_l": facts.platelets}, facts.attributed)
        out.append(_answered(topic, "SLEDAI-2K item", item.met, "below 100, attributed to lupus"))
    if facts.platelets_by_day:
        out.append(_graded(topic, "T-ICAHT early, table", t_icaht.early_from_counts(facts.platelets_by_day)))
        out.append(_graded(topic, "T-ICAHT early, code", t_icaht.early_from_counts(facts.platelets_by_day, True)))
    return out


def _leukocytes(facts: Facts) -> list[Verdict]:
    if facts.leukocytes is None:
        return []
    topic = "leukocytes"
    item = lab_item("leukopenia", {"wbc_e9_l": facts.leukocytes}, facts.attributed)
    low = not is_above(facts.leukocytes, 4.0) and facts.leukocytes < 4.0
    return [
        _graded(topic, "CTCAE v5", ctcae.lab(topic, facts.leukocytes, Reference(lln=facts.leukocytes_lln))),
        _answered(topic, "SLEDAI-2K item", item.met, "below 3.0, attributed to lupus"),
        _answered(topic, "EULAR/ACR 2019 item", low, "below 4.0"),
    ]


def _fever(facts: Facts) -> list[Verdict]:
    if facts.temperature is None:
        return []
    topic, celsius = "fever", facts.temperature
    sledai = lab_item("fever", {"temperature_c": celsius}, facts.attributed)
    return [
        _graded(topic, "CTCAE v5", ctcae.fever(celsius, facts.hours_above_40)),
        _answered(topic, "SLEDAI-2K item", sledai.met, "above 38.0, attributed to lupus"),
        _answered(topic, "BILAG-2004 pyrexia", is_above(celsius, 37.5), "above 37.5"),
        _answered(topic, "EULAR/ACR 2019 item", fever_item(celsius), "above 38.3"),
        _answered(topic, "ASTCT CRS fever", celsius >= 38.0, "38.0 or more"),
    ]


def _alt(facts: Facts) -> list[Verdict]:
    if facts.alt is None:
        return []
    return _liver("alt", facts.alt, Reference(uln=facts.alt_uln, baseline=facts.alt_baseline))


def _liver(topic: str, value: float, reference: Reference) -> list[Verdict]:
    return [
        _graded(topic, "CTCAE v5", ctcae.lab(topic, value, reference)),
        _graded(topic, "CTCAE v5, limit only", ctcae.by_limit_only(topic, value, reference)),
        _graded(topic, "CTCAE v6", ctcae_v6.lab(topic, value, reference)),
    ]


def _bilirubin(facts: Facts) -> list[Verdict]:
    if facts.bilirubin is None:
        return []
    reference = Reference(uln=facts.bilirubin_uln, baseline=facts.bilirubin_baseline)
    stage = gvhd_magic.liver_stage(facts.bilirubin)
    magic = Grade(stage, stage, stage, ("stage by bilirubin alone",))
    return [*_liver("bilirubin", facts.bilirubin, reference), _graded("bilirubin", "MAGIC liver stage", magic)]


def _creatinine(facts: Facts) -> list[Verdict]:
    if facts.creatinine is None:
        return []
    topic = "creatinine"
    reference = Reference(facts.creatinine_lln, facts.creatinine_uln, facts.creatinine_baseline)
    return [
        _graded(topic, "CTCAE v5", ctcae.lab(topic, facts.creatinine, reference)),
        _graded(topic, "CTCAE v6", ctcae_v6.lab(topic, facts.creatinine, reference)),
    ]


def _crs(facts: Facts) -> list[Verdict]:
    if facts.crs is None:
        return []
    topic, course = "cytokine release syndrome", facts.crs
    return [
        _graded(topic, "ASTCT 2019", crs_astct.grade(course.facts)),
        *(_graded(topic, scale.replace("_", " "), crs_scales.grade(course, scale)) for scale in crs_scales.SCALES),
    ]


_TOPICS: Final[dict[str, Callable[[Facts], list[Verdict]]]] = {
    "neutrophils": _neutrophils,
    "platelets": _platelets,
    "leukocytes": _leukocytes,
    "fever": _fever,
    "alt": _alt,
    "bilirubin": _bilirubin,
    "creatinine": _creatinine,
    "cytokine release syndrome": _crs,
}
