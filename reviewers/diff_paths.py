"""Names as a diff's headers write them go in, quoted, dated and prefixed; paths of the repository come out."""

from __future__ import annotations

import re
from collections.abc import Iterator

# What git puts before names: the default, and diff.mnemonicPrefix (commit, index, working tree, object; --no-index).
_PREFIX_PAIRS = frozenset(
    {("a/", "b/"), ("i/", "w/"), ("c/", "i/"), ("c/", "w/"), ("o/", "w/"), ("o/", "i/"), ("1/", "2/")}
)
_ESCAPED = re.compile(rb'\\([0-7]{3}|[abtnvfr"\\])')
_ESCAPES = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b'"': 34, b"\\": 92}
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_TIME = re.compile(r" [0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}[0-9:.]*(?: ?[+-][0-9]{4}|Z)?$")

# A header can be cut in two at any of its spaces; nobody has a path with more of them than this.
_MOST_CUTS = 64


def read_name(text: str) -> tuple[str, str]:
    """A name as it stands after ``---`` or ``+++``, and what follows it, mostly a date.

    git ends a name that has a space with a tab, svn, hg and diff put a tab before what they say of the version.
    """
    quoted = _QUOTED.match(text)
    if quoted:
        return _unquote(quoted[0]), text[quoted.end() :].strip()
    name, _, rest = text.partition("\t")
    time = None if rest else _TIME.search(name)
    if time:
        return name[: time.start()].rstrip(), time[0].strip()
    return name, rest.strip()


def unquoted(text: str) -> str:
    """A name that ends with the line, as in ``rename from``."""
    return _unquote(text) if _QUOTED.fullmatch(text) else text


def without_prefixes(old: str, new: str) -> tuple[str, str]:
    """Both names of a file without ``a/`` and ``b/`` or what stands in their place.

    Equal names have no prefix (``diff.noprefix``, svn). Names that differ in their first folder only are the same
    path in two trees (``diff -ru before after``).
    """
    if old == new:
        return old, new
    pair = old[:2], new[:2]
    if pair in _PREFIX_PAIRS or pair[::-1] in _PREFIX_PAIRS:
        return old[2:], new[2:]
    old_rest, new_rest = old.partition("/")[2], new.partition("/")[2]
    if old_rest and old_rest == new_rest:
        return old_rest, new_rest
    return old, new


def without_prefix(name: str) -> str:
    """The only name there is, without ``a/`` or ``b/``."""
    return name[2:] if name.startswith(("a/", "b/")) else name


def git_pair(text: str) -> tuple[str, str] | None:
    """The two names of a ``diff --git`` line, prefixes included, or None where they cannot be told apart.

    Where no other header names the file, both are the same path (git's own rule, ``git_header_name`` in apply.c), so
    the place of the cut follows even when the path has spaces or `` b/`` in it.
    """
    quoted = _QUOTED.match(text)
    if quoted:
        return _unquote(quoted[0]), unquoted(text[quoted.end() :].removeprefix(" "))
    if text.endswith('"') and ' "' in text:
        old, _, new = text.partition(' "')
        return old, unquoted(f'"{new}')
    cuts = list(_cuts(text, " "))
    for old, new in cuts:
        if _same_path(old, new):
            return old, new
    # Two different files compared by name: `git diff HEAD:one.py HEAD:two.py`.
    prefixed = (cut for cut in cuts if cut[0].startswith("a/") and cut[1].startswith("b/"))
    return next(prefixed, None)


def binary_pair(text: str) -> tuple[str, str] | None:
    """The two names in ``Binary files X and Y differ``, of which one may be ``/dev/null``."""
    inner = text.removeprefix("Binary files ").removesuffix(" differ")
    cuts = [(unquoted(old), unquoted(new)) for old, new in _cuts(inner, " and ")]
    for old, new in cuts:
        if "/dev/null" in (old, new) or _same_path(old, new):
            return old, new
    return cuts[0] if cuts else None


def _same_path(old: str, new: str) -> bool:
    stripped_old, stripped_new = without_prefixes(old, new)
    return stripped_old == stripped_new


def _cuts(text: str, separator: str) -> Iterator[tuple[str, str]]:
    """Ways to cut a text in two: in the middle first, since prefixes are mostly of one length."""
    middle = (len(text) - len(separator)) // 2
    if middle > 0 and text.startswith(separator, middle):
        yield text[:middle], text[middle + len(separator) :]
    at = text.find(separator)
    for _ in range(_MOST_CUTS):
        if at < 0:
            return
        yield text[:at], text[at + len(separator) :]
        at = text.find(separator, at + 1)


def _unquote(text: str) -> str:
    """A C-quoted name (git-config, ``core.quotePath``); bytes that are no UTF-8 become U+FFFD."""
    raw = text[1:-1].encode("utf-8", "surrogatepass")
    return _ESCAPED.sub(_byte, raw).decode("utf-8", "replace")


def _byte(escape: re.Match[bytes]) -> bytes:
    code = escape[1]
    return bytes([_ESCAPES[code] if code in _ESCAPES else int(code, 8) & 0xFF])
