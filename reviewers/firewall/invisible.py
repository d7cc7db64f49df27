"""Characters that nobody sees go in; what they are, and text that shows or lacks them, comes out.

Trojan Source (CVE-2021-42574) reorders code by direction marks; tag characters and runs of variation selectors carry
whole sentences that a model reads and a person does not.
"""

from __future__ import annotations

import re

from reviewers.report.visibility import encodable, readable

ESCAPE = re.compile(r"<U\+([0-9A-F]{4,6})>")
"""How an invisible character is shown to a model."""


def escaped(text: str) -> str:
    """Code with each invisible character written out as ``<U+202E>``.

    Line feeds and tabs stay. So do the joiners that a script or an emoji needs, and the mark at the start of a file.
    """
    return _INVISIBLE.sub(lambda found: _escape(found, text), encodable(text))


def unescaped(text: str) -> str:
    """What ``escaped`` made its text from."""
    return ESCAPE.sub(_character, text)


def stripped(text: str) -> str:
    """Prose without invisible characters; line ends become ``\\n``."""
    return _SELECTORS.sub("", readable(text))


def smuggled(line: str, *, code: bool) -> str:
    """What a line hides, in a few words, or the empty string.

    Left alone is what writing needs: joiners between letters of scripts that join, emoji, direction marks beside
    letters that run from right to left, a byte order mark at the start, soft hyphens.

    Args:
        line: A line of the change.
        code: Whether the file is code, in which a direction mark or a space without width has no business at all.
    """
    if line.isascii():
        return ""
    words = {
        "tag characters, which spell out a text that nobody sees": any(map(_of_tags, _TAGS.findall(line))),
        "a run of variation selectors, which can carry a text that nobody sees": _SELECTOR_RUN.search(line),
        "marks that change the direction of writing, so that the code reads otherwise than it runs": (
            _REORDERING.search(line) and (code or not _RIGHT_TO_LEFT.search(line))
        ),
        "a run of characters without width, which can carry a text that nobody sees": _ZERO_WIDTH_RUN.search(line),
        "a character without width inside a name": code and _IN_A_WORD.search(line),
    }
    return next((told for told, found in words.items() if found), "")


def _escape(found: re.Match[str], text: str) -> str:
    character, at = found[0], found.start()
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if character in "\u200c\u200d" and before > "\u02ff" and after > "\u02ff":
        return character
    if character == "\ufeff" and at == 0:
        return character
    return f"<U+{ord(character):04X}>"


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if code <= _LAST_CODE else found[0]


def _of_tags(found: str) -> str:
    """Tag characters that are no flag: a flag is black, has six of them at most, and an end."""
    tags = found.lstrip("\U0001f3f4")
    flag = found != tags and len(tags) <= _TAGS_OF_A_FLAG and tags.endswith("\U000e007f")
    return "" if flag else tags


_LAST_CODE = 0x10FFFF
_TAGS_OF_A_FLAG = 8
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
_SELECTORS = re.compile("[\ufe00-\ufe0e\U000e0000-\U000e0fff]")
_TAGS = re.compile("\U0001f3f4?[\U000e0000-\U000e007f]+")
_SELECTOR_RUN = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{3,}")
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ZERO_WIDTH_RUN = re.compile("[\u200b\u200c\u200d\u2060-\u2064\ufeff\u180e\u115f\u1160\u3164\uffa0]{4,}")
_IN_A_WORD = re.compile("[A-Za-z0-9_][\u200b-\u200d\u2060-\u2064\ufeff\u3164\uffa0\u115f\u1160][A-Za-z0-9_]")
