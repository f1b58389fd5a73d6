"""`remit schema`: the JSON Schema of the protocol document, for editors that complete and check while typing."""

from __future__ import annotations

import json

import typer

from remit.exchange.protocol_yaml import schema as protocol_schema


def schema() -> None:
    """Print the JSON Schema of protocol.yaml.

    Example: remit schema > protocol.schema.json
    """
    typer.echo(json.dumps(protocol_schema(), indent=1))
