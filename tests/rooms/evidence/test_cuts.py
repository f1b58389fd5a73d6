"""Why a number moved between two cuts, on trials of one subject that can be followed by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from remit.errors import InputError
from remit.evidence.cuts import Cut, Explained, Moved, explain
from remit.evidence.cuts_words import because, causes, printed
from remit.evidence.protocol_changes import mixed, protocol_changes
from remit.protocol import Protocol
from remit.records import Records
from rooms.derive.small import day, infusions, rated, records, ruled, seed_protocol

CUT = date(2024, 12, 31)
PLATELETS = {"LBTESTCD": "PLAT", "LBSTRESU": "10^9/L", "LBSTNRLO": 125, "LBSTNRHI": 350}


def cut(given: Records, cutoff: date = CUT, protocol: Protocol | None = None) -> Cut:
    return Cut("A", protocol or seed_protocol(), given, cutoff)


def number(explained: Explained, id: str) -> Moved:
    return next(one for one in explained.moved if one.id == id)


def why(explained: Explained, id: str) -> str:
    return because(explained, number(explained, id))


def platelets(on: int, value: float) -> dict[str, Any]:
    return {**PLATELETS, "LBDTC": day(on), "LBSTRESN": value, "LBORRES": str(value)}


def test_nothing_moves_between_a_cut_and_itself() -> None:
    explained = explain(cut(records()), cut(records()))

    assert (explained.moved, explained.changes) == ((), {})
    assert explained.results > 200


def test_a_corrected_grade_is_the_one_cause_of_what_it_moves() -> None:
    event = {"AETERM": "CRS", "AEDECOD": "Cytokine release syndrome", "AESTDTC": day(2), "AEENDTC": day(4)}
    others = {"AETERM": "Rash", "AEDECOD": "Rash", "AESTDTC": day(9), "AETOXGR": "1"}

    explained = explain(
        cut(records(AE=[{**event, "AETOXGR": "1"}, others])),
        cut(records(AE=[{**event, "AETOXGR": "3"}, others])),
    )

    assert why(explained, "safety/crs/grade-3/count") == "AE/S1/1 changed (AETOXGR)"
    assert {one.records for one in explained.moved} == {frozenset({"AE/S1/1"})}
    assert all(one.how == "alone" and one.minimal for one in explained.moved)


def test_a_record_that_no_row_names_is_found_by_running_again() -> None:
    # the first platelet count was the worst; gone, the second is: its row names itself alone
    worst, other = platelets(7, 40), platelets(21, 90)
    explained = explain(
        cut(records(LB=[platelets(-7, 200), worst, other])),
        cut(records(LB=[platelets(-7, 200), {**worst, "LBSTRESN": 300, "LBORRES": "300"}, other])),
    )

    moved = number(explained, "safety/labs/platelets/grade-3/count")
    assert (moved.records, moved.how, moved.minimal) == (frozenset({"LB/S1/2"}), "alone", True)
    assert explained.unexplained == ()


def test_a_later_visit_that_brings_a_subject_past_six_months_is_named() -> None:
    visits = [{"VISITNUM": 1, "SVSTDTC": day(0)}, {"VISITNUM": 2, "SVSTDTC": day(170)}]
    later = {"VISITNUM": 3, "SVSTDTC": day(190)}

    explained = explain(cut(records(SV=visits)), cut(records(SV=[*visits, later])))

    assert why(explained, "efficacy/over-6-months/count") == "SV/S1/3 added"


def test_two_changes_that_each_suffice_are_not_both_blamed() -> None:
    visits = [{"VISITNUM": 1, "SVSTDTC": day(0)}]
    two = [{"VISITNUM": 2, "SVSTDTC": day(190)}, {"VISITNUM": 3, "SVSTDTC": day(191)}]

    explained = explain(cut(records(SV=visits)), cut(records(SV=[*visits, *two])))

    assert len(number(explained, "efficacy/over-6-months/count").records) == 1
    assert number(explained, "follow-up/months/max").records == {"SV/S1/3"}


def test_a_cutoff_that_moves_names_what_came_and_what_ended_between() -> None:
    event = {
        "AETERM": "Rash", "AEDECOD": "Rash", "AETOXGR": "1",
        "AESTDTC": day(9), "AEENDTC": day(40), "AEOUT": "RECOVERED/RESOLVED",
    }  # fmt: skip
    given = records(AE=[event], SV=[{"VISITNUM": 1, "SVSTDTC": day(0)}, {"VISITNUM": 2, "SVSTDTC": day(50)}])

    explained = explain(cut(given, date.fromisoformat(day(20))), cut(given, date.fromisoformat(day(60))))

    assert why(explained, "follow-up/months/median") == "SV/S1/2 added"
    assert why(explained, "follow-up/to-cut-months/median") == "the cutoff moved"
    assert explained.changes["AE/S1/1"].columns == ("AEOUT", "AEENDTC")
    assert {change.origin for change in explained.changes.values()} == {"cutoff"}
    assert any("between the cutoffs" in cause.words or "by the cutoff" in cause.words for cause in causes(explained))


def test_read_backward_the_same_causes_are_taken_back() -> None:
    given = records(SV=[{"VISITNUM": 1, "SVSTDTC": day(0)}, {"VISITNUM": 2, "SVSTDTC": day(30)}])
    days = date.fromisoformat(day(20)), date.fromisoformat(day(60))

    there, back = explain(cut(given, days[0]), cut(given, days[1])), explain(cut(given, days[1]), cut(given, days[0]))

    assert {(m.id, m.before, m.after) for m in there.moved} == {(m.id, m.after, m.before) for m in back.moved}
    assert back.changes["SV/S1/2"].kind == "removed"
    assert back.before.cutoff > back.after.cutoff


def test_a_subject_who_entered_is_one_cause() -> None:
    both = [{}, {"USUBJID": "S2", "SUBJID": "2"}]
    doses = [*infusions(), *({**dose, "USUBJID": "S2"} for dose in infusions())]

    explained = explain(cut(records(EX=infusions())), cut(records(DM=both, EX=doses)))

    assert why(explained, "disposition/infused/count") == "S2 entered"
    (cause,) = causes(explained)
    assert (cause.kind, cause.words) == ("entered", "S2 entered: 4 records added (EX 3, DM 1)")


def test_a_table_that_began_to_be_collected_explains_what_was_not_known() -> None:
    given = records()
    empty = replace(given, tables={**given.tables, "AE": given.table("AE")})

    explained = explain(cut(given), cut(empty))

    assert why(explained, "safety/sae/any/count") == "AE is collected"


def test_an_amended_rule_is_named_by_its_path() -> None:
    given = records(SV=[{"VISITNUM": 1, "SVSTDTC": day(0)}, {"VISITNUM": 2, "SVSTDTC": day(170)}])
    other = ruled(month_days=28).model_copy(update={"title": "Another title"})

    explained = explain(cut(given), cut(given, protocol=other))

    assert {one.protocol for one in explained.moved} == {("rules.month_days",)}
    assert {change.place for change in explained.protocol} == {"rules", "title"}
    assert why(explained, "follow-up/months/median") == "protocol rules.month_days"


def test_a_protocol_takes_over_single_entries_of_another() -> None:
    old = seed_protocol()
    visits = tuple(v.model_copy(update={"label": "W24"}) if v.key == "week-24" else v for v in old.visits)
    new = old.model_copy(update={"visits": visits, "short_title": "Other"})

    changes = protocol_changes(old, new)

    assert [(c.place, c.paths) for c in changes] == [
        ("short_title", ("short_title",)),
        ("visits[week-24]", ("visits[week-24].label",)),
    ]
    partly = mixed(old, new, {"visits[week-24]"})
    assert partly is not None
    assert (partly.visit("week-24").label, partly.short_title) == ("W24", old.short_title)
    assert mixed(old, new, {c.place for c in changes}) == new


def test_a_report_printed_by_another_version_is_told_apart() -> None:
    given = cut(records(SV=[{"VISITNUM": 1, "SVSTDTC": day(30)}]))
    whole = explain(given, cut(records(SV=[{"VISITNUM": 1, "SVSTDTC": day(60)}])))
    median = number(whole, "follow-up/months/median")
    assert median.before is not None
    assert median.after is not None
    now = {one.id: one.before for one in whole.moved if one.before is not None}

    # the report printed the other number from the very records that give this one
    explained = explain(replace(given, printed={**now, median.id: median.after}), replace(given, printed=now))

    assert [(one.id, one.version, one.records) for one in explained.moved] == [(median.id, True, frozenset())]
    assert why(explained, median.id) == "another version of remit"


def test_without_time_a_number_is_proven_with_its_neighbors_or_said_to_be_open() -> None:
    given, later = records(RS=rated(-7, pga=2.0)), records(RS=[*rated(-7, pga=2.0), *rated(84)])

    explained = explain(cut(given), cut(later), enough=lambda: True)

    assert {one.how for one in explained.moved} <= {"together", "none"}
    assert all(one.records for one in explained.moved if one.explained)
    assert all(because(explained, one).startswith("not explained") for one in explained.unexplained)


def test_two_trials_are_not_two_cuts() -> None:
    other = seed_protocol().model_copy(update={"id": "other-trial"})

    with pytest.raises(InputError, match="Give two cuts of one trial"):
        explain(cut(records()), cut(records(), protocol=other))


def test_numbers_that_print_alike_show_what_differs() -> None:
    visits = [{"VISITNUM": 1, "SVSTDTC": day(30)}]
    explained = explain(cut(records(SV=visits)), cut(records(SV=[{"VISITNUM": 1, "SVSTDTC": day(31)}])))

    moved = number(explained, "follow-up/months/median")

    assert printed(moved.before, moved.after) == ("1 (0.985626)", "1 (1.01848)")


def test_records_set_aside_are_said_to_be() -> None:
    given = records(SV=[{"VISITNUM": 1, "SVSTDTC": day(30)}, {"VISITNUM": 2, "SVSTDTC": day(60)}])
    frame = given.table("SV")
    last = frame.filter(pl.col("record_id") == "SV/S1/2").with_columns(pl.lit("ORPHAN").alias("reason"))
    later = replace(given, tables={**given.tables, "SV": frame.head(1)}, set_aside={"SV": last})

    explained = explain(cut(given), cut(later))

    assert why(explained, "follow-up/months/median") == "SV/S1/2 removed, now set aside (ORPHAN)"
