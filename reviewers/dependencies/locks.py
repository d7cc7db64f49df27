"""Manifests and lock files of one change go in; where one says something that the other does not know comes out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from reviewers.computing import Changed
from reviewers.dependencies.manifests import Asked
from reviewers.dependencies.risks import risk
from reviewers.diff import FileDiff
from reviewers.findings import Fact, Severity

LOCKS = {
    "package.json": (
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "bun.lock",
        "bun.lockb",
    ),
    "pyproject.toml": ("poetry.lock", "uv.lock", "pdm.lock"),
    "Pipfile": ("Pipfile.lock",),
    "Cargo.toml": ("Cargo.lock",),
    "composer.json": ("composer.lock",),
    "Gemfile": ("Gemfile.lock",),
    "go.mod": ("go.sum",),
}
"""For each manifest the lock files that may belong to it, in its folder or one above, as in a workspace."""


def is_lock(path: str) -> bool:
    """Whether a file is one of these locks."""
    return path.rsplit("/", 1)[-1] in _MANIFESTS


def unlocked(manifest: Changed, both: Asked, known: Iterable[str], changed: Iterable[str]) -> Iterator[Fact]:
    """A hint where a manifest asks for something else and its lock, which is known to be there, stays as it was.

    Args:
        manifest: What changed.
        both: What it asks for.
        known: Paths of files that are there.
        changed: Paths of files that change.
    """
    locks = {f"{folder}{name}" for folder in _folders(manifest.path) for name in LOCKS.get(_name(manifest.path), ())}
    lines = [
        each.line
        for name, each in both.after.items()
        if each.line in manifest.added and (name not in both.before or both.before[name].wanted != each.wanted)
    ]
    if lines and locks & set(known) and not locks & set(changed):
        said = "what the manifest asks for changes, and its lock file does not: an installation from the lock fails"
        yield risk(manifest.path, min(lines), "manifest-without-lock", said, severity=Severity.LOW, confidence=0.5)


def resolved_elsewhere(lock: FileDiff) -> Iterator[Fact]:
    """Packages that a lock file now takes from a host that no other of its lines names: a way to slip code in.

    See https://snyk.io/blog/why-npm-lockfiles-can-be-a-security-blindspot-for-injecting-malicious-modules/.
    """
    used = {host for line in lock.lines if not line.added for _, host in _addresses(line.text)}
    for line in lock.lines:
        if not line.added or line.new is None:
            continue
        for scheme, host in _addresses(line.text):
            if scheme == "http":
                said = f"the lock file takes a package from {host} without encryption"
                yield risk(lock.path, line.new, "plain-http", said, severity=Severity.HIGH, confidence=0.8)
            elif used and host not in used and host not in _REGISTRIES:
                said = f"the lock file takes a package from {host}, its others from {', '.join(sorted(used)[:3])}"
                yield risk(lock.path, line.new, "resolved-elsewhere", said, severity=Severity.HIGH, confidence=0.6)


def lock_alone(lock: FileDiff, changed: Iterable[str]) -> Iterator[Fact]:
    """A hint where a lock changes and no manifest of its kind does."""
    manifests = [name for name, locks in LOCKS.items() if _name(lock.path) in locks]
    first = next((line.new for line in lock.lines if line.added and line.new is not None), None)
    if first is not None and not any(_name(path) in manifests for path in changed):
        said = "the lock file changes and no manifest does: what is installed is decided here alone"
        yield risk(lock.path, first, "lock-without-manifest", said, severity=Severity.LOW, confidence=0.3)


_MANIFESTS = {lock: manifest for manifest, locks in LOCKS.items() for lock in locks}
_RESOLVED = re.compile(r"(?:\"?resolved\"?:?\s+|tarball:\s*|\burl\s*=\s*)\"?(https?://[^\s\"'#,}]{4,400})")
_REGISTRIES = frozenset(
    {
        "registry.npmjs.org", "registry.yarnpkg.com", "npm.pkg.github.com", "pypi.org", "files.pythonhosted.org",
        "rubygems.org", "codeload.github.com", "api.github.com", "crates.io", "index.crates.io", "static.crates.io",
    }
)  # fmt: skip


def _addresses(text: str) -> Iterator[tuple[str, str]]:
    for found in _RESOLVED.finditer(text[:2_000]):
        try:
            parts = urlsplit(found.group(1))
            host = parts.hostname or ""
        except ValueError:  # brackets that are no IPv6 address
            host, parts = "", urlsplit("")
        if host and host not in {"localhost", "127.0.0.1"}:
            yield parts.scheme, host


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _folders(path: str) -> Iterator[str]:
    """The folder of a file and all above it, each with its slash."""
    parts = path.split("/")[:-1]
    return ("".join(f"{part}/" for part in parts[:count]) for count in range(len(parts), -1, -1))
