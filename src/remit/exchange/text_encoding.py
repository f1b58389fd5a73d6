"""Which letters bytes stand for, when nobody says: UTF-8 when it fits, otherwise the likelier of two legacy
encodings.

Guidance: a byte-order mark settles it; strict UTF-8 hardly ever fits by accident. What is left in the files
of our sites is Chinese (GB 18030, where high bytes come in pairs) or Western (Windows-1252, where they mostly
stand alone).
"""

from __future__ import annotations

import re

_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_SHOWN = 20


def decoded(content: bytes) -> tuple[str, str, str]:
    """The text of a file, the encoding, and why; the reason is empty when the encoding is UTF-8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace"), "UTF-16", "it begins with a UTF-16 mark."
    if content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
    half = _half_empty(content)
    if half:
        return content.decode(half, "replace"), "UTF-16", "every other byte is empty."
    try:
        return content.decode("utf-8"), "UTF-8", ""
    except UnicodeDecodeError:
        pass
    runs = _HIGH_RUN.findall(content)
    paired = sum(len(run) for run in runs if len(run) % 2 == 0)
    if 2 * paired >= sum(map(len, runs)):
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            pass
        else:
            return (
                text,
                "GB18030",
                f"it is not UTF-8 and its high bytes come in pairs (first: {_first(text)}).",
            )
    try:
        text, encoding = content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        text, encoding = content.decode("latin-1"), "Latin-1"
    return text, encoding, f"it is not UTF-8 and its high bytes stand alone (first: {_first(text)})."


def _half_empty(content: bytes) -> str | None:
    """UTF-16 without a mark: Western text then has NUL in every other place."""
    sample = content[:4000]
    if len(sample) < 8 or sample.count(0) < len(sample) // 3:
        return None
    if sample[1::2].count(0) > 0.9 * len(sample[1::2]):
        return "utf-16-le"
    return "utf-16-be" if sample[0::2].count(0) > 0.9 * len(sample[0::2]) else None


def _first(text: str) -> str:
    """The first word that is not plain ASCII, so that a person can see whether the letters are right."""
    words = re.findall(r"[^\s,;|\"]*[^\x00-\x7f][^\s,;|\"]*", text)
    return words[0][:_SHOWN] if words else "none"
