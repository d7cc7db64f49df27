"""Files whose patch GitHub left out in; the same files with a patch found another way, as far as there is one.

First the whole pull request as a diff (one request), then the comparison of its commits (one request, which also names
the merge base), then the contents at the merge base and the head.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.errors import GitHubError, GitHubRateLimited, WrongToken
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient
from app.github.contents import Version, texts
from app.github.files import ListedFile, compared, file_diff, listed
from reviewers.diff import FileDiff, FileStatus
from reviewers.diff_parser import parse_diff
from reviewers.errors import DiffError

# Above this GitHub answers 406.
_MOST_FILES_IN_A_DIFF = 300
_MOST_COMPARED = 20
_MOST_BY_REST = 20


def file_diffs(
    client: GitHubClient, pull: PullRequestId, files: Sequence[ListedFile], *, base: str, head: str
) -> tuple[FileDiff, ...]:
    """The file diff of each entry, in order; lines that nobody could deliver are unseen.

    Raises:
        WrongToken: The token is not accepted.
        GitHubRateLimited: GitHub asks to wait too long.
    """
    diffs = {file.path: file_diff(file) for file in files}
    if _lacking(diffs) and len(files) <= _MOST_FILES_IN_A_DIFF:
        diffs |= _try(lambda: _from_whole_diff(client, pull, _lacking(diffs)))
    if _lacking(diffs):
        diffs |= _try(lambda: _from_comparison(client, pull, files, _lacking(diffs), base=base, head=head))
    return tuple(diffs[file.path] for file in files)


def _lacking(diffs: dict[str, FileDiff]) -> dict[str, FileDiff]:
    return {path: diff for path, diff in diffs.items() if diff.unseen_lines and not diff.hunks}


def _try(find: Callable[[], dict[str, FileDiff]]) -> dict[str, FileDiff]:
    try:
        return find()
    except (WrongToken, GitHubRateLimited):
        raise
    except (GitHubError, DiffError):
        return {}


def _from_whole_diff(client: GitHubClient, pull: PullRequestId, lacking: dict[str, FileDiff]) -> dict[str, FileDiff]:
    whole = parse_diff(client.get_diff(pull.path, about=f"the diff of {pull}"))
    return {
        file.path: replace(file, unseen_lines=max(0, lacking[file.path].unseen_lines - file.changed_lines))
        for file in whole.files
        if file.path in lacking and file.hunks
    }


def _from_comparison(
    client: GitHubClient,
    pull: PullRequestId,
    files: Sequence[ListedFile],
    lacking: dict[str, FileDiff],
    *,
    base: str,
    head: str,
) -> dict[str, FileDiff]:
    comparison = _comparison(client, pull, base=base, head=head)
    again = (listed(entry) for entry in comparison.get("files") or ())
    found = {file.path: file_diff(file) for file in again if file.path in lacking and file.patch}
    rest = [file for file in files if file.path in lacking and file.path not in found][:_MOST_COMPARED]
    merge_base = (comparison.get("merge_base_commit") or {}).get("sha")
    old = {file.path: Version(merge_base or base, file.old_path or file.path) for file in rest}
    new = {file.path: Version(head, file.path) for file in rest}
    wanted = [
        version
        for file in rest
        for version, nothing in ((old[file.path], FileStatus.ADDED), (new[file.path], FileStatus.DELETED))
        if file.status is not nothing
    ]
    contents = texts(client, pull, wanted, most_by_rest=_MOST_BY_REST)
    for file in rest:
        before = "" if file.status is FileStatus.ADDED else contents.get(old[file.path])
        after = "" if file.status is FileStatus.DELETED else contents.get(new[file.path])
        if before is None or after is None:
            continue
        computed = file_diff(compared(file, before, after))
        # Without a merge base, what the base branch changed since would look like the pull request's work.
        if merge_base or computed.changed_lines == file.changes:
            found[file.path] = computed
    return found


def _comparison(client: GitHubClient, pull: PullRequestId, *, base: str, head: str) -> Mapping[str, Any]:
    try:
        found = client.get(f"{pull.repository_path}/compare/{base}...{head}", about=f"the comparison of {pull}")
    except (WrongToken, GitHubRateLimited):
        raise
    except GitHubError:
        return {}
    return found if isinstance(found, dict) else {}
