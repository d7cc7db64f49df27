"""The page in a real Chromium: what it does, how wide it gets, and what it complains of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.analytics.report.page import render
from tests.app.analytics.report.reports import EVIL, LIVE, report, whole
from tests.app.analytics.report.sample import MODELS, latency, pull_requests, rates, reviewers
from tests.browser import CHROMIUM, Tab, browser

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed: the page is not tried in a browser")

PRECISION = "#reviewers th:nth-child(6)"
NAMES = "[...document.querySelectorAll('#reviewers tbody td:first-child')].map((cell) => cell.textContent)"
ORDER = f"document.querySelector('{PRECISION}').getAttribute('aria-sort')"


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render(whole()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = (EVIL, "x" * 5_000, "a\u202egnp", "ﷺ" * 60, "W" * 300, *MODELS)
    told = report(latency(names), rates(names), reviewers(names), pull_requests(200), remarks=names[:3])
    path = tmp_path_factory.mktemp("hostile") / "report.html"
    path.write_text(render(told, scope=names[1], live=LIVE), encoding="utf-8")
    return path


def test_a_click_sorts_by_the_figure_and_another_one_the_other_way_round(tab: Tab, page: Path) -> None:
    tab.open(page)

    tab.click(f"{PRECISION} button")
    first = tab.run(NAMES), tab.run(ORDER)
    tab.click(f"{PRECISION} button")

    assert first == (["security", "bugs", "performance", "architecture", "verification"], "descending")
    assert tab.run(NAMES) == ["architecture", "performance", "bugs", "security", "verification"]
    assert tab.run(ORDER) == "ascending"


def test_a_keyboard_sorts_and_keeps_its_place(tab: Tab, page: Path) -> None:
    tab.open(page)
    tab.run("document.querySelector('#reviewers .scroll').focus()")

    tab.press("Tab")
    tab.press("Enter")

    assert tab.run(NAMES) == ["architecture", "bugs", "performance", "security", "verification"]
    assert tab.run("document.activeElement.textContent") == "Reviewer"
    tab.press(" ")
    assert tab.run(NAMES) == ["verification", "security", "performance", "bugs", "architecture"]


def test_only_one_column_says_that_it_is_sorted_by(tab: Tab, page: Path) -> None:
    tab.open(page)

    tab.click("#reviewers th:nth-child(2) button")
    tab.click("#reviewers th:nth-child(8) button")

    sorted_by = "[...document.querySelectorAll('#reviewers th[aria-sort]')].map((head) => head.textContent)"
    assert tab.run(sorted_by) == ["Cost"]


def test_without_a_script_the_tables_are_there(tab: Tab, page: Path) -> None:
    tab.ask("Emulation.setScriptExecutionDisabled", value=True)
    tab.open(page)

    heads = tab.run("[document.querySelectorAll('th').length > 0, document.querySelectorAll('th button').length]")
    tab.ask("Emulation.setScriptExecutionDisabled", value=False)

    assert heads == [True, 0]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_page_and_nothing_is_complained_of(
    tab: Tab, page: Path, hostile: Path, width: int, scheme: str
) -> None:
    tab.prefer(scheme=scheme)

    for each in (page, hostile):
        tab.open(each, width=width)

        assert tab.run("document.documentElement.scrollWidth") == width
        assert tab.complaints == []


def test_the_colours_of_drawings_follow_the_scheme(tab: Tab, page: Path) -> None:
    colour = "getComputedStyle(document.querySelector('#latency .wide path[fill^=var]')).fill"

    tab.prefer(scheme="light")
    tab.open(page)
    light = tab.run(colour)
    tab.prefer(scheme="dark")
    dark = tab.run(colour)
    tab.click("#theme")

    assert len({light, dark}) == 2
    assert tab.run(colour) == light


def test_every_text_is_told_from_what_it_stands_on(tab: Tab, page: Path) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    contrast = """(() => {
      const light = (rgb) => rgb.map((v) => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
        .reduce((sum, v, at) => sum + v * [.2126, .7152, .0722][at], 0);
      const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
      const rgb = (text) => { canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3); };
      const back = (node) => { for (; node; node = node.parentElement) {
        const colour = getComputedStyle(node).backgroundColor;
        if (!/, 0\\)$|transparent/.test(colour)) return rgb(colour); } };
      let least = 99;
      for (const node of document.querySelectorAll('dt, dd span, p, li, a, th, td, h1, h2, figcaption, svg text')) {
        if (!node.getClientRects().length || !node.textContent.trim()) continue;
        const style = getComputedStyle(node);
        const [a, b] = [light(rgb(node.tagName === 'text' ? style.fill : style.color)), light(back(node))];
        least = Math.min(least, (Math.max(a, b) + .05) / (Math.min(a, b) + .05));
      }
      return least;
    })()"""

    least = {}
    for scheme in ("light", "dark"):
        tab.prefer(scheme=scheme)
        tab.open(page)
        least[scheme] = tab.run(contrast)

    assert min(least.values()) >= 4.5, least


def test_every_mark_tells_a_pointer_what_it_is(tab: Tab, page: Path) -> None:
    tab.open(page)

    titles = "[...document.querySelectorAll('#latency .wide title')].map((title) => title.textContent)"

    assert len(tab.run(titles)) == 3 * len(MODELS)
    assert tab.run(titles)[0] == "anthropic/claude-opus-4-6: half within 2.1 s"


def test_on_paper_it_is_light_and_whole(tab: Tab, page: Path) -> None:
    tab.prefer(scheme="dark", medium="print")
    tab.open(page)

    shown = tab.run(
        "[getComputedStyle(document.body).color, getComputedStyle(document.querySelector('.scroll')).overflow,"
        " getComputedStyle(document.querySelector('.tools')).display]"
    )
    tab.prefer()

    assert shown == ["rgb(34, 37, 43)", "visible", "none"]
    assert tab.printed().startswith(b"%PDF")
