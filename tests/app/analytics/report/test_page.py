from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field, replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from app.analytics.report import drawing
from app.analytics.report.page import INSTALL, ROWS, policy, render
from llm_runtime.analytics.answer import Answer, Kind
from tests.app.analytics.report.reports import EVIL, LIVE, report, whole
from tests.app.analytics.report.sample import (
    MODELS,
    UNTIL,
    all_together,
    answer,
    column,
    costs_by_day,
    daily,
    latency,
    pull_requests,
    rates,
    reviewers,
)


@dataclass(slots=True)
class Page(HTMLParser):
    """The elements of a page with their attributes, and the text of the table cells."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    inside: bool = False

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "td":
            self.cells.append("")
        self.inside = tag in {"td", "wbr"}

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.cells[-1] += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def _page(text: str) -> Page:
    page = Page()
    page.feed(text)
    return page


def _one(key: str, *rows: str) -> Answer:
    return answer(key, "Names", (column("Name"), column("Calls", Kind.COUNT)), *((name, 3) for name in rows))


@pytest.fixture(scope="module")
def text() -> str:
    return render(whole(), made_at=UNTIL)


def test_the_page_asks_nothing_of_the_network(text: str) -> None:
    page = _page(text)

    loading = {"src", "srcset", "data", "action", "poster", "background", "xlink:href"}
    assert [element for element in page.elements if loading & set(element[1])] == []
    assert not {tag for tag, _ in page.elements} & {"link", "iframe", "object", "image", "use", "foreignObject"}
    assert not re.findall(r"url\(|@import|https?://", text)


def test_only_our_own_style_and_script_are_allowed(text: str) -> None:
    page = _page(text)

    told = next(meta["content"] for meta in page.all("meta") if "http-equiv" in meta)
    assert told == policy(live=False)
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+'; base-uri 'none'; form-action 'none'",
        told,
    )
    assert [element for element in page.elements if "style" in element[1]] == []


def test_names_from_outside_are_text_in_tables_and_drawings() -> None:
    names = (EVIL, *MODELS[:2])
    hostile = report(
        daily(3),
        costs_by_day(3, names),
        latency(names),
        rates(names),
        replace(reviewers(names), title=EVIL, note=EVIL),
        _one("prompts", EVIL),
        remarks=(EVIL,),
    )

    page = _page(render(hostile, scope=EVIL, live=replace(LIVE, visitor=EVIL, repositories=(EVIL,), note=EVIL)))

    assert len(page.all("script")) == 1
    assert {link["href"][:1] for link in page.all("a")} == {"#"}
    assert page.all("img") == []
    assert [name for _, attributes in page.elements for name in attributes if name.startswith("on")] == []
    assert any(cell.startswith("\"'><script>alert(1)</script>") for cell in page.cells)


def test_a_direction_mark_in_a_name_is_written_out() -> None:
    text = render(report(_one("prompts", "a\u202egnp.exe"), latency(("a\u202egnp/x",))))

    assert "\u202e" not in text
    assert "a⟨U+202E⟩gnp.exe" in text


def test_a_name_of_five_thousand_characters_is_cut_wherever_it_stands() -> None:
    name = "x" * 5_000
    text = render(
        report(_one("prompts", name), latency((name,)), daily(3), costs_by_day(3, (name,)), remarks=(name,)), scope=name
    )

    assert max(len(run) for run in re.findall("x+", text)) <= 600
    assert "…" in text


def test_a_lone_surrogate_does_not_keep_the_page_from_being_written() -> None:
    assert render(report(_one("prompts", "a\ud800b"), latency(("a\ud800b\ufffe",)))).encode()


def test_a_table_is_cut_with_a_word() -> None:
    text = render(report(pull_requests(200)))

    assert len(_page(text).cells) == ROWS * 7
    assert f"… {200 - ROWS} more in <code>quartet analytics analyze --format csv</code>" in text


def test_days_are_told_from_the_last_to_the_first() -> None:
    page = _page(render(report(daily(200))))

    assert page.cells[0] == "2026-11-20"


def test_a_figure_is_sorted_by_its_value_and_not_by_its_words() -> None:
    text = render(report(pull_requests(3)))

    assert '<td class="n" data-v="0.176470588235">$0.18</td>' in text


def test_what_nobody_knows_is_said_and_sorted_last() -> None:
    told = reviewers()
    nothing = (*told.rows[-1][:-2], None, None)

    text = render(report(replace(told, rows=(*told.rows, nothing))))

    assert '<td class="n vague">not enough data</td>' in text
    assert '<td class="n vague">unknown</td>' in text


def test_a_drawing_is_there_for_wide_and_narrow_pages_and_says_what_it_shows() -> None:
    page = _page(render(report(latency())))

    said = [each["aria-label"] for each in page.all("svg") if each.get("role") == "img"]
    assert len(said) == 2
    assert said[0].startswith("Points for each row: within how many seconds")


def test_cost_by_day_has_the_drawings_and_the_table_of_each_model_is_left_out() -> None:
    text = render(report(daily(30), costs_by_day(30)))

    assert 'id="cost-by-day"' in text
    assert 'id="cost-by-day-and-model"' not in text
    assert _page(text).all("figure") == [{}, {}]


def test_without_the_package_that_draws_the_page_has_its_tables_and_names_the_cure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)

    text = render(whole())

    assert not drawing.can_draw()
    assert "Drawings need one more package: <code>" + INSTALL.replace("'", "&#39;") + "</code>" in text
    assert "<figure>" not in text
    assert "openai/<wbr>gpt-5.2" in text


def test_a_time_without_reviews_says_where_they_come_from() -> None:
    nothing = all_together()
    rows = tuple((row[0], 0, 0, 0, 0, None, None, 0, 0, 0, None, None, None, None, None, None) for row in nothing.rows)

    text = render(report(latency(), totals=replace(nothing, rows=rows)))

    assert "No review in this time" in text
    assert "quartet analytics export" in text
    assert "<table" not in text


def test_an_answer_without_rows_says_so() -> None:
    assert "Nothing in this time." in render(report(_one("prompts")))


def test_the_page_says_of_which_time_it_is_and_in_which_zone(text: str) -> None:
    assert "2026-10-23 to 2026-11-21 14:30 UTC" in text
    assert "made 2026-11-21 14:30 UTC" in text


def test_a_live_page_lets_people_choose_and_sign_out() -> None:
    text = render(report(pull_requests(3)), live=LIVE)
    page = _page(text)

    assert [(form["method"], form["action"]) for form in page.all("form")] == [
        ("post", "/dashboard/sign-out"),
        ("get", "/dashboard"),
    ]
    assert {"type": "hidden", "name": "form", "value": "t0ken"} in page.all("input")
    assert [option for option in page.all("option") if "selected" in option] == [{"value": "acme/shop", "selected": ""}]
    assert "GitHub did not name all repositories." in text
    assert policy(live=True).endswith("form-action 'self'")


def test_who_has_no_session_cannot_sign_out() -> None:
    assert "Sign out" not in render(report(pull_requests(3)), live=replace(LIVE, form_token=""))


def test_a_year_is_less_than_four_hundred_kilobytes() -> None:
    names = tuple(f"provider-{at}/a-model-with-a-rather-long-name-{at}" for at in range(12))
    year = report(
        daily(365),
        costs_by_day(365, names),
        latency(names),
        rates(names),
        reviewers(),
        *(replace(pull_requests(200), key=f"more-{at}") for at in range(6)),
        days=365,
    )

    assert len(render(year).encode()) < 400_000


def test_money_below_a_cent_is_not_shown_as_nothing() -> None:
    told = answer("prompts", "Prompts", (column("Prompt"), column("Cost", Kind.DOLLARS)), ("p", Decimal("0.0004")))

    assert "$0.0004" in render(report(told))
