"""The page as text: complete, self-contained, the same every time, and never with a number of its own."""

from __future__ import annotations

import base64
import gzip
import itertools
import re
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

import remit.report as report
from remit.records.findings import Finding
from remit.report.material import cased
from rooms.report import sample, sample_results

SECTIONS = ("who", "received", "safety", "activity", "cells", "duration", "subjects", "methods")


@pytest.fixture(scope="module")
def trial() -> Any:
    frames = sample.derived()
    return sample.protocol(), frames, sample_results.results(frames), sample.stamp(frames)


@pytest.fixture(scope="module")
def html(trial: Any) -> str:
    protocol, frames, results, stamp = trial
    return report.page(protocol, frames, results, (), stamp, "window.vegaEmbed = null;")


def test_every_button_opens_a_result_that_exists(trial: Any, html: str) -> None:
    known = {result.id for result in trial[2]}

    printed = set(re.findall(r'data-id="([a-z0-9][^"$]*)"', html))

    assert printed <= known
    assert len(printed) > 100


def test_a_button_says_what_its_result_prints(trial: Any, html: str) -> None:
    texts = {result.id: result.text or result.note for result in trial[2]}

    for id, inner in re.findall(r'<button type="button" class="n" data-id="([^"]+)"[^>]*>(.*?)</button>', html):
        said = re.sub(r"<[^>]+>", "", inner).strip()
        whole = texts[id].replace("; 95 % CI", ";")
        assert said == texts[id] or all(piece in whole for piece in re.split(r"[ ()]+", said) if piece), (id, said)


def test_the_last_section_lists_every_id(trial: Any, html: str) -> None:
    notes = html[html.index('id="methods"') :]

    assert [r.id for r in trial[2] if f"<code>{r.id}</code>" not in notes] == []


def test_it_has_its_eight_sections_in_order(html: str) -> None:
    assert re.findall(r'<section class="part" id="([^"]+)"', html) == list(SECTIONS)


def test_headings_are_in_order(html: str) -> None:
    levels = [int(n) for n in re.findall(r"<h([1-6])[ >]", html)]

    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


def test_it_asks_no_other_place_for_anything(html: str) -> None:
    addresses = set(re.findall(r"(?:src|href|url\()\s*=?\s*[\"']?(https?://[^\"'\s)]+)", html))

    assert addresses == set()
    assert "default-src 'none'" in html


def test_the_same_input_gives_the_same_bytes(trial: Any, html: str) -> None:
    protocol, frames, results, stamp = trial

    assert report.page(protocol, frames, results, (), stamp, "window.vegaEmbed = null;") == html


def test_the_notice_stands_on_top_and_on_every_printed_sheet(trial: Any, html: str) -> None:
    assert f"<strong>{trial[3].notice}</strong>" in html
    assert re.search(r"@top-right \{ content: \"Invented data", html)


def test_without_a_notice_there_is_no_banner(trial: Any) -> None:
    protocol, frames, results, stamp = trial

    assert 'class="notice"' not in report.page(protocol, frames, results, (), replace(stamp, notice=None), "")


def test_what_was_not_collected_is_one_short_line_and_no_error(trial: Any) -> None:
    protocol, _, _, stamp = trial

    bare = report.page(protocol, {}, (), (), stamp, "")

    assert re.findall(r'<section class="part" id="([^"]+)"', bare) == list(SECTIONS)
    assert bare.count("not collected.") >= 8


def test_words_from_the_data_cannot_become_markup(trial: Any) -> None:
    protocol, frames, results, stamp = trial
    planted = Finding("AE", "AE/CH01-001/1", "AETERM", "AE-TEXT", "error", "<script>alert(1)</script>", "look at it")

    html = report.page(protocol, frames, results, (planted,), replace(stamp, notice='"><script>alert(2)</script>'), "")

    assert "<script>alert" not in html


def test_the_chart_scripts_travel_packed_and_cannot_end_their_element(trial: Any) -> None:
    protocol, frames, results, stamp = trial
    code = "var ends = '</script>';"

    html = report.page(protocol, frames, results, (), stamp, code)

    packed = re.search(r'<script type="text/plain" id="charts" data-encoding="gzip">([^<]*)</script>', html)
    assert packed is not None
    assert gzip.decompress(base64.b64decode(packed[1])).decode() == code


def test_figures_keep_their_ids_apart(html: str) -> None:
    ids = re.findall(r'<clipPath id="([^"]+)"', html)

    assert len(ids) == len(set(ids))


def test_each_figure_has_a_title_a_summary_and_a_picture(html: str) -> None:
    figures = re.findall(r"<figure .*?</figure>", html, flags=re.S)

    assert len(figures) >= 8
    for figure in figures:
        assert re.search(r'role="img" aria-label="[^"]{20,}"', figure)
        assert "<h3>" in figure
        assert "<svg " in figure


def test_import_waits_with_the_plotting_libraries() -> None:
    code = "import sys, remit.report; print(sorted({'altair', 'vl_convert', 'scipy.stats'} & set(sys.modules)))"

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


def test_a_study_with_arms_is_treated_and_not_infused(trial: Any) -> None:
    protocol, frames, results, stamp = trial
    protocol.levels_are = "arms"

    try:
        html = report.page(protocol, frames, results, (), stamp, "")
    finally:
        protocol.levels_are = "dose-levels"

    assert "Baseline of the subjects treated, by arm" in html
    assert "infused carry" not in html


def test_with_no_figure_the_chart_scripts_stay_out(trial: Any) -> None:
    protocol, _, results, stamp = trial

    html = report.page(protocol, {}, results, (), stamp, "var charts = 1;")

    assert "<figure" not in html or 'id="charts"' in html
    assert 'id="charts"' not in report.page(protocol, {}, (), (), stamp, "var charts = 1;")


def test_the_page_of_twenty_subjects_can_be_sent(html: str) -> None:
    assert len(html.encode()) < 1_500_000  # the packed chart scripts add 0.4 MB


@pytest.mark.parametrize(
    ("recorded", "shown"),
    [("APPLICATION SITE PRURITUS", "Application site pruritus"), ("ICANS", "ICANS"), ("Nausea", "Nausea")],
)
def test_terms_recorded_in_capitals_are_read_as_words(recorded: str, shown: str) -> None:
    assert cased(recorded) == shown
