"""What is registered is complete: a source, a spec, a page; and the generated pages say what the code says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from remit.analysis import ANALYSES
from remit.instruments import (
    INSTRUMENTS,
    acr_1997,
    clasi,
    eular_acr_2019,
    joints,
    sdi_items,
    selena_flare,
    sle_das,
    sledai_2k,
)
from remit.records import TABLES, rating_codes
from remit.records.checks import RULES
from remit.records.sponsor_codes import SLEDAI_ITEMS

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "remit"


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda i: i.key)
def test_an_instrument_has_a_source_and_a_spec(instrument) -> None:  # type: ignore[no-untyped-def]
    specs = "\n".join(p.read_text("utf-8") for p in (ROOT / "tests" / "spec" / "instruments").rglob("*.py"))

    assert instrument.citation.authors
    assert instrument.citation.where
    assert instrument.variants
    assert re.search(rf"\b{re.escape(instrument.key)}\b|\b{instrument.key.replace('-', '_')}\b", specs), "no spec test"


def test_names_are_unique() -> None:
    for names in (
        [i.key for i in INSTRUMENTS],
        [t.name for t in TABLES],
        [r.id for r in RULES],
        [a.key for a in ANALYSES],
    ):
        assert len(names) == len(set(names))


def test_every_table_file_is_registered() -> None:
    files = {p.stem for p in (SOURCE / "records" / "tables").glob("*.py")} - {"__init__"}
    registered = {t.name.lower() for t in TABLES}

    stray = {f for f in files if f.rstrip("_") not in registered and f not in {"supp", "suppqual"}}
    assert stray == set()


def test_both_rooms_know_the_same_sledai() -> None:
    # records may not import instruments, so the weights stand twice; this is what keeps them one
    assert [weight for _, weight in SLEDAI_ITEMS] == [item.weight for item in sledai_2k.ITEMS]
    assert [name.lower() for name, _ in SLEDAI_ITEMS] == [item.label.lower() for item in sledai_2k.ITEMS]


def test_both_rooms_know_the_same_forms() -> None:
    assert (rating_codes.CLASI_AREAS, rating_codes.JOINTS) == (clasi.AREAS, joints.JOINTS)
    assert dict(rating_codes.DAMAGE) == {item: most for item, (_, most) in sdi_items.ITEMS.items()}
    # low complement and anti-dsDNA are SLEDAI-2K items already
    assert {*rating_codes.SLE_DAS, "low_complement", "dsdna"} == set(sle_das.FLAGS)
    manifestations = selena_flare.MILD_MANIFESTATIONS | selena_flare.SEVERE_MANIFESTATIONS
    assert set(rating_codes.FLARE_MANIFESTATIONS) == manifestations
    assert (rating_codes.EULAR_ACR, rating_codes.ACR_1997) == (eular_acr_2019.ITEMS, acr_1997.ITEMS)
    points = {item.name: item.high for item in rating_codes.CLASI.items}
    assert sum(high for name, high in points.items() if name.startswith(("erythema", "scale"))) == 65
    assert sum(item.high for item in rating_codes.CLASI.parts["activity"]) == clasi.MAXIMUM


def test_generated_pages_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "build_reference.py"), "--check"], capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + "; run make docs"


def test_nothing_names_a_registry_host_or_a_machine() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    words = re.compile(r"files\.pythonhosted|//pypi\.|deb\.debian|registry\.npmjs|/root/|/work/")

    named = [
        f
        for f in tracked
        if f and f != "tests/house/test_registries.py" and (ROOT / f).is_file()
        and words.search((ROOT / f).read_bytes().decode("utf-8", "replace"))
    ]  # fmt: skip

    assert named == []
