"""The report page in a real browser: quiet, alone, reachable by keyboard, and open down to the records."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from browser.conftest import Opened

pytestmark = pytest.mark.browser

DORIS = "efficacy/doris-2021/over-6-months/proportion"
SECTIONS = (
    "Who was treated",
    "What they got",
    "Safety",
    "Activity and steroid",
    "B cells and cells",
    "Time to and duration",
    "Each patient",
    "How it was done",
)


def violations(page: Any) -> list[str]:
    axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    script = next(Path(axe.__file__).parent.rglob("axe.min.js")).read_text("utf-8")
    page.evaluate(f"() => {{ {script}\n window.axe = axe || window.axe; }}")
    found = page.evaluate("async () => (await window.axe.run()).violations")
    return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:160]}" for v in found]


def test_it_is_quiet_and_asks_nobody(opened: Any, address: str) -> None:
    opened.read_to_the_end()

    assert opened.errors == []
    assert opened.requests == [address]


def test_figures_come_alive_from_their_pictures(opened: Any) -> None:
    before = opened.page.locator(".plot").count()

    opened.read_to_the_end()

    assert before == opened.page.locator(".plot .vega-embed svg").count() >= 8


def test_a_number_opens_its_subjects_and_its_records(opened: Any) -> None:
    page = opened.page

    page.click(f'.minute .n[data-id="{DORIS}"]')

    page.wait_for_selector("#panel ul.rows > li")
    said = page.inner_text("#panel")
    assert "met:" in page.text_content("#panel ul.rows > li")
    assert "not: PGA < 0.5" in said
    assert re.search(r"12 others: not in the group — follow-up ≤ 6 months", said)
    page.locator("#panel .rec").first.click()
    assert "as entered <b>&</b>" in page.inner_text("#panel .fields")


def test_unknown_is_shown_as_neither_met_nor_not_met(opened: Any) -> None:
    opened.page.click(f'.minute .n[data-id="{DORIS}"]')
    opened.page.wait_for_selector("#panel ul.rows > li")

    assert opened.page.locator("#panel .mark.q").count() == 1


def test_escape_closes_and_focus_returns(opened: Any) -> None:
    page = opened.page
    page.focus(f'.minute .n[data-id="{DORIS}"]')
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel:not([hidden])")

    page.keyboard.press("Escape")

    assert page.is_hidden("#panel")
    assert page.evaluate("document.activeElement.dataset.id") == DORIS
    assert "#r=" not in page.url


def test_arrow_keys_walk_the_subjects(opened: Any) -> None:
    page = opened.page
    page.click(f'.minute .n[data-id="{DORIS}"]')
    page.wait_for_selector("#panel ul.rows > li")

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")

    assert page.evaluate("[...document.querySelectorAll('#panel ul.rows > li')].indexOf(document.activeElement)") == 1


def test_the_address_carries_the_number_and_opens_it(browser: Any, address: str, opened: Any) -> None:
    opened.page.click(f'.minute .n[data-id="{DORIS}"]')
    opened.page.wait_for_selector("#panel ul.rows > li")
    link = opened.page.url

    opened.page.goto("about:blank")
    opened.page.goto(link)

    opened.page.wait_for_selector("#panel ul.rows > li")
    assert link.endswith(f"#r={DORIS}")
    assert "DORIS 2021" in opened.page.inner_text("#panel")


def test_a_subject_opens_all_that_is_known_of_them(opened: Any) -> None:
    opened.page.click('#t-subjects [data-subject="CH01-010"]')

    opened.page.wait_for_selector("#panel ul.rows > li")
    assert "Cytokine release syndrome, grade 1" in opened.page.inner_text("#panel")


def test_a_mark_in_a_figure_opens_its_row(opened: Any) -> None:
    opened.read_to_the_end()

    opened.page.locator('[data-figure="waterfall"] .mark-rect path').nth(2).dispatch_event("click")
    opened.page.locator('[data-figure="waterfall"] .mark-rect path').nth(2).click(force=True)

    opened.page.wait_for_selector("#panel ul.rows > li")
    assert opened.page.inner_text("#panel h2").startswith("CH01-")


@pytest.mark.parametrize("width", [1280, 390])
def test_no_accessibility_violation(browser: Any, address: str, width: int) -> None:
    view = Opened(browser, address, width=width)
    view.page.click(f'.minute .n[data-id="{DORIS}"]')
    view.page.wait_for_selector("#panel ul.rows > li")

    assert violations(view.page) == []
    view.page.context.close()


def test_no_sideways_scroll_on_a_telephone(browser: Any, address: str) -> None:
    view = Opened(browser, address, width=390)

    assert view.page.evaluate("document.documentElement.scrollWidth") <= 390
    view.page.context.close()


def test_paper_loses_no_section(opened: Any) -> None:
    pdf = opened.page.pdf(prefer_css_page_size=True)
    opened.page.emulate_media(media="print")

    assert pdf.startswith(b"%PDF")
    for title in SECTIONS:
        assert opened.page.locator("h2", has_text=title).first.is_visible()
    assert opened.page.locator(".notice").is_visible()
    assert opened.page.locator(".minute .note").first.is_visible()
    assert opened.page.is_hidden("#panel")


def test_without_scripts_it_is_a_document(browser: Any, address: str) -> None:
    view = Opened(browser, address, scripts=False)

    for title in SECTIONS:
        assert view.page.locator("h2", has_text=title).first.is_visible()
    assert view.page.locator(".plot > svg").count() >= 8
    assert view.page.locator(".copy").first.is_hidden()
    assert DORIS in view.page.locator("#methods").text_content()
    view.page.context.close()


def test_a_median_shows_its_values_and_no_verdicts(opened: Any) -> None:
    opened.page.click('.minute .n[data-id="follow-up/months/median"]')

    opened.page.wait_for_selector("#panel ul.rows > li")
    assert opened.page.locator("#panel .mark").count() == 0


def test_every_number_of_the_page_opens(opened: Any) -> None:
    shut = opened.page.evaluate(
        """async () => {
            const shut = [];
            for (const number of document.querySelectorAll('main .n[data-id]')) {
                number.click();
                await new Promise((done) => setTimeout(done));
                if (document.querySelector('#panel').hidden) shut.push(number.dataset.id);
            }
            return shut;
        }"""
    )

    assert shut == []
