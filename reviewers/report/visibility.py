"""Text from elsewhere goes in; the same text without characters that nobody can see, or with them shown, comes out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

SHOWN_OF_A_RUN = 3


def visible(text: str) -> str:
    """The text with every control, direction and zero-width character written out, for code and for terminals.

    Line feeds and tabs stay; ``\\r`` at the end of a line goes. A control character becomes its picture (``␛``),
    anything else its code point (``⟨U+202E⟩``), so that what a reader sees is what a compiler reads (Trojan Source,
    CVE-2021-42574), and no escape sequence reaches a terminal. Lone surrogates become U+FFFD.
    """
    return _HIDDEN.sub(_shown, encodable(text).replace("\r\n", "\n"))


def readable(text: str) -> str:
    """The text without those characters, for prose: line ends become ``\\n``, other separators a space."""
    unified = _SEPARATORS.sub(" ", _LINE_ENDS.sub("\n", encodable(text)))
    return _HIDDEN.sub("", unified)


def has_hidden(text: str) -> bool:
    """Whether the text holds a character that ``visible`` would have to write out."""
    return bool(_HIDDEN.search(text.replace("\r\n", "\n"))) or encodable(text) != text


def encodable(text: str) -> str:
    """The text with lone surrogates replaced, so that it can be written as UTF-8."""
    return _SURROGATES.sub("\ufffd", text)


def json_text(document: Mapping[str, Any]) -> str:
    """A JSON document, indented, with a line feed at the end: readable in every script, safe to print.

    Hidden characters are written as ``\\uXXXX``, the same characters to whoever reads JSON; lone surrogates
    become U+FFFD.
    """
    text = encodable(json.dumps(document, indent=2, ensure_ascii=False))
    return _HIDDEN.sub(lambda match: json.dumps(match.group())[1:-1], text) + "\n"


def cut(text: str, limit: int) -> str:
    """The text, or its first characters and an ellipsis where it is longer than ``limit`` characters."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


_SURROGATES = re.compile("[\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029|\x85")
_SEPARATORS = re.compile("[\x0b\x0c\x1c-\x1f]")
# C0 and C1 controls, soft hyphen, grapheme joiner, Arabic letter mark, Hangul fillers, Mongolian and Braille blanks,
# zero-width and direction marks, separators, invisible operators, variation selectors but the emoji one, byte order
# mark, annotations, tags and the supplement of selectors, both of which can carry a whole hidden text.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]+"
)


def _shown(match: re.Match[str]) -> str:
    hidden = match.group()
    pictures = "".join(_picture(character) for character in hidden[:SHOWN_OF_A_RUN])
    more = len(hidden) - SHOWN_OF_A_RUN
    return pictures if more <= 0 else f"{pictures}⟨{more} more hidden⟩"


def _picture(character: str) -> str:
    code = ord(character)
    if code < ord(" "):
        return chr(0x2400 + code)
    return "␡" if character == "\x7f" else f"⟨U+{code:04X}⟩"
