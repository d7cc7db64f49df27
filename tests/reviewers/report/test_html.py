import base64
import hashlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest

from reviewers.diff import Side
from reviewers.findings import Severity
from reviewers.report.html import render
from tests.builders import (
    added_file,
    call,
    coverage,
    diff,
    fact,
    file_diff,
    finding,
    gap,
    hunk,
    location,
    review,
    skipped,
    target,
)
from tests.reviewers.report.sample import DIFF, REVIEW

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)
EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)></style></title><a href=javascript:alert(1)>x</a>"


@dataclass(slots=True)
class Element:
    tag: str
    attributes: dict[str, str]
    text: str = ""


@dataclass(slots=True)
class Page(HTMLParser):
    """The elements of a page, in order, each with the text directly in it."""

    elements: list[Element] = field(default_factory=list)
    closed: bool = True

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))
        self.closed = False

    def handle_endtag(self, tag: str) -> None:
        self.closed = True

    def handle_data(self, data: str) -> None:
        if not self.closed:
            self.elements[-1].text += data

    def all(self, tag: str, of_class: str = "") -> list[Element]:
        return [
            element
            for element in self.elements
            if element.tag == tag and (not of_class or of_class in element.attributes.get("class", "").split())
        ]


def _page(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def test_the_page_asks_nothing_of_the_network() -> None:
    page = _page(render(REVIEW, DIFF))

    loading = {"src", "srcset", "data", "action", "poster", "background"}
    assert [element for element in page.elements if loading & set(element.attributes)] == []
    assert page.all("link") == page.all("iframe") == page.all("object") == []
    assert "url(" not in page.all("style")[0].text
    assert "@import" not in page.all("style")[0].text


def test_only_our_own_style_and_script_are_allowed() -> None:
    page = _page(render(REVIEW, DIFF))

    (style,), (script,) = page.all("style"), page.all("script")
    policy = next(meta.attributes["content"] for meta in page.all("meta") if "http-equiv" in meta.attributes)
    assert policy == (
        f"default-src 'none'; style-src '{_hash(style.text)}'; script-src '{_hash(script.text)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert [element for element in page.elements if "style" in element.attributes] == []


def test_hostile_text_stays_text_everywhere() -> None:
    hostile = review(
        finding(
            title=EVIL,
            message=f"{EVIL}\n\n[x](javascript:alert(1)) ![x](http://e.example)\n\n```{EVIL}\n{EVIL}\n```",
            suggestion=EVIL,
            rule=EVIL,
            cwe=EVIL,
            also=[EVIL],
            models=[EVIL],
            evidence=[fact(source=EVIL, code=EVIL, message=EVIL, url="javascript:alert(1)")],
        ),
        finding(placed=False, path=EVIL, anchor=EVIL, reviewer=EVIL, cwe=None),
        gaps=[gap(reviewer=EVIL, path=EVIL, reason=EVIL)],
        looked_at=coverage(9, skips=[skipped(EVIL, EVIL, 1)]),
        calls=[call(provider=EVIL, model=EVIL), call()],
        reviewers=[EVIL],
        note=EVIL,
        of=target(name=EVIL, title=EVIL, url="javascript:alert(1)", head=EVIL),
    )

    page = _page(render(hostile, diff(file_diff("shop/orders.py", hunk(f"+{EVIL}", new_start=12, section=EVIL)))))

    assert len(page.all("script")) == 1
    assert page.all("img") == []
    assert [name for element in page.elements for name in element.attributes if name.startswith("on")] == []
    assert {link.attributes["href"][:1] for link in page.all("a")} == {"#"}
    assert any(EVIL in cell.text for cell in page.all("td", "c"))


def test_a_finding_stands_beside_its_code() -> None:
    page = _page(render(review(finding()), diff()))

    rows = [element for element in page.elements if element.tag in ("tr", "td")]
    flagged = next(at for at, element in enumerate(rows) if "flagged" in element.attributes.get("class", ""))
    assert rows[flagged].attributes["class"] == "added flagged"
    assert [cell.text for cell in rows[flagged + 1 : flagged + 5]] == [
        "",
        "12",
        "+",
        '    rows = db.execute("select * from orders where name = " + name)',
    ]
    assert page.all("caption")[0].text == "@@ -10,5 +10,7 @@ class Orders:"


def test_a_removed_line_is_flagged_on_the_old_side() -> None:
    page = _page(render(review(finding(at=location(start_line=12, side=Side.LEFT))), diff()))

    assert len(page.all("tr", "flagged")) == 1
    assert page.all("tr", "flagged")[0].attributes["class"] == "removed flagged"


def test_markdown_of_a_message_is_shown_without_links_and_images() -> None:
    text = render(review(finding(message="**never** `a<b` [x](https://e.example)\n\n- one\n- two")), diff())

    assert "<strong>never</strong> <code>a&lt;b</code> [x](https://e.example)" in text
    assert "<li>one</li>" in text


def test_every_finding_has_an_address_and_an_entry_in_the_contents() -> None:
    first, second = finding(anchor="a"), finding(anchor="b", severity=Severity.LOW)

    page = _page(render(review(first, second), diff()))

    assert [article.attributes["id"] for article in page.all("article")] == [
        f"f-{first.fingerprint}",
        f"f-{second.fingerprint}",
    ]
    assert [entry.attributes["data-of"] for entry in page.all("li") if "data-of" in entry.attributes] == [
        f"f-{first.fingerprint}",
        f"f-{second.fingerprint}",
    ]


def test_without_a_script_every_finding_is_shown_and_no_filter() -> None:
    page = _page(render(REVIEW, DIFF))

    assert [article for article in page.all("article") if "hidden" in article.attributes] == []
    assert all("hidden" in form.attributes for form in page.all("form"))


def test_long_code_and_long_lists_are_cut_with_a_word() -> None:
    change = diff(added_file("a.py", "".join(f"x{number} = 1\n" for number in range(100))))
    skips = [skipped(f"v/{number}.js", "vendored", 1) for number in range(300)]

    text = render(review(finding(at=location("a.py", 1, 90)), looked_at=coverage(400, skips=skips)), change)

    assert "… 34 more lines" in text
    assert "… and 100 more" in text


def test_starting_up_does_not_import_a_template_engine() -> None:
    program = "import sys, reviewers.report; print([name for name in ('jinja2', 'markdown_it') if name in sys.modules])"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=_ROOT)

    assert loaded.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def sample_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("page") / "review.html"
    page.write_text(render(REVIEW, DIFF), encoding="utf-8")
    return page


@pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed: the filter is not tried in a browser")
@pytest.mark.parametrize(
    ("fragment", "shown", "said"),
    [
        pytest.param("", ["critical", "high", "medium", "low", "low"], "5 of 5", id="no filter"),
        pytest.param("#severity=high,critical", ["critical", "high"], "2 of 5", id="two severities"),
        pytest.param("#severity=low&reviewer=bugs", ["low"], "1 of 5", id="a severity and a reviewer"),
        pytest.param(
            "#reviewer=nobody", ["critical", "high", "medium", "low", "low"], "5 of 5", id="a reviewer that is none"
        ),
    ],
)
def test_the_filter_works_in_a_browser(
    sample_page: Path, tmp_path: Path, fragment: str, shown: list[str], said: str
) -> None:
    page = _page(_in_browser(f"{sample_page.as_uri()}{fragment}", tmp_path))

    articles = [article for article in page.all("article") if "hidden" not in article.attributes]
    assert [article.attributes["data-severity"] for article in articles] == shown
    assert page.all("output")[0].text == said
    assert "hidden" not in page.all("form")[0].attributes


_ROOT = Path(__file__).parents[3]


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _in_browser(url: str, profile: Path) -> str:
    """The page as it stands after its script ran, serialised by the browser."""
    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    arguments += ["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"]
    run = subprocess.run(
        [CHROMIUM, *arguments, f"--user-data-dir={profile}", "--dump-dom", url],
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    return re.sub(r"<!--.*?-->", "", run.stdout)
