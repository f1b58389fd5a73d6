"""The trials that the document must hold without bending: the seed, its successor, its sister, a foreign study."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from remit.exchange.protocol_yaml import parse_protocol, read_protocol, schema, to_yaml
from remit.protocol import Protocol

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = (
    "examples/kn5501-sle",
    "examples/kn5501-sad-mad",
    "examples/kn5601-paediatric",
    "examples/cdisc-pilot",
    "src/remit/templates/new-trial",
)


def read(folder: str) -> Protocol:
    return read_protocol(ROOT / folder / "protocol.yaml")


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_document_written_again_is_the_same_document(folder: str) -> None:
    protocol = read(folder)

    assert parse_protocol(to_yaml(protocol)) == protocol
    assert to_yaml(parse_protocol(to_yaml(protocol))) == to_yaml(protocol)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_document_cannot_be_changed(folder: str) -> None:
    protocol = read(folder)

    with pytest.raises(ValueError, match="frozen"):
        protocol.version = "2"  # type: ignore[misc]
    with pytest.raises(TypeError, match="immutable"):
        protocol.instruments["pga"] = 1  # type: ignore[assignment]
    assert hash(protocol) == hash(read(folder))


def test_the_seed_trial_escalates_from_a_published_dose_over_four_levels() -> None:
    # registry NCT06010472 and the abstract of the 2025 paper: 0.75 × 10^9 cells, days -5 to -3, 28-day window
    protocol = read("examples/kn5501-sle")

    assert [(level.key, level.level, level.arm) for level in protocol.levels] == [
        ("dl1", 1, "DL1"), ("dl2", 2, "DL2"), ("dl3", 3, "DL3"), ("dl4", 4, "DL4"),
    ]  # fmt: skip
    assert protocol.level("dl1").dose.planned() == 0.75
    assert [(agent.amount, agent.days) for agent in protocol.conditioning] == [(25, (-5, -4, -3)), (300, (-5, -4, -3))]
    assert protocol.dlt is not None
    assert (protocol.dlt.window_days, protocol.dlt.anchor) == (28, "first-infusion")
    assert {protocol.planned_infusions(level) for level in protocol.levels} == {3}
    assert [schedule.days for schedule in protocol.schedules] == [(0, 7, 14), (0, 3, 6)]
    assert protocol.last_cut() == date(2024, 10, 1)
    assert protocol.rules.treatment_emergent_from == "conditioning"


def test_the_seed_trial_reports_the_registered_endpoints_at_the_registered_weeks() -> None:
    protocol = read("examples/kn5501-sle")

    for key, instrument in (("doris-2021", "doris"), ("lldas", "lldas"), ("sri-4", "sri")):
        endpoint = protocol.endpoint(key)
        assert endpoint.instrument == instrument
        assert endpoint.timepoints == ("week-12", "week-24", "week-36", "week-52", "last")
        assert endpoint.groups == ("over-6-months",)
        assert endpoint.missing == "not-evaluable"
    assert protocol.group("over-6-months").above == 6
    assert protocol.endpoint("doris-2021").variants == ("gc_lt5", "pga_le", "clinical_off", "drug_free")


def test_windows_of_the_seed_trial_never_overlap() -> None:
    windows = sorted(visit.window for visit in read("examples/kn5501-sle").visits if visit.window)

    assert all(earlier[1] < later[0] for earlier, later in pairwise(windows))


def test_every_level_above_the_published_one_is_marked_as_assumed() -> None:
    paths = {one.path for one in read("examples/kn5501-sle").assumed}

    assert {f"levels/dl{level}/dose/amount" for level in (2, 3, 4)} <= paths
    assert "levels/dl1/dose/amount" not in paths


def test_the_successor_has_a_window_of_its_own_in_each_part() -> None:
    # NCT07358988: six single doses with 2 weeks, two to four regimens of three to five infusions with 4 weeks
    protocol = read("examples/kn5501-sad-mad")
    single, multiple, expansion = protocol.parts

    assert [protocol.dlt_of(level).window_days for level in protocol.levels_in(single)] == [14] * 6  # type: ignore[union-attr]
    assert [protocol.dlt_of(level).window_days for level in protocol.levels_in(multiple)] == [28] * 3  # type: ignore[union-attr]
    assert [protocol.planned_infusions(level) for level in protocol.levels_in(multiple)] == [3, 4, 5]
    assert expansion.kind == "expansion"
    assert len(protocol.identification.sites) == 6
    assert protocol.identification.planned_subjects == 36
    escalation = protocol.escalation_of(multiple)
    assert escalation is not None
    assert escalation.start == 7


def test_the_pediatric_dose_follows_the_weight_and_stays_unknown_without_it() -> None:
    protocol = read("examples/kn5601-paediatric")
    dose = protocol.level("tiered").dose

    assert [dose.planned(weight) for weight in (19.9, 20, 29.9, 30, 44.9, 45, 80)] == [1, 1.5, 1.5, 2.25, 2.25, 3, 3]
    assert dose.planned() is None
    assert protocol.planned_infusions(protocol.level("tiered")) == 6


def test_a_dose_per_kilogram_or_square_meter_needs_the_size() -> None:
    dose = read("examples/kn5501-sle").level("dl1").dose

    assert dose.model_copy(update={"basis": "per-kg", "amount": 2.0}).planned(weight_kg=60) == 120
    assert dose.model_copy(update={"basis": "per-m2", "amount": 2.0}).planned(bsa_m2=1.5) == 3
    assert dose.model_copy(update={"basis": "per-kg"}).planned(bsa_m2=1.5) is None


def test_the_foreign_study_has_arms_a_placebo_and_no_conditioning() -> None:
    protocol = read("examples/cdisc-pilot")

    assert protocol.levels_are == "arms"
    assert [(level.key, level.arm) for level in protocol.levels] == [
        ("pbo", "Pbo"),
        ("xan-lo", "Xan_Lo"),
        ("xan-hi", "Xan_Hi"),
    ]
    assert protocol.level_of("Xan_Hi") == protocol.level("xan-hi")
    assert protocol.level_of("Scrnfail") is None
    assert protocol.level_of(None) is None
    assert protocol.product.zero_dose_counts
    assert protocol.conditioning == ()
    assert (protocol.dlt, protocol.escalation, protocol.b_cells) == (None, None, None)


def test_first_treatment_is_another_spelling_of_first_cells() -> None:
    # one word for one meaning in the document, so that nothing downstream has to know two
    rules = read("examples/cdisc-pilot").rules

    assert rules.treatment_emergent_from == "first-cells"
    assert rules.baseline == "before-first-cells"
    assert rules.emergent_through_days is None


def test_the_schema_names_every_field_and_is_closed() -> None:
    exported = schema()

    assert set(exported["properties"]) == set(Protocol.model_fields)
    assert exported["additionalProperties"] is False
    assert all(
        part.get("additionalProperties") is False for part in exported["$defs"].values() if part["type"] == "object"
    )
