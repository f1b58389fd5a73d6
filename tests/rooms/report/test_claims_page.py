"""The page about printed numbers: what stands on it, and that text of a document is only ever text."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from remit.evidence import check_claims, reconcile_claims
from remit.exchange.claims_yaml import parse_claims, read_claims
from remit.report.claims_page import claims_page, reconcile_page

EXAMPLES = Path(__file__).parents[3] / "examples" / "claims"
HOSTILE = """
publication: {title: "<script>alert(1)</script>", source: '"><img src=x onerror=alert(2)>', url: "javascript:alert(3)"}
n: 12
statements:
  - {id: "<b>a</b>", kind: count, event: "x", count: 3, note: "{{ 7 * 7 }} ${7*7} <style>*{}</style>"}
  - {id: b, kind: partition, parts: {"<i>p</i>": 5, "q' onload='x": 7}}
"""


class Tags(HTMLParser):
    """Every tag with its attributes, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def page(text: str) -> str:
    claims = parse_claims(text)
    return claims_page(claims, check_claims(claims))


def test_text_of_a_document_stays_text() -> None:
    shown = Tags(page(HOSTILE))

    assert not {"script", "img"} & set(shown.tags)
    assert "<b>a</b>" in shown.text
    assert "<i>p</i>" in shown.text
    assert not {name for name in shown.names if name.startswith("on")}
    assert "{{ 7 * 7 }} ${7*7}" in shown.text
    assert "<script>alert(1)</script>" in shown.text


def test_a_page_asks_nothing_of_any_other_place() -> None:
    made = page((EXAMPLES / "l17.yaml").read_text("utf-8"))

    assert not re.search(r"(src|href)=[\"'](?!#)", made)
    assert "default-src 'none'" in made


def test_each_statement_stands_with_its_sum_and_what_it_leans_on() -> None:
    shown = Tags(page((EXAMPLES / "strict-order.yaml").read_text("utf-8"))).text

    assert "1 + 1 + 5 + 13 = 20" in shown
    assert "maximum 12 months = 351 to 380 days, minimum 1 = 16 to 45 days" in shown
    assert "between them at least 351 − 45 = 306 days" in shown
    assert "4/8 = 50.00 %" in shown
    assert "Leans on: everyone is followed to one common cut." in shown
    assert "9.725 months" in shown


def test_what_cannot_be_is_said_without_accusing() -> None:
    shown = Tags(page((EXAMPLES / "review-79-of-47.yaml").read_text("utf-8"))).text

    assert "Some of these numbers cannot be true together" in shown
    assert "79 of 47" in shown
    assert "It does not say how a number came to be" in shown
    for word in ("wrong", "fraud", "fabricat", "false", "error in", "mistake"):
        assert word not in shown.lower()


def test_every_range_is_drawn_inside_its_scale() -> None:
    made = page((EXAMPLES / "l17.yaml").read_text("utf-8"))

    drawn = [(float(left), float(width)) for left, width in re.findall(r"left:([\d.]+)%;width:([\d.]+)%", made)]
    assert len(drawn) >= 8
    assert all(left >= 0 and left + width <= 100.001 for left, width in drawn)


def test_explanations_of_two_reports_are_listed_smallest_first() -> None:
    first, second = (read_claims(EXAMPLES / f"{name}.yaml") for name in ("l17", "later-report"))

    shown = Tags(reconcile_page(first, second, reconcile_claims(first, second, more=1))).text

    assert shown.index("2 patients left (1 of them with crs)") < shown.index("the definition of crs changed")
    assert "patients: 20 → 18" in shown
