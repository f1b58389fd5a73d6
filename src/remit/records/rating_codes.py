"""Forms that rate skin, joints, damage, activity, flares and classification in RS: their categories and test codes.

A form has items; questions that close a part of it ("all other areas were examined and are without lesion"), so that
only what was found needs a row; and typed totals, for who keeps no items. Codes follow the pattern of the other sponsor
codes; the items are those of the instruments (`remit.instruments`), by the same names and in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from remit.records import bilag_names

Kind = Literal["points", "presence", "yes-no", "number"]
_ANSWERS: dict[Kind, tuple[str, ...]] = {
    "points": (), "presence": ("PRESENT", "ABSENT"), "yes-no": ("Y", "N"), "number": (),
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One item of a form.

    part   the score of the form that it belongs to; what a closing question covers
    name   what the instrument calls it
    kind   points (whole, 0 to `high`), presence, yes-no, or a number of any size up to `high`
    among  the points that there are, where not every whole number is one
    """

    code: str
    test: str
    part: str
    name: str
    kind: Kind
    high: float = 1
    among: tuple[float, ...] = ()


@dataclass(frozen=True)
class Closing:
    """A question that closes parts of a form: Y says that what has no row was looked at and is not there."""

    code: str
    test: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Total:
    """A typed total of one part, by the name of the score."""

    code: str
    test: str
    part: str
    high: float


