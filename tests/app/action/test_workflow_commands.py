from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.action.workflow_commands import Console, command, harmless
from tests.app.action.runner_files import commands_in

HOSTILE = "x\n::set-env name=PATH::/tmp\r\n##[add-path]/tmp\x1b[2K%0A::error::"


@given(st.text(), st.text(), st.text())
def test_a_command_is_one_line_and_says_what_was_meant(message: str, path: str, title: str) -> None:
    line = command("error", message, {"file": path, "title": title})

    (found,) = commands_in(line)
    assert found.name == "error"
    assert found.message.replace("# #[", "##[") == message.replace("# #[", "##[")
    assert set(found.properties) <= {"file", "title"}


@given(st.text())
def test_a_line_of_the_log_is_never_a_command(text: str) -> None:
    assert commands_in(harmless(text)) == []
    assert "\n" not in harmless(text)


@pytest.mark.parametrize("text", [HOSTILE, "::stop-commands::x", " \t::debug::x", "##[group]x", "a ##[error]b"])
def test_what_looks_like_a_command_is_shown_and_not_obeyed(text: str) -> None:
    lines: list[str] = []
    console = Console(lines.append, on_runner=True)

    console.say(text)

    assert commands_in("".join(lines)) == []


def test_ten_annotations_of_a_kind_are_shown_and_no_more() -> None:
    lines: list[str] = []
    console = Console(lines.append, on_runner=True)

    shown = [console.annotate("error", str(number)) for number in range(12)]
    console.annotate("warning", "one")

    assert shown == [True] * 10 + [False] * 2
    assert len(lines) == 11


def test_nothing_in_a_quiet_block_is_a_command_and_only_its_own_token_ends_it() -> None:
    lines: list[str] = []
    console = Console(lines.append, on_runner=True)

    with console.quiet():
        lines.append("::error::from a tool\n")
    console.annotate("error", "ours")

    stopped, *_ = lines
    assert re.fullmatch(r"::stop-commands::[0-9a-f]{32}\n", stopped)
    assert [found.message for found in commands_in("".join(lines))] == ["ours"]


def test_every_line_of_a_secret_is_masked_and_without_a_runner_it_is_not_shown_at_all() -> None:
    lines: list[str] = []

    Console(lines.append, on_runner=True).mask("first\n second \n")
    Console(lines.append, on_runner=False).mask("hidden")

    assert lines == ["::add-mask::first\n", "::add-mask::second\n"]


def test_without_a_runner_people_read_lines() -> None:
    lines: list[str] = []
    console = Console(lines.append, on_runner=False)

    with console.quiet():
        console.annotate("error", "An empty list")

    assert lines == ["quartet: An empty list\n"]
