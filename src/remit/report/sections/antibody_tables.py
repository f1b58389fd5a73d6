"""The tables about antibodies that are not lupus: those of earlier vaccines, and those against the product."""

from __future__ import annotations

import polars as pl
from markupsafe import Markup

from remit.report.material import Material
from remit.report.sections.who import heads, spread_cell
from remit.report.tables import FOOT, Cell, Row, Table

NOTHING = Markup('<span class="none">–</span>')
# rows that say in words that nothing was collected
EXPECTED = (
    ("kinetics/product/cmax/median", "Cells of the product (PCR or flow cytometry)"),
    ("donors/donor/count", "Donors and lots of the cells"),
    ("vaccine/any/still-protective/proportion", "Antibodies of earlier vaccines"),
    ("immunogenicity/anti-car/emergent/proportion", "Anti-CAR antibodies"),
    ("immunogenicity/donor-specific-hla/emergent/proportion", "Donor-specific HLA antibodies"),
)
ASKED = {"ONSET": "first found", "PEAK": "highest"}
PARTS = (
    ("tested-before", "Tested before the first infusion"),
    ("before", "found before"),
    ("tested-after", "Tested after the first infusion"),
    ("after", "found after"),
    ("emergent", "Treatment-emergent"),
    ("induced", "induced: none before"),
    ("boosted", "boosted: at least 4 times the titer"),
)


def vaccines(m: Material) -> Table | None:
    """Concentrations by visit with quartiles, and how many are protected; None where none was measured."""
    s = m.shelf
    keys = list(dict.fromkeys(r.id.split("/")[1] for r in s.under("vaccine/", "/still-protective/count")))
    visits = ["baseline", *(v.key for v in m.protocol.visits)]
    used = [p for p in visits if any(s.get(f"vaccine/{k}/protective/{p}/proportion") is not None for k in keys)]
    if not keys or not used:
        return None
    labels = {"baseline": "Baseline", **m.visit_labels()}
    rows = []
    for key in keys:
        first = next((r for r in s.under(f"vaccine/{key}/baseline/")), None)
        title = (first.title if first is not None else key).partition(", at baseline")[0]
        rows.append(Row(title.partition(" at baseline")[0], [Cell("") for _ in range(len(used) + 1)], "group"))
        still = f"vaccine/{key}/still-protective/proportion"
        rows.append(
            Row("Concentration, median (range)", [*[_spread(m, f"vaccine/{key}/{p}") for p in used], Cell("")], "sub")
        )
        rows.append(
            Row("Times the baseline", [*[_known(m, f"vaccine/{key}-ratio/{p}") for p in used], Cell("")], "sub")
        )
        shares = [Cell(s.cell(f"vaccine/{key}/protective/{p}/proportion")) for p in used]
        rows.append(Row("Protective", [*shares, Cell(s.cell(still))], "sub"))
    foot = (
        "Protective: tetanus and diphtheria 0.1 IU/mL, measles 120 mIU/mL, rubella 15 IU/mL, hepatitis B 10 mIU/mL, "
        "Haemophilus b 1 µg/mL (Plotkin 2010), for the assay that they were found with. Still protective: of those "
        f"protected before who have a later sample. A sample after infused immunoglobulin is unknown. {FOOT}"
    )
    head = [*(labels[p] for p in used), "Still protective"]
    return Table("vaccines", "Antibodies of earlier vaccines by visit", head, rows, foot, "Antibody")


def _spread(m: Material, stem: str) -> Cell:
    """The spread; a median that rests on values below a limit prints as `<1`."""
    return spread_cell(m, stem) if m.shelf.get(f"{stem}/median") is not None else Cell(NOTHING)


def _known(m: Material, stem: str) -> Cell:
    return spread_cell(m, stem) if m.shelf.has(f"{stem}/median") else Cell(NOTHING)


