"""Amendments are applied in the order of their names; each leaves a valid document, or says where it does not."""

# ruff: noqa: E501  (one mistake a row reads better than one over five lines)

import shutil
from pathlib import Path

import pytest

from remit.errors import ProtocolError
from remit.exchange.protocol_yaml import parse_protocol, read_protocol, to_yaml

ROOT = Path(__file__).resolve().parents[3]
HEAD = """amendment: '{number}'
version: '{version}'
date: {date}
title: A change
why: A reason
changes:
"""


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "examples/kn5501-sle/protocol.yaml", tmp_path / "protocol.yaml")
    (tmp_path / "amendments").mkdir()
    return tmp_path


def amend(trial: Path, number: str, changes: str, version: str = "", date: str = "2024-01-01") -> None:
    head = HEAD.format(number=number, version=version or f"1.{int(number)}", date=date)
    (trial / "amendments" / f"{number}-a.yaml").write_text(head + changes, "utf-8")


def sentence(trial: Path) -> str:
    with pytest.raises(ProtocolError) as caught:
        read_protocol(trial)
    return str(caught.value)


def test_set_add_and_remove_change_what_they_name(trial: Path) -> None:
    amend(
        trial,
        "01",
        """
  - {op: set, path: levels/dl2/dose/amount, value: 2.0}
  - {op: add, path: schedules, value: {key: every-3-days, label: shorter, days: [0, 3, 6]}}
  - {op: set, path: levels/dl4/schedule, value: every-3-days}
  - {op: remove, path: labs/ferritin}
  - {op: add, path: identification/sites, value: {number: CH02, country: CHN}}
  - {op: set, path: escalation/parameters/gap_days, value: 14}
  - {op: set, path: rules/emergent_through_days, value: 90}
""",
    )

    protocol = read_protocol(trial / "protocol.yaml")

    assert protocol.version == "1.1"
    assert protocol.level("dl2").dose.amount == 2.0
    assert protocol.schedule("every-3-days").days == (0, 3, 6)
    assert protocol.level("dl4").schedule == "every-3-days"
    assert "ferritin" not in [lab.key for lab in protocol.labs]
    assert [site.number for site in protocol.identification.sites] == ["CH01", "CH02"]
    assert protocol.escalation is not None
    assert protocol.escalation.parameters["gap_days"] == 14
    assert protocol.rules.emergent_through_days == 90
    assert [one.amendment for one in protocol.amendments] == ["01"]
    assert len(protocol.amendments[0].changes) == 7


def test_amendments_are_applied_in_the_order_of_their_names(trial: Path) -> None:
    amend(trial, "02", "  - {op: set, path: short_title, value: second}\n", date="2024-02-01")
    amend(trial, "01", "  - {op: set, path: short_title, value: first}\n")

    protocol = read_protocol(trial)

    assert protocol.short_title == "second"
    assert protocol.version == "1.2"
    assert [one.amendment for one in protocol.amendments] == ["01", "02"]


def test_an_amendment_may_use_what_an_earlier_one_added(trial: Path) -> None:
    amend(trial, "01", "  - {op: add, path: cuts, value: {key: second, label: Second cut, date: 2025-04-01}}\n")
    amend(trial, "02", "  - {op: set, path: cuts/second/date, value: 2025-05-01}\n")

    assert str(read_protocol(trial).last_cut()) == "2025-05-01"


def test_a_list_that_the_document_leaves_out_is_started_by_add(trial: Path) -> None:
    amend(trial, "01", "  - {op: add, path: parts, value: {key: only, label: The only part, kind: expansion}}\n")

    assert "a level of a trial with parts names one. Parts: only." in sentence(trial)


def test_the_amended_protocol_is_written_whole_and_reads_back(trial: Path) -> None:
    amend(trial, "01", "  - {op: set, path: cuts/acr-2024/date, value: 2024-11-01}\n")
    protocol = read_protocol(trial)

    again = parse_protocol(to_yaml(protocol))

    assert again == protocol
    assert again.amendments[0].changes[0].path == "cuts/acr-2024/date"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ("  - {op: set, path: levels/dl9/name, value: x}", "line 7 › changes › levels/dl9/name › path: \"levels/dl9\" leads nowhere: no \"dl9\". Did you mean"),
        ("  - {op: remove, path: labs/feritin}", 'leads nowhere: no "feritin". Did you mean "ferritin"? There: neutrophils,'),
        ("  - {op: remove, path: labs/ferritin, value: 1}", '"remove" takes no value.'),
        ("  - {op: set, path: short_title}", '"set" needs a "value".'),
        ("  - {op: add, path: short_title, value: x}", '"short_title" is there already; use "set".'),
        ("  - {op: change, path: short_title, value: x}", 'op: "change" is not one of its words. Allowed: set, add, remove.'),
        ("  - {op: set, path: escalation/desing, value: x}", 'line 7 › escalation › desing: not a field. Did you mean "design"?'),
        ("  - {op: set, path: dlt/window_days, value: long}", 'line 7 › dlt › window_days: "long" is text, but a whole number is wanted.'),
        ("  - {op: remove, path: groups/over-6-months}", '"over-6-months" is not a group.'),
        ("  - {op: remove, path: dlt/anchor}", "dlt › anchor: missing, and it has no default."),
        ("  []", "changes"),
    ],
)  # fmt: skip
def test_a_change_that_does_not_fit_is_a_sentence(trial: Path, changes: str, expected: str) -> None:
    amend(trial, "01", changes + "\n")

    said = sentence(trial)

    assert expected in said.replace("›  ", "› ")
    assert "\n" not in said


def test_a_value_that_an_amendment_brings_is_reported_in_its_file(trial: Path) -> None:
    amend(trial, "01", "  - op: set\n    path: levels/dl1/dose\n    value:\n      amount: much\n      unit: cells\n")

    assert sentence(trial).startswith("amendments/01-a.yaml line 10 › levels › dl1 › dose › amount: ")


def test_an_amendment_that_contradicts_the_next_is_found_after_the_first(trial: Path) -> None:
    # the second would repair what the first breaks; each alone must leave a valid document
    amend(trial, "01", "  - {op: remove, path: schedules/every-7-days}\n")
    amend(trial, "02", "  - {op: add, path: schedules, value: {key: every-7-days, label: w, days: [0, 7, 14]}}\n")

    assert "schedules" in sentence(trial)


def test_a_number_used_twice_an_unchanged_version_and_an_earlier_date_are_refused(trial: Path) -> None:
    amend(trial, "01", "  - {op: set, path: short_title, value: a}\n")
    second = trial / "amendments" / "02-b.yaml"
    change = "  - {op: set, path: short_title, value: b}\n"

    second.write_text(HEAD.format(number="01", version="1.2", date="2024-03-01") + change, "utf-8")
    assert sentence(trial) == 'amendments/02-b.yaml line 1 › amendment: "01" is applied already; give the next number.'

    second.write_text(HEAD.format(number="02", version="1.1", date="2024-03-01") + change, "utf-8")
    assert sentence(trial).startswith('amendments/02-b.yaml line 2 › version: "1.1" is the version it changes')

    second.write_text(HEAD.format(number="02", version="1.2", date="2023-03-01") + change, "utf-8")
    assert sentence(trial) == "amendments/02-b.yaml line 3 › date: before amendment 01 (2024-01-01)."
