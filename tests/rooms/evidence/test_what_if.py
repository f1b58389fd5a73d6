"""One record different: what moves, what is refused, and that it is the same as if the files had said so."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit import analysis, derive
from remit.errors import InputError
from remit.evidence.what_if import Edit, edited, what_if
from remit.exchange.folder import read_records, write_records
from remit.records import Records
from rooms.evidence import few

EDITS = (Edit("AE/CH01-012/1", "AETOXGR", "3"), Edit("CM/CH01-002/1", "CMDOSE", "7.5"))
DROPPED = ("SV/CH01-001/3",)


def of_files(records: Records) -> dict[str, tuple[object, ...]]:
    results = analysis.all(few.protocol(), derive.all(few.protocol(), records, few.CUTOFF))
    return {r.id: (r.text, r.value, r.n, r.denominator, r.interval) for r in results}


def test_an_edit_moves_what_it_would_move_in_the_files(tmp_path: Path) -> None:
    folder = few.trial_folder(tmp_path / "trial") / "records"
    for name, old, new in (
        ("ae", few.records().record(EDITS[0].record), "3"),
        ("cm", few.records().record(EDITS[1].record), "7.5"),
    ):
        column, sequence = ("AETOXGR", "AESEQ") if name == "ae" else ("CMDOSE", "CMSEQ")
        lines = (folder / f"{name}.csv").read_text("utf-8").splitlines()
        header = lines[0].split(",")
        for place, line in enumerate(lines):
            cells = line.split(",")
            wanted = cells[header.index("USUBJID")] == old["USUBJID"]
            if wanted and cells[header.index(sequence)].removesuffix(".0") == str(old[sequence]):
                cells[header.index(column)] = new
                lines[place] = ",".join(cells)
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    visits = (folder / "sv.csv").read_text("utf-8").splitlines()
    at = visits[0].split(",").index("VISITNUM")
    gone = [v for v in visits if not ("CH01-001" in v and v.split(",")[at] in ("3", "3.0"))]
    assert len(gone) == len(visits) - 1
    (folder / "sv.csv").write_text("\n".join(gone) + "\n", "utf-8")

    answer = what_if(few.protocol(), few.records(), edited(few.records(), EDITS, DROPPED), few.CUTOFF)

    before, after = of_files(few.records()), of_files(read_records(folder)[0])
    assert {one.id for one in answer.moved} == {id for id in {**before, **after} if before.get(id) != after.get(id)}
    assert {one.id: one.after and one.after.text for one in answer.moved} == {
        one.id: after[one.id][0] if one.id in after else None for one in answer.moved
    }
    assert "safety/crs/grade-3/count" in {one.id for one in answer.moved}


def test_the_records_that_were_given_stay_as_they_are(tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in write_records(few.records(), tmp_path / "before", "csv")}

    edited(few.records(), EDITS, DROPPED)

    after = {path.name: path.read_bytes() for path in write_records(few.records(), tmp_path / "after", "csv")}
    assert before == after


def test_a_dose_decision_moves_with_the_grade_it_rests_on() -> None:
    other = edited(few.records(), EDITS[:1])

    answer = what_if(few.protocol(), few.records(), other, few.CUTOFF)

    ((old, new),) = answer.decisions
    assert old.action != "wait"
    assert new.action == "wait"
    assert "AE.AETOXGR is in question" in new.reason


def test_an_edit_beyond_the_cutoff_is_said_not_to_be_seen() -> None:
    records = few.records()
    last = records.table("SV").sort("SVSTDTC")["record_id"][-1]
    early = few.CUTOFF.replace(year=2023)

    answer = what_if(few.protocol(), records, edited(records, [], [last]), early)

    assert (answer.moved, answer.unseen) == ((), (last,))


def test_an_empty_value_leaves_the_cell_unknown() -> None:
    other = edited(few.records(), [Edit("CM/CH01-002/1", "CMDOSE", "")])

    assert "CMDOSE" not in other.record("CM/CH01-002/1")
    assert other.table("CM").height == few.records().table("CM").height


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (
            Edit("RS/CH01-003/9999", "RSSTRESN", "0"),
            'No record is called "RS/CH01-003/9999". Did you mean "RS/CH01-003/',
        ),
        (Edit("RSS/CH01-003/15", "RSSTRESN", "0"), 'No record is called "RSS/CH01-003/15". Did you mean "RS"'),
        (Edit("RS/CH01-003/15", "RSTRESN", "0"), '"RSTRESN" is not a column of RS. Did you mean "RSSTRESN"?'),
        (Edit("RS/CH01-003/15", "RSSTRESN", "many"), 'RSSTRESN cannot hold that value. "many" is not a number.'),
        (Edit("AE/CH01-012/1", "AETOXGR", "9"), '"9" is not a term of GRADE: 1, 2, 3, 4, 5.'),
        (Edit("RS/CH01-003/15", "RSDTC", "2024-13-01"), "RSDTC cannot hold that value."),
        (Edit("RS/CH01-003/15", "RSSEQ", "4"), "RSSEQ names the record and cannot be changed here."),
        (Edit("RS/CH01-003/15", "RSTESTCD", ""), "RSTESTCD cannot be empty."),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(edit: Edit, says: str) -> None:
    with pytest.raises(InputError) as refused:
        edited(few.records(), [edit])

    assert says in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("dropped", "edits", "says"),
    [
        (["DM/CH01-003"], [], "every other record of the subject belongs to it"),
        (["AE/CH01-003/77"], [], 'No record is called "AE/CH01-003/77".'),
        (["AE/CH01-012/1"], EDITS[:1], "both changed and dropped"),
    ],
)
def test_what_cannot_be_dropped_is_refused(dropped: list[str], edits: tuple[Edit, ...], says: str) -> None:
    with pytest.raises(InputError, match=says):
        edited(few.records(), edits, dropped)


def test_a_dropped_record_takes_its_qualifiers_with_it() -> None:
    other = edited(few.records(), [], ["AE/CH01-012/1"])

    gone = set(few.records().table("SUPPAE")["record_id"]) - set(other.table("SUPPAE")["record_id"])
    assert gone == {"SUPPAE/CH01-012/1/AEDLT", "SUPPAE/CH01-012/1/AETOXSCL"}
