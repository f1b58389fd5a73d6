"""What the records of the invented cohort share: the calendar, the visits, and the pen that writes a row.

The visits are those of protocol.yaml; the table says only what the records need.
"""

from __future__ import annotations

from datetime import date, timedelta

STUDY, SITE = "KN5501-SLE", "CH01"
FIRST_INFUSION = date(2023, 10, 2)
CELLS = {1: 0.75, 2: 1.5, 3: 3.0, 4: 6.0}  # 10^9 per infusion; level 1 is public, the others are assumed
INFUSIONS = (0, 7, 14)
# key, VISITNUM, VISIT, planned protocol day
VISITS = (
    ("screening", 1, "Screening", -14),
    ("conditioning", 2, "Conditioning", -5),
    ("infusion-1", 3, "Infusion 1 (day 0)", 0),
    ("day-1", 4, "Day 1", 1),
    ("day-3", 5, "Day 3", 3),
    ("infusion-2", 6, "Infusion 2 (day 7)", 7),
    ("day-10", 7, "Day 10", 10),
    ("infusion-3", 8, "Infusion 3 (day 14)", 14),
    ("day-18", 9, "Day 18", 18),
    ("week-4", 10, "Week 4", 28),
    ("week-6", 11, "Week 6", 42),
    ("week-8", 12, "Week 8", 56),
    ("week-10", 13, "Week 10", 70),
    ("week-12", 14, "Week 12", 84),
    ("week-16", 15, "Week 16", 112),
    ("week-20", 16, "Week 20", 140),
    ("week-24", 17, "Week 24", 168),
    ("week-36", 18, "Week 36", 252),
    ("week-52", 19, "Week 52", 364),
)
NUMBER = {key: (number, label) for key, number, label, _ in VISITS}
ASSESSED = ("screening", "week-4", "week-12", "week-24", "week-36", "week-52")
EARLY = ("infusion-1", "day-1", "day-3", "infusion-2", "day-10", "infusion-3", "day-18")
MISSED = {(4, "week-12")}

Row = dict[str, object]


class Pen:
    """Adds rows of one subject: study, domain, subject and the next sequence number are filled in."""

    def __init__(self, tables: dict[str, list[Row]], number: int, zero: date) -> None:
        self.tables, self.zero, self.enrolled = tables, zero, number < 900
        self.subject = f"{SITE}-{number:03d}"
        self.sequence: dict[str, int] = {}

    def day(self, day: int, time: str = "") -> str:
        return (self.zero + timedelta(days=day)).isoformat() + (f"T{time}" if time else "")

    def study_day(self, when: str) -> object:
        """CDISC day of a whole date: the first infusion is day 1 and there is no day 0."""
        if len(when) < 10:
            return ""
        days = (date.fromisoformat(when[:10]) - self.zero).days
        return days + 1 if days >= 0 else days

    def add(self, domain: str, **cells: object) -> int:
        row: Row = {"STUDYID": STUDY, "DOMAIN": domain, "USUBJID": self.subject}
        if domain not in {"DM", "SV"}:
            self.sequence[domain] = self.sequence.get(domain, 0) + 1
            row[f"{domain}SEQ"] = self.sequence[domain]
        filled: Row = {}
        for name, cell in cells.items():
            filled[name] = "" if cell is None else cell
            if self.enrolled and domain != "MH" and name in _timings(domain):
                filled[name.removesuffix("TC") + "Y"] = self.study_day(str(cell))
        self.tables.setdefault(domain, []).append(row | filled)
        return self.sequence.get(domain, 0)

    def supp(self, domain: str, sequence: int, name: str, label: str, value: object, origin: str = "CRF") -> None:
        row = {"STUDYID": STUDY, "RDOMAIN": domain, "USUBJID": self.subject, "IDVAR": f"{domain}SEQ"}
        row |= {"IDVARVAL": str(sequence), "QNAM": name, "QLABEL": label, "QVAL": str(value)}
        evaluator = "INVESTIGATOR" if name == "AEDLT" else ""
        self.tables.setdefault(f"SUPP{domain}", []).append(row | {"QORIG": origin, "QEVAL": evaluator})

    def related(self, domain: str, sequence: int, link: str) -> None:
        row = {"STUDYID": STUDY, "RDOMAIN": domain, "USUBJID": self.subject, "IDVAR": f"{domain}SEQ"}
        self.tables.setdefault("RELREC", []).append(row | {"IDVARVAL": str(sequence), "RELTYPE": "", "RELID": link})


def _timings(domain: str) -> tuple[str, ...]:
    return f"{domain}DTC", f"{domain}STDTC", f"{domain}ENDTC"
