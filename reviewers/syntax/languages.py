"""From a path, the language whose grammar reads the file."""

from __future__ import annotations

from pathlib import PurePosixPath

LANGUAGES: dict[str, frozenset[str]] = {
    "python": frozenset({".py", ".pyw", ".pyi"}),
    "javascript": frozenset({".js", ".mjs", ".cjs", ".jsx"}),
    "typescript": frozenset({".ts", ".mts", ".cts"}),
    "tsx": frozenset({".tsx"}),
    "go": frozenset({".go"}),
    "java": frozenset({".java"}),
    "csharp": frozenset({".cs"}),
    "ruby": frozenset({".rb", ".rake"}),
    "php": frozenset({".php"}),
    "rust": frozenset({".rs"}),
    "c": frozenset({".c", ".h"}),
    "cpp": frozenset({".cc", ".cpp", ".cxx", ".hh", ".hpp", ".hxx"}),
    "kotlin": frozenset({".kt", ".kts"}),
    "swift": frozenset({".swift"}),
    "scala": frozenset({".scala"}),
    "bash": frozenset({".sh", ".bash"}),
    "lua": frozenset({".lua"}),
    "elixir": frozenset({".ex", ".exs"}),
    "solidity": frozenset({".sol"}),
}
"""Name of the grammar, and endings of its files. ``javascript`` reads JSX too."""

_BY_ENDING = {ending: language for language, endings in LANGUAGES.items() for ending in endings}


def language_of(path: str) -> str | None:
    """The grammar for a file, or None where none is known.

    >>> language_of("src/App.tsx"), language_of("README.md")
    ('tsx', None)
    """
    return _BY_ENDING.get(PurePosixPath(path).suffix.lower())
