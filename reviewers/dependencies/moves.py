"""What a manifest asks for before and after goes in; what a reviewer should know of the difference comes out.

These are hints, not faults: an ordinary addition or upgrade is no finding, but whoever judges the code wants to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewers.computing import Changed
from reviewers.dependencies.dependency import Dependency, Origin
from reviewers.dependencies.manifests import Asked
from reviewers.dependencies.risks import SOURCE, risk
from reviewers.findings import Fact, Severity

_NAMED = 8
"""Packages that one hint names."""


def moves_of(manifest: Changed, both: Asked, told: frozenset[int]) -> Iterator[Fact]:
    """At most three hints: what is new, what moved in a way that may break its users, and what is gone.

    Args:
        manifest: What changed.
        both: What it asks for.
        told: Lines of which something worse is told already.
    """
    added = [
        each
        for name, each in both.after.items()
        if name not in both.before and each.line in manifest.added - told and each.origin is not Origin.PATH
    ]
    gone = [each for name, each in both.before.items() if name not in both.after and _removed(each, manifest)]
    moved = [
        (both.before[name], each)
        for name, each in both.after.items()
        if name in both.before and each.line in manifest.added and not each.optional
    ]
    if added:
        said = f"depends on new packages: {_names(f'{each.name} {each.wanted}'.strip() for each in added)}"
        yield risk(
            manifest.path, min(each.line for each in added), "added", said, severity=Severity.LOW, confidence=0.3
        )
    breaking = [_move(old, new) for old, new in moved if _may_break(old, new)]
    if breaking:
        first = min(new.line for old, new in moved if _may_break(old, new))
        yield _hint(manifest.path, first, "moved", f"versions that may break their users: {_names(breaking)}")
    if gone and manifest.shown:
        beside = _beside(manifest, gone[0].line)
        yield _hint(manifest.path, beside, "removed", f"no longer depends on {_names(each.name for each in gone)}")


def _removed(each: Dependency, manifest: Changed) -> bool:
    return any(line.removed and line.old == each.line for line in manifest.file.lines)


def _may_break(old: Dependency, new: Dependency) -> bool:
    if not old.release or not new.release:
        return False
    return new.release < old.release[: len(new.release)] or _compatible(old) != _compatible(new)


def _compatible(each: Dependency) -> tuple[int, ...]:
    """Numbers up to the first that is not 0: a change in them may break (https://semver.org/#spec-item-4)."""
    for place, number in enumerate(each.release):
        if number:
            return each.release[: place + 1]
    return each.release


def _move(old: Dependency, new: Dependency) -> str:
    way = "down " if new.release < old.release[: len(new.release)] else ""
    return f"{new.name} {way}from {old.wanted} to {new.wanted}"


def _beside(manifest: Changed, old: int) -> int:
    """A line of the new file that the diff shows at, or else nearest to, where a removed one was."""
    last = 0
    for line in manifest.file.lines:
        if line.new is not None:
            last = line.new
        if line.old == old and last:
            return last
    return last or min(manifest.shown)


def _names(each: Iterable[str]) -> str:
    names = list(each)
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _hint(path: str, line: int, code: str, message: str) -> Fact:
    return Fact(
        source=SOURCE,
        code=code,
        path=path,
        start_line=line,
        end_line=line,
        message=message,
        reviewer="architecture",
        rule="breaking-change",
        severity=Severity.LOW,
        confidence=0.3,
    )