def immunogenicity(m: Material) -> Table | None:
    """Antibodies against the product by level with their denominators; None where none was tested."""
    s = m.shelf
    columns = ["", *(f"/{level.key}" for level in m.levels)]
    found = s.under("immunogenicity/", "/tested-before/count")
    keys = list(dict.fromkeys(r.id.split("/")[1] for r in found))
    if not keys:
        return None
    rows = []
    nothing = [Cell(NOTHING) for _ in m.levels]
    for key in keys:
        title = next(r.title for r in found if r.id.split("/")[1] == key).partition(", tested")[0]
        rows.append(Row(title, [Cell("") for _ in columns], "group"))
        for part, label in PARTS:
            cells = [Cell(s.cell(f"immunogenicity/{key}/{part}{c}/count")) for c in columns]
            rows.append(Row(label[:1].upper() + label[1:], cells, "sub"))
        other = f"immunogenicity/{key}/emergent-2-fold/count"
        rows.append(Row("Treatment-emergent, 2-fold margin", [Cell(s.cell(other)), *nothing], "sub"))
        for part, label in (("peak-titer", "Highest afterwards"), ("onset-day", "Day first found afterwards")):
            stem = f"immunogenicity/{key}/{part}"
            if s.get(f"{stem}/median") is not None:
                unit = _unit(m, f"{stem}/median") if part == "peak-titer" else ""
                rows.append(Row(f"{label}{unit}, median (range)", [spread_cell(m, stem), *nothing], "sub"))
        still = f"immunogenicity/{key}/still-found/proportion"
        if s.get(still) is not None:
            rows.append(Row("Still found in the last test", [Cell(s.cell(still)), *nothing], "sub"))
    foot = (
        "Who was not tested, or whose test gave no clear answer, is unknown and in no denominator. Terms: "
        f"Shankar 2014. {FOOT}"
    )
    caption = f"Antibodies against the product by {m.level_word}"
    return Table("immunogenicity", caption, heads(m), rows, foot, "Antibody")


def _unit(m: Material, id: str) -> str:
    """`, MFI` as the title of the result spells it after `first infusion`."""
    result = m.shelf.get(id)
    pieces = result.title.split(", ") if result is not None else []
    return f", {pieces[2].replace('TITER', 'titer')}" if len(pieces) > 3 else ""


def by_subject(m: Material) -> Table | None:
    """Every subject in whom an antibody was found, or of whom it is unknown: the words of the derived rows."""
    frame = m.rows("adis", "USUBJID", "ANTIBODY", "PARCAT1", "PARAMCD", "PARAM", "AVALC", "DEFVFL", "KIND", "SENTENCE")
    if frame is None or not m.shelf.under("immunogenicity/", "/tested-before/count"):
        return None
    mine = frame.filter(pl.col("PARCAT1") == "PRODUCT")
    emergent = mine.filter((pl.col("PARAMCD") == "EMERGENT") & (pl.col("DEFVFL") == "Y"))
    positive = mine.filter((pl.col("PARAMCD").is_in(["BEFORE", "AFTER"])) & (pl.col("AVALC") == "Y"))
    open_still = emergent.filter(pl.col("KIND").is_null())
    shown = pl.concat([positive, open_still]).select("USUBJID", "ANTIBODY").unique().sort("USUBJID", "ANTIBODY")
    rows = []
    for who, antibody in shown.iter_rows():
        here = mine.filter((pl.col("USUBJID") == who) & (pl.col("ANTIBODY") == antibody))
        # the head of the column says what was asked
        said = {
            code: text.partition(":")[2].strip().removeprefix(f"{asked} after the first infusion ")
            for code, ours, text in here.select("PARAMCD", "DEFVFL", "SENTENCE").iter_rows()
            for asked in [ASKED.get(code, "")]
            if ours == "Y"
        }
        name = here["PARAM"][0].partition(":")[0]
        cells = [name, *(said.get(code, "–") for code in ("BEFORE", "AFTER", "ONSET", "PEAK", "LAST", "EMERGENT"))]
        rows.append(Row(who, [Cell(text, "") for text in cells]))
    if not rows:
        return None
    head = ["Antibody", "Before", "After", "First found", "Highest", "Last test", "Judged"]
    return Table("immunogenicity-subjects", "Antibodies against the product, by subject", head, rows, FOOT, "Subject")


def not_collected(m: Material) -> Table | None:
    """What a trial of cells would be asked for and did not collect; None where everything was."""
    rows = [Row(words, [Cell(m.shelf.cell(id))]) for id, words in EXPECTED if m.shelf.get(id) is not None
            and not m.shelf.collected(id)]  # fmt: skip
    return Table("cells-not-collected", "Not collected", ["Records"], rows, FOOT, "Measure") if rows else None
