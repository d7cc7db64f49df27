"""Requirements files and ``pyproject.toml``: rows go in, what they ask for comes out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewers.dependencies.dependency import Dependency, Origin, Row, origin_of
from reviewers.dependencies.toml import section_in, table_entry


def read_requirements(rows: Sequence[Row], whole: bool) -> Iterator[Dependency]:  # noqa: ARG001 - readers are called alike
    """Each requirement of a pip file (https://pip.pypa.io/en/stable/reference/requirements-file-format/)."""
    for line, text in rows:
        words = _COMMENT.sub("", text).strip().removesuffix("\\").strip()
        editable = _EDITABLE.match(words)
        if editable:
            words = words[editable.end() :]
        elif words.startswith("-"):
            continue
        if found := requirement(words, line):
            yield found


def read_pyproject(rows: Sequence[Row], whole: bool) -> Iterator[Dependency]:
    """What PEP 621, PEP 735, the build system and Poetry's tables ask for."""
    section: str | None = "" if whole else None
    key = ""
    for line, text in rows:
        if (name := section_in(text)) is not None and not key:
            section, key = name, ""
            continue
        opened = _ARRAY.match(text)
        if opened and not key:
            key = opened.group(1).strip("\"'")
        if section is None and not opened and not key:
            yield from _strings(text, line, versioned=True)
        elif key and _asks(section, key):
            yield from _strings(text[opened.end() :] if opened else text, line, optional=section != "project")
        elif section and section.startswith("tool.poetry") and section.endswith("dependencies") and not key:
            entry = table_entry(text, line)
            if entry and entry.name != "python":
                yield entry
        if key and "]" in _STRING.sub("", text[opened.end() :] if opened else text):
            key = ""


def requirement(text: str, line: int, *, optional: bool = False) -> Dependency | None:
    """One requirement by PEP 508 (https://peps.python.org/pep-0508/), or None where it is none."""
    origin, fixed = origin_of(text)
    if origin is not Origin.REGISTRY:
        named = _EGG.search(text)
        name = named.group(1) if named else text.rstrip("/").rsplit("/", 1)[-1]
        return Dependency(name=name, wanted=text, origin=origin, line=line, fixed=fixed, optional=optional)
    found = _REQUIREMENT.match(text)
    if found is None:
        return None
    name, address, versions = found.group("name", "address", "versions")
    if address:
        origin, fixed = origin_of(address)
        return Dependency(name=name, wanted=address, origin=origin, line=line, fixed=fixed, optional=optional)
    return Dependency(name=name, wanted=(versions or "").strip(), line=line, optional=optional)


_COMMENT = re.compile(r"(?:^|\s)#.*$")
_EDITABLE = re.compile(r"(?:-e|--editable)[\s=]+")
_EGG = re.compile(r"[#&]egg=([\w.-]+)")
_REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[\w.-]{0,100}[A-Za-z0-9])?)\s*(?:\[[^\]]{0,200}\])?\s*"
    r"(?:@\s*(?P<address>\S+)|\(?(?P<versions>(?:[<>=!~]=?=?[^;#)]+)?)\)?)\s*(?:;.*|--hash.*)?$"
)
_ARRAY = re.compile(r"\s*([\w\"'.-]+)\s*=\s*\[")
_STRING = re.compile(r"\"([^\"]*)\"|'([^']*)'")


def _asks(section: str | None, key: str) -> bool:
    match section:
        case "project":
            return key == "dependencies"
        case "build-system":
            return key == "requires"
        case "project.optional-dependencies" | "dependency-groups" | "tool.pdm.dev-dependencies":
            return True
        case "tool.uv":
            return key == "dev-dependencies"
        case None:
            return key in {"dependencies", "requires"}
        case _:
            return False


def _strings(text: str, line: int, *, optional: bool = False, versioned: bool = False) -> Iterator[Dependency]:
    bare = text.split(" #", 1)[0]
    for found in _STRING.finditer(bare):
        asked = requirement((found.group(1) or found.group(2) or "").strip(), line, optional=optional)
        if asked and (not versioned or asked.release or asked.origin is not Origin.REGISTRY):
            yield asked
