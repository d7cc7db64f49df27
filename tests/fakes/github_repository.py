"""A repository with pull requests as GitHub sees it: files at commits in, changed files with their patches out."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Files = Mapping[str, "str | bytes"]
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


@dataclass(kw_only=True)
class FakePull:
    """A pull request. ``base_files`` are those of its merge base; what the base branch has by now may be given apart.

    ``renames`` maps new paths to old ones. ``omitted`` names files whose patch GitHub leaves out. ``unlisted`` counts
    files beyond those that GitHub lists. ``fork`` is the full name of the repository that it comes from. ``closes`` are
    issues as (number, title, body), which a token without that permission (``issues_hidden``) does not see.
    """

    number: int = 7
    base_files: Files = field(default_factory=dict)
    head_files: Files = field(default_factory=dict)
    branch_files: Files | None = None
    title: str = "Change things"
    body: str | None = "Because."
    author: str = "mona"
    state: str = "open"
    draft: bool = False
    merged: bool = False
    locked: bool = False
    fork_deleted: bool = False
    fork: str = ""
    labels: tuple[str, ...] = ()
    base_ref: str = "main"
    head_ref: str = "change"
    renames: Mapping[str, str] = field(default_factory=dict)
    omitted: frozenset[str] = frozenset()
    unlisted: int = 0
    closes: tuple[tuple[int, str, str], ...] = ()
    issues_hidden: bool = False
    created_at: str = "2026-11-20T09:00:00Z"
    merged_at: str | None = None
    closed_at: str | None = None

    @property
    def head_sha(self) -> str:
        return commit_sha(self.head_files, f"head of {self.number}")

    @property
    def base_sha(self) -> str:
        return commit_sha(self.branch_files or self.base_files, "base")

    @property
    def merge_base_sha(self) -> str:
        return self.base_sha if self.branch_files is None else commit_sha(self.base_files, "merge base")

    @property
    def commits(self) -> dict[str, Files]:
        return {
            self.merge_base_sha: self.base_files,
            self.base_sha: self.branch_files or self.base_files,
            self.head_sha: self.head_files,
        }

    @property
    def changes(self) -> list[Change]:
        before, after = dict(self.base_files), dict(self.head_files)
        changes = []
        for path in sorted({*before, *after}):
            if path in self.renames.values() and path not in after:
                continue
            old_path = self.renames.get(path, path)
            change = Change(path=path, old_path=old_path, old=before.get(old_path), new=after.get(path))
            if path in self.renames or change.old != change.new:
                changes.append(replace(change, omitted=path in self.omitted))
        return changes


@dataclass(frozen=True, kw_only=True)
class Change:
    """One changed file."""

    path: str
    old_path: str
    old: str | bytes | None
    new: str | bytes | None
    omitted: bool = False

    @property
    def status(self) -> str:
        if self.old_path != self.path:
            return "renamed"
        return "added" if self.old is None else "removed" if self.new is None else "modified"

    @property
    def binary(self) -> bool:
        return any(b"\0" in as_bytes(side) for side in (self.old, self.new) if side is not None)

    @property
    def patch(self) -> str:
        """The hunks, without a line feed at the end, as the API gives them."""
        if self.binary:
            return ""
        lines = difflib.unified_diff(_lines(self.old), _lines(self.new), n=3)
        next(lines, None), next(lines, None)
        ended = (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
        return "".join(ended).removesuffix("\n")

    def entry(self, address: str) -> dict[str, Any]:
        """GitHub's ``diff-entry``; ``address`` is the repository's."""
        lines = self.patch.split("\n")
        entry: dict[str, Any] = {
            "sha": blob_sha(self.new if self.new is not None else self.old or ""),
            "filename": self.path,
            "status": self.status,
            "additions": sum(line.startswith("+") for line in lines),
            "deletions": sum(line.startswith("-") for line in lines),
            "blob_url": f"{address}/blob/{self.path}",
            "raw_url": f"{address}/raw/{self.path}",
            "contents_url": f"{address}/contents/{self.path}",
        }
        entry["changes"] = entry["additions"] + entry["deletions"]
        if self.old_path != self.path:
            entry["previous_filename"] = self.old_path
        if self.patch and not self.omitted:
            entry["patch"] = self.patch
        return entry

    @property
    def git_diff(self) -> str:
        """The file in the diff media type."""
        lines = [f"diff --git a/{self.old_path} b/{self.path}"]
        if self.old_path != self.path:
            lines += [f"rename from {self.old_path}", f"rename to {self.path}"]
        if self.old is None:
            lines.append("new file mode 100644")
        if self.new is None:
            lines.append("deleted file mode 100644")
        if self.binary:
            lines.append(f"Binary files a/{self.old_path} and b/{self.path} differ")
        elif self.patch:
            lines.append("--- /dev/null" if self.old is None else f"--- a/{self.old_path}")
            lines.append("+++ /dev/null" if self.new is None else f"+++ b/{self.path}")
            lines.append(self.patch)
        return "\n".join(lines) + "\n"

    @property
    def commentable(self) -> dict[tuple[str, int], int]:
        """For each side and line that a comment may stand on, the number of its hunk."""
        places: dict[tuple[str, int], int] = {}
        hunk, old, new = -1, 0, 0
        for line in self.patch.split("\n") if self.patch else ():
            if header := _HUNK.match(line):
                hunk, old, new = hunk + 1, int(header[1]), int(header[2])
                continue
            if line[:1] in {" ", "-"}:
                places["LEFT", old] = hunk
                old += 1
            if line[:1] in {" ", "+"}:
                places["RIGHT", new] = hunk
                new += 1
        return places


def as_bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def blob_sha(content: str | bytes) -> str:
    data = as_bytes(content)
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def commit_sha(files: Files, message: str) -> str:
    digest = hashlib.sha1(message.encode())
    for path, content in sorted(files.items()):
        digest.update(path.encode() + b"\0" + as_bytes(content) + b"\0")
    return digest.hexdigest()


def misplaced(comments: Iterable[Mapping[str, Any]], changes: Iterable[Change]) -> list[str]:
    """GitHub's words for each comment of a review that stands outside the diff."""
    places = {change.path: change.commentable for change in changes}
    return [said for comment in comments if (said := _misplaced(comment, places))]


def _misplaced(comment: Mapping[str, Any], places: Mapping[str, Mapping[tuple[str, int], int]]) -> str:
    if comment["path"] not in places:
        return "Path could not be resolved"
    there = places[comment["path"]]
    side, line = comment.get("side", "RIGHT"), comment.get("line", 0)
    if (side, line) not in there:
        return "Pull request review thread line must be part of the diff"
    if (start := comment.get("start_line")) is None:
        return ""
    start_side = comment.get("start_side", side)
    if start >= line and start_side == side:
        return "Pull request review thread start line must precede the end line."
    if there.get((start_side, start)) != there[side, line]:
        return "Pull request review thread start line must be part of the same hunk as the line."
    return ""


def _lines(content: str | bytes | None) -> list[str]:
    text = as_bytes(content or "").decode("utf-8", "replace")
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
