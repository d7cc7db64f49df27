"""A command as a value: what it is called, who may give it, and what it does with a desk and its arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from app.errors import AppError

if TYPE_CHECKING:
    from app.commands.desk import Desk


class Needs(Enum):
    """What its author has to be allowed in the repository."""

    WRITE = "write"
    CONFIGURED = "configured"
    """What the configuration's key ``ask`` says."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command.

    Attributes:
        name: One word in small letters.
        usage: How it is written, arguments in capitals, what may be left out in brackets.
        summary: What it does, in one line.
        details: What else there is to know, for the documentation; Markdown.
        needs: What its author has to be allowed.
        run: Does it. It returns what is to be answered, as safe Markdown; nothing, where 🚀 says it all.
            It raises ``NotUnderstood``, or another ``Misconfigured``, where the author has to write something else.
    """

    name: str
    usage: str
    summary: str
    details: str = ""
    needs: Needs = Needs.WRITE
    run: Callable[[Desk, str], str]


class NotUnderstood(AppError):
    """A command that cannot be meant so; its text is safe Markdown and says how to write it."""
