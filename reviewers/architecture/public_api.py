"""A text goes in; what others may name of it comes out: exported functions, types and methods."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from reviewers.syntax.grammars import SymbolKind
from reviewers.syntax.symbols import Symbol

LANGUAGES_WITH_EXPORTS = frozenset({"python", "javascript", "typescript", "tsx"})
"""Languages of which it is told what a text exports."""


def exported(text: str, language: str, found: Sequence[Symbol]) -> Mapping[str, tuple[Symbol, ...]]:
    """The definitions that others may name, by qualified name; more than one where a name is defined again.

    Args:
        text: Source code.
        language: One of ``LANGUAGES_WITH_EXPORTS``.
        found: Its definitions.
    """
    lines = text.split("\n")
    listed = _listed(text, language)
    public: dict[str, tuple[Symbol, ...]] = {}
    for symbol in found:
        if symbol.local or symbol.kind is SymbolKind.MODULE:
            continue
        open_to_all = (
            _open_python(symbol, listed) if language == "python" else _open_script(symbol, listed, lines, public)
        )
        if open_to_all:
            public[symbol.qualified] = (*public.get(symbol.qualified, ()), symbol)
    return public


def is_public_path(path: str) -> bool:
    """Whether a module is one that others import: no script, no migration, no underscore in its way."""
    *folders, name = path.split("/")
    stem = name.partition(".")[0]
    hidden = any(part.startswith(("_", ".")) for part in folders) or (stem.startswith("_") and stem != "__init__")
    return not hidden and stem not in _SCRIPTS and _NO_LIBRARY.isdisjoint(folders) and ".d." not in name


_SCRIPTS = frozenset({"setup", "conftest", "manage", "noxfile", "tasks", "fabfile", "conf", "gulpfile", "gruntfile"})
_NO_LIBRARY = frozenset({"migrations", "scripts", "examples", "example", "docs", "benchmarks", "bench", "demo", "bin"})
_ALL = re.compile(r"^__all__\s*(?::[^=\n]{1,80})?\+?=\s*[\[(]([^\[(\])]{0,20000})[\])]", re.MULTILINE)
_QUOTED = re.compile(r"[\"']([\w$]+)[\"']")
_EXPORT_LIST = re.compile(
    r"(?:^export\s*(?:type\s*)?\{([^{}]{0,20000})\}(?!\s*from))|(?:^module\.exports\s*=\s*\{([^{}]{0,20000})\})",
    re.MULTILINE,
)
_EXPORT_ONE = re.compile(
    r"^(?:module\.exports(?:\.[\w$]+)?|exports\.[\w$]+|export default) ?=? ?([\w$]+);?$", re.MULTILINE
)
_WORD = re.compile(r"[\w$]+")
_CLOSED_MEMBER = re.compile(r"\s*(?:private|protected)\s|\s*(?:static\s+|async\s+|get\s+|set\s+)*#")


def _listed(text: str, language: str) -> frozenset[str] | None:
    """Names in the text's own list of what it exports; None where there is none."""
    if language == "python":
        lists = _ALL.findall(text)
        return frozenset(name for each in lists for name in _QUOTED.findall(each)) if lists else None
    lists = [one or other for one, other in _EXPORT_LIST.findall(text)]
    return frozenset(word for each in lists for word in _WORD.findall(each)) | frozenset(_EXPORT_ONE.findall(text))


def _open_python(symbol: Symbol, listed: frozenset[str] | None) -> bool:
    parts = symbol.qualified.split(".")
    if any(part.startswith("_") for part in parts[:-1]):
        return False
    if parts[-1].startswith("_") and not (symbol.container and parts[-1] in {"__init__", "__call__"}):
        return False
    return listed is None or parts[0] in listed


def _open_script(
    symbol: Symbol, listed: frozenset[str] | None, lines: Sequence[str], public: Mapping[str, object]
) -> bool:
    if symbol.container:
        return symbol.container in public and not _CLOSED_MEMBER.match(symbol.signature)
    return lines[symbol.start_line - 1].startswith("export ") or symbol.name in (listed or ())
