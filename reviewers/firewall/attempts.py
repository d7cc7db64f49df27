"""Text from a change goes in; whether it tries to instruct whoever reviews it comes out.

What counts is who is spoken to: a library of prompts is full of orders to models, but not to the reviewer of the change
that adds it. So an attempt needs two kinds of phrases close together (``phrases``), and more where such text is the
subject of the file.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reviewers.firewall.invisible import stripped
from reviewers.firewall.phrases import ADDRESSES, DEMANDS, LEAKS, OVERRIDES, TRIGGERS

WINDOW_LINES = 4
"""Lines that are read together: an order is rarely longer, and what is further apart is not one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """An order to a reviewer.

    Attributes:
        start: Place of its first line among those that were read, from 0.
        end: Place of its last line.
        how: In what it was wrapped, in a few words, or the empty string.
    """

    start: int
    end: int
    how: str = ""


def is_attempt(text: str, *, subject: bool = False) -> bool:
    """Whether a short text is an order to a reviewer.

    Args:
        text: As it stands in a change.
        subject: Whether such orders are what the file is about, as that of a guard against them or of its tests: then
            only one about this review counts.
    """
    return any(_orders(variant, subject=subject) for variant in _variants(text))


def attempts(lines: Iterable[str], *, subject: bool = False) -> Iterator[Attempt]:
    """Orders to a reviewer in lines that follow one another, each told once.

    Args:
        lines: A run of lines.
        subject: As for ``is_attempt``.
    """
    texts = [line[:_LINE_CHARACTERS] for line in lines]
    worth = [_worth_a_look(text) for text in texts]
    near = _near_an_order(texts, worth, subject=subject)
    after = 0
    for start, text in enumerate(texts):
        if start < after:
            continue
        size = _size(texts[start : start + WINDOW_LINES], subject=subject) if start in near else 0
        how = _wrapped(text, subject=subject) if worth[start] and not size else ""
        if size or how:
            after = start + max(size, 1)
            yield Attempt(start=start, end=after - 1, how=how)


def flattened(text: str) -> str:
    """Text as the phrases want it: lower case, single spaces, no accents, no marks of comments or emphasis."""
    # Accents go from Latin letters only: elsewhere they are parts of letters.
    plain = unicodedata.normalize("NFKD", stripped(text)).casefold()
    plain = unicodedata.normalize("NFC", _ACCENTED.sub(r"\1", plain))
    return re.sub(r"[\s_\\]+", " ", re.sub(r"[*~]+|(?<!\w)_+|_+(?!\w)", "", _COMMENT_MARKS.sub(" ", plain))).strip()


_LINE_CHARACTERS = 4_000
_LEAST_CHARACTERS = 12
_PRINTABLE_SHARE = 0.9
_COMMENT_MARKS = re.compile(r"^[ \t]*(?:#+|//+|/?\*+/?|--+|;+|%+|>+|<!--)[ \t]*|[ \t]*(?:\*/|-->)[ \t]*$", re.MULTILINE)
_ACCENTED = re.compile("([a-z])[\u0300-\u036f]+")
# Cyrillic and Greek letters that look like Latin ones, in text that holds Latin ones too.
_CONFUSED = str.maketrans("аеорсухіјѕԁһοανικρτυ", "aeopcyxijsdhoavikptu")
_LEET = str.maketrans("013457@$!", "oieastasi")
_SPELT = re.compile(r"\b(?:\w[ ._\-|]){4,}\w\b")
_WORDS_APART = re.compile(r"(?<=\w)[._\-/+](?=\w)")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){16,}|(?:\\x[0-9a-fA-F]{2}){8,}")
_DISGUISED = re.compile(
    r"[A-Za-z0-9+/_-]{24}|(?:\\x[0-9a-fA-F]{2}){8}|(?:%[0-9a-fA-F]{2}){4}|(?:\w[ ._\-|]){5}|[a-z][01345@$!7][a-z]",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"(?:[\w.~-]{0,40}%[0-9a-fA-F]{2}){4,}[\w.~-]*")


def _worth_a_look(line: str) -> bool:
    """A cheap look, as nearly all lines of a change are code."""
    if not line.isascii():
        return True
    return bool(TRIGGERS.search(line.lower()) or _DISGUISED.search(line))


def _variants(text: str) -> Iterator[str]:
    """The text as it is, and seen through the commonest disguises where it looks disguised."""
    plain = flattened(text)
    yield plain
    if any("\u0370" <= character <= "\u04ff" for character in plain) and re.search("[a-z]", plain):
        yield plain.translate(_CONFUSED)
    if _SPELT.search(plain):
        # Words that are spelt out have more room between them than their letters.
        apart = re.sub(r"\s{2,}|\s*[/|]\s*", "\0", stripped(text).casefold())
        yield re.sub(r"[^\w\0]", "", apart).replace("\0", " ")
    if re.search(r"[a-z][01345@$!7][a-z0-9]", plain):
        yield plain.translate(_LEET)
    if _WORDS_APART.search(plain):
        yield _WORDS_APART.sub(" ", plain)


def _orders(plain: str, *, subject: bool) -> bool:
    if len(plain) < _LEAST_CHARACTERS and plain.isascii():
        return False
    if not TRIGGERS.search(plain):
        return False
    addressed, freed = ADDRESSES.search(plain), OVERRIDES.search(plain)
    if not (addressed or freed):
        return False
    if subject:
        return bool(addressed and freed and DEMANDS.search(plain))
    return bool((addressed and freed) or DEMANDS.search(plain) or LEAKS.search(plain))


def _near_an_order(texts: list[str], worth: list[bool], *, subject: bool) -> set[int]:
    """Places from which on an order may stand: each window lies within one of these blocks, which overlap."""
    near: set[int] = set()
    for start in range(0, len(texts), WINDOW_LINES):
        block = range(start, min(start + 2 * WINDOW_LINES, len(texts)))
        if any(worth[index] for index in block) and is_attempt(
            "\n".join(texts[index] for index in block), subject=subject
        ):
            near.update(block)
    return near


def _size(window: list[str], *, subject: bool) -> int:
    """Of how many lines the order is that begins with the first of these; 0 where none does."""
    for size in range(1, len(window) + 1):
        if is_attempt("\n".join(window[:size]), subject=subject):
            return size if size == 1 or not is_attempt("\n".join(window[1:size]), subject=subject) else 0
    return 0


def _wrapped(line: str, *, subject: bool) -> str:
    """In what an order on this line is encoded, or the empty string."""
    for how, text in _decoded(line):
        if is_attempt(text, subject=subject):
            return how
    return ""


def _decoded(line: str) -> Iterator[tuple[str, str]]:
    for found in _BASE64.findall(line):
        padded = found.rstrip("=").replace("-", "+").replace("_", "/")
        yield from _as_text("base64", _bytes_of_base64(padded + "=" * (-len(padded) % 4)))
    for found in _HEX.findall(line):
        yield from _as_text("hexadecimal", bytes.fromhex(found.replace("\\x", "")))
    for found in _PERCENT.findall(line):
        yield "percent signs", re.sub("%([0-9a-fA-F]{2})", lambda code: chr(int(code[1], 16)), found)


def _bytes_of_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _as_text(how: str, data: bytes) -> Iterator[tuple[str, str]]:
    text = data.decode("utf-8", "replace")
    printable = sum((character.isprintable() and character != "\ufffd") or character in "\n\t" for character in text)
    if text and printable >= _PRINTABLE_SHARE * len(text):
        yield how, text
