"""Opening a trial folder: the document, the records, what is wrong with them, and the cutoff that holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from remit import designs, instruments
from remit.derive.declared import check_designs
from remit.derive.lab_terms import check_lab_terms
from remit.derive.letters import letter_findings
from remit.errors import InputError
from remit.exchange.folder import read_records
from remit.exchange.protocol_yaml import read_protocol
from remit.protocol import Protocol, check_names
from remit.records import Finding, Records, checks
from remit.records.findings import in_order


@dataclass(frozen=True)
class Trial:
    """A trial folder, read. `findings` come from reading the files and from every check."""

    folder: Path
    data: Path
    protocol: Protocol
    records: Records
    findings: tuple[Finding, ...]


def open_protocol(folder: Path) -> Protocol:
    """The protocol of a trial folder, amendments applied, every name in it known and every design in it built."""
    if not folder.is_dir():
        raise InputError(
            f"{folder} is not a folder. Give the trial folder that holds protocol.yaml; `remit new {folder}` makes one."
        )
    path = folder / "protocol.yaml"
    if not path.is_file():
        raise InputError(
            f"{folder} holds no protocol.yaml. A trial folder has one; `remit new FOLDER` makes a folder to start from."
        )
    protocol = read_protocol(path)
    check_names(protocol, {i.key: [v.name for v in i.variants] for i in instruments.INSTRUMENTS}, list(designs.DESIGNS))
    check_designs(protocol)
    check_lab_terms(protocol)
    return protocol


def open_trial(folder: Path, data: Path | None = None) -> Trial:
    """Read a trial folder. `data` replaces its records folder."""
    protocol = open_protocol(folder)
    where = data if data is not None else folder / "records"
    collected, findings = read_records(where)
    checked = [*checks.all(protocol, collected), *letter_findings(collected)]
    return Trial(folder, where, protocol, collected, tuple(in_order([*findings, *checked])))


def cutoff_of(protocol: Protocol, collected: Records, wanted: str | None, option: str = "--cutoff") -> date:
    """`--cutoff`, else the last cut the protocol declares, else the latest date in the records; never today."""
    if wanted is not None:
        try:
            return date.fromisoformat(wanted)
        except ValueError:
            raise InputError(
                f'{option} "{wanted}" is not a date. Write it as year-month-day, such as 2024-10-01.'
            ) from None
    declared = protocol.last_cut()
    if declared is not None:
        return declared
    latest = collected.latest_day()
    if latest is None:
        raise InputError(
            "The records hold no full date and the protocol declares no data cut. Give one: --cutoff 2024-10-01."
        )
    return latest
