"""Each message that a person can see, with its cure: templates and ``cures.yml`` come in, tables by room go out.

Most messages carry their cure behind a semicolon, as the house asks. For the others ``cures.yml`` has one, by the
message's beginning or by the class that carries it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from docs.generate.messages import Message, collected
from docs.generate.tables import code, table

PAGE = "troubleshooting.md"
_CURES = Path(__file__).with_name("cures.yml")
_ROOMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("What `quartet doctor` says", ()),
    ("In a workflow", ("app/action/",)),
    ("Hooks", ("app/hooks/", "app/cli/hook")),
    ("What `quartet init` writes", ("app/initial/", "app/cli/init")),
    ("Bench and replay", ("app/bench/", "app/cli/bench", "app/cli/replay")),
    ("Analytics and Langfuse", ("app/analytics/", "app/cli/analytics", "app/recording")),
    ("Dashboard and setup", ("app/web/dashboard/", "app/web/setup/")),
    (
        "Servers, workers and Redis",
        (
            *("app/web/", "app/embedded", "app/worker", "app/supervisor", "app/queue", "app/redis", "app/health"),
            *("app/turn", "app/cli/up", "app/cli/web", "app/cli/worker"),
        ),
    ),
    ("GitHub", ("app/github", "app/publishing/")),
    (
        "Settings and models",
        (
            *("app/configuration/", "app/settings", "app/runtime_settings", "app/model_choice", "app/wiring"),
            *("app/reviewing", "app/repo_config"),
        ),
    ),
    ("On the command line", ("app/",)),
    ("Models, limits and caps", ("llm_runtime/",)),
    ("Diffs, reports of other tools, rules", ("reviewers/",)),
)


_FILLED_IN = re.compile(r"(?:write |there are |did you mean )?\W*(?:there are )?\W*", re.IGNORECASE)
"""A cure of which nothing is left without what the program fills in, so that it helps nobody who reads the page."""


class CureMissing(Exception):
    """Messages without a cure, or cures without a message; the text says which, and what to do."""


def rendered(top: Path) -> str:
    """The tables.

    Raises:
        CureMissing: A message says no cure and ``cures.yml`` has none for it, or has one that no message needs.
    """
    cures = yaml.safe_load(_CURES.read_text(encoding="utf-8"))
    rooms: dict[str, dict[str, str]] = {title: {} for title, _ in _ROOMS}
    found = collected(top)
    if faults := [*_uncured(found, cures), *_unneeded(found, cures)]:
        raise CureMissing("\n".join(faults))
    for message in found:
        fault, cure = _split(message, cures)
        rooms[_room(message)].setdefault(fault, cure)
    return "\n\n".join(
        f"### {title}\n\n{table(['message', 'what to do'], [[code(fault), cure] for fault, cure in room.items()])}"
        for title, room in rooms.items()
        if room
    )


def _split(message: Message, cures: Mapping[str, Any]) -> tuple[str, str]:
    """What has happened, and what to do; the latter is empty where nobody says it."""
    for beginning, cure in cures["messages"].items():
        if message.text.startswith(beginning):
            return message.text, str(cure)
    fault, _, cure = message.text.rpartition("; ")
    if fault and not _FILLED_IN.fullmatch(cure):
        # The command keeps its small letter.
        start = cure[0] if cure.startswith("quartet ") else cure[0].upper()
        return fault, f"{start}{cure[1:].rstrip('.')}."
    return message.text, str(cures["classes"].get(message.error, ""))


def _uncured(found: tuple[Message, ...], cures: Mapping[str, Any]) -> list[str]:
    return [
        f"{message.path}: {message.text!r} names no cure; say it behind a semicolon, or in {_CURES.name}"
        for message in found
        if not _split(message, cures)[1]
    ]


def _unneeded(found: tuple[Message, ...], cures: Mapping[str, Any]) -> list[str]:
    return [
        f"{_CURES.name}: no message begins with {beginning!r} any more; take it out"
        for beginning in cures["messages"]
        if not any(message.text.startswith(beginning) for message in found)
    ]


def _room(message: Message) -> str:
    if message.error == "Line":
        return _ROOMS[0][0]
    return next(title for title, beginnings in _ROOMS if message.path.startswith(beginnings))
