"""Lines that the runner understands, and lines that it must not take for such.

The runner reads both streams. ``::name properties::data`` at the beginning of a line is a command, and so is
``##[name]data`` anywhere in one (actions/runner, ActionCommand.cs), so that whatever is printed goes through here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

_MOST_OF_A_KIND = 10
"""The runner shows no more annotations of a kind for a step (docs.github.com, about annotations)."""

_LONGEST_MESSAGE = 4_000


def command(name: str, message: str, properties: Mapping[str, object] | None = None) -> str:
    r"""A line that is a command; nothing in it can begin another one.

    Args:
        name: Such as ``error``.
        message: Its data.
        properties: Such as ``file``; those without a value are left out.

    Example:
        >>> command("error", "100%\n::set-output", {"file": "a,b:c.py", "line": 3, "title": ""})
        '::error file=a%2Cb%3Ac.py,line=3::100%25%0A::set-output'
    """
    said = [f"{key}={_property(str(value))}" for key, value in (properties or {}).items() if value not in ("", None)]
    return f"::{name}{' ' + ','.join(said) if said else ''}::{_data(message)}"


def harmless(text: str) -> str:
    """One line of a log that no runner takes for a command.

    Example:
        >>> harmless("::error::no" + chr(10) + "##[error]no")
        'quartet: ::error::no # #[error]no'
    """
    line = " ".join(text.split())
    shown = "".join(mark if mark.isprintable() else "�" for mark in line)
    return f"quartet: {_without_old(shown)}"


class Console:
    """Prints for a runner; where there is none, only what people read.

    Args:
        write: Takes a line with its end.
        on_runner: Whether a runner reads it.
    """

    def __init__(self, write: Callable[[str], object], *, on_runner: bool) -> None:
        self._write, self._on_runner = write, on_runner
        self._told: dict[str, int] = {}
        self._token = ""

    def say(self, text: str) -> None:
        """One line of the log."""
        self._write(harmless(text) + "\n")

    def mask(self, secret: str) -> None:
        """Have the runner put stars for a text wherever it would stand in the log."""
        if self._on_runner:
            for line in filter(None, map(str.strip, secret.splitlines())):
                self._write(command("add-mask", line) + "\n")

    def annotate(self, kind: str, message: str, properties: Mapping[str, object] | None = None) -> bool:
        """An annotation of the run; whether it is shown: of each kind there are ten at most.

        Args:
            kind: ``error``, ``warning`` or ``notice``.
            message: For people.
            properties: ``file``, ``line``, ``endLine``, ``title``.
        """
        if not self._on_runner:
            self.say(message)
            return True
        told = self._told[kind] = self._told.get(kind, 0) + 1
        if told > _MOST_OF_A_KIND:
            return False
        self._write(command(kind, message[:_LONGEST_MESSAGE], properties) + "\n")
        return True

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """A block whose output holds no commands, whatever is printed in it."""
        if not self._on_runner:
            yield
            return
        self._token = secrets.token_hex(16)
        self._write(f"::stop-commands::{self._token}\n")
        try:
            yield
        finally:
            self.resume()

    def resume(self) -> None:
        """Commands are heard again, as after ``quiet``."""
        if self._token:
            self._write(f"::{self._token}::\n")
            self._token = ""


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return _without_old(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _without_old(text: str) -> str:
    return text.replace("##[", "# #[")
