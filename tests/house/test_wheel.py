"""What is installed holds everything that runs: templates, styles, the typing marker; and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_holds_every_source_and_template(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    wheel = next(tmp_path.glob("*.whl"))

    names = set(zipfile.ZipFile(wheel).namelist())

    source = ROOT / "src"
    wanted = {str(p.relative_to(source)) for p in source.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    assert wanted <= names
    assert {"remit/py.typed", "remit/templates/new-trial/protocol.yaml", "remit/report/templates/page.html"} <= names
    assert {n.split("/")[0] for n in names} == {"remit", "remit-0.1.0.dist-info"}
