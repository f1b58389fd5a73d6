"""The invented cohort as it was thought up: twenty subjects and two screen failures, one entry each.

Nobody here is a real patient. The entries were chosen so that every number printed in ACR 2024 abstract L17 comes
out at once, with courses that a rheumatologist could have seen. `make_records.py` turns them into records.
All days are protocol days: the first infusion of the subject is day 0, the day before is -1.
"""

from __future__ import annotations

from dataclasses import dataclass, field

STAYS = None  # an item or an abnormal laboratory value that is still there at the last assessment


@dataclass(frozen=True)
class Steroid:
    """Oral glucocorticoid: the dose at entry in mg per day of `drug`, and the dose from the day after a visit on."""

    drug: str
    entry: float
    after: dict[str, float]


@dataclass(frozen=True)
class Subject:
    """One subject.

    first             days from the first infusion of the trial to the subject's first infusion
    diagnosis         days from the diagnosis of lupus to the first infusion
    items             SLEDAI-2K items at screening that no laboratory value decides, and the last day each was there
    dsdna             anti-dsDNA at screening in IU/mL (above 100 is raised), and the last day it was raised
    c3, complement    C3 at screening in g/L (below 0.79 is low), and the last day C3 or C4 was low (0 = never low)
    protein           urine protein/creatinine at screening and at day 250, in g/g
    bilag             BILAG-2004 letters at screening of the systems that are not E
    pga               global assessment at screening and weeks 4, 12, 24, 36, 52, as far as seen; None = not assessed
    visits            days of the visits, where not as planned
    last              day of the last visit, or of the telephone contact before the data cut
    returned          the first visit with 10 or more B cells per microliter again, or None while none has been seen
    b_cells           B cells per microliter at screening
    neutrophils, platelets   10^9/L at screening
    background        the two drugs before the trial, the later one stopped before conditioning
    """

    number: int
    level: int
    first: int
    sex: str
    age: int
    height: int
    weight: int
    diagnosis: int
    items: dict[str, int | None]
    dsdna: tuple[int, int | None]
    c3: float
    complement: int | None
    protein: tuple[float, float]
    bilag: dict[str, str]
    pga: tuple[float | None, ...]
    steroid: Steroid
    last: int
    b_cells: int
    neutrophils: float
    platelets: int
    returned: str | None = None
    visits: dict[str, int] = field(default_factory=dict)
    telephone: bool = False
    hydroxychloroquine: bool = True
    background: tuple[str, ...] = ()
    history: tuple[tuple[str, str], ...] = ()


NO_PROTEIN = (0.11, 0.08)
PREDNISONE, METHYLPREDNISOLONE = "PREDNISONE", "METHYLPREDNISOLONE"