@dataclass(frozen=True)
class Form:
    """One form: its category (RSCAT), items, closing questions and typed totals."""

    category: str
    items: tuple[Item, ...]
    closings: tuple[Closing, ...] = ()
    totals: tuple[Total, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Every test code of the form."""
        closings, totals = (one.code for one in self.closings), (one.code for one in self.totals)
        return (*(one.code for one in self.items), *closings, *totals)

    @cached_property
    def parts(self) -> Mapping[str, tuple[Item, ...]]:
        """Items by part, in order."""
        names = dict.fromkeys(item.part for item in self.items)
        return {name: tuple(item for item in self.items if item.part == name) for name in names}

    @cached_property
    def places(self) -> Mapping[str, tuple[int, Item]]:
        """Place and item by name."""
        return {item.name: (place, item) for place, item in enumerate(self.items)}


CLASI_AREAS = (
    "scalp", "ears", "nose_malar", "rest_of_face", "v_area_neck", "chest", "abdomen", "arms", "hands", "legs", "feet",
    "back_of_neck_shoulders", "back_buttocks",
)  # fmt: skip
JOINTS = tuple(
    f"{side}_{joint}"
    for joint in (
        "shoulder", "elbow", "wrist", *(f"mcp{n}" for n in range(1, 6)), *(f"pip{n}" for n in range(1, 6)), "knee",
    )
    for side in ("left", "right")
)  # fmt: skip
DAMAGE: tuple[tuple[str, int], ...] = (
    ("cataract", 1), ("retinal_change_optic_atrophy", 1), ("cognitive_impairment_psychosis", 1),
    ("seizures_six_months", 1), ("stroke", 2), ("neuropathy", 1), ("transverse_myelitis", 1), ("gfr_below_half", 1),
    ("proteinuria_3_5", 1), ("end_stage_renal_disease", 3), ("pulmonary_hypertension", 1), ("pulmonary_fibrosis", 1),
    ("shrinking_lung", 1), ("pleural_fibrosis", 1), ("pulmonary_infarction", 1), ("angina_cabg", 1),
    ("myocardial_infarction", 2), ("cardiomyopathy", 1), ("valvular_disease", 1), ("pericarditis_six_months", 1),
    ("claudication", 1), ("minor_tissue_loss", 1), ("major_tissue_loss", 2), ("venous_thrombosis", 1),
    ("bowel_infarction_resection", 2), ("mesenteric_insufficiency", 1), ("chronic_peritonitis", 1),
    ("stricture_upper_gi_surgery", 1), ("pancreatic_insufficiency", 1), ("muscle_atrophy_weakness", 1),
    ("deforming_arthritis", 1), ("osteoporotic_fracture", 1), ("avascular_necrosis", 2), ("osteomyelitis", 1),
    ("tendon_rupture", 1), ("scarring_alopecia", 1), ("extensive_scarring", 1), ("skin_ulcer_six_months", 1),
    ("premature_gonadal_failure", 1), ("diabetes", 1), ("malignancy", 2),
)  # fmt: skip
SLE_DAS = (
    "mucocutaneous_vasculitis", "localized_rash", "generalized_rash", "alopecia", "mucosal_ulcers", "neuropsychiatric",
    "systemic_vasculitis", "cardiac_pulmonary", "myositis", "serositis", "haemolytic_anemia", "arthritis",
)  # fmt: skip
FLARE_MANIFESTATIONS = (
    "discoid_rash", "photosensitive_rash", "profundus", "cutaneous_vasculitis", "bullous_lupus",
    "nasopharyngeal_ulcers", "pleuritis", "pericarditis", "arthritis", "lupus_fever", "central_nervous", "vasculitis",
    "nephritis", "myositis", "platelets_below_60", "hemolytic_anemia_severe",
)  # fmt: skip
FLARE_QUESTIONS = (
    ("hospitalised_for_sle", "Hospital stay for lupus"),
    ("led_to_care", "Severe one led to hospital or prednisone"),
    ("severe_drug", "New immunosuppressant for activity"),
    ("mild_drug", "New NSAID or hydroxychloroquine"),
)
EULAR_ACR = (
    "fever", "leukopenia", "thrombocytopenia", "hemolysis", "delirium", "psychosis", "seizure", "alopecia",
    "oral_ulcers", "subacute_or_discoid", "acute_cutaneous", "effusion", "acute_pericarditis", "synovitis",
    "proteinuria", "class_II_V", "class_III_IV", "antiphospholipid", "low_c3_or_c4", "low_c3_and_c4", "dsdna", "smith",
)  # fmt: skip
ACR_1997 = (
    "malar_rash", "discoid_rash", "photosensitivity", "oral_ulcers", "arthritis", "pleuritis", "pericarditis",
    "proteinuria_persistent", "cellular_casts", "seizure", "psychosis", "hemolytic_anemia", "leukopenia_twice",
    "lymphopenia_twice", "thrombocytopenia", "anti_dna", "anti_sm", "antiphospholipid", "ana",
)  # fmt: skip


def _said(name: str) -> str:
    """A name of the instruments as a person reads it."""
    return name.replace("_", " ")


def _present(prefix: str, part: str, names: Sequence[str]) -> tuple[Item, ...]:
    return tuple(Item(f"{prefix}{n:02d}", _said(name), part, name, "presence") for n, name in enumerate(names, start=1))


def _joints(prefix: str, sign: str) -> tuple[Item, ...]:
    return _present(prefix, sign, [f"{sign} {joint}" for joint in JOINTS])


def _clasi() -> Iterator[Item]:
    number = iter(range(1, 100))

    def item(part: str, name: str, high: float, kind: Kind = "points", among: tuple[float, ...] = ()) -> Item:
        return Item(f"CLAS01{next(number):02d}", _said(name), part, name, kind, high, among)

    for sign, high in (("erythema", 3), ("scale", 2)):
        yield from (item("activity", f"{sign} {area}", high) for area in CLASI_AREAS)
    yield from (item("activity", *one) for one in (("mucosal", 1), ("recent_hair_loss", 1), ("alopecia", 3)))
    yield from (item("damage", f"dyspigmentation {area}", 1) for area in CLASI_AREAS)
    yield from (item("damage", f"scarring {area}", 2) for area in CLASI_AREAS[1:])
    yield item("damage", "scalp_scarring", 6, among=(0, 3, 4, 5, 6))
    yield item("damage", "lasts_a_year", 1, "yes-no")


CLASI = Form(
    "CLASI",
    tuple(_clasi()),
    (
        Closing("CLAS0159", "All other activity items are 0", ("activity",)),
        Closing("CLAS0160", "All other damage items are 0", ("damage",)),
    ),
    (Total("CLAS0161", "Activity score", "activity", 70), Total("CLAS0162", "Damage score", "damage", 56)),
)
JOINTS_28 = Form(
    "JOINTS 28",
    (*_joints("JNTT01", "tender"), *_joints("JNTS01", "swollen")),
    (Closing("JNTC0101", "All other joints not tender, not swollen", ("tender", "swollen")),),
    (Total("JNTT0129", "Tender joints of 28", "tender", 28), Total("JNTS0129", "Swollen joints of 28", "swollen", 28)),
)
SDI = Form(
    "SDI",
    tuple(
        Item(f"SDIN01{n:02d}", _said(name), "damage", name, "points", most)
        for n, (name, most) in enumerate(DAMAGE, start=1)
    ),
    (Closing("SDIN0142", "All other damage items are 0", ("damage",)),),
    (Total("SDIN0143", "Damage index", "damage", 47),),
)
SLE_DAS_FORM = Form(
    "SLE-DAS",
    _present("SDAS01", "flags", SLE_DAS),
    (Closing("SDAS0113", "All other items absent", ("flags",)),),
)
SELENA_FLARE = Form(
    "SELENA FLARE",
    (
        *_present("SFLR01", "manifestations", FLARE_MANIFESTATIONS),
        *(Item(f"SFLR01{n:02d}", test, name, name, "yes-no") for n, (name, test) in enumerate(FLARE_QUESTIONS, 17)),
    ),
    (Closing("SFLR0121", "No other new or worse manifestation", ("manifestations",)),),
)
EULAR_ACR_2019 = Form(
    "EULAR/ACR 2019",
    (
        *_present("EACR01", "items", EULAR_ACR),
        Item("EACR0123", "Highest ANA titer, reciprocal", "titer", "ana_titre", "number", 1_000_000),
    ),
    (Closing("EACR0124", "All other items looked for, never there", ("items",)),),
)
ACR_1997_FORM = Form(
    "ACR 1997",
    _present("ACRC01", "items", ACR_1997),
    (Closing("ACRC0120", "All other criteria looked for, never met", ("items",)),),
)



def _bilag() -> Iterator[Item]:
    number = iter(range(1, 100))
    for system in bilag_names.SYSTEMS:
        for name in bilag_names.SCORED[system]:
            yield Item(f"BILI01{next(number):02d}", _said(name)[:40], system, name, "points", 4)
        for name in bilag_names.YES_NO.get(system, ()):
            yield Item(f"BILI01{next(number):02d}", _said(name)[:40], system, name, "presence")
    name = bilag_names.ATTRIBUTED
    yield Item(f"BILI01{next(number):02d}", _said(name), bilag_names.HISTORY, name, "yes-no")
    for name in map(bilag_names.ever_active, bilag_names.SYSTEMS):
        yield Item(f"BILI01{next(number):02d}", _said(name), bilag_names.HISTORY, name, "presence")


BILAG_ITEMS = Form(
    "BILAG-2004 ITEMS",
    tuple(_bilag()),
    (
        Closing("BILC0101", "All other items are 0", bilag_names.SYSTEMS),
        Closing("BILC0102", "No other system was ever active", (bilag_names.HISTORY,)),
    ),
)

FORMS: tuple[Form, ...] = (
    CLASI, JOINTS_28, SDI, SLE_DAS_FORM, SELENA_FLARE, EULAR_ACR_2019, ACR_1997_FORM, BILAG_ITEMS,
)  # fmt: skip
BY_CATEGORY: dict[str, Form] = {form.category: form for form in FORMS}


def rated() -> Iterator[tuple[str, str, str, str, tuple[str, ...], float | None, float | None]]:
    """Every code of every form as the fields of a `SponsorCode`."""
    for form in FORMS:
        for item in form.items:
            limits = (None, None) if item.kind == "yes-no" else (0.0, float(item.high))
            yield ("RS", form.category, item.code, _capital(item.test), _ANSWERS[item.kind], *limits)
        for closing in form.closings:
            yield ("RS", form.category, closing.code, closing.test, _ANSWERS["yes-no"], None, None)
        for total in form.totals:
            yield ("RS", form.category, total.code, total.test, (), 0.0, float(total.high))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
