from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.comments import MOST_COMMANDS, Invocation, calls_us, commands_in


def names(body: str) -> list[str]:
    return [command.name for command in commands_in(body)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("/review", ["review"], id="alone"),
        pytest.param("Thanks!\r\n/review\r\nPlease.", ["review"], id="between lines that end as browsers send them"),
        pytest.param("   /review  ", ["review"], id="up to three spaces"),
        pytest.param("/Review", ["review"], id="as telephones write it"),
        pytest.param("/review\n/cost", ["review", "cost"], id="two"),
        pytest.param("/review\n--\nMona", ["review"], id="above a signature"),
        pytest.param("<details><summary>x</summary>\n\n/review\n\n</details>", ["review"], id="folded"),
        pytest.param("> why?\n\n/review", ["review"], id="after a quote"),
        pytest.param("```\ncode\n```\n/review", ["review"], id="after code"),
        pytest.param("<br>\n\n/review", ["review"], id="after a line break of HTML"),
        pytest.param("List<String> <b>is</b> <i>\n/review", ["review"], id="after what hides nothing"),
        pytest.param("@quartet review", ["review"], id="by name"),
        pytest.param("@quartet: /review", ["review"], id="by name and with a slash"),
        pytest.param("@quartet[bot] review", ["review"], id="by login"),
        pytest.param("@QUARTET review", ["review"], id="by name in capitals"),
        pytest.param("@quartet", [""], id="a name alone"),
    ],
)
def test_a_command_on_a_line_of_its_own_is_given(body: str, expected: list[str]) -> None:
    assert names(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("please /review", id="within a line"),
        pytest.param("hi @quartet review", id="a name within a line"),
        pytest.param("/usr/bin/review", id="a path"),
        pytest.param("//review", id="a comment of code"),
        pytest.param("> /review", id="quoted"),
        pytest.param("> a\n/review", id="a quote that goes on lazily"),
        pytest.param("> > /review", id="quoted twice"),
        pytest.param("> [!NOTE]\n> /review", id="in an alert"),
        pytest.param("<blockquote>\n\n/review\n\n</blockquote>", id="quoted by HTML"),
        pytest.param("<blockquote/>\n\n/review", id="quoted by HTML that seems to end itself"),
        pytest.param("<details><blockquote>\n\n/review\n\n</blockquote></details>", id="quoted by HTML and folded"),
        pytest.param("<pre>\n/review\n</pre>", id="preformatted"),
        pytest.param("a <code>\n/review\n</code>", id="code by HTML"),
        pytest.param("<details>\n/review\n</details>", id="raw HTML"),
        pytest.param("`/review`", id="inline code"),
        pytest.param("``a\n/review\n``", id="inline code over lines"),
        pytest.param("```\n/review\n```", id="fenced"),
        pytest.param("~~~sh\n/review\n~~~", id="fenced by tildes"),
        pytest.param("```\n/review", id="a fence that nobody closes"),
        pytest.param("    /review", id="indented"),
        pytest.param("\t/review", id="indented by a tab"),
        pytest.param("<!-- /review -->", id="hidden"),
        pytest.param("<!--\n/review\n-->", id="hidden over lines"),
        pytest.param("a <!--\n/review\n--> b", id="hidden within a paragraph"),
        pytest.param("<!--\n\n/review", id="a hidden part that nobody closes"),
        pytest.param("- /review", id="in a list"),
        pytest.param("- a\n/review", id="in a list that goes on lazily"),
        pytest.param("# /review", id="a heading"),
        pytest.param("**a\n/review\nb**", id="in bold"),
        pytest.param("[a\n/review](https://example.org)", id="in a link"),
        pytest.param("[a]:\n/review", id="the target of a link"),
        pytest.param("| a |\n|---|\n/review", id="in a table"),
        pytest.param("\\/review", id="escaped"),
        pytest.param("&#47;review", id="as an entity"),
        pytest.param("／review", id="a full-width slash"),
        pytest.param("⁄review", id="a fraction slash"),
        pytest.param("/rеview", id="a Cyrillic letter"),
        pytest.param("/ſcan", id="a long s"),
        pytest.param("/re\u200bview", id="a zero-width space"),
        pytest.param("\u200b/review", id="a zero-width space before"),
        pytest.param("/review\u00a0now", id="a space that is none"),
        pytest.param("@quаrtet review", id="a Cyrillic letter in the name"),
        pytest.param("@quartet-fan review", id="another name that begins so"),
        pytest.param("\ue0000\ue001/review", id="what the parser marks commands with"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_line_of_its_own_does_not_command(body: str) -> None:
    # Private characters are left out before anything else, and then the line is an ordinary one.
    assert names(body) == (["review"] if body.startswith("\ue000") and not body[1:2].isdigit() else [])


def test_a_command_has_its_arguments_as_they_were_typed_and_its_line() -> None:
    commands = commands_in("Hello\n/ask  why `a[0]` and **not** <b>?  \n@quartet dismiss 12ab no *bug*")

    assert commands == (
        Invocation(name="ask", arguments="why `a[0]` and **not** <b>?", line=2),
        Invocation(name="dismiss", arguments="12ab no *bug*", line=3, mentioned=True),
    )


def test_the_login_of_the_app_is_a_name_too() -> None:
    commands = commands_in("@acme-reviews cost", names=["acme-reviews[bot]"])

    assert [command.name for command in commands] == ["cost"]


def test_a_name_is_text_and_no_pattern() -> None:
    assert commands_in("@quartetXbot cost", names=["quartet.bot"]) == ()


def test_a_comment_has_five_commands_at_most() -> None:
    assert names("/cost\n" * 9) == ["cost"] * MOST_COMMANDS


LINES = st.sampled_from(
    ["/review", "@quartet cost", "```", "~~~", "<!--", "-->", "> a", "- b", "", "text", "<pre>", "</pre>", "    x", "`"]
)


@given(st.one_of(st.lists(LINES, max_size=12).map("\n".join), st.text(max_size=200)))
@example("```\n/review")
@example("<!--\n\n/review")
@example("-->\n/review\r\n\f/review")
def test_a_quoted_copy_of_any_comment_does_not_command(body: str) -> None:
    quoted = "\n".join(f"> {line}" for line in body.replace("\r\n", "\n").replace("\r", "\n").split("\n"))

    assert commands_in(quoted) == ()


@given(st.lists(LINES, max_size=12))
def test_a_command_after_a_blank_line_at_the_end_of_harmless_text_is_given(lines: list[str]) -> None:
    harmless = [line for line in lines if line in {"/review", "text", "", "> a"}]

    assert names("\n".join([*harmless, "", "/help"]))[-1:] == ["help"] or harmless.count("/review") >= MOST_COMMANDS


@pytest.mark.parametrize("piece", ["[", "![", "<", "`", "> ", "*a ", "<a>\n\n", "/a\n", "\\", "- ", "[a](<", "<!--"])
def test_a_hostile_comment_takes_no_time(piece: str) -> None:
    body = piece * (65_000 // len(piece)) + "\n\n/review"
    started = time.thread_time()

    commands_in(body)

    assert time.thread_time() - started < 10


@pytest.mark.parametrize(
    "body", ["@quartet-fan no", "@quartetten no", "no @quartet", "@quаrtet no", "> @quartet no", ""]
)
def test_who_begins_with_another_name_does_not_call_us(body: str) -> None:
    assert not calls_us(body)
