"""A text that we write in, the same text with a seal out: proof, where the server does not say who wrote what.

A seal is a keyed digest of the text and its place. Only who holds the token can make one, and what somebody else copies
onto the same pull request says nothing that we have not said there ourselves.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable

from app.github.addresses import PullRequestId

Digest = Callable[[str], str]

_SEAL = re.compile(r"(?:\A|\n)<!-- quartet:seal id=(?P<digest>[0-9a-f]*) -->(?=\n<!-- [^\n]*\Z|\s*\Z)")


def sealed(text: str, pull: PullRequestId, digest: Digest) -> str:
    """The text with a seal as its last line, or the last but one where a hidden line ends it."""
    text = unsealed(text)
    seal = f"\n<!-- quartet:seal id={digest(_signed(text, pull))} -->"
    body, _, last = text.rpartition("\n")
    return f"{body}{seal}\n{last}".lstrip() if last.startswith("<!-- ") else f"{text}{seal}"


def unsealed(text: str) -> str:
    """The text as it was before it got a seal, with line ends and margins as they were meant.

    GitHub gives back line ends as a browser sends them.
    """
    return _SEAL.sub("", text.replace("\r\n", "\n").strip()).strip()


def is_sealed(text: str, pull: PullRequestId, digest: Digest) -> bool:
    """Whether the text has our seal for this pull request."""
    found = _SEAL.search(text.replace("\r\n", "\n").strip())
    return found is not None and hmac.compare_digest(found["digest"], digest(_signed(unsealed(text), pull)))


def _signed(text: str, pull: PullRequestId) -> str:
    return f"{pull.path.lower()}\n{text}"
