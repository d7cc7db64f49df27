"""The files through which a step speaks to its runner, read as the runner reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


def outputs_in(path: Path) -> dict[str, str]:
    """``name=value``, or ``name<<DELIMITER``, lines, ``DELIMITER`` (actions/runner, FileCommandManager)."""
    found: dict[str, str] = {}
    lines = iter(path.read_text(encoding="utf-8").split("\n"))
    for line in lines:
        if not line:
            continue
        name, equals, value = line.partition("=")
        before, heredoc, delimiter = line.partition("<<")
        if heredoc and (not equals or len(before) < len(name)):
            body = []
            while (inside := next(lines)) != delimiter:
                body.append(inside)
            found[before] = "\n".join(body)
        else:
            found[name] = value
    return found


@dataclass(frozen=True, slots=True)
class Found:
    """A command that a runner takes from a log."""

    name: str
    properties: Mapping[str, str]
    message: str


def commands_in(log: str) -> list[Found]:
    """As actions/runner reads a log: ActionCommand.cs, ``TryParseV2`` and then the older ``TryParse``."""
    found: list[Found] = []
    stopped = ""
    for line in log.split("\n"):
        command = _new(line) or _old(line)
        if command is None:
            continue
        if stopped:
            stopped = "" if command.name == stopped else stopped
        elif command.name == "stop-commands":
            stopped = command.message
        else:
            found.append(command)
    return found


def _new(line: str) -> Found | None:
    text = line.lstrip()
    name, end, message = text[2:].partition("::")
    if not text.startswith("::") or not end:
        return None
    word, _, rest = name.partition(" ")
    pairs = (part.split("=", 1) for part in rest.split(",") if "=" in part)
    properties = {key.strip(): _plain(value, (":", "%3A"), (",", "%2C")) for key, value in pairs}
    return Found(word, properties, _plain(message))


def _old(line: str) -> Found | None:
    _, begins, rest = line.partition("##[")
    name, ends, message = rest.partition("]")
    return Found(name, {}, message) if begins and ends else None


def _plain(text: str, *more: tuple[str, str]) -> str:
    for mark, escaped in (*more, ("\r", "%0D"), ("\n", "%0A"), ("%", "%25")):
        text = text.replace(escaped, mark)
    return text
