"""Commands on the pages in; those that Quartet's command line, or the Makefile, does not have out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import typer.main

from app.cli.main import cli
from app.commands import COMMANDS
from docs.validate.faults import Fault
from docs.validate.known import OTHERS_OPTIONS, OTHERS_PAGES, OTHERS_SLASHES
from docs.validate.pages import Page
from docs.validate.shell import SHELLS, commands, steps

_OPTION = re.compile(r"--?[A-Za-z][\w-]*")
_PLAIN = re.compile(r"[a-z][a-z-]*")
_PYTHON = re.compile(r"(?:\S*/)?python3?")
_OURS = frozenset({"app", "demo", "docs", "llm_runtime", "reviewers", "tests"})
_SAID = re.compile(r"(?:@quartet )?/(?P<name>[a-z-]+)(?: .*)?")
_SAYABLE = OTHERS_SLASHES | {command.name for command in COMMANDS}
_UNMARKED = re.compile(r"\s*(?:\$ |(?:docker|export|git|make|pip|quartet) )(?!.*\[OPTIONS\])")
"""How a block of commands begins, but not the usage of a command on the page that is made of them."""
_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)


def command_faults(pages: Sequence[Page], root: Path) -> Iterator[Fault]:
    """Commands, options and targets that there are not."""
    tree = _tree()
    targets = frozenset(_TARGET.findall((root / "Makefile").read_text("utf-8")))
    for page in pages:
        for fence in page.fences:
            if not fence.language and _UNMARKED.match(fence.text):
                yield Fault(
                    page.path,
                    fence.line,
                    f"nobody tries these commands; write one of {', '.join(SHELLS)} behind the backticks",
                )
        for line, words in _typed(page):
            for what in _wrong(words, tree, targets, root):
                yield Fault(page.path, line, what)
        for word in page.words:
            if page.path not in OTHERS_PAGES and word.text.startswith("--") and not tree.has_anywhere(word.text):
                yield Fault(page.path, word.line, f"no command has the option {_name(word.text)}")
            said = _SAID.fullmatch(word.text)
            if said and said["name"] not in _SAYABLE:
                yield Fault(page.path, word.line, f"there is no /{said['name']} to say in a comment")


@cache
def _tree() -> _Tree:
    return _Tree(typer.main.get_command(cli))


def _typed(page: Page) -> Iterator[tuple[int, tuple[str, ...]]]:
    for fence in page.fences:
        for step in steps(fence) if fence.language in SHELLS else ():
            for number, words in commands(step.command):
                yield step.line + number, words
    for word in page.words:
        # A pipe within a table is written with a backslash; alternatives are written with a bar.
        for _, words in commands(word.text.replace("\\|", "|") if " | " in word.text else word.text.replace("|", "¦")):
            yield word.line, words


def _wrong(words: tuple[str, ...], tree: _Tree, targets: frozenset[str], root: Path) -> Iterator[str]:
    program, *rest = words
    if program == "quartet" or program.endswith("/quartet"):
        yield from tree.wrong(rest)
    elif program == "make":
        for word in rest:
            if _PLAIN.fullmatch(word) and word not in targets:
                yield f"the Makefile has no target {word}"
    elif _PYTHON.fullmatch(program) and rest[:1] == ["-m"] and len(rest) > 1:
        path = root.joinpath(*rest[1].split("."))
        if path.parent != root and path.relative_to(root).parts[0] in _OURS and not _runs(path):
            yield f"there is no module {rest[1]} to run"


def _runs(path: Path) -> bool:
    return path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()


class _Tree:
    """The command line as Typer has it."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._options = frozenset(_all_options(root))

    def has_anywhere(self, text: str) -> bool:
        """Whether some command has the first option of a text, or another program that is told of has it."""
        name = _name(text)
        return not _OPTION.match(name) or name in self._options or name in OTHERS_OPTIONS

    def wrong(self, words: Sequence[str]) -> Iterator[str]:
        """What there is not of the words behind ``quartet``; capital letters and ``…`` stand for something."""
        names, command = ["quartet"], self._root
        options = {*_options(command), "--help", "-h"}
        for word in words:
            if word == "--":
                return
            if _OPTION.match(word):
                for each in word.split("¦"):
                    if _OPTION.match(each) and _name(each) not in options:
                        yield f"{' '.join(names)} has no option {_name(each)}"
            elif hasattr(command, "commands") and _PLAIN.match(word):
                unknown = [each for each in word.split("¦") if each not in command.commands]
                if unknown:
                    yield f"{' '.join(names)} has no command {unknown[0]}"
                    return
                command = command.commands[word.split("¦")[0]]
                names.append(command.name)
                options.update(_options(command))


def _name(word: str) -> str:
    found = _OPTION.match(word)
    return found.group() if found else word


def _options(command: Any) -> Iterator[str]:
    for parameter in command.params:
        yield from parameter.opts
        yield from parameter.secondary_opts


def _all_options(command: Any) -> Iterator[str]:
    yield from _options(command)
    inner: Mapping[str, Any] = getattr(command, "commands", {})
    for each in inner.values():
        yield from _all_options(each)
