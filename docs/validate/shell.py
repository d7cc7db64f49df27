"""Shell text in; the commands that it runs out, as words."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from docs.validate.pages import Fence

SHELLS = ("console", "sh", "bash", "shell")

_ENDS_COMMAND = frozenset({"|", "||", "&&", ";", "&", "(", ")", "|&", ";;", "{", "}", "do", "then", "else", "!"})
_ASSIGNED = re.compile(r"[A-Za-z_]\w*=")
_COMMENT = re.compile(r"(?:^|\s)#")
_HERE = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a block with what it is said to print.

    Attributes:
        line: On the page, from 1.
        command: What is typed, continued lines included.
        output: What the page shows below it.
    """

    line: int
    command: str
    output: tuple[str, ...] = ()


def steps(fence: Fence) -> tuple[Step, ...]:
    r"""The steps of a block: for ``console``, what stands behind ``$``; else all of it as one.

    Example:
        >>> for step in steps(Fence(3, "console", "$ cat one\ntwo\n$ true\n")):
        ...     print(step.line, step.command, step.output)
        3 cat one ('two',)
        5 true ()
    """
    if fence.language != "console":
        return (Step(fence.line, fence.text.rstrip("\n")),)
    found: list[Step] = []
    goes_on, here = False, ""
    for number, line in enumerate(fence.text.splitlines(), start=fence.line):
        if line.startswith("$ "):
            found.append(Step(number, line.removeprefix("$ ")))
        elif goes_on or here:
            more = line.removeprefix("> ")
            found[-1] = Step(found[-1].line, f"{found[-1].command}\n{more}")
        elif found:
            found[-1] = Step(found[-1].line, found[-1].command, (*found[-1].output, line))
        typed = found[-1].command.splitlines()[-1] if found else ""
        opened = _HERE.search(found[-1].command) if found else None
        goes_on = typed.endswith("\\") and not found[-1].output
        here = opened.group(2) if opened and typed != opened.group(2) and not found[-1].output else ""
    return tuple(found)


def commands(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each simple command of a shell text with the number of its line in it, from 0.

    Variables set before a command and redirections' signs are left off. What cannot be split into words is no command.
    """
    joined = re.sub(r"\\\n\s*", lambda found: " " + "\0" * found.group().count("\n"), text)
    line, ends = 0, ""
    for row in joined.split("\n"):
        if ends:
            ends = "" if row.strip() == ends else ends
        else:
            here = _HERE.search(row)
            ends = here.group(2) if here else ""
            for words in _of_row(row.replace("\0", "")):
                yield line, words
        line += 1 + row.count("\0")


def _of_row(row: str) -> Iterator[tuple[str, ...]]:
    lexer = shlex.shlex(_without_comment(row), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        found = list(lexer)
    except ValueError:
        return
    words: list[str] = []
    for word in (*found, ";"):
        if word in _ENDS_COMMAND:
            if words:
                yield tuple(words)
            words = []
        elif words or not _ASSIGNED.match(word):
            words.append(word)


def _without_comment(row: str) -> str:
    """A row up to a ``#`` that begins a word, as in a shell; ``octo/app#7`` is one word, and so is what is quoted."""
    for found in _COMMENT.finditer(row):
        before = row[: found.start()]
        if before.count("'") % 2 == 0 and before.count('"') % 2 == 0:
            return before
    return row
