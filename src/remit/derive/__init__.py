"""Protocol and records in, analysis tables out: pure functions, every row with the records it came from."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from remit.derive import tables
from remit.derive.known import known_by
from remit.derive.tables import DERIVED, READ_BY_REPORTS_ONLY, DerivedTable

Derived = Mapping[str, pl.DataFrame]

__all__ = ["DERIVED", "READ_BY_REPORTS_ONLY", "Derived", "DerivedTable", "all", "known_by"]


all = tables.derive
