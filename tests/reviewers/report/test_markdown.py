from markdown_it import MarkdownIt

from reviewers.report.markdown import render
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

FORGE = MarkdownIt("commonmark", {"html": True}).enable("table")


def test_the_table_has_a_row_for_each_finding() -> None:
    text = render(review(finding(title="Name | reaches `a|b`", also=["bugs"]), finding(placed=False, path="")), diff())

    assert "| 1 | high | Name \\| reaches a\\|b | `shop/orders.py:12` | security, bugs |" in text
    assert "| 2 | high | A customer's name reaches the query | the change as a whole | security |" in text


def test_the_code_stands_in_a_fence_longer_than_any_inside() -> None:
    change = diff(file_diff("a.md", hunk("+```", "+<b>code</b>", "+```")))

    text = render(review(finding(at=location("a.md", 2))), change)

    assert "````diff\n+```\n+<b>code</b>\n+```\n````" in text


def test_a_suggestion_is_a_diff_and_cannot_be_committed_from_here() -> None:
    text = render(review(finding(suggestion="    rows = find(name)")), diff())

    assert (
        '```diff\n-    rows = db.execute("select * from orders where name = " + name)\n+    rows = find(name)\n```'
        in text
    )
    assert "```suggestion" not in text


def test_only_our_own_links_are_links() -> None:
    text = render(
        review(finding(message="[docs](https://evil.example) ![x](http://e.example/x.png)", evidence=[fact()])), diff()
    )

    links = [token.attrGet("href") for block in FORGE.parse(text) for token in block.children or () if token.attrs]
    assert links == [
        "https://github.com/octo/shop/pull/7",
        "https://cwe.mitre.org/data/definitions/89.html",
        "https://docs.astral.sh/ruff/rules/hardcoded-sql-expression",
    ]


def test_what_is_hostile_in_a_pull_request_is_only_text() -> None:
    text = render(
        review(
            finding(title="<img src=x> @octocat", message="<!-- quartet:summary --> #12", models=["`<b>`"]),
            of=target(title="</details> @octocat #7"),
            gaps=[gap(reason="<script>")],
            note="@octocat",
        ),
        diff(),
    )

    tokens = [token for block in FORGE.parse(text) for token in (block, *(block.children or ()))]
    assert {token.type for token in tokens if token.type.startswith(("html", "image"))} == set()
    assert "@octocat" not in text
    assert "#12" not in text


def test_long_lists_are_cut_with_a_word() -> None:
    text = render(
        review(
            *(finding(title=f"Finding {number}", message="x" * 6_000) for number in range(1_200)),
            gaps=[gap(path="", reason=f"reason {number}") for number in range(60)],
            looked_at=coverage(90, skips=[skipped(f"v/{number}.js", "vendored", 1) for number in range(30)]),
        ),
        diff(),
    )

    assert "… and 200 more findings; the JSON report has all of them." in text
    assert "left out for their length; the JSON report has them." in text
    assert "- … and 10 more\n" in text
    assert "  - … and 10 more\n" in text
    assert len(text.encode()) < 1_024 * 1_024


def test_a_long_quote_is_cut_with_a_word() -> None:
    change = diff(added_file("a.py", "".join(f"x{number} = 1\n" for number in range(50))))

    text = render(review(finding(at=location("a.py", 1, 45))), change)

    assert "… 17 more lines" in text


def test_each_of_several_models_has_its_row() -> None:
    text = render(review(calls=[call(), call(provider="gemini", model="gemini-4-argon", cost_usd=None)]), diff())

    assert "| `gemini/gemini-4-argon` | 1 | 0 | 1,200 | 200 | 300 | cost unknown |" in text
