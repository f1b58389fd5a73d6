"""The README's picture: the seed trial's report in a real browser, with the panel behind the first remission number."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from remit.cli.app import run

ROOT = Path(__file__).parents[1]
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def main() -> int:
    """Write docs/images/report.png."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("chromium is not installed")
        return 1
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        run(["report", str(ROOT / "examples" / "kn5501-sle"), "--out", folder])
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1240, "height": 800})
        page.goto(f"file://{folder}/report.html#r=efficacy/doris-2021/over-6-months/proportion")
        page.wait_for_timeout(1500)
        page.screenshot(path=ROOT / "docs" / "images" / "report.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
