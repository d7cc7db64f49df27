"""A repository's history goes in; the changes that brought in what was fixed later come out (SZZ).

The lines that a fix removes or changes are looked up in ``git blame`` at the fix's parent: the commits that wrote them
brought in the fault (Śliwerski, Zimmermann, Zeller: When Do Changes Induce Fixes?, 2005). White space, moved and copied
lines, comments, merges and very large commits are left out, which is where the plain method is wrong most (Kim et al.,
2006; da Costa et al., 2017). A fix that only adds lines blames nothing and is left out, too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from app.bench.fixes import FORMAT, Commit, fixes, read_log
from reviewers.diff_parser import decode_diff, parse_diff
from reviewers.errors import DiffError
from reviewers.syntax.languages import language_of

if TYPE_CHECKING:
    from app.git import GitRepository
    from reviewers.diff import Diff

MAX_FIX_LINES = 120
"""Changed lines of code above which a fix is a rework, whose removed lines were no faults."""

MAX_CHANGE_LINES = 600
"""Changed lines of code above which a commit is an import or a mass edit that nobody reviews."""

_HEADER = re.compile(r"([0-9a-f]{40,64}) (\d+) \d+(?: \d+)?$")
_COMMENT = re.compile(r"\s*(?:#(?!include|define|if|endif)|//|/\*|\*|--|<!--|\"\"\"|''')")
_TESTS = re.compile(
    r"(?:^|/)(?:tests?|specs?|__tests__|testing|fixtures?)/|(?:^|[/_.-])(?:test|tests|spec)[_.-]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, order=True)
class Blamed:
    """A line that a fix took away, where it was first written."""

    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Lines of one change that one fix took away.

    Attributes:
        fix: The commit that fixed it.
        lines: The lines, as the change wrote them.
    """

    fix: Commit
    lines: tuple[Blamed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """A change that brought in faults.

    Attributes:
        commit: The commit.
        diff: What it changed.
        raw: The same as git printed it.
        faults: What was fixed of it later.
    """

    commit: Commit
    diff: Diff
    raw: bytes
    faults: tuple[Fault, ...]


def mine(repository: GitRepository, *, limit: int, since: str = "") -> tuple[Introduction, ...]:
    """The changes that brought in what the newest fixes fixed.

    Args:
        repository: Where to look.
        limit: How many changes at most.
        since: Only fixes after that, as ``git log --since`` takes it; the empty string for all.

    Raises:
        Misconfigured: Git failed.
    """
    dated = [f"--since={since}"] if since else []
    log = repository.ask("log", "--no-merges", "--encoding=UTF-8", f"--format={FORMAT}", *dated)
    found: dict[str, list[Fault]] = defaultdict(list)
    seen: dict[str, Introduction | None] = {}
    for fix in fixes(read_log(log.decode("utf-8", "replace"))):
        for commit, lines in _guilty(repository, fix):
            if commit not in seen:
                seen[commit] = _change(repository, commit)
            change = seen[commit]
            kept = tuple(line for line in lines if change is not None and _added(change.diff, line))
            if kept and (commit in found or len(found) < limit):
                found[commit].append(Fault(fix=fix, lines=kept))
                break
        if len(found) >= limit:
            break
    return tuple(
        Introduction(commit=change.commit, diff=change.diff, raw=change.raw, faults=tuple(faults))
        for commit, faults in found.items()
        if (change := seen[commit]) is not None
    )


def _guilty(repository: GitRepository, fix: Commit) -> Iterator[tuple[str, tuple[Blamed, ...]]]:
    """Commits that wrote what a fix took away, the one that wrote most of it first, of equals the newest."""
    parent = fix.parents[0]
    diff = _parsed(repository.ask("diff", "-w", "-M", "--unified=0", "--no-color", "--no-ext-diff", parent, fix.id))
    taken = {
        file.old_path or file.path: [line.old for line in file.lines if line.removed and line.old and _says(line.text)]
        for file in (diff.files if diff else ())
        if _is_code(file.path)
    }
    if not diff or sum(file.changed_lines for file in diff.files if _is_code(file.path)) > MAX_FIX_LINES:
        return
    blamed: dict[str, set[Blamed]] = defaultdict(set)
    for path, numbers in taken.items():
        for commit, line in _blame(repository, parent, path, numbers):
            blamed[commit].add(line)
    if not blamed:
        return
    newest = repository.ask("rev-list", "--no-walk=sorted", *blamed).decode().split()
    for commit in sorted(blamed, key=lambda name: (-len(blamed[name]), newest.index(name))):
        yield commit, tuple(sorted(blamed[commit]))


def _blame(repository: GitRepository, commit: str, path: str, numbers: Iterable[int]) -> Iterator[tuple[str, Blamed]]:
    ranges = [f"-L{number},{number}" for number in numbers]
    if not ranges:
        return
    printed = repository.ask("blame", "--line-porcelain", "-w", "-M", "-C", *ranges, commit, "--", path)
    name, line = "", 0
    for row in printed.decode("utf-8", "replace").split("\n"):
        if header := _HEADER.match(row):
            name, line = header[1], int(header[2])
        elif row.startswith("filename "):
            yield name, Blamed(row.removeprefix("filename "), line)


def _change(repository: GitRepository, name: str) -> Introduction | None:
    """A commit's change; None for a first commit, a merge, and one that is too large to have been reviewed."""
    (commit,) = read_log(
        repository.ask("log", "--max-count=1", "--encoding=UTF-8", f"--format={FORMAT}", name).decode(
            "utf-8", "replace"
        )
    )
    if len(commit.parents) != 1:
        return None
    raw = repository.diff(commit.parents[0], name)
    diff = _parsed(raw)
    if diff is None or sum(file.changed_lines for file in diff.files if language_of(file.path)) > MAX_CHANGE_LINES:
        return None
    return Introduction(commit=commit, diff=diff, raw=raw, faults=())


def _added(diff: Diff, blamed: Blamed) -> bool:
    return any(line.added and line.new == blamed.line for file in diff.of(blamed.path) for line in file.lines)


def _parsed(data: bytes) -> Diff | None:
    try:
        return parse_diff(decode_diff(data))
    except DiffError:
        return None  # a path that no diff can name without doubt


def _is_code(path: str) -> bool:
    return language_of(path) is not None and not _TESTS.search(path) and PurePosixPath(path).name != "conftest.py"


def _says(text: str) -> bool:
    """Whether a line does something: no blank, no comment, no bracket alone."""
    return bool(re.search(r"\w", text)) and not _COMMENT.match(text)
