"""The path that a tool wrote in, the changed file that it means out."""

from __future__ import annotations

import posixpath
from collections.abc import Collection
from urllib.parse import unquote, urlsplit


def changed_path(written: str, changed: Collection[str]) -> str | None:
    """Which of the changed files a tool means, or None.

    A tool may have run above the repository, so that it writes more than its path, or within a part of it, so that it
    writes less. Less is understood where only one changed file can be meant.

    >>> changed_path("file:///home/runner/work/shop/shop/src/a.py", ["src/a.py", "a.py"])
    'src/a.py'
    >>> changed_path("./a.py", ["web/a.py"])
    'web/a.py'
    >>> changed_path("a.py", ["web/a.py", "app/a.py"]) is None
    True
    """
    path = _plain(written)
    if not path:
        return None
    if path in changed:
        return path
    longer = [each for each in changed if each and path.endswith(f"/{each}")]
    if longer:
        return max(longer, key=len)
    shorter = [each for each in changed if each.endswith(f"/{path}")] if not path.startswith("/") else []
    return shorter[0] if len(shorter) == 1 else None


_DRIVE = 2
_MOST_CHARACTERS = 4_096


def _plain(written: str) -> str:
    """Without scheme, quoting and detours; empty for what is no path."""
    if len(written) > _MOST_CHARACTERS:
        return ""
    text = written.replace("\\", "/")
    if "://" in text or text.startswith("file:"):
        try:
            parts = urlsplit(text)
        except ValueError:
            return ""
        if parts.scheme.lower() != "file":
            return ""
        text = parts.path
    elif text[1:_DRIVE] == ":":
        text = text[_DRIVE:]
    # A path that is a path already may hold a percent sign of its own; no changed file would be found by it quoted.
    plain = posixpath.normpath(unquote(text)) if text else ""
    return "" if plain in {".", "/"} else plain
