"""remit: an early-phase cell-therapy trial as software.

    protocol = remit.read_protocol("kn5501-sle/protocol.yaml")
    records, findings = remit.read_records("kn5501-sle/records")

The rooms are imported by name (`from remit import derive, analysis, report`). The names below load on first use, so
that `import remit` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from remit.errors import RemitError
    from remit.exchange.folder import read_records
    from remit.exchange.protocol_yaml import read_protocol
    from remit.exchange.scenario_yaml import read_scenario
    from remit.protocol import Protocol
    from remit.records import Finding, Records

__all__ = ["Finding", "Protocol", "Records", "RemitError", "read_protocol", "read_records", "read_scenario"]

_HOMES = {
    "Finding": "remit.records",
    "Protocol": "remit.protocol",
    "Records": "remit.records",
    "RemitError": "remit.errors",
    "read_protocol": "remit.exchange.protocol_yaml",
    "read_records": "remit.exchange.folder",
    "read_scenario": "remit.exchange.scenario_yaml",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'remit' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
