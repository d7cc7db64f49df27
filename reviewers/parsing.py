"""A file's text before and after a change of a few lines goes in; whether the change broke its grammar comes out."""

from __future__ import annotations

import ast
import json
import tomllib
import warnings
from collections.abc import Callable
from functools import lru_cache

import yaml

from reviewers.evidence_source import suffix
from reviewers.syntax.languages import language_of
from reviewers.syntax.tree import MAX_CHARACTERS, faults, parse


def broken(path: str, before: str, after: str) -> bool:
    """Whether the file parses worse than before.

    Where it did not parse before, or where nobody knows its grammar, nothing is told against the change but more
    faults in its syntax tree.

    Args:
        path: The file; its ending tells the language.
        before: The whole text.
        after: The whole text with the change.
    """
    if len(after) > MAX_CHARACTERS:
        return False
    reads = _PARSERS.get(suffix(path))
    if reads and _reads_before(path, before):
        return not _is_read(reads, after)
    if language_of(path) is None:
        return False
    counted = _faults(path, after)
    return counted is not None and counted > (_faults_before(path, before) or 0)


def _python(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ast.parse(text)


def _yaml(text: str) -> None:
    # Events only: tags of other programs mean nothing here, and an alias is not followed.
    for _ in yaml.parse(text, Loader=yaml.SafeLoader):
        pass


_PARSERS: dict[str, Callable[[str], object]] = {
    ".py": _python,
    ".pyi": _python,
    ".json": json.loads,
    ".toml": tomllib.loads,
    ".yaml": _yaml,
    ".yml": _yaml,
}


def _is_read(reads: Callable[[str], object], text: str) -> bool:
    try:
        reads(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError, yaml.YAMLError):
        return False
    return True


@lru_cache(maxsize=8)
def _reads_before(path: str, text: str) -> bool:
    # Kept, as a file with many suggestions is the same before each of them.
    return _is_read(_PARSERS[suffix(path)], text)


@lru_cache(maxsize=8)
def _faults_before(path: str, text: str) -> int | None:
    return _faults(path, text)


def _faults(path: str, text: str) -> int | None:
    language = language_of(path)
    root = parse(text, language) if language else None
    return None if root is None else faults(root)
