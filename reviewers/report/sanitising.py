"""Text that a model or a pull request wrote goes in; Markdown that cannot act on its reader comes out.

What survives of a model's Markdown: emphasis with ``*``, inline code, lists and fenced code. What does not: HTML and
its comments (they would fake our markers), images, links, mentions, issue references, headings, tables, quotes,
formulas and diagrams, commands to bots, and every character that nobody can see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewers.report.visibility import cut, has_hidden, readable, visible

INLINE_LIMIT = 300
BLOCK_LIMIT = 6_000
CODE_LIMIT = 20_000
# GitHub draws these instead of showing them, or lets a reader commit them.
DRAWN_LANGUAGES = frozenset({"geojson", "math", "mermaid", "stl", "suggestion", "topojson"})


def inline_text(text: str, *, limit: int = INLINE_LIMIT) -> str:
    """One line of Markdown that shows this text, safe in a paragraph, a heading, a list item and a table cell.

    Args:
        text: Anything; inline code is kept, other Markdown is shown as it was typed.
        limit: Characters of ``text`` at most; more is cut with an ellipsis.
    """
    line = cut(" ".join(readable(text).split()), limit)
    return _without_command(_without_block_start("".join(_inline(line, _INLINE_SPECIAL))))


def block_text(text: str, *, limit: int = BLOCK_LIMIT) -> str:
    """Paragraphs of Markdown for a message that a model wrote.

    Args:
        text: Anything; see the module for what survives.
        limit: Characters of ``text`` at most; more is cut with an ellipsis.
    """
    lines = iter(cut(readable(text).strip("\n").rstrip(), limit).split("\n"))
    blocks: list[str] = []
    for line in lines:
        if fence := _FENCE.match(line):
            code = "\n".join(_fenced(lines, fence))
            language = "" if fence["language"].lower() in DRAWN_LANGUAGES else fence["language"]
            blocks += ["", code_block(code, language), ""]
        else:
            safe = "".join(_inline(line.rstrip(), _BLOCK_SPECIAL))
            blocks.append(_without_command(_without_rule(_without_heading(safe))))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(blocks)).strip("\n")


def code_block(text: str, language: str = "", *, limit: int = CODE_LIMIT) -> str:
    """A fenced block that shows this code, with a fence longer than any inside.

    Hidden characters are shown. A block whose language is ``suggestion`` can be committed with a click, so its text
    stays as it is; where that would hide something, or where it is too long, it becomes a plain block.

    Args:
        text: The code, with or without a last line feed.
        language: An info word; anything else than a plain word is left out.
        limit: Characters of ``text`` at most; more is cut with an ellipsis.
    """
    honest = not has_hidden(text) and not _OWN_MARKER.search(text) and len(text) <= limit
    if language == "suggestion" and honest:
        shown = text
    else:
        shown = _OWN_MARKER.sub("<! --", cut(visible(text), limit))
        language = language if _LANGUAGE.fullmatch(language) and language != "suggestion" else ""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    body = shown if shown.endswith("\n") or not shown else f"{shown}\n"
    return f"{fence}{language}\n{body}{fence}"


def inline_code(text: str, *, limit: int = INLINE_LIMIT) -> str:
    """Inline code for a path or a name; as escaped text where inline code would break a table."""
    shown = cut(" ".join(visible(text).split()), limit)
    if not shown or "|" in shown:
        return inline_text(shown)
    return _code_span(shown)


def link(label: str, url: str) -> str:
    """A link that we add ourselves, to a plain https address; the label alone where the address is anything else."""
    return f"[{inline_text(label)}]({url})" if _PLAIN_URL.fullmatch(url) else inline_text(label)


_LANGUAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9+#.-]{0,24}")
_PLAIN_URL = re.compile(r"https://[A-Za-z0-9.-]+(?:/[A-Za-z0-9._~/%+-]*)?(?:#[A-Za-z0-9._~/%+-]*)?")
_OWN_MARKER = re.compile(r"<!--(?=\s*quartet)", re.IGNORECASE)
_FENCE = re.compile(r"(?P<indent>\s*)(?P<fence>`{3,}(?=[^`]*$)|~{3,})[ \t]*(?P<language>[^\s`]*)")
_BLOCK_SPECIAL = "\\<&[$_"
_INLINE_SPECIAL = _BLOCK_SPECIAL + "*~|"
# Looked for in the source, where a bracket may open a link whose text comes next in what is written.
_TOKEN = re.compile(
    r"""
    \\(?P<escaped>[!-/:-@\[-`{-~])
  | (?P<ticks>`+)
  | !?\[(?P<label>[^\[\]]*)\]\(\s*<?(?P<target>[^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?[^()]*\)
  | (?P<url>(?:[A-Za-z][A-Za-z0-9+.-]{0,30}://|www\.)[^\s<>`\\|]+)
  | (?P<reference>@(?=[A-Za-z0-9[!])|\#(?=[0-9[!])|\bGH-(?=[0-9[!]))
  | (?P<special>[\\[$*~|] | <(?![\s=0-9]) | &(?![\s&=]) | (?<![A-Za-z0-9])_ | _(?![A-Za-z0-9]))
    """,
    re.VERBOSE | re.IGNORECASE,
)


def _inline(line: str, special: str) -> Iterator[str]:
    """The line in pieces of safe Markdown; ``special`` are the characters to escape outside of code."""
    position = 0
    while match := _TOKEN.search(line, position):
        yield line[position : match.start()]
        position = match.end()
        if ticks := match["ticks"]:
            closing = re.compile(rf"(?<!`){ticks}(?!`)").search(line, position)
            code = line[position : closing.start()].strip() if closing else ""
            if closing and code:
                position = closing.end()
                yield (
                    inline_text(code, limit=len(code)) if "|" in code and "|" in special else _code_span(visible(code))
                )
            else:
                yield "\\`" * len(ticks)
        elif match["label"] is not None:
            yield from _inline(match["label"], special)
            shown = re.match("https?://", match["target"], re.IGNORECASE)
            yield f" ({inline_code(match['target'])})" if shown else " "
        elif url := match["url"]:
            address = url.rstrip(".,;:!?'\"*_)")
            position -= len(url) - len(address)
            yield inline_code(address)
        else:
            yield _sign(match, special)
    yield line[position:]


def _sign(match: re.Match[str], special: str) -> str:
    if reference := match["reference"]:
        return f"{reference}{_BREAK}"
    if escaped := match["escaped"]:
        return f"{escaped}{_BREAK}" if escaped in "@#" else _escaped(escaped)
    sign = match["special"]
    return _escaped(sign) if sign in special else sign


def _escaped(text: str) -> str:
    return "".join(_ENTITIES.get(character, f"\\{character}") for character in text)


_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
# A zero-width space: the forge looks for names and numbers in the rendered text, where a backslash is gone.
_BREAK = "&#8203;"


def _code_span(text: str) -> str:
    shown = _OWN_MARKER.sub("<! --", text)
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    padding = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{padding}{shown}{padding}{ticks}"


def _fenced(lines: Iterator[str], opening: re.Match[str]) -> Iterator[str]:
    """The lines up to the closing fence, without the opening one's indentation."""
    closing = re.compile(rf"\s*{re.escape(opening['fence'])}{re.escape(opening['fence'][0])}*\s*")
    for line in lines:
        if closing.fullmatch(line):
            return
        yield re.sub(rf"\A\s{{0,{len(opening['indent'])}}}", "", line)


def _without_block_start(line: str) -> str:
    return re.sub(r"\A(\d{0,9})([-+=:#>.)])", r"\1\\\2", line)


def _without_command(line: str) -> str:
    """A slash would make a command of the line, to us and to other bots that read along."""
    return re.sub(r"\A(\s*(?:(?:[-+*]|\d{1,9}[.)])\s+)*)/(?=[A-Za-z])", r"\1\\/", line)


def _without_heading(line: str) -> str:
    """A hash would make a heading and an angle bracket a quote, also within a list item."""
    return re.sub(r"\A(\s*(?:(?:[-+*]|\d{1,9}[.)])\s+)*)(#{1,6}(?:\s|$)|>)", r"\1\\\2", line)


def _without_rule(line: str) -> str:
    """A line of dashes and the like would make a heading, a rule or a table of its neighbours."""
    return re.sub(r"\A(\s*)([-=:*+_|][-=:*+_~|\\\s]*)\Z", r"\1\\\2", line)
