"""The report page as it meets the eye: on a telephone, on paper, by keyboard, and in the signs of its panels."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from browser.conftest import Opened

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
# Of the seed trial's report with every section; the list of ids alone would take 15 more.
MOST_SHEETS = 16


@pytest.fixture(scope="session")
def seed_address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the seed trial as a file."""
    from remit.cli.app import run

    folder = tmp_path_factory.mktemp("seed")
    run(["report", str(ROOT / "examples" / "kn5501-sle"), "--out", str(folder)])
    return (folder / "report.html").as_uri()


@pytest.fixture(scope="session")
def three_address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of the sample trial's first three subjects, as pictures."""
    from remit import report
    from rooms.report import sample, sample_results

    frames = sample.derived()
    few = {name: frame.filter(pl.col("USUBJID").is_in(THREE)) for name, frame in frames.items()}
    html = report.page(sample.protocol(), few, sample_results.results(frames), (), sample.stamp(few), "")
    path: Path = tmp_path_factory.mktemp("three") / "report.html"
    path.write_text(html, "utf-8")
    return path.as_uri()


THREE = ("CH01-002", "CH01-003", "CH01-004")
CUT = (
    "[...document.querySelectorAll('.tablebox, .plotbox')]"
    ".filter(b => !b.closest('details:not([open])') && b.scrollWidth > b.clientWidth + 1)"
)


def test_what_is_cut_off_on_a_telephone_says_so(browser: Any, address: str) -> None:
    view = Opened(browser, address, width=390)
    view.page.wait_for_selector(".tablebox.clipped #t-baseline")

    said = view.page.evaluate(f"{CUT}.map(b => getComputedStyle(b, '::before').content)")

    assert len(said) > 10
    assert {"scroll sideways" in text for text in said} == {True}
    view.page.context.close()


def test_the_first_column_stays_in_sight(browser: Any, address: str) -> None:
    view = Opened(browser, address, width=390)
    view.page.wait_for_selector(".tablebox.clipped #t-baseline")

    view.page.evaluate("document.querySelector('#t-baseline').closest('.tablebox').scrollLeft = 120")

    left = view.page.evaluate("document.querySelector('#t-baseline tbody th').getBoundingClientRect().left")
    assert 0 <= left < 40
    view.page.context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_only_what_scrolls_is_a_stop_of_the_keyboard(browser: Any, address: str, width: int) -> None:
    view = Opened(browser, address, width=width)
    view.page.wait_for_timeout(300)

    wrong = view.page.evaluate(
        "[...document.querySelectorAll('.tablebox, .plotbox')]"
        ".filter(b => !b.closest('details:not([open])') && (b.scrollWidth > b.clientWidth + 1) !== (b.tabIndex === 0))"
        ".map(b => b.getAttribute('aria-label'))"
    )

    assert wrong == []
    view.page.context.close()


@pytest.mark.parametrize("media", ["screen", "print"])
def test_a_figure_is_never_larger_than_drawn(browser: Any, three_address: str, media: str) -> None:
    view = Opened(browser, three_address)
    view.page.emulate_media(media=media)

    sizes = view.page.evaluate(
        "[...document.querySelectorAll('.plot > svg')]"
        ".map(s => [s.getBoundingClientRect().width, +s.getAttribute('width')])"
    )

    assert len(sizes) >= 6
    assert all(shown <= drawn + 1 for shown, drawn in sizes)
    view.page.context.close()


def test_paper_leaves_the_list_of_ids_out_and_says_where_they_are(browser: Any, seed_address: str) -> None:
    view = Opened(browser, seed_address)
    sheets = len(re.findall(rb"/Type\s*/Page\b", view.page.pdf(prefer_css_page_size=True)))
    view.page.emulate_media(media="print")

    assert sheets <= MOST_SHEETS
    assert not any(one.is_visible() for one in view.page.locator("details.ids").all())
    assert view.page.get_by_text("results.json beside this report has each of them").is_visible()
    view.page.context.close()


def test_a_count_of_the_not_evaluable_is_not_marked_as_met(browser: Any, seed_address: str) -> None:
    view = Opened(browser, f"{seed_address}#r=efficacy/lldas/last/not-evaluable")
    view.page.wait_for_selector("#panel ul.rows > li")
    rows = view.page.locator("#panel ul.rows > li")

    first = rows.first.text_content()

    assert first.startswith("?not evaluable: ")
    assert not re.search("(●not met|○met)", view.page.text_content("#panel"))
    view.page.context.close()


def test_a_count_without_an_endpoint_speaks_of_no_answer(browser: Any, seed_address: str) -> None:
    view = Opened(browser, f"{seed_address}#r=safety/crs/any/proportion")
    view.page.wait_for_selector("#panel ul.rows > li")

    said = view.page.text_content("#panel")

    assert "counted: " in said
    assert "met:" not in said
    assert "not met" not in said
    view.page.context.close()


def test_records_stand_in_the_order_of_their_numbers(browser: Any, seed_address: str) -> None:
    view = Opened(browser, f"{seed_address}#s=CH01-001")
    view.page.wait_for_selector("#panel ul.rows > li")

    names = view.page.evaluate(
        """async () => {
            for (const one of document.querySelectorAll('#panel details')) one.open = true;
            await new Promise((done) => setTimeout(done, 300));
            const named = (row) => [...row.querySelectorAll('.rec')].map((b) => b.title).filter(Boolean);
            return [...document.querySelectorAll('#panel .recs')].map(named);
        }"""
    )

    numbered = [[(r.rpartition("/")[0], int(r.rpartition("/")[2])) for r in row if r.count("/") == 2] for row in names]
    assert any(len(row) > 3 for row in numbered)
    for row in numbered:
        assert row == sorted(row)


def test_a_median_of_the_observed_and_one_by_kaplan_meier_say_which_they_are(browser: Any, seed_address: str) -> None:
    view = Opened(browser, seed_address)

    assert "observed median" in view.page.inner_text(".minute")
    assert "median of those seen to return" in view.page.inner_text("#f-b-cells figcaption")
    assert view.page.inner_text("#f-kaplan-meier figcaption").startswith("Months by Kaplan–Meier, median:")
    view.page.context.close()


@pytest.mark.parametrize("width", [390, 768])
def test_the_seed_page_has_no_accessibility_violation_and_no_sideways_scroll(
    browser: Any, seed_address: str, width: int
) -> None:
    from browser.test_report import violations

    view = Opened(browser, seed_address, width=width)
    assert view.page.evaluate("document.documentElement.scrollWidth") <= width
    # thousands of equal list items, which only cost time
    view.page.evaluate("document.querySelectorAll('.ids ul, .notes').forEach((list) => list.remove())")
    assert violations(view.page) == []
    view.page.context.close()
