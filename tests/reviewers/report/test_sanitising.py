import re
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from reviewers.report.sanitising import block_text, code_block, inline_code, inline_text, link

FORGE = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
SURVIVING = {"bullet_list", "ordered_list", "list_item", "paragraph", "em", "strong", "s", "text"}
SURVIVING |= {"code_inline", "code_block", "fence", "softbreak", "hardbreak", "inline"}


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        pytest.param("a name reaches the query", "a name reaches the query", id="plain words"),
        pytest.param("**never** *ever*", "**never** *ever*", id="emphasis survives"),
        pytest.param("use `db.execute`", "use `db.execute`", id="inline code survives"),
        pytest.param("`a || b`", "`a || b`", id="inline code with a pipe"),
        pytest.param("``a ` b``", "``a ` b``", id="inline code with a backtick"),
        pytest.param("one ` two", "one \\` two", id="a backtick alone"),
        pytest.param("- one\n- two\n\n1. three", "- one\n- two\n\n1. three", id="lists survive"),
        pytest.param("user_id of __init__", "user_id of \\_\\_init\\_\\_", id="underscores are letters"),
        pytest.param("a < b && c > d", "a < b && c > d", id="operators"),
        pytest.param("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)>", id="a tag"),
        pytest.param("<!-- quartet:summary -->", "&lt;!-- quartet:summary -->", id="a marker of ours"),
        pytest.param("`<!-- quartet:summary -->`", "`<! -- quartet:summary -->`", id="a marker of ours in code"),
        pytest.param("&lt;b&#64;x", "&amp;lt;b&amp;#&#8203;64;x", id="entities"),
        pytest.param("/dismiss all", "\\/dismiss all", id="a command"),
        pytest.param("either/or, /tmp", "either/or, /tmp", id="a slash within"),
        pytest.param("ask @octocat", "ask @&#8203;octocat", id="a mention"),
        pytest.param("ask \\@octocat", "ask @&#8203;octocat", id="a mention behind a backslash"),
        pytest.param("@[octocat](http://a.b)", "@&#8203;octocat (`http://a.b`)", id="a mention through a link"),
        pytest.param("[@](x:y)octocat", "@ octocat", id="a mention after a link"),
        pytest.param("me@octo.org", "me@&#8203;octo.org", id="an address"),
        pytest.param("see #12, GH-3, o/r#4", "see #&#8203;12, GH-&#8203;3, o/r#&#8203;4", id="references"),
        pytest.param("C# and #define", "C# and #define", id="a hash without a number"),
        pytest.param("![x](https://evil.example/x.png)", "x (`https://evil.example/x.png`)", id="an image"),
        pytest.param("[x](https://e.example 'title').", "x (`https://e.example`).", id="a link"),
        pytest.param("[x](javascript:alert(1))", "x ", id="a link that runs"),
        pytest.param(
            "[x][y]\n\n[y]: http://e.example", "\\[x]\\[y]\n\n\\[y]: `http://e.example`", id="a reference link"
        ),
        pytest.param("\\[x](http://e.example)", "\\[x](`http://e.example`)", id="an escaped link"),
        pytest.param("<https://e.example/a>", "&lt;`https://e.example/a`>", id="an address in angle brackets"),
        pytest.param("at www.e.example/a_b.", "at `www.e.example/a_b`.", id="an address without a scheme"),
        pytest.param("# Approved\n## Done", "\\# Approved\n\\## Done", id="headings"),
        pytest.param("Approved\n===", "Approved\n\\===", id="an underlined heading"),
        pytest.param("- # Approved", "- \\# Approved", id="a heading in a list"),
        pytest.param("a | b\n--|--\n1 | 2", "a | b\n\\--|--\n1 | 2", id="a table"),
        pytest.param("> quoted", "\\> quoted", id="a quote"),
        pytest.param("it costs $5", "it costs \\$5", id="a formula"),
        pytest.param("```python\nx = 1\n```", "```python\nx = 1\n```", id="fenced code survives"),
        pytest.param("  ~~~js\n  f()\n  ~~~~", "```js\nf()\n```", id="fenced code with tildes, indented"),
        pytest.param("```\nnever closed", "```\nnever closed\n```", id="fenced code that is not closed"),
        pytest.param("````\n```\n````", "````\n```\n````", id="a fence in a fence"),
        pytest.param("```suggestion\nx\n```", "```\nx\n```", id="a suggestion nobody proved"),
        pytest.param("```mermaid\ngraph\n```", "```\ngraph\n```", id="a diagram"),
        pytest.param("a\u202eb\u200bc", "abc", id="hidden characters"),
    ],
)
def test_a_message_keeps_its_words_and_loses_its_power(text: str, markdown: str) -> None:
    assert block_text(text) == markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        pytest.param("a name\nreaches  the query", "a name reaches the query", id="one line"),
        pytest.param("`name` reaches it", "`name` reaches it", id="inline code survives"),
        pytest.param("`a | b`", "a \\| b", id="code that would break a table"),
        pytest.param("a | b", "a \\| b", id="a pipe"),
        pytest.param("**kwargs are *lost*", "\\*\\*kwargs are \\*lost\\*", id="stars are letters"),
        pytest.param("# Approved", "\\# Approved", id="a heading"),
        pytest.param("1. first", "1\\. first", id="a numbered item"),
        pytest.param("- first", "\\- first", id="an item"),
        pytest.param("@octocat, look", "@&#8203;octocat, look", id="a mention"),
        pytest.param("<b>", "&lt;b>", id="a tag"),
        pytest.param("x" * 400, "x" * 299 + "…", id="too long"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_title_stays_on_its_line(text: str, markdown: str) -> None:
    assert inline_text(text) == markdown


@pytest.mark.parametrize(
    ("text", "language", "markdown"),
    [
        pytest.param("x = 1", "python", "```python\nx = 1\n```", id="code"),
        pytest.param("x = 1\n", "", "```\nx = 1\n```", id="a last line feed"),
        pytest.param("", "", "```\n```", id="nothing"),
        pytest.param("```\nx\n```", "", "````\n```\nx\n```\n````", id="a fence inside"),
        pytest.param("x", "py`\n# Approved", "```\nx\n```", id="an info word that is none"),
        pytest.param("us\u202eer", "python", "```python\nus⟨U+202E⟩er\n```", id="hidden characters are shown"),
        pytest.param("<!-- quartet:finding id=1 -->", "", "```\n<! -- quartet:finding id=1 -->\n```", id="our marker"),
        pytest.param("x" * 30_000, "", f"```\n{'x' * 19_999}…\n```", id="too long"),
        pytest.param(
            "    return 1\r\n", "suggestion", "```suggestion\n    return 1\r\n```", id="a suggestion verbatim"
        ),
        pytest.param("us\u202eer", "suggestion", "```\nus⟨U+202E⟩er\n```", id="a suggestion that hides something"),
        pytest.param("<!--quartet:summary-->", "suggestion", "```\n<! --quartet:summary-->\n```", id="a marked one"),
    ],
)
def test_a_code_block_shows_its_code(text: str, language: str, markdown: str) -> None:
    assert code_block(text, language) == markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        pytest.param("shop/orders.py", "`shop/orders.py`", id="a path"),
        pytest.param("a`b`", "`` a`b` ``", id="backticks"),
        pytest.param("a|b_", "a\\|b\\_", id="a pipe"),
        pytest.param("a\n<b>", "`a <b>`", id="two lines"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_path_is_inline_code(text: str, markdown: str) -> None:
    assert inline_code(text) == markdown


@pytest.mark.parametrize(
    ("url", "markdown"),
    [
        pytest.param("https://cwe.mitre.org/data/89.html", "[CWE-89](https://cwe.mitre.org/data/89.html)", id="https"),
        pytest.param("javascript:alert(1)", "CWE-89", id="a script"),
        pytest.param("https://a.example/)[x](http://b.example", "CWE-89", id="a bracket"),
        pytest.param("", "CWE-89", id="none"),
    ],
)
def test_only_plain_addresses_become_links(url: str, markdown: str) -> None:
    assert link("CWE-89", url) == markdown


PIECES = [*"\\`*_~[](){}<>&|#@!$+-=:.\n\t '\"1a", "@octocat", "#12", "GH-1", "http://e.example", "www.e.example", "<b>"]
PIECES += [
    "<!--",
    "-->",
    "](x)",
    "![",
    "```",
    "~~~",
    "\n# ",
    "\n> ",
    "\n---\n",
    "\n|-|-|\n",
    "    ",
    "&#64;",
    "\n- ",
    "\n1. ",
]
PIECES += ["quartet:summary", "]: http://e.example", "<a href=", "\u200b", "\u202e", "\r", "\u2028"]
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=25).map("".join)


@settings(deadline=None)
@given(HOSTILE)
def test_no_message_becomes_more_than_text_lists_and_code(text: str) -> None:
    tokens = list(_tokens(block_text(text)))

    assert {re.sub("_(open|close)$", "", token.type) for token in tokens} <= SURVIVING
    assert not [token.content for token in tokens if token.type == "text" and _REFERENCE.search(token.content)]


@settings(deadline=None)
@given(HOSTILE)
def test_no_title_becomes_more_than_a_line_of_text_and_code(text: str) -> None:
    (row,) = [token for token in FORGE.parse(f"| a |\n|---|\n| {inline_text(text)} |\n") if token.map == [2, 3]][:1]
    tokens = list(_tokens(inline_text(text)))

    assert row.type == "tbody_open"
    assert {token.type for token in tokens} <= {"paragraph_open", "paragraph_close", "inline", "text", "code_inline"}


@settings(deadline=None)
@given(HOSTILE, st.sampled_from([inline_text, block_text, code_block, inline_code]))
def test_no_text_holds_a_marker_of_ours(text: str, sanitised: Callable[[str], str]) -> None:
    written = sanitised(f"{text}<!-- quartet:finding id=1 -->{text}")

    assert not re.search(r"<!--\s*quartet", written)


@settings(deadline=None)
@given(HOSTILE)
def test_a_code_block_is_one_block(text: str) -> None:
    (block, after) = [
        token for token in FORGE.parse(f"{code_block(text)}\n\nafter") if token.type in ("fence", "inline")
    ]

    assert block.type == "fence"
    assert after.content == "after"


@pytest.mark.parametrize("piece", ["[", "`", "``` ", "![](", "<", "((((", "http://a", "_*", "\\", "[a](", "- "])
def test_hostile_repetition_costs_no_time(piece: str) -> None:
    started = time.process_time()
    block_text(piece * 6_000)

    assert time.process_time() - started < 1


_REFERENCE = re.compile(r"@[A-Za-z0-9]|#\d|\bGH-\d|https?://|www\.[a-z]", re.IGNORECASE)


def _tokens(markdown: str) -> Iterator[Token]:
    for token in FORGE.parse(markdown):
        yield token
        yield from token.children or ()