# fmt: off
SUBJECTS: tuple[Subject, ...] = (
    # DL1: arthritis and raised anti-dsDNA stay, prednisone 10 mg: SLEDAI-2K from 9 to 6, neither state and no SRI-4
    Subject(
        number=1, level=1, first=0, sex="F", age=34, height=162, weight=58, diagnosis=3652,
        items={"Arthritis": STAYS}, dsdna=(310, STAYS), c3=0.62, complement=150,
        protein=NO_PROTEIN, bilag={"MSK": "A", "HAE": "C", "CON": "C"},
        pga=(1.9, 1.7, 1.5, 1.4, 1.3, 1.2),
        steroid=Steroid(PREDNISONE, 15, {"week-4": 12.5, "week-12": 10}),
        last=365, b_cells=96, neutrophils=1.6, platelets=182, returned="week-12",
        visits={"week-8": 57, "week-12": 91, "week-24": 169, "week-52": 365},
        background=("METHOTREXATE", "BELIMUMAB"), history=(("Raynaud phenomenon", "2016"),),
    ),
    # DL2: clinically quiet, but prednisone still 7.5 mg: low disease activity without remission
    Subject(
        number=2, level=2, first=29, sex="F", age=41, height=158, weight=54, diagnosis=5479,
        items={"Arthritis": 60, "Mucosal ulcers": 20, "Rash": 60}, dsdna=(268, STAYS), c3=0.66, complement=100,
        protein=NO_PROTEIN, bilag={"MSK": "B", "MUC": "B", "REN": "D"},
        pga=(1.7, 1.3, 0.9, 0.5, 0.3),
        steroid=Steroid(PREDNISONE, 15, {"week-4": 12.5, "week-12": 10, "week-24": 7.5}),
        last=332, b_cells=74, neutrophils=3.1, platelets=214, returned="week-8",
        visits={"week-8": 61, "week-36": 253}, telephone=True, background=("MYCOPHENOLATE MOFETIL", "TACROLIMUS"),
        history=(("Lupus nephritis", "2012-06"),),
    ),
    # DL3: nephritis that resolves; remission. Global assessment forgotten at week 12
    Subject(
        number=3, level=3, first=58, sex="F", age=28, height=165, weight=61, diagnosis=2557,
        items={"Hematuria": 60, "Rash": 20}, dsdna=(420, 130), c3=0.55, complement=140, protein=(1.9, 0.12),
        bilag={"REN": "A", "MUC": "B"},
        pga=(1.9, 1.3, None, 0.4, 0.2),
        steroid=Steroid(PREDNISONE, 20, {"week-4": 15, "week-8": 10, "week-12": 7.5, "week-16": 5, "week-24": 2.5}),
        last=303, b_cells=132, neutrophils=3.8, platelets=251, returned="week-12", visits={"week-12": 85},
        telephone=True, background=("CYCLOPHOSPHAMIDE", "MYCOPHENOLATE MOFETIL"),
        history=(("Lupus nephritis", "2019-03"),),
    ),
    # DL3: week 12 missed; steroid stopped after week 24, remission with anti-dsDNA still raised
    Subject(
        number=4, level=3, first=73, sex="F", age=23, height=160, weight=50, diagnosis=1826,
        items={"Rash": 40, "Alopecia": 90, "Mucosal ulcers": 20, "Arthritis": 20}, dsdna=(505, STAYS), c3=0.48,
        complement=100, protein=NO_PROTEIN, bilag={"MUC": "A", "MSK": "B", "HAE": "C"},
        pga=(1.8, 1.1, None, 0.3, 0.1),
        steroid=Steroid(PREDNISONE, 12.5, {"week-4": 7.5, "week-8": 5, "week-16": 2.5, "week-24": 0}),
        last=288, b_cells=158, neutrophils=2.9, platelets=88, returned="week-8",
        visits={"week-8": 62, "week-36": 251}, telephone=True, background=("CYCLOSPORINE", "BELIMUMAB"),
    ),
    # DL3: class IV nephritis; everything settles but proteinuria above 0.5 g/g, which bars low disease activity
    Subject(
        number=5, level=3, first=88, sex="F", age=31, height=163, weight=64, diagnosis=3287,
        items={"Urinary casts": 20, "Hematuria": 100, "Alopecia": 60}, dsdna=(640, 160), c3=0.41, complement=150,
        protein=(3.6, 0.81), bilag={"REN": "A", "MUC": "C", "CON": "C"},
        pga=(2.2, 1.7, 1.2, 0.9, 0.7),
        steroid=Steroid(METHYLPREDNISOLONE, 16, {"week-4": 12, "week-12": 8, "week-24": 6}),
        last=273, b_cells=117, neutrophils=4.4, platelets=236, returned="week-12",
        visits={"week-12": 87, "week-36": 254}, telephone=True, background=("MYCOPHENOLATE MOFETIL", "TACROLIMUS"),
        history=(("Lupus nephritis", "2015-11"), ("Hypertension", "2018")),
    ),
    # DL3: remission on exactly 5 mg; anti-dsDNA normal at week 12 and raised again from week 24
    Subject(
        number=6, level=3, first=119, sex="F", age=46, height=155, weight=52, diagnosis=5844,
        items={"Arthritis": 60, "Rash": 40}, dsdna=(232, 60), c3=0.69, complement=60, protein=NO_PROTEIN,
        bilag={"MSK": "B", "MUC": "B", "HAE": "C"},
        pga=(1.5, 1.0, 0.6, 0.3, 0.2),
        steroid=Steroid(PREDNISONE, 15, {"week-4": 10, "week-8": 7.5, "week-12": 5}),
        last=245, b_cells=63, neutrophils=1.5, platelets=176, returned="week-12",
        visits={"week-24": 167, "week-36": 245}, background=("METHOTREXATE", "LEFLUNOMIDE"),
    ),
    # DL3: fever after the first infusion; global assessment exactly 0.5 at week 24: low activity, not remission
    Subject(
        number=7, level=3, first=130, sex="F", age=37, height=168, weight=66, diagnosis=4018,
        items={"Arthritis": 60, "Mucosal ulcers": 20, "Alopecia": 100, "Rash": 40}, dsdna=(350, 70), c3=0.52,
        complement=STAYS, protein=NO_PROTEIN, bilag={"MSK": "A", "MUC": "B", "CON": "C"},
        pga=(2.0, 1.5, 0.9, 0.5),
        steroid=Steroid(PREDNISONE, 20, {"week-4": 15, "week-8": 10, "week-12": 7.5, "week-16": 5}),
        last=231, b_cells=171, neutrophils=4.1, platelets=263, returned="week-12",
        visits={"week-8": 58, "week-12": 82}, telephone=True, background=("AZATHIOPRINE", "TELITACICEPT"),
    ),
    # DL4: remission, serology normal
    Subject(
        number=8, level=4, first=161, sex="M", age=26, height=175, weight=72, diagnosis=1278,
        items={"Arthritis": 20, "Rash": 60, "Pleurisy": 20}, dsdna=(480, 140), c3=0.5, complement=90,
        protein=(1.4, 0.1), bilag={"REN": "A", "CAR": "B", "MSK": "B", "MUC": "B"},
        pga=(2.0, 1.2, 0.6, 0.2),
        steroid=Steroid(PREDNISONE, 20, {"week-4": 10, "week-8": 7.5, "week-12": 5, "week-20": 2.5}),
        last=203, b_cells=124, neutrophils=4.6, platelets=228, returned="week-8",
        visits={"week-8": 63, "week-24": 170}, telephone=True,
        background=("CYCLOPHOSPHAMIDE", "MYCOPHENOLATE MOFETIL"), history=(("Lupus nephritis", "2021-02"),),
    ),
    Subject(
        number=9, level=4, first=184, sex="F", age=52, height=157, weight=57, diagnosis=6209,
        items={"Vasculitis": 40, "Arthritis": 20}, dsdna=(290, STAYS), c3=0.95, complement=0, protein=NO_PROTEIN,
        bilag={"MUC": "A", "MSK": "B"},
        pga=(2.2, 1.3, 0.6, 0.3),
        steroid=Steroid(PREDNISONE, 20, {"week-4": 15, "week-8": 10, "week-12": 7.5, "week-20": 5}),
        last=175, b_cells=58, neutrophils=3.5, platelets=205, returned="week-10",
        visits={"week-10": 72, "week-12": 86, "week-24": 175}, background=("CYCLOPHOSPHAMIDE", "AZATHIOPRINE"),
        hydroxychloroquine=False, history=(("Hypertension", "2017-09"),),
    ),
    Subject(
        number=10, level=4, first=197, sex="F", age=33, height=161, weight=55, diagnosis=4383,
        items={"Rash": 20, "Arthritis": 60, "Alopecia": 100}, dsdna=(255, 100), c3=0.6, complement=120,
        protein=NO_PROTEIN, bilag={"MSK": "B", "MUC": "B"},
        pga=(1.7, 1.1, 0.5, 0.2),
        steroid=Steroid(PREDNISONE, 15, {"week-4": 10, "week-8": 7.5, "week-12": 5, "week-20": 2.5}),
        last=167, b_cells=109, neutrophils=3.3, platelets=242, returned="week-10", visits={"week-24": 167},
        background=("METHOTREXATE", "TELITACICEPT"),
    ),
    Subject(
        number=11, level=4, first=227, sex="F", age=29, height=166, weight=63, diagnosis=3653,
        items={"Hematuria": 60, "Pyuria": 20, "Rash": 20}, dsdna=(560, STAYS), c3=0.46, complement=70,
        protein=(2.4, 0.3), bilag={"REN": "A", "MUC": "B"},
        pga=(2.3, 1.6, 1.0),
        steroid=Steroid(METHYLPREDNISOLONE, 16, {"week-4": 12, "week-12": 8}),
        last=137, b_cells=141, neutrophils=4.0, platelets=247, returned="week-8",
        visits={"week-8": 62, "week-20": 137}, background=("MYCOPHENOLATE MOFETIL", "BELIMUMAB"),
        history=(("Lupus nephritis", "2018-08"),),
    ),
    # DL4: fever after the second infusion
    Subject(
        number=12, level=4, first=238, sex="F", age=38, height=159, weight=60, diagnosis=4566,
        items={"Arthritis": 60, "Rash": 20, "Pleurisy": 20}, dsdna=(338, 70), c3=0.58, complement=60,
        protein=NO_PROTEIN, bilag={"MSK": "B", "CAR": "B", "MUC": "B"},
        pga=(1.8, 1.0, 0.4),
        steroid=Steroid(PREDNISONE, 15, {"week-4": 10, "week-8": 7.5, "week-12": 5}),
        last=123, b_cells=186, neutrophils=3.9, platelets=219, returned="week-8",
        visits={"week-8": 61, "week-12": 83}, telephone=True, background=("AZATHIOPRINE", "TACROLIMUS"),
    ),
    # DL4: urine not examined at week 12
    Subject(
        number=13, level=4, first=249, sex="F", age=45, height=154, weight=51, diagnosis=5114,
        items={"Arthritis": 60, "Mucosal ulcers": 20, "Alopecia": 120}, dsdna=(204, 60), c3=1.02, complement=0,
        protein=NO_PROTEIN, bilag={"MSK": "B", "MUC": "B"},
        pga=(1.5, 0.9, 0.5),
        steroid=Steroid(PREDNISONE, 10, {"week-4": 7.5, "week-12": 5}),
        last=112, b_cells=82, neutrophils=2.8, platelets=231, returned="week-12", visits={"week-8": 55},
        background=("METHOTREXATE", "LEFLUNOMIDE"),
    ),
    Subject(
        number=14, level=4, first=262, sex="F", age=21, height=164, weight=56, diagnosis=913,
        items={"Urinary casts": 20, "Hematuria": 60, "Rash": 20, "Alopecia": STAYS, "Mucosal ulcers": 10},
        dsdna=(890, STAYS), c3=0.36, complement=STAYS, protein=(4.1, 0.4),
        bilag={"REN": "A", "MUC": "B", "CON": "C", "HAE": "C"},
        pga=(2.6, 1.9, 1.3),
        steroid=Steroid(PREDNISONE, 20, {"week-4": 15, "week-12": 12.5}),
        last=98, b_cells=149, neutrophils=3.0, platelets=158, returned="week-12", visits={"week-16": 98},
        background=("CYCLOPHOSPHAMIDE", "MYCOPHENOLATE MOFETIL"), history=(("Lupus nephritis", "2022-05"),),
    ),
    Subject(
        number=15, level=4, first=274, sex="F", age=57, height=160, weight=62, diagnosis=4748,
        items={"Arthritis": 60, "Rash": 40}, dsdna=(178, 50), c3=0.98, complement=0, protein=NO_PROTEIN,
        bilag={"MSK": "B", "MUC": "B"},
        pga=(1.3, 0.8, 0.4),
        steroid=Steroid(PREDNISONE, 10, {"week-4": 7.5, "week-8": 5}),
        last=86, b_cells=49, neutrophils=3.2, platelets=226, returned="week-8",
        visits={"week-8": 61, "week-10": 72, "week-12": 86}, background=("METHOTREXATE", "AZATHIOPRINE"),
        history=(("Hypertension", "2015"),),
    ),
    Subject(
        number=16, level=4, first=287, sex="F", age=36, height=167, weight=59, diagnosis=4200,
        items={"Arthritis": 40, "Rash": 40, "Alopecia": 100, "Mucosal ulcers": 20}, dsdna=(372, STAYS), c3=0.57,
        complement=STAYS, protein=NO_PROTEIN, bilag={"MSK": "B", "MUC": "B", "HAE": "C"},
        pga=(1.9, 1.2),
        steroid=Steroid(PREDNISONE, 15, {"week-4": 10, "week-8": 7.5}),
        last=74, b_cells=104, neutrophils=1.7, platelets=171, visits={"week-8": 57, "week-10": 74},
        background=("CYCLOSPORINE", "TELITACICEPT"), history=(("Raynaud phenomenon", "2014-01"),),
    ),
    Subject(
        number=17, level=4, first=298, sex="F", age=24, height=162, weight=53, diagnosis=2192,
        items={"Arthritis": 20, "Rash": 40}, dsdna=(410, STAYS), c3=0.53, complement=STAYS, protein=(1.1, 0.2),
        bilag={"REN": "B", "MSK": "B", "MUC": "B"},
        pga=(2.0, 1.3),
        steroid=Steroid(PREDNISONE, 20, {"week-4": 15}),
        last=59, b_cells=128, neutrophils=3.7, platelets=239, visits={"week-8": 59},
        background=("MYCOPHENOLATE MOFETIL", "BELIMUMAB"), history=(("Lupus nephritis", "2021-10"),),
    ),
    Subject(
        number=18, level=4, first=310, sex="M", age=43, height=172, weight=70, diagnosis=2922,
        items={"Arthritis": 40, "Pericarditis": 20}, dsdna=(295, STAYS), c3=0.61, complement=STAYS,
        protein=NO_PROTEIN, bilag={"CAR": "B", "MSK": "B", "HAE": "C"},
        pga=(1.8, 1.1),
        steroid=Steroid(PREDNISONE, 15, {"week-4": 10}),
        last=51, b_cells=91, neutrophils=3.4, platelets=92, visits={"week-8": 51},
        background=("AZATHIOPRINE", "CYCLOSPORINE"),
    ),
    Subject(
        number=19, level=4, first=322, sex="F", age=19, height=158, weight=47, diagnosis=365,
        items={"Rash": 40, "Alopecia": 80, "Mucosal ulcers": 10, "Arthritis": 20}, dsdna=(455, STAYS), c3=0.49,
        complement=STAYS, protein=NO_PROTEIN, bilag={"MUC": "A", "MSK": "B"},
        pga=(2.1, 1.3),
        steroid=Steroid(PREDNISONE, 20, {"week-4": 15}),
        last=39, b_cells=162, neutrophils=3.6, platelets=255, visits={"week-6": 39},
        background=("MYCOPHENOLATE MOFETIL", "BELIMUMAB"),
    ),
    Subject(
        number=20, level=4, first=333, sex="F", age=49, height=156, weight=58, diagnosis=1461,
        items={"Arthritis": 40, "Rash": 40}, dsdna=(219, STAYS), c3=0.7, complement=STAYS, protein=NO_PROTEIN,
        bilag={"MSK": "B", "MUC": "B"},
        pga=(1.6, 1.2),
        steroid=Steroid(PREDNISONE, 12.5, {}),
        last=31, b_cells=69, neutrophils=2.7, platelets=208, visits={"week-4": 31},
        background=("LEFLUNOMIDE", "TACROLIMUS"),
    ),
)
# fmt: on


@dataclass(frozen=True)
class ScreenFailure:
    """A subject who signed consent and was not enrolled; `day` counts from the first infusion of the trial."""

    number: int
    day: int
    sex: str
    age: int
    height: int
    weight: int
    reason: str


SCREEN_FAILURES = (
    ScreenFailure(901, 96, "F", 39, 163, 60, "SLEDAI-2K of 6, below 8"),
    ScreenFailure(902, 215, "M", 55, 170, 68, "Left ventricular ejection fraction of 45 %, below 50 %"),
)


@dataclass(frozen=True)
class Fever:
    """Cytokine release syndrome of grade 1: highest temperature by day; the event ends on the last febrile day."""

    subject: int
    infusion_day: int
    temperatures: dict[int, float]


FEVERS = (
    Fever(7, 0, {1: 38.6, 2: 38.2, 3: 37.1}),
    Fever(12, 7, {8: 38.4, 9: 37.3}),
)
