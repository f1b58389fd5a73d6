"""Responses by other definitions: SRI-4 beside BICLA, BILAG, renal rules, time in a state, and who flips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from markupsafe import Markup

from remit.protocol import Endpoint
from remit.protocol.letters import signed_off
from remit.report.material import Material, slug
from remit.report.sections.section import Section
from remit.report.tables import FOOT, Cell, Row, Table
from remit.report.words import variant_word

SIGN = {"Y": "●", "N": "○", None: "?"}
WORD = {"Y": "met", "N": "not met", None: "not evaluable"}
NOT_ASKED = "n/a"
BESIDE = ("sri", "bicla")
CELLS = (
    ("both", "Both"), ("first-only", "{0} only"), ("second-only", "{1} only"), ("neither", "Neither"),
)  # fmt: skip
SCORES = (("score", "Score"), ("any-a", "Any system A"), ("any-b", "Any system B"))


def contents(m: Material) -> Mapping[str, Any]:
    """The tables that this trial has something for."""
    endpoints = [e for e in m.protocol.endpoints if e.kind in ("state", "response")]
    supportive = [e for e in endpoints if e.supportive]
    rules = [e for e in supportive if e.within is not None]
    rest = [e for e in supportive if e not in rules and e.instrument not in BESIDE]
    found = [
        *beside(m, endpoints), bilag(m), letters(m), *(by_rule(m, e) for e in rules), shares(m, rest),
        listing(m, supportive), flips(m, endpoints), flipped(m, endpoints),
    ]  # fmt: skip
    return {"tables": [table for table in found if table is not None]}


def _met(m: Material, stem: str) -> list[Cell]:
    s = m.shelf
    return [
        Cell(s.cell(f"{stem}/proportion")),
        Cell(s.interval(f"{stem}/proportion"), "ci"),
        Cell(s.cell(f"{stem}/not-evaluable")),
    ]


def _times(m: Material, endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    """(id segment, label) of the time points of an endpoint that have a result."""
    labels = {**m.visit_labels(), "last": "Last visit", "ever": "At any visit"}
    for at in dict.fromkeys((*endpoint.timepoints, "last", "ever")):
        if m.shelf.get(f"efficacy/{endpoint.key}/{at}/proportion") is not None:
            yield at, labels.get(at, at)


def beside(m: Material, endpoints: Sequence[Endpoint]) -> Iterator[Table]:
    """SRI-4 and BICLA by visit, side by side; and how many subjects both call responders at the last visit."""
    first, second = (next((e for e in endpoints if e.instrument == one), None) for one in BESIDE)
    if first is None or second is None:
        return
    rows = [
        Row(label, [*_met(m, f"efficacy/{first.key}/{at}"), *_met(m, f"efficacy/{second.key}/{at}")])
        for at, label in _times(m, second)
    ]
    if not rows:
        return
    head = [f"{e.label} {what}" for e in (first, second) for what in ("met", "95 % CI, %", "NE")]
    why = f"{second.label} asks for BILAG letters, and for a system with A or B at baseline. {FOOT}"
    yield Table("beside", f"{first.label} and {second.label} by visit", head, rows, why, "Visit")
    stem = f"definitions/{first.key}-beside-{second.key}"
    cells = [
        Row(words.format(first.label, second.label), [Cell(m.shelf.cell(f"{stem}/{key}/proportion"))])
        for key, words in CELLS
        if m.shelf.get(f"{stem}/{key}/proportion") is not None
    ]
    if cells:
        caption = f"{first.label} against {second.label} at the last visit, where both are known"
        yield Table("agreement", caption, ["Subjects"], cells, FOOT, "Responder by")


def bilag(m: Material) -> Table | None:
    """Numeric score and subjects with an A or a B, by visit."""
    s, labels = m.shelf, {"baseline": "Baseline", **m.visit_labels(), "last": "Last visit"}
    visits = [key for key in labels if s.get(f"bilag/score/{key}/n") is not None]
    if not visits:
        return None
    rows = []
    for key, label in SCORES:
        cells = []
        for visit in visits:
            stem = f"bilag/{key}/{visit}"
            if key != "score":
                cells.append(Cell(s.cell(f"{stem}/proportion")))
                continue
            cells.append(
                Cell(
                    Markup('{} <span class="pc">({}–{})</span> <span class="hn">n {}</span>').format(
                        *(s.cell(f"{stem}/{one}") for one in ("median", "min", "max", "n"))
                    )
                )
            )
        rows.append(Row(label, cells))
    whence = "as the investigator entered them"
    if signed_off(m.protocol) is not None:
        whence += ", and computed from items where none was entered"
    foot = f"Letters {whence}. Score: median (range). {FOOT}"
    return Table("bilag", "BILAG-2004 by visit", [labels[v] for v in visits], rows, foot, "BILAG-2004")


def letters(m: Material) -> Table | None:
    """Letters computed from items that differ from the entered one, or that stand alone or could not be told."""
    rows = m.rows("adrs", "VARIANT", "INSTRUMENT", "BECAUSE", "SENTENCE")
    if rows is None:
        return None
    rows = rows.filter((pl.col("INSTRUMENT") == "bilag-2004") & (pl.col("VARIANT") == "computed"))
    if rows.is_empty():
        return None
    said = pl.col("BECAUSE").list.get(1)
    # an entered letter that the items give as well needs no row
    apart = rows.filter(~(said.str.starts_with("entered") & ~said.str.contains("stands")))
    shown = [
        Row(_who(row["USUBJID"]), [_text(_when(m, row)), _text(row["PARAM"].rpartition(", ")[2]), _text(_said(row))])
        for row in apart.iter_rows(named=True)
    ]
    count = f"{rows.height} letters were computed from items; {rows.height - apart.height} are the entered ones."
    foot = (
        f"{count} An entered letter stands. The rules from items to letters are recalled, not read from the paper: "
        "a computed letter counts only behind a clinician's name in the protocol."
    )
    caption = "BILAG letters that the items do not give" if shown else "BILAG letters: items and entries agree"
    shown = shown or [Row("Everybody", [_text("–"), _text("–"), _text("the items give the entered letter")])]
    return Table("letters", caption, ["Visit", "System", "Letters"], shown, foot, "Subject")


def by_rule(m: Material, endpoint: Endpoint) -> Table | None:
    """An endpoint that is asked of a group only: every published rule by visit, and who was not asked."""
    s, times = m.shelf, list(_times(m, endpoint))
    if not times:
        return None
    rows = [_by_time(m, endpoint, "", variant_word(endpoint.variant), times)]
    rows += [_by_time(m, endpoint, f"/{slug(v)}", variant_word(v), times) for v in endpoint.variants]
    group = next((g.label for g in m.protocol.groups if g.key == endpoint.within), "")
    outside = s.cell(f"definitions/{endpoint.key}/not-applicable/count")
    foot = Markup("Asked of subjects {} ({}); not applicable to {}, who are in no denominator. {}").format(
        group, s.cell(f"efficacy/{endpoint.within}/count"), outside, FOOT
    )
    head = [label for _, label in times]
    return Table(f"rules-{endpoint.key}", f"{endpoint.label} by rule", head, rows, foot, "Rule")


def _by_time(m: Material, endpoint: Endpoint, variant: str, label: str, times: Sequence[tuple[str, str]]) -> Row:
    ids = [f"efficacy/{endpoint.key}/{at}{variant}/proportion" for at, _ in times]
    return Row(label, [Cell(m.shelf.cell(id) if m.shelf.has(id) else "NE") for id in ids])


def shares(m: Material, endpoints: Sequence[Endpoint]) -> Table | None:
    """The other supportive endpoints at their time points."""
    rows = []
    for endpoint in endpoints:
        times = list(_times(m, endpoint))
        if times:
            rows.append(Row(endpoint.label, [Cell("")] * 3, "group"))
            rows += [Row(label, _met(m, f"efficacy/{endpoint.key}/{at}"), "sub") for at, label in times]
    if not rows:
        return None
    foot = f"NE: not evaluable, in no denominator. {FOOT}"
    return Table("supportive", "Further states and responses", ["Met", "95 % CI, %", "NE"], rows, foot, "Endpoint")


def listing(m: Material, endpoints: Sequence[Endpoint]) -> Table | None:
    """Every infused subject with the answer and the reason of each supportive endpoint at the last visit."""
    rows = m.rows("adeff", "ENDPOINT", "TIMEPOINT", "GROUP", "DEFVFL", "IN", "ANSWER", "SENTENCE")
    if rows is None or not endpoints:
        return None
    rows = rows.filter(
        (pl.col("TIMEPOINT") == "last") & (pl.col("GROUP") == "all") & (pl.col("DEFVFL") == "Y")
        & (pl.col("SAFFL") == "Y") & pl.col("ENDPOINT").is_in([e.key for e in endpoints])
    )  # fmt: skip
    by_subject: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in rows.iter_rows(named=True):
        by_subject.setdefault(row["USUBJID"], {})[row["ENDPOINT"]] = row
    shown = [
        Row(_who(who), [_sign(mine[e.key]) if e.key in mine else Cell("–", "c") for e in endpoints])
        for who, mine in sorted(by_subject.items())
    ]
    if not shown:
        return None
    foot = f"● met · ○ not met · ? not evaluable · {NOT_ASKED} not applicable. The reason stands behind each sign."
    return Table("answers", "Each subject at the last visit", [e.label for e in endpoints], shown, foot, "Subject")


def _sign(row: Mapping[str, Any]) -> Cell:
    known = row["IN"] == "Y"
    sign = SIGN[row["ANSWER"]] if known else NOT_ASKED if row["IN"] == "N" else SIGN[None]
    word = WORD[row["ANSWER"]] if known else "not applicable" if row["IN"] == "N" else "not known whether applicable"
    text = Markup('<span class="sign" title="{}" aria-hidden="true">{}</span><span class="sr">{}</span>')
    return Cell(text.format(row["SENTENCE"], sign, word), "c")


def flips(m: Material, endpoints: Sequence[Endpoint]) -> Table | None:
    """How many subjects another published reading of an endpoint answers otherwise."""
    s, rows = m.shelf, []
    for endpoint in endpoints:
        stems = [(v, f"definitions/{endpoint.key}/{slug(v)}") for v in endpoint.variants]
        mine = [(v, stem) for v, stem in stems if s.get(f"{stem}/differs/proportion") is not None]
        if mine:
            rows.append(Row(f"{endpoint.label}, against", [Cell("")] * 2, "group"))
        for variant, stem in mine:
            cells = [Cell(s.cell(f"{stem}/{one}/proportion")) for one in ("differs", "differs-ever")]
            rows.append(Row(variant_word(variant), cells, "sub"))
    if not rows:
        return None
    foot = f"Of the subjects for whom both readings have an answer. {FOOT}"
    head = ["Differs at the last visit", "Differs at any visit"]
    return Table("flips", "The same facts read by another definition", head, rows, foot, "Definition")


def flipped(m: Material, endpoints: Sequence[Endpoint]) -> Table | None:
    """Who flips: each subject and visit at which two readings of an endpoint disagree, with the line that decides."""
    rows = m.rows("adrs", "PARAMCD", "VARIANT", "AVALC", "BECAUSE", "APROTDY", "AVISIT", "SAFFL")
    if rows is None:
        return None
    codes = [e.paramcd for e in endpoints if e.variants]
    known = pl.col("PARAMCD").is_in(codes) & (pl.col("APROTDY") > 0) & pl.col("AVALC").is_in(["Y", "N"])
    rows = rows.filter(known & (pl.col("SAFFL") == "Y")).sort("USUBJID", "APROTDY", maintain_order=True)
    shown = []
    for endpoint in endpoints:
        mine = rows.filter(pl.col("PARAMCD") == endpoint.paramcd)
        default = mine.filter(pl.col("VARIANT") == endpoint.variant)
        at = {(row["USUBJID"], row["APROTDY"]): row for row in default.iter_rows(named=True)}
        for row in mine.filter(pl.col("VARIANT").is_in(list(endpoint.variants))).iter_rows(named=True):
            base = at.get((row["USUBJID"], row["APROTDY"]))
            if base is not None and base["AVALC"] != row["AVALC"]:
                name = variant_word(row["VARIANT"])
                cells = [_text(_when(m, row)), _text(endpoint.label), _answer(base), _text(name), _answer(row)]
                shown.append((row["USUBJID"], Row(_who(row["USUBJID"]), [*cells, _text(_decides(base, row))])))
    if not shown:
        return None
    shown.sort(key=lambda one: one[0])
    head = ["Visit", "Endpoint", "As defined", "Other definition", "Says", "The line that decides"]
    foot = "● met · ○ not met. Only visits at which both have an answer."
    return Table("flipped", "Who flips", head, [row for _, row in shown], foot, "Subject")


def _decides(one: Mapping[str, Any], two: Mapping[str, Any]) -> str:
    """The failed lines of the reading that says no, which the other does not have."""
    refused, other = (one, two) if one["AVALC"] == "N" else (two, one)
    failed = [line for line in refused["BECAUSE"] or () if line.startswith("not: ") and line not in other["BECAUSE"]]
    return " · ".join(line.removeprefix("not: ") for line in failed) or " · ".join(refused["BECAUSE"] or ())


def _answer(row: Mapping[str, Any]) -> Cell:
    return Cell(
        Markup('<span class="sign" title="{}" aria-hidden="true">{}</span><span class="sr">{}</span>').format(
            row["SENTENCE"], SIGN[row["AVALC"]], WORD[row["AVALC"]]
        ),
        "c",
    )


def _who(subject: str) -> Markup:
    button = '<button type="button" class="n who" data-subject="{}" title="All that is known of {}">{}</button>'
    return Markup(button).format(subject, subject, subject)


def _when(m: Material, row: Mapping[str, Any]) -> str:
    label = m.visit_labels().get(row["AVISIT"] or "")
    return label or ("no date" if row["APROTDY"] is None else f"Day {row['APROTDY']}")


def _said(row: Mapping[str, Any]) -> str:
    return " · ".join(row["BECAUSE"][:3])


def _text(words: str) -> Cell:
    return Cell(words, "l")


def _applies(m: Material) -> bool:
    return bool(m.shelf.under("definitions/") or m.shelf.under("bilag/"))


DEFINITIONS = Section("definitions", "Other definitions and responses", "Definitions", contents, _applies)
