"""ADRS with everything that is made after the states: BILAG numbers, renal response, serology, time in a state."""

from __future__ import annotations

import polars as pl

from remit.derive import serological, state_share
from remit.derive.letters import letter_lines
from remit.derive.renal import renal
from remit.derive.supplements import asking, with_lines
from remit.protocol import Protocol
from remit.records import Records


def with_supplements(
    protocol: Protocol, records: Records, adsl: pl.DataFrame, adlb: pl.DataFrame, adrs: pl.DataFrame
) -> pl.DataFrame:
    """ADRS and its further rows, in its order; itself where neither protocol nor records ask for any."""
    lines = [*renal(protocol, records, adsl, adlb), *serological.serological(protocol, adlb)]
    lines += letter_lines(protocol, records)
    made_here = {endpoint.key for endpoint in asking(protocol, serological.INSTRUMENT)}
    if any(endpoint.of in made_here for endpoint in asking(protocol, state_share.INSTRUMENT)):
        adrs, lines = with_lines(protocol, adsl, adrs, lines), []
    return with_lines(protocol, adsl, adrs, [*lines, *state_share.state_shares(protocol, adrs)])
