"""What a model quotes of code that it was shown with masks and escapes goes in; the code as it is comes out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reviewers.firewall.invisible import ESCAPE, unescaped
from reviewers.firewall.secrets import MASK


def veiled(text: str) -> bool:
    """Whether a text holds what stands in the place of a secret or of an invisible character."""
    return bool(MASK.search(text) or ESCAPE.search(text))


def unveiled(quote: str, lines: Iterable[str]) -> str:
    """The quote with each mask and escape replaced by what stands there in one of these lines.

    A line of the quote that fits none of them stays as it is.

    Args:
        quote: As a model wrote it, one or several lines.
        lines: The code that it may be from.

    Example:
        >>> unveiled('key = "ghp_…[masked 4]"', ['key = "ghp_a1B2"'])
        'key = "ghp_a1B2"'
    """
    if not veiled(quote):
        return quote
    texts = list(lines)
    return "\n".join(_line(line, texts) if veiled(line) else line for line in quote.split("\n"))


_SPACES = re.compile(r"(\s+)")
# A model may leave out what stands before or after; what it does quote has to be found whole.
_LEAST_CHARACTERS = 4


def _line(quoted: str, texts: Iterable[str]) -> str:
    # Beside the code there may be a line number and a marker, as the prompt shows them.
    shown = re.sub(r"\A\s*\d{1,9} [+ .-] |\A[+-] ?(?=\S)", "", quoted).strip()
    for candidate in dict.fromkeys((unescaped(quoted).strip(), unescaped(shown))):
        pattern = _pattern(candidate)
        if pattern is None:
            continue
        for text in texts:
            if found := pattern.search(text):
                return quoted.replace(shown, found[0]) if shown in quoted else found[0]
    return quoted


def _pattern(quoted: str) -> re.Pattern[str] | None:
    parts = MASK.split(quoted)
    if len("".join(parts[::2]).strip()) < _LEAST_CHARACTERS:
        return None
    written = ""
    for index, part in enumerate(parts):
        if index % 2:
            written += rf"\S{{{part}}}"
        else:
            written += "".join(r"\s+" if piece.isspace() else re.escape(piece) for piece in _SPACES.split(part))
    return re.compile(written)
