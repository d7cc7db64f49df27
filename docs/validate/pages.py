"""A page's Markdown in; its links, anchors, words of code, blocks and remarks out, each with its line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

_ADMONITION = re.compile(r"^(?P<indent> *)(!!!|\?\?\?\+?|===\+?) ")
_REMARK = re.compile(r"<!--\s*(.*?)\s*-->", re.DOTALL)
_ATTRIBUTE = re.compile(r"""<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)=["']([^"' ]+)""")
_NAMED = re.compile(r"""<[a-z]\w*\b[^>]*?\b(?:id|name)=["']([^"']+)""")
_LEFT_OUT = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, slots=True)
class At:
    """A piece of text and where it stands.

    Attributes:
        line: From 1.
        text: Of a link its target, of code what stands between the backticks.
    """

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Fence:
    """A block of code.

    Attributes:
        line: Of its first line of code, from 1.
        language: The first word behind its backticks, or the empty string.
        text: The code.
        remarks: HTML comments that stand directly before it.
    """

    line: int
    language: str
    text: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """What was read of a page.

    Attributes:
        path: From the root of the project.
        anchors: What a link may lead to with ``#``, as GitHub names it.
        links: Targets of links and pictures.
        words: Code within a sentence.
        fences: Blocks of code, those within lists and tabs too.
    """

    path: str
    anchors: frozenset[str]
    links: tuple[At, ...]
    words: tuple[At, ...]
    fences: tuple[Fence, ...]


def pages(root: Path) -> tuple[Page, ...]:
    """The pages at the top of the project and those under ``docs``, in the order of their paths."""
    found = chain(root.glob("*.md"), (root / "docs").rglob("*.md"))
    return tuple(read(file.relative_to(root).as_posix(), file.read_text("utf-8")) for file in sorted(found))


def read(path: str, text: str) -> Page:
    """Read a page.

    Example:
        >>> page = read("a.md", "# To begin\\n\\nRead [on](b.md), or type `quartet up`.")
        >>> page.anchors, page.links
        (frozenset({'to-begin'}), (At(line=3, text='b.md'),))
    """
    gathered = _Gathered()
    for token in MarkdownIt("commonmark").enable("table").parse(_without_tabs(text)):
        gathered.take(token)
    return Page(path, frozenset(gathered.anchors), tuple(gathered.links), tuple(gathered.words), tuple(gathered.fences))


@dataclass
class _Gathered:
    """What has been read so far."""

    anchors: set[str] = field(default_factory=set)
    links: list[At] = field(default_factory=list)
    words: list[At] = field(default_factory=list)
    fences: list[Fence] = field(default_factory=list)
    _remarks: tuple[str, ...] = ()
    _heading: bool = False
    _slugs: Counter[str] = field(default_factory=Counter)

    def take(self, token: Token) -> None:
        line = (token.map or [0])[0] + 1
        if token.type == "html_block":
            self._raw(token.content, line)
            self._remarks = (*self._remarks, *_REMARK.findall(token.content))
        elif token.type == "fence":
            self.fences.append(Fence(line + 1, token.info.split(" ")[0].strip(), token.content, self._remarks))
        elif token.type == "inline":
            self._inline(token, line)
        self._heading = token.type == "heading_open"
        if token.type not in {"html_block", "list_item_open"}:
            self._remarks = ()

    def _inline(self, token: Token, line: int) -> None:
        if self._heading:
            self._anchor("".join(each.content for each in token.children or () if each.type in {"text", "code_inline"}))
        for each in token.children or ():
            if each.type in {"softbreak", "hardbreak"}:
                line += 1
            elif each.type == "code_inline":
                self.words.append(At(line, each.content))
            elif each.type in {"link_open", "image"}:
                target = each.attrs.get("href") or each.attrs.get("src") or ""
                self.links.append(At(line, str(target)))
            elif each.type == "html_inline":
                self._raw(each.content, line)

    def _raw(self, html: str, line: int) -> None:
        bare = _REMARK.sub("", html)
        self.links += [At(line, target) for target in _ATTRIBUTE.findall(bare)]
        self.anchors.update(_NAMED.findall(bare))

    def _anchor(self, heading: str) -> None:
        slug = _LEFT_OUT.sub("", heading.strip().lower()).replace(" ", "-")
        earlier = self._slugs[slug]
        self._slugs[slug] += 1
        self.anchors.add(f"{slug}-{earlier}" if earlier else slug)


def by_path(pages: tuple[Page, ...]) -> Mapping[str, Page]:
    """The pages by their paths from the root of the project."""
    return {page.path: page for page in pages}


def _without_tabs(text: str) -> str:
    """What stands indented in a note or a tab of the site, moved to the left; every line stays on its line."""
    return "\n".join(_moved(text.split("\n")))


def _moved(lines: list[str]) -> Iterator[str]:
    depths: list[int] = []
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        while line.strip() and depths and indent < depths[-1]:
            depths.pop()
        yield line[depths[-1] if depths else 0 :]
        if _ADMONITION.match(line):
            depths.append(indent + 4)
