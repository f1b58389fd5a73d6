"""The rules between records: what two cells, rows or tables say that cannot both be right, or needs a look.

A finding of one of these changes nothing: the records stay as collected, and a person decides.
"""

from __future__ import annotations

from remit.records.findings import Finding
from remit.records.rules import READING, Rule

CHECKING: tuple[Rule, ...] = (
    # keys
    Rule("SAME-ID", "Two records with one id", "error", "Give each record of a subject its own number."),
    Rule("UNKNOWN-SUBJECT", "A record of a subject whom DM does not know", "error", "Add the subject to DM."),
    Rule("PARENT", "A qualifier or relation of a record that is not there", "error", "Correct IDVAR and IDVARVAL."),
    # dates
    Rule("ORDER", "An end before its start", "error", "Correct one of the two dates."),
    Rule("BEFORE-CONSENT", "A treatment or visit before consent", "error", "Check both dates; if true, report it."),
    Rule("AFTER-DEATH", "Something dated after the subject's death", "warning", "Correct one of the two dates."),
    Rule("FUTURE", "A date after the last data cut", "warning", "Correct the date, or declare a later cut."),
    Rule("NO-DAY", "A treatment without a whole date", "error", "Enter year, month and day."),
    Rule("PARTIAL", "An event whose start is known in part", "note", "Enter the day, if it can still be learned."),
    # values
    Rule("UNIT", "A result in a unit that cannot be used", "error", "Enter the unit, or convert the result."),
    Rule("MIXED-UNIT", "One analyte in several units", "error", "Convert the results to one unit."),
    Rule("PLAUSIBLE", "A measurement that no patient has", "error", "Check the value and its unit."),
    Rule("LIMITS", "A normal range whose lower limit is above its upper", "error", "Correct the limits."),
    Rule("RESULT", "A standardized result that differs from the collected one", "error", "Correct one of the two."),
    # visits
    Rule("WINDOW", "A visit outside its window", "warning", "Check the date; if true, it is a deviation."),
    Rule(
        "NO-VISIT", "A result at a visit that SV does not have", "warning", "Add the visit to SV, or correct VISITNUM."
    ),
    # exposure
    Rule("LEVEL", "A dose level that the protocol does not have", "error", "Correct the arm, or amend the protocol."),
    Rule("TREATMENT", "A treatment that the protocol does not name", "error", "Correct EXTRT, or name it."),
    Rule("DOSE", "Cells in another unit than the protocol's, or far above the level", "error", "Correct dose or unit."),
    Rule(
        "OTHER-DOSE",
        "Cells below the level's planned dose, or of another level's",
        "warning",
        "Correct the dose, or the arm; if the dose is true, confirm it with its reason (SUPPEX DOSECONF).",
    ),
    Rule("LOT", "Cells of an unknown lot", "warning", "Enter the lot, or declare it in the protocol."),
    Rule(
        "DONOR", "Cells of an unknown donor", "warning", "Enter the donor (SUPPEX DONOR), or declare it with the lot."
    ),
    # scores
    Rule("ANSWER", "An answer that the question does not have", "error", "Enter one of the answers of the form."),
    Rule("WEIGHT", "An item whose score is not its answer's", "error", "Correct the score: the weight, or 0."),
    Rule("TOTAL", "A typed total that is not the sum of its items", "error", "Correct the items or the total."),
    Rule(
        "ITEM-LAB",
        "An item that disagrees with the visit's laboratory",
        "warning",
        "Look at both; say why, or correct one.",
    ),
    Rule("SCALE", "Global assessments on more than one scale", "warning", "Use one scale, and write which."),
    Rule("STATE", "A typed state that the typed score rules out", "error", "Correct the state or the score."),
    # rating forms
    Rule("ITEM", "A test code that its form does not have", "error", "Correct RSTESTCD, or RSCAT."),
    Rule("POINTS", "Points that an item or total does not have", "error", "Enter one of the points of the form."),
    Rule("HEALED", "Damage that was there and is not any more", "warning", "Correct one of the two visits."),
    Rule("EXCLUSIVE", "Two signs that exclude each other", "warning", "Keep the one that is meant."),
    Rule(
        "NOT-SHOWN",
        "A SLEDAI-2K item that the form of the visit does not show",
        "warning",
        "Look at both; correct one, or leave it if the sign is elsewhere.",
    ),
    Rule(
        "LETTER",
        "A BILAG letter that its items do not give",
        "warning",
        "Look at both; the entered letter stands until somebody corrects it.",
    ),
    # drugs
    Rule(
        "OVERLAP", "Two dose periods of one drug at a time", "warning", "End the first period before the second starts."
    ),
    Rule("OPEN", "A steroid period without an end", "warning", "Enter the end, or ONGOING in CMENRTPT."),
    Rule(
        "DAILY-DOSE",
        "A steroid period without a daily dose",
        "warning",
        "Enter the dose, its unit mg, and a frequency such as QD, BID or QOD.",
    ),
    Rule("GAP", "Days between two dose periods", "note", "Say whether the drug was stopped or the dose is unknown."),
    # events
    Rule(
        "SERIOUS",
        "A criterion of seriousness in an event that is not serious",
        "warning",
        "Correct AESER or the criterion.",
    ),
    Rule("DEATH", "A fatal event without a death, or a death without a date", "error", "Complete DTHFL and DTHDTC."),
    Rule(
        "DLT", "Facts about a dose-limiting toxicity that contradict each other", "error", "Decide, and correct AEDLT."
    ),
    Rule("NO-GRADE", "An event after treatment without a grade", "warning", "Enter the grade (AETOXGR)."),
    Rule("NO-CAUSE", "An event in the DLT window without an attribution", "warning", "Enter AEREL."),
    Rule(
        "BEYOND-DLT",
        "An event called dose-limiting that the definition does not count",
        "warning",
        "Correct AEDLT, or the grade, attribution or dates; or amend the definition.",
    ),
    Rule(
        "FEVER", "Cytokine release syndrome without a fever", "warning", "Enter the fever (FA), or explain the grade."
    ),
    Rule("GRADED-BY", "A grade without its scale", "warning", "Enter the scale (SUPPAE AETOXSCL)."),
)

RULES: tuple[Rule, ...] = (*READING, *CHECKING)

_BY_ID = {rule.id: rule for rule in CHECKING}


def noted(
    table: str, kind: str, what: str, record: str | None, column: str | None = None, remedy: str | None = None
) -> Finding:
    """A finding of a rule between records, with the rule's severity; the rule's remedy unless a closer one is known."""
    rule = _BY_ID[kind]
    return Finding(table, record, column, f"{table}-{kind}", rule.severity, what, remedy or rule.remedy)
