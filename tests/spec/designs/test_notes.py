"""The method notes: one per design, and their code runs and prints what they say."""

import contextlib
import io
import re
from pathlib import Path

import pytest

from remit.designs import DESIGNS

NOTES = sorted((Path(__file__).parents[3] / "docs" / "explanation" / "designs").glob("*.md"))


def test_every_design_has_a_note() -> None:
    assert set(DESIGNS) <= {note.stem for note in NOTES}


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.stem)
def test_the_code_of_a_note_prints_what_it_says(note: Path) -> None:
    text = note.read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```(?:\n+```output\n(.*?)```)?", text, flags=re.DOTALL)

    assert blocks
    for block, shown in blocks:
        promised = shown.splitlines() or re.findall(r"^# (.*)$", block, flags=re.MULTILINE)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block, note.name, "exec"), {})
        assert printed.getvalue().splitlines() == promised
