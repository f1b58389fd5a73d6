"""A hash of rows, not of files: the same rows in the same order hash alike however they are cut into parts.

Each column has its own running SHA-256 over its values, bit for bit, and over which of them are null; the digest is the
SHA-256 of the columns' names, types and hashes. Nothing depends on the version or compression of a file format.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import polars as pl


class RowDigest:
    """Takes frames in row order; every frame must have the same columns and types."""

    def __init__(self) -> None:
        self._schema: pl.Schema | None = None
        self._hashes: dict[tuple[str, ...], hashlib._Hash] = {}

    def add(self, frame: pl.DataFrame) -> None:
        """The next rows.

        raises  ValueError when columns or types are not those of the rows before
        """
        if self._schema is None:
            self._schema = frame.schema
        if frame.schema != self._schema:
            raise ValueError(f"Parts differ in their columns: {_text(self._schema)}; then {_text(frame.schema)}.")
        for column in frame.iter_columns():
            for path, content in _stretches((column.name,), column):
                self._hashes.setdefault(path, hashlib.sha256()).update(content)

    def hexdigest(self) -> str:
        """64 hexadecimal digits."""
        whole = hashlib.sha256(_text(self._schema or pl.Schema()).encode())
        for path in sorted(self._hashes):
            whole.update(repr(path).encode() + self._hashes[path].digest())
        return whole.hexdigest()


def _text(schema: pl.Schema) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in schema.items())


def _stretches(path: tuple[str, ...], values: pl.Series) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """The bytes of a column: stretches that can be laid end to end, so that where a part ends leaves no mark."""
    kind = values.dtype
    yield (*path, "known"), _raw(values.is_not_null().cast(pl.UInt8))
    known = values.drop_nulls()
    if isinstance(kind, pl.Struct):
        for name in (f.name for f in kind.fields):
            yield from _stretches((*path, "field", name), known.struct.field(name))
    elif isinstance(kind, pl.Array):
        yield from _stretches(path, known.arr.to_list())
    elif isinstance(kind, pl.List):
        lengths = known.list.len()
        yield (*path, "length"), _raw(lengths.cast(pl.UInt64))
        yield from _stretches((*path, "element"), known.filter(lengths > 0).explode())
    elif isinstance(kind, pl.String):
        yield (*path, "length"), _raw(known.str.len_bytes().cast(pl.UInt64))
        yield (*path, "text"), (known.str.join("").item() or "").encode()
    elif isinstance(kind, pl.Binary):
        yield (*path, "length"), _raw(known.bin.size().cast(pl.UInt64))
        yield (*path, "text"), b"".join(known.to_list())
    elif kind.is_float():
        # not-a-number has many bit patterns; one stands for all
        yield (*path, "value"), _raw(known.fill_nan(float("nan")))
    elif kind == pl.Boolean:
        yield (*path, "value"), _raw(known.cast(pl.UInt8))
    elif (kind.is_integer() and kind not in (pl.Int128, pl.UInt128)) or kind in (
        pl.Date,
        pl.Time,
        pl.Datetime,
        pl.Duration,
    ):
        yield (*path, "value"), _raw(known.to_physical())
    elif kind != pl.Null:
        yield from _stretches((*path, "as text"), known.cast(pl.String))


def _raw(values: pl.Series) -> bytes:
    numbers = values.to_numpy()
    return numbers.astype(numbers.dtype.newbyteorder("<"), copy=False).tobytes()
