from __future__ import annotations

import polars as pl

from remit.records import gather, meet, pick, sourced


def visits() -> pl.DataFrame:
    return sourced(
        pl.DataFrame(
            {
                "record_id": ["LB/1/2", "LB/1/1", "LB/2/1"],
                "subject": ["1", "1", "2"],
                "day": [5, 5, 1],
                "value": [2.0, 1.0, 3.0],
            }
        )
    )


def test_a_record_is_its_own_source():
    assert visits()["sources"].to_list() == [["LB/1/2"], ["LB/1/1"], ["LB/2/1"]]


def test_pick_takes_one_row_a_key_and_only_its_own_sources_whatever_the_order_of_rows():
    picked = pick(visits(), ["subject"], ["day"])

    assert picked["sources"].to_list() == [["LB/1/1"], ["LB/2/1"]]
    assert pick(visits().reverse(), ["subject"], ["day"]).equals(picked)


def test_pick_prefers_a_known_value_to_an_unknown_one():
    rows = sourced(pl.DataFrame({"record_id": ["A", "B"], "subject": ["1", "1"], "day": [None, 9]}))

    assert pick(rows, ["subject"], ["day"])["record_id"].to_list() == ["B"]


def test_meet_unites_sources_and_keeps_rows_without_a_partner():
    people = sourced(pl.DataFrame({"record_id": ["DM/1", "DM/3"], "subject": ["1", "3"]}))
    best = pick(visits(), ["subject"], ["day"]).select("subject", "value", "sources")

    met = meet(people, best, ["subject"])

    assert met["sources"].to_list() == [["DM/1", "LB/1/1"], ["DM/3"]]
    assert met["value"].to_list() == [1.0, None]


def test_meeting_oneself_adds_no_source_twice():
    best = pick(visits(), ["subject"], ["day"])

    assert meet(best, best.select("subject", "sources"), ["subject"])["sources"].to_list() == [["LB/1/1"], ["LB/2/1"]]


def test_meeting_an_empty_table_changes_no_source():
    met = meet(visits(), visits().select("subject", "sources").clear(), ["subject"])

    assert met["sources"].to_list() == visits()["sources"].to_list()


def test_gather_unites_the_sources_of_a_group():
    gathered = gather(pl.concat([visits(), visits()]), ["subject"])

    assert gathered.rows() == [("1", ["LB/1/1", "LB/1/2"]), ("2", ["LB/2/1"])]
