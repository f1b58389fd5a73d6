"""Spec tables: a header line, then one clinical story a line; what stands behind # is for the reader."""

from __future__ import annotations

from typing import Any

WORDS = {"": None, "unknown": None, "yes": True, "no": False, "none": "none"}


def cell(text: str) -> Any:
    """yes, no, unknown or blank, a number, `[a, b]` a list of codes, else a word."""
    if text in WORDS:
        return WORDS[text]
    if text.startswith("["):
        inner = text[1:-1].strip()
        return [part.strip() for part in inner.split(",")] if inner else []
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def stories(table: str) -> list[dict[str, Any]]:
    """Rows of a table, keyed by its header."""
    lines = [line.split("#")[0].strip() for line in table.strip().splitlines()]
    header, *rows = [[part.strip() for part in line.split("|")] for line in lines if line]
    return [dict(zip(header, [cell(part) for part in row], strict=True)) for row in rows]
