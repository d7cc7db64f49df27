"""Rows of a TOML manifest go in, its tables of dependencies come out; line by line, as a diff shows only parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewers.dependencies.dependency import Dependency, Origin, Row, origin_of


def read_tables(rows: Sequence[Row], whole: bool) -> Iterator[Dependency]:
    """``name = "1.2"`` and ``name = { … }`` in the tables of Cargo and Pipenv that hold dependencies."""
    section: str | None = "" if whole else None
    for line, text in rows:
        if (name := section_in(text)) is not None:
            section = name
            continue
        entry = table_entry(text, line, optional="dev" in (section or "") or "build" in (section or ""))
        if entry is None:
            continue
        known = section is not None and section.endswith(("dependencies", "packages"))
        guessed = section is None and entry.name not in _NO_PACKAGES and (entry.release or "{" in text)
        if known or guessed:
            yield entry


def section_in(text: str) -> str | None:
    """The name of the table that a row opens, or None."""
    found = _SECTION.match(text)
    return found.group(1).replace('"', "").replace("'", "").strip() if found else None


def table_entry(text: str, line: int, *, optional: bool = False) -> Dependency | None:
    """What one row of a table of dependencies asks for, or None."""
    found = _ENTRY.match(text)
    if found is None:
        return None
    name, plain, inline = found.group("name").strip("\"'"), found.group("plain"), found.group("inline")
    if plain is not None:
        return Dependency(name=name, wanted=plain, line=line, optional=optional)
    values = dict(_VALUE.findall(inline))
    if "git" in values:
        return Dependency(
            name=name, wanted=values["git"], origin=Origin.GIT, line=line, fixed="rev" in values, optional=optional
        )
    if "path" in values:
        return Dependency(name=name, wanted=values["path"], origin=Origin.PATH, line=line, optional=optional)
    if "url" in values:
        origin, fixed = origin_of(values["url"])
        return Dependency(name=name, wanted=values["url"], origin=origin, line=line, fixed=fixed, optional=optional)
    return (
        Dependency(name=name, wanted=values["version"], line=line, optional=optional) if "version" in values else None
    )


_SECTION = re.compile(r"\s*\[{1,2}([^\[\]=,]{1,200})\]{1,2}\s*(?:#.*)?$")
_ENTRY = re.compile(r"\s*(?P<name>[\w.\"'-]{1,200})\s*=\s*(?:[\"'](?P<plain>[^\"']*)[\"']|\{(?P<inline>.{0,2000}))")
_VALUE = re.compile(r"([\w-]+)\s*=\s*[\"']([^\"']*)[\"']")
_NO_PACKAGES = frozenset({"version", "edition", "rust-version", "name", "resolver", "msrv", "python", "python_version"})
