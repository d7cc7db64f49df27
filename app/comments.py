"""The text of a comment comes in, the commands that its author gives in it come out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from markdown_it.token import Token

MOST_COMMANDS: Final = 5
"""A comment has no more; those after them are not looked at."""

OWN_NAME: Final = "quartet"
"""What it is called by in any installation, beside its own login."""

_LONGEST: Final = 65_536
"""GitHub takes no longer comment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """A command as it was written.

    Attributes:
        name: Its name in small letters; not necessarily one that exists. Empty for a mention alone.
        arguments: The rest of the line.
        line: Number of the line in the comment, from 1.
        mentioned: Whether we were called by name, so that nobody else can be meant.
    """

    name: str
    arguments: str = ""
    line: int = 1
    mentioned: bool = False


def commands_in(body: str, *, names: Collection[str] = ()) -> tuple[Invocation, ...]:
    """The commands of a comment, in order, five at most.

    A command stands on a line of its own, as text of the author: what is quoted, code, hidden, a heading or part of a
    list does not command. Only ASCII commands, so that what looks like a command is read by people as one, too.

    Args:
        body: The comment as its author wrote it, in GitHub's Markdown.
        names: Other names than ``quartet`` that we are mentioned by.

    Example:
        >>> [command.name for command in commands_in("Please:\\n/review security\\n\\n> /dismiss 12ab")]
        ['review']
        >>> commands_in("@quartet ask why?")[0].arguments
        'why?'
    """
    candidate = _candidate({OWN_NAME, *names})
    lines = re.split(r"\r\n|\r|\n", _SENTINELS.sub("", body[:_LONGEST]))
    found = {number: match for number, line in enumerate(lines) if (match := candidate.fullmatch(line))}
    if not found:
        return ()
    # Each candidate is marked, and Markdown's parser then tells what the mark is part of.
    for number, match in found.items():
        start = match.start("start")
        lines[number] = f"{lines[number][:start]}{_OPEN}{number}{_CLOSE}{lines[number][start:]}"
    spoken = sorted(_spoken(_MARKDOWN.parse("\n".join(lines))))
    return tuple(_invocation(found[number], number) for number in spoken[:MOST_COMMANDS])


def calls_us(body: str, *, names: Collection[str] = ()) -> bool:
    """Whether a comment begins with one of our names.

    Example:
        >>> calls_us("@quartet no, that is checked above"), calls_us("@mona no")
        (True, False)
    """
    return re.match(rf"\s*{_mention({OWN_NAME, *names})}(?![\w-])", body) is not None


_OPEN, _CLOSE = "\ue000", "\ue001"
_SENTINELS = re.compile("[\ue000\ue001]")
_MARK = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_SPACE = r"[ \t]"
_COMMAND = rf"(?P<name>[A-Za-z][A-Za-z-]{{0,31}})(?:{_SPACE}+(?P<arguments>.*?))?"


def _candidate(names: Collection[str]) -> re.Pattern[str]:
    slash, again = rf"/{_COMMAND}", _COMMAND.replace("<name>", "<called>").replace("<arguments>", "<rest>")
    called = rf"{_mention(names)}[,:]?(?:{_SPACE}+/?{again})?"
    return re.compile(rf" {{0,3}}(?P<start>)(?:{called}|{slash}){_SPACE}*")


def _mention(names: Collection[str]) -> str:
    logins = "|".join(re.escape(name.removesuffix("[bot]")) for name in sorted(names) if name)
    # ASCII: without it, ſ counts as s where case is ignored.
    return rf"@(?P<mention>(?ai:{logins}))(?:\[bot\])?"


def _invocation(match: re.Match[str], number: int) -> Invocation:
    mentioned = match["mention"] is not None
    name, arguments = (match["called"], match["rest"]) if mentioned else (match["name"], match["arguments"])
    return Invocation(
        name=(name or "").lower(), arguments=(arguments or "").strip(), line=number + 1, mentioned=mentioned
    )


def _spoken(tokens: list[Token]) -> Iterator[int]:
    """Numbers of the marks that stand at the start of a line of visible text."""
    elements = _Elements()
    outer: Token | None = None
    for token in tokens:
        if token.type == "html_block":
            elements.feed(token.content)
        elif token.type == "inline":
            plain = outer is not None and outer.level == 0 and _is_text(outer)
            yield from _in_text(token.children or [], elements, plain=plain)
        elif token.nesting == 1:
            outer = token


def _is_text(token: Token) -> bool:
    # A line of dashes below, as mail programs write above a signature, makes a heading of what is above.
    return token.type == "paragraph_open" or (token.type == "heading_open" and token.markup in ("-", "="))


def _in_text(children: list[Token], elements: _Elements, *, plain: bool) -> Iterator[int]:
    begins = True
    for child in children:
        if child.type == "html_inline":
            elements.feed(child.content)
        elif child.type == "text" and plain and begins and child.level == 0 and not elements.hidden:
            mark = _MARK.match(child.content)
            if mark:
                yield int(mark[1])
        # An empty text stands where something was parsed and came to nothing.
        begins = child.type in ("softbreak", "hardbreak") or (begins and child.type == "text" and not child.content)


# Those of the elements that GitHub shows (github.com/gjtorikian/html-pipeline, its allowlist) in which a text is not
# said plainly, and those whose text nobody parses.
_HIDING = (
    "blockquote q cite pre code tt kbd samp var del s strike summary figcaption caption h1 h2 h3 h4 h5 h6 ul ol li dl "
    "dt dd table thead tbody tfoot tr td th ruby rt rp script style title textarea xmp iframe noembed noframes "
    "plaintext template svg math"
)


class _Elements(HTMLParser):
    """Which elements of raw HTML are open that quote, show code or make a list: Markdown is not the only way."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._hiding = frozenset(_HIDING.split())
        self._open: list[str] = []

    @property
    def hidden(self) -> bool:
        """Whether what comes now is part of one."""
        return bool(self._open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - HTMLParser's
        if tag in self._hiding:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # HTML knows no elements that end themselves: <blockquote/> opens one.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            # The innermost of that name ends with all that was opened in it.
            last = len(self._open) - 1 - self._open[::-1].index(tag)
            del self._open[last:]
