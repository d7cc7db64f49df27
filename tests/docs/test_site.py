from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from mkdocs.config import load_config

from docs.generate.parts import DOCS

FETCHED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
    "form": "action",
}
FETCHING_LINKS = {
    "stylesheet",
    "icon",
    "preconnect",
    "preload",
    "prefetch",
    "dns-prefetch",
    "manifest",
    "modulepreload",
}


class Fetched(HTMLParser):
    """Addresses that a browser asks for on its own, and those that a person may follow."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.linked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in FETCHED and FETCHED[tag] in given:
            self.fetched.append(given[FETCHED[tag]])
        if tag == "link" and set(given.get("rel", "").split()) & FETCHING_LINKS:
            self.fetched.append(given["href"])
        if tag == "a" and "href" in given:
            self.linked.append(given["href"])


def pages(site: Path) -> Iterator[tuple[Path, Fetched]]:
    for path in sorted(site.rglob("*.html")):
        # mkdocs writes the 404 page for the address that the site has; it is served below any path.
        if path.name != "404.html":
            read = Fetched()
            read.feed(path.read_text())
            yield path, read


def test_every_page_asks_its_own_host_alone(site: Path) -> None:
    asked = {(path.name, address) for path, page in pages(site) for address in page.fetched if urlsplit(address).netloc}

    assert asked == set()


def test_no_style_sheet_asks_another_host(site: Path) -> None:
    asked = {
        (path.name, address)
        for path in site.rglob("*.css")
        for address in re.findall(r"url\(\s*[\"']?((?:https?:)?//[^)\"']+)", path.read_text())
    }

    assert asked == set()


def test_the_site_works_below_any_path(site: Path) -> None:
    absolute = [
        (path.name, to) for path, page in pages(site) for to in page.fetched + page.linked if to.startswith("/")
    ]

    assert absolute == []


def test_every_page_can_be_reached_from_the_first_one(site: Path) -> None:
    links = {path: page.linked for path, page in pages(site)}
    reached: set[Path] = set()
    waiting = [site / "index.html"]
    while waiting:
        path = waiting.pop()
        if path not in reached and path in links:
            reached.add(path)
            targets = (urlsplit(to) for to in links[path])
            waiting += [(path.parent / to.path).resolve() for to in targets if to.path and not to.netloc]

    assert {str(path.relative_to(site)) for path in set(links) - reached} == set()


def test_every_page_of_the_docs_is_on_the_site(site: Path) -> None:
    sources = {path.relative_to(DOCS) for path in DOCS.rglob("*.md")}
    wanted = {path.parent / "index.html" if path.name == "README.md" else path.with_suffix(".html") for path in sources}

    assert {path.as_posix() for path in wanted if not (site / path).is_file()} == set()


def test_no_program_is_on_the_site(site: Path) -> None:
    assert [path.name for path in site.rglob("*") if path.suffix in {".py", ".pyc"}] == []


def test_the_pages_from_the_top_of_the_repository_are_on_the_site(site: Path) -> None:
    for page, words in [("contributing", "The house"), ("changelog", "Changelog"), ("security", "Reporting a")]:
        assert words in (site / f"{page}.html").read_text()


def test_a_link_out_of_the_docs_leads_to_the_repository(site: Path) -> None:
    page = (site / "security-model.html").read_text()

    repository = load_config(str(DOCS.parent / "mkdocs.yml")).extra["repository"]
    assert f'href="{repository}/blob/main/app/tools.py"' in page
    assert f'href="{repository}/tree/main/reviewers/firewall"' in page
    assert 'href="security.html"' in page


def test_a_bar_in_the_code_of_a_table_is_shown_as_it_is_typed(site: Path) -> None:
    page = (site / "command-line.html").read_text()

    assert "<code>--fail-on &lt;critical|high|medium|low&gt;</code>" in page


def test_a_cell_of_a_table_knows_its_heading(site: Path) -> None:
    page = (site / "configuration.html").read_text()

    assert '<td data-label="key"><code>caps.findings</code></td>' in page
    assert '<td data-label="default"><code>10</code></td>' in page


def test_no_page_is_in_the_navigation_twice(site: Path) -> None:
    page = (site / "index.html").read_text()

    listed = re.findall(r'<a href="([^"#]+)" class="md-nav__link', page)
    assert len(listed) > 30
    assert len(listed) == len(set(listed))


def test_each_decision_is_in_the_navigation() -> None:
    listed = (DOCS / "decisions" / "README.md").read_text()

    missing = [path.name for path in (DOCS / "decisions").glob("[a-z]*.md") if f"({path.name})" not in listed]
    assert missing == []


def test_the_picture_of_a_review_says_in_words_what_it_shows() -> None:
    picture = (DOCS / "pictures" / "review.svg").read_text()
    page = (DOCS / "how-it-works.md").read_text()

    assert "<title" in picture
    assert "<desc" in picture
    assert "prefers-color-scheme: dark" in picture
    assert re.search(r"!\[From the top down: .{80,}\]\(pictures/review\.svg\)", page)
