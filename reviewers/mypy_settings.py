"""A repository's configuration of mypy in, what of it holds for a file out; read as data, and only from the base.

Nothing in it is executed: plugins, paths and custom typesheds are not used, and none of it reaches mypy but what is
listed in ``MypySettings``. The order of the files is mypy's (https://mypy.readthedocs.io/en/stable/config_file.html).
"""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class MypySettings:
    """What a repository asks of mypy for one file.

    Attributes:
        python_version: ``3.12``, or the empty string for the newest.
        strict_optional: Whether None is a type of its own.
        disabled: Kinds of error that are switched off.
    """

    python_version: str = ""
    strict_optional: bool = True
    disabled: tuple[str, ...] = ()


def mypy_settings(files: Mapping[str, str], path: str) -> MypySettings | None:
    """What is asked for a file, or None where mypy is not set up, or not for this file.

    >>> mypy_settings({"mypy.ini": "[mypy]\\npython_version = 3.12\\n"}, "shop/a.py")
    MypySettings(python_version='3.12', strict_optional=True, disabled=())
    >>> mypy_settings({"setup.cfg": "[metadata]\\nname = shop\\n"}, "shop/a.py") is None
    True
    """
    sections = next((found for name in _FILES if (found := _sections(name, files.get(name, ""))) is not None), None)
    if sections is None:
        return None
    modules = _modules(path)
    holding = [options for patterns, options in sections if _hold(patterns, modules)]
    if _excluded(holding[0].get("exclude"), path) or any(_on(options.get("ignore_errors")) for options in holding):
        return None
    version = str(holding[0].get("python_version", ""))
    disabled = {code for options in holding for code in _words(options.get("disable_error_code")) if _CODE.match(code)}
    return MypySettings(
        python_version=version if _VERSION.match(version) else "",
        strict_optional=all(_on(options.get("strict_optional", True)) for options in holding),
        disabled=tuple(sorted(disabled)),
    )


_FILES = ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg")
_VERSION = re.compile(r"3\.1\d$")
_CODE = re.compile(r"[a-z][a-z-]*$")
_LITERAL = re.compile(r"[\w./-]{3,}")

_Section = tuple[tuple[str, ...], Mapping[str, Any]]


def _sections(name: str, text: str) -> list[_Section] | None:
    """The general section first, with no patterns, then those of modules; None where the file does not set up mypy."""
    if not text:
        return None
    try:
        return _of_toml(text) if name.endswith(".toml") else _of_ini(text)
    except (configparser.Error, tomllib.TOMLDecodeError, RecursionError):
        # Mypy would refuse it too, so that it is not set up by it.
        return None


def _of_ini(text: str) -> list[_Section] | None:
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    if not parser.has_section("mypy"):
        return None
    own = [name for name in parser.sections() if name.startswith("mypy-")]
    by_module = [(tuple(name.removeprefix("mypy-").split(",")), parser[name]) for name in own]
    return [((), parser["mypy"]), *by_module]


def _of_toml(text: str) -> list[_Section] | None:
    tool = tomllib.loads(text).get("tool")
    options = tool.get("mypy") if isinstance(tool, dict) else None
    if not isinstance(options, dict):
        return None
    overrides = options.get("overrides", [])
    by_module = [each for each in overrides if isinstance(each, dict)] if isinstance(overrides, list) else []
    return [((), options), *((tuple(_words(each.get("module"))), each) for each in by_module)]


def _modules(path: str) -> tuple[str, ...]:
    """Names that a file may have as a module: nobody says which folder the packages lie in."""
    parts = path.removesuffix(".pyi").removesuffix(".py").removesuffix("/__init__").split("/")
    return tuple(".".join(parts[start:]) for start in range(len(parts)))


def _hold(patterns: Sequence[str], modules: Sequence[str]) -> bool:
    """Whether a section is general, or about one of these; ``a.*`` is ``a`` as well."""
    return not patterns or any(
        fnmatchcase(module, pattern.strip()) or module == pattern.strip().removesuffix(".*")
        for pattern in patterns
        for module in modules
    )


def _excluded(value: Any, path: str) -> bool:
    """Whether a file is left out: any literal part of the patterns in its path is enough.

    They are regular expressions of strangers, which are not run: one can be written to take for ever.
    """
    texts = value if isinstance(value, list) else [value]
    plain = (str(text).replace("\\", "") for text in texts if text)
    return any(part.strip("/.") in path for text in plain for part in _LITERAL.findall(text) if part.strip("/."))


def _on(value: Any) -> bool:
    return str(value).strip().lower() in {"true", "1", "yes", "on"}


def _words(value: Any) -> Iterator[str]:
    texts = value if isinstance(value, list) else str(value or "").replace("\n", ",").split(",")
    yield from (word for text in texts if (word := str(text).strip()))
