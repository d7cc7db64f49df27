"""How shell text of a page is taken apart."""

from __future__ import annotations

import pytest

from docs.validate.pages import Fence
from docs.validate.shell import Step, commands, steps


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("quartet up", [(0, ("quartet", "up"))], id="a command"),
        pytest.param("A=1 B='2 3' quartet up", [(0, ("quartet", "up"))], id="variables before it"),
        pytest.param(
            "git diff | quartet review --diff -",
            [(0, ("git", "diff")), (0, ("quartet", "review", "--diff", "-"))],
            id="a pipe",
        ),
        pytest.param(
            "cd a && quartet up; true", [(0, ("cd", "a")), (0, ("quartet", "up")), (0, ("true",))], id="a row"
        ),
        pytest.param("quartet \\\n  up\ntrue", [(0, ("quartet", "up")), (2, ("true",))], id="a continued line"),
        pytest.param("quartet up  # runs\n# no\ntrue", [(0, ("quartet", "up")), (2, ("true",))], id="comments"),
        pytest.param("a b#7 --c # d", [(0, ("a", "b#7", "--c"))], id="a mark within a word"),
        pytest.param("a 'b # c' d", [(0, ("a", "b # c", "d"))], id="a mark within quotes"),
        pytest.param("cat <<EOF\nquartet nothing\nEOF\ntrue", [(0, ("cat", "<<", "EOF")), (3, ("true",))], id="a text"),
        pytest.param("it's no command", [], id="no shell text"),
    ],
)
def test_commands_are_told_with_their_lines(text: str, found: list[tuple[int, tuple[str, ...]]]) -> None:
    assert list(commands(text)) == found


def test_a_block_of_a_console_has_commands_and_what_they_print() -> None:
    block = Fence(7, "console", "$ one\nsays\nmore\n$ two \\\n  three\n$ four\n")

    assert steps(block) == (Step(7, "one", ("says", "more")), Step(10, "two \\\n  three"), Step(12, "four"))


def test_a_text_for_a_command_belongs_to_it() -> None:
    block = Fence(1, "console", "$ cat <<EOF\n> one\n> EOF\none\n")

    assert steps(block) == (Step(1, "cat <<EOF\none\nEOF", ("one",)),)


def test_a_block_of_a_shell_is_one_step() -> None:
    assert steps(Fence(3, "sh", "one\ntwo\n")) == (Step(3, "one\ntwo"),)
