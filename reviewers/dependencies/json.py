"""Rows of ``package.json`` and ``composer.json`` go in, what they ask for and run at installation comes out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviewers.dependencies.dependency import Dependency, Origin, Row, origin_of


def read_json(rows: Sequence[Row], whole: bool) -> Iterator[Dependency]:
    """``"name": "version"`` in the sections that hold dependencies.

    In a part of a file, a row before the first brace may be in any section: it counts where it looks like a version.
    """
    sections: list[str] = []
    sure = whole
    for line, text in rows:
        opened, entry = _OPENED.match(text), _ENTRY.match(text)
        if entry and not opened:
            name, wanted = entry.group(1), entry.group(2)
            section = sections[-1] if sections else ""
            if section in _SECTIONS or (not sure and not sections and _like_a_dependency(name, wanted)):
                origin, fixed = origin_of(wanted)
                if wanted.startswith(("npm:", "workspace:", "catalog:")) or name.startswith("ext-") or name == "php":
                    continue
                if origin is Origin.REGISTRY and _SHORTHAND.fullmatch(wanted):
                    origin, fixed = Origin.GIT, bool(_COMMIT.search(wanted))
                yield Dependency(
                    name=name, wanted=wanted, origin=origin, line=line, fixed=fixed, optional=section in _OPTIONAL
                )
        if opened and text.rstrip().endswith("{"):
            sections.append(opened.group(1) or "")
        elif text.strip().startswith("}"):
            sure = sure or not sections
            sections = sections[:-1]


def hooks(rows: Sequence[Row]) -> Iterator[tuple[int, str, str]]:
    """Line, name and command of each script that a package manager runs of its own accord at installation."""
    for line, text in rows:
        if found := _HOOK.match(text):
            yield line, found.group(1), found.group(2)


_ENTRY = re.compile(r'\s*"([^"]{1,214})"\s*:\s*"([^"]{0,500})"')
_OPENED = re.compile(r'\s*(?:"([^"]{1,214})"\s*:\s*)?\{')
_HOOK = re.compile(
    r'\s*"(preinstall|install|postinstall|post-install-cmd|post-update-cmd)"\s*:\s*"((?:[^"\\]|\\.){0,2000})"'
)
_SECTIONS = frozenset(
    {"dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "require", "require-dev"}
)
_OPTIONAL = frozenset({"devDependencies", "peerDependencies", "optionalDependencies", "require-dev"})
_NO_PACKAGES = frozenset({"version", "node", "npm", "yarn", "pnpm", "packageManager", "php", "vscode", "target", "lib"})
_LIKE_A_VERSION = re.compile(r"(?:[~^]|[<>]=?\s*)?v?\d+(?:\.[\dx*]+){1,2}(?:-[\w.]+)?(?:\s*(?:\|\||-|<|>).*)?")
_SHORTHAND = re.compile(r"[\w.-]+/[\w.-]+(?:#[\w./-]+)?")
_COMMIT = re.compile(r"#[0-9a-f]{40}$")


def _like_a_dependency(name: str, wanted: str) -> bool:
    return name not in _NO_PACKAGES and bool(
        _LIKE_A_VERSION.fullmatch(wanted) or wanted.startswith(("git+", "github:"))
    )
