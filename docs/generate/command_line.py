"""The command line: what Typer knows comes in, a section for each command goes out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from app.cli.main import cli
from docs.generate.tables import code, table

PAGE = "command-line.md"


def rendered() -> str:
    """Every command that is not hidden, with its arguments and options, in the order of the help."""
    return "\n\n".join(_sections(typer.main.get_command(cli), "quartet"))


def commands() -> dict[str, frozenset[str]]:
    """Every command as it is typed, and its options."""
    return dict(_options(typer.main.get_command(cli), "quartet"))


def _options(command: Any, typed: str) -> Iterator[tuple[str, frozenset[str]]]:
    yield typed, frozenset(name for each in command.params for name in (*each.opts, *each.secondary_opts))
    for name, inner in _below(command).items():
        yield from _options(inner, f"{typed} {name}")


def _sections(command: Any, typed: str) -> Iterator[str]:
    """The command's section, then those of its subcommands."""
    with typer.Context(command, info_name=typed) as context:
        usage = " ".join([typed, *command.collect_usage_pieces(context)])
        rows = [[code(_spelling(each, context)), _help(each, context)] for each in command.params]
    parts = [f"## {code(typed)}", (command.help or "").strip(), f"```\n{usage}\n```"]
    if rows:
        parts.append(table(["argument or option", "does"], rows))
    yield "\n\n".join(part for part in parts if part)
    for name, inner in _below(command).items():
        yield from _sections(inner, f"{typed} {name}")


def _below(command: Any) -> dict[str, Any]:
    return {name: inner for name, inner in getattr(command, "commands", {}).items() if not inner.hidden}


def _spelling(parameter: Any, context: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name.upper())
    return str(parameter.get_help_record(context)[0])


def _help(parameter: Any, context: Any) -> str:
    record = parameter.get_help_record(context)
    return " ".join(str(record[1] if record else parameter.help or "").split())
