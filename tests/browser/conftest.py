"""A real browser for the report page. Without one the tests are skipped with the reason; in CI they fail instead."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str:
    """The path of the browser; skips when there is none, fails in CI."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail("no chromium on PATH: the browser tests must run in CI")
    pytest.skip("no chromium on PATH")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One browser for the session."""
    executable = chromium()
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=executable, headless=True, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the sample trial as a file, with the real chart scripts."""
    from remit import report
    from remit.report import figures
    from rooms.report import sample, sample_results

    frames = sample.derived()
    html = report.page(
        sample.protocol(), frames, sample_results.results(frames), (), sample.stamp(frames), figures.bundle()
    )
    path: Path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(html, "utf-8")
    return path.as_uri()


class Opened:
    """A page with everything it said and asked for."""

    def __init__(self, browser: Any, address: str, *, scripts: bool = True, width: int = 1280) -> None:
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        self.page = context.new_page()
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(address)

    def read_to_the_end(self) -> None:
        """Scroll through the page, so that every figure has come alive."""
        for plot in self.page.query_selector_all(".plot"):
            plot.scroll_into_view_if_needed()
            self.page.wait_for_timeout(150)
        self.page.wait_for_function(
            "document.querySelectorAll('.plot .vega-embed svg').length === document.querySelectorAll('.plot').length"
        )


@pytest.fixture
def opened(browser: Any, address: str) -> Iterator[Opened]:
    """The page, open."""
    view = Opened(browser, address)
    yield view
    view.page.context.close()
