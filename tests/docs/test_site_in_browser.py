from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import CHROMIUM, Tab, browser

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed: the site is not tried in a browser")

WIDE = ["index", "start", "how-it-works", "configuration", "reviewers", "models", "comparison", "troubleshooting"]


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    with browser() as opened:
        yield opened


@pytest.mark.parametrize("page", WIDE)
def test_no_page_is_wider_than_a_telephone(tab: Tab, site: Path, page: str) -> None:
    tab.open(site / f"{page}.html", width=390, height=800)

    assert tab.run("document.documentElement.scrollWidth") == 390


def test_a_page_asks_nobody_for_anything_while_it_is_read(tab: Tab, site: Path) -> None:
    tab.open(site / "index.html")
    tab.run("sessionStorage.clear()")
    tab.complaints.clear()

    tab.open(site / "start.html")
    # Fonts, stars of a repository, a check for a newer version: scripts would ask for them now.
    asked = tab.run(
        "new Promise(done => requestIdleCallback(() => done("
        "performance.getEntriesByType('resource').map(entry => entry.name))))"
    )

    assert [address for address in asked if not address.startswith("file:")] == []
    assert tab.complaints == []


def test_a_row_of_a_table_is_a_card_on_a_telephone(tab: Tab, site: Path) -> None:
    tab.open(site / "configuration.html", width=390, height=800)

    cell = "document.querySelector('td[data-label=default]')"
    assert tab.run(f"getComputedStyle({cell}, '::before').content") == '"default: "'
    assert tab.run("getComputedStyle(document.querySelector('thead')).display") == "none"


def test_the_picture_of_a_review_can_be_read_on_a_telephone(tab: Tab, site: Path) -> None:
    tab.open(site / "how-it-works.html", width=390, height=800)

    width = tab.run("document.querySelector('img[src$=\"review.svg\"]').getBoundingClientRect().width")
    smallest = 13.5 * width / 400
    assert smallest > 11


@pytest.mark.parametrize(("likes", "scheme"), [("dark", "slate"), ("light", "default")])
def test_the_site_is_dark_for_who_likes_it_dark(site: Path, likes: str, scheme: str) -> None:
    # What a visit chooses is remembered, some time after the page is there: so each visitor is a new one.
    with browser() as visitor:
        visitor.prefer(scheme=likes)
        visitor.open(site / "index.html")

        assert visitor.run("document.body.dataset.mdColorScheme") == scheme


def test_the_search_finds_a_message_in_a_folder_without_any_server(tab: Tab, site: Path) -> None:
    tab.open(site / "decisions" / "context.html")

    tab.run("document.querySelector('input.md-search__input').focus()")
    found = _found(tab, "unified diff coloured")

    assert any("troubleshooting.html" in address for address in found)
    assert tab.complaints == []


def _found(tab: Tab, words: str) -> list[str]:
    """Type into the search; the links of what it finds, as soon as there are some."""
    links = "[...document.querySelectorAll('a.md-search-result__link')].map(link => link.href)"
    found: list[str] = tab.run(
        "new Promise(done => {"
        "  const tell = () => { const links = " + links + "; if (links.length) done(links) };"
        "  new MutationObserver(tell).observe(document.body, {childList: true, subtree: true});"
        "  const field = document.querySelector('input.md-search__input');"
        f"  field.value = {words!r};"
        "  field.dispatchEvent(new Event('keyup', {bubbles: true})); tell() })"
    )
    return found
