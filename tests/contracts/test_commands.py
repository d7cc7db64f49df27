"""One suite over every comment command."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import app.commands
from app.commands import COMMANDS
from app.commands.command import Command, Needs
from app.commands.documentation import page_of
from app.comments import commands_in

ALL = pytest.mark.parametrize("command", [pytest.param(command, id=command.name) for command in COMMANDS])


def test_every_command_that_has_a_file_is_in_the_registry_once() -> None:
    modules = (
        importlib.import_module(f"app.commands.{found.name}") for found in pkgutil.iter_modules(app.commands.__path__)
    )
    written = {id(value): value for module in modules for value in vars(module).values() if isinstance(value, Command)}

    assert sorted(command.name for command in written.values()) == sorted(command.name for command in COMMANDS)


def test_the_commands_are_those_of_the_design() -> None:
    assert {command.name for command in COMMANDS} == {
        *("review", "ask", "explain", "dismiss", "pause", "resume", "cancel", "cost", "coverage", "config", "help")
    }


@ALL
def test_a_command_is_found_in_a_comment_as_its_usage_writes_it(command: Command) -> None:
    (found,) = commands_in(command.usage)

    assert found.name == command.name


@ALL
def test_a_command_says_what_it_does_in_one_line(command: Command) -> None:
    assert command.summary.endswith(".")
    assert "\n" not in command.summary
    assert "|" not in command.usage + command.summary


@ALL
def test_a_command_is_in_a_file_of_its_name(command: Command) -> None:
    module = importlib.import_module(f"app.commands.{command.name}")

    assert command in vars(module).values()


def test_only_the_help_is_for_everybody_and_only_questions_are_configured() -> None:
    assert [command.name for command in COMMANDS if command.needs is Needs.NOTHING] == ["help"]
    assert [command.name for command in COMMANDS if command.needs is Needs.CONFIGURED] == ["ask"]


def test_the_page_on_commands_is_what_the_registry_says() -> None:
    page = Path(app.commands.__path__[0]).parents[1] / "docs" / "commands.md"

    assert page.read_text(encoding="utf-8") == page_of(COMMANDS)
