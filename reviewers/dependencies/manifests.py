"""From a path, how a manifest is read; from a changed manifest, what it asked for and what it asks for now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reviewers.computing import Changed
from reviewers.dependencies.dependency import Dependency, Reader, Row
from reviewers.dependencies.json import read_json
from reviewers.dependencies.lines import read_gemfile, read_go, read_gradle, read_pom
from reviewers.dependencies.python import read_pyproject, read_requirements
from reviewers.dependencies.toml import read_tables
from reviewers.diff import FileStatus
from reviewers.evidence_source import in_test_data, in_tests


@dataclass(frozen=True, slots=True)
class Asked:
    """What a manifest asks for, before and after a change, by name.

    Attributes:
        before: Before it; of a file known in part, only what its hunks show.
        after: After it.
    """

    before: Mapping[str, Dependency]
    after: Mapping[str, Dependency]


def reader_of(path: str) -> Reader | None:
    """How a file is read, or None where it is no manifest, or one that tests read."""
    name = path.rsplit("/", 1)[-1]
    if in_tests(path) or in_test_data(path) or "{{" in path:
        return None
    if name in _READERS:
        return _READERS[name]
    return read_requirements if _REQUIREMENTS.fullmatch(name) else None


def ecosystem_of(path: str) -> str:
    """The registry that a manifest draws on: ``pypi``, ``npm``, ``crates``, ``rubygems`` and so on."""
    return _ECOSYSTEMS.get(path.rsplit("/", 1)[-1], "pypi")


def asked(manifest: Changed, reader: Reader) -> Asked:
    """What the manifest asks for on both sides."""
    whole = manifest.after is not None and (manifest.before is not None or manifest.file.status is FileStatus.ADDED)
    if whole:
        before, after = _rows(manifest.before or ""), _rows(manifest.after or "")
        return Asked(_by_name(reader(before, True)), _by_name(reader(after, True)))
    parts = tuple(_sides(manifest))
    return Asked(
        _by_name(each for old, _ in parts for each in reader(old, False)),
        _by_name(each for _, new in parts for each in reader(new, False)),
    )


def new_rows(manifest: Changed) -> tuple[Row, ...]:
    """Its added lines, with single spaces."""
    return tuple((line.new, spaced(line.text)) for line in manifest.file.lines if line.added and line.new is not None)


def spaced(text: str) -> str:
    """A line with single spaces, cut where no person would read on: a long run of spaces costs patterns its square."""
    return " ".join(text[:_LONGEST].split())


def normal(name: str) -> str:
    """A name as registries compare it (https://peps.python.org/pep-0503/#normalized-names)."""
    return re.sub(r"[-_.]+", "-", name).lower()


_READERS: dict[str, Reader] = {
    "pyproject.toml": read_pyproject,
    "Pipfile": read_tables,
    "Cargo.toml": read_tables,
    "package.json": read_json,
    "composer.json": read_json,
    "go.mod": read_go,
    "Gemfile": read_gemfile,
    "pom.xml": read_pom,
    "build.gradle": read_gradle,
    "build.gradle.kts": read_gradle,
}
_ECOSYSTEMS = {
    "Cargo.toml": "crates",
    "package.json": "npm",
    "composer.json": "packagist",
    "go.mod": "go",
    "Gemfile": "rubygems",
    "pom.xml": "maven",
    "build.gradle": "maven",
    "build.gradle.kts": "maven",
}
_LONGEST = 2_000
_REQUIREMENTS = re.compile(r"(?:[\w.-]*[-_.])?(?:requirements|constraints)(?:[-_.][\w.-]+)?\.(?:txt|in|pip)")


def _rows(text: str) -> tuple[Row, ...]:
    return tuple((number, spaced(line)) for number, line in enumerate(text.split("\n"), start=1))


def _sides(manifest: Changed) -> Iterator[tuple[tuple[Row, ...], tuple[Row, ...]]]:
    for hunk in manifest.file.hunks:
        yield (
            tuple((line.old, spaced(line.text)) for line in hunk.lines if line.old is not None),
            tuple((line.new, spaced(line.text)) for line in hunk.lines if line.new is not None),
        )


def _by_name(found: Iterable[Dependency]) -> dict[str, Dependency]:
    names: dict[str, Dependency] = {}
    for each in found:
        names.setdefault(normal(each.name), each)
    return names
