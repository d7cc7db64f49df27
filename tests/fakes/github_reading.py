"""The REST requests that read a pull request and its repository."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from tests.fakes.github_replies import page, refused
from tests.fakes.github_repository import Change, FakePull, Files, as_bytes, blob_sha
from tests.fakes.github_state import GitHubState
from tests.fakes.server import Incoming, Reply, json_reply

CONTENT_LIMIT = 1_000_000
TREE_LIMIT = 1_000
_MOST_DIFF_FILES, _MOST_DIFF_LINES = 300, 20_000


def pull(state: GitHubState, request: Incoming, number: str) -> Reply:
    pull = state.pulls.get(int(number))
    if pull is None:
        return refused(404, "Not Found")
    if "diff" in request.headers.get("accept", ""):
        return _whole_diff(pull.changes)
    entries = [change.entry(state.api_url) for change in pull.changes]
    return json_reply(
        {
            **pull_in_brief(state, pull),
            "merged": pull.merged,
            "changed_files": len(entries) + pull.unlisted,
            "additions": sum(entry["additions"] for entry in entries) + 10 * pull.unlisted,
            "deletions": sum(entry["deletions"] for entry in entries),
        }
    )


def pull_in_brief(state: GitHubState, pull: FakePull) -> dict[str, Any]:
    """A pull request as lists and webhooks have it."""
    owner, name = state.repository.split("/")
    repository = {"id": 1, "full_name": state.repository, "name": name, "owner": state.user(owner), "fork": False}
    fork_owner, _, fork_name = pull.fork.partition("/")
    fork = {"id": 2, "full_name": pull.fork, "name": fork_name, "owner": state.user(fork_owner or owner), "fork": True}
    there = None if pull.fork_deleted else fork if pull.fork else repository
    return {
        "id": 1,
        "number": pull.number,
        "state": pull.state,
        "draft": pull.draft,
        "locked": pull.locked,
        "title": pull.title,
        "body": pull.body,
        "user": state.user(pull.author),
        "labels": [{"id": 1, "name": label} for label in pull.labels],
        "html_url": f"{state.url}/{state.repository}/pull/{pull.number}",
        "url": f"{state.api_url}/repos/{state.repository}/pulls/{pull.number}",
        "base": {"ref": pull.base_ref, "sha": pull.base_sha, "repo": repository},
        "head": {
            "ref": pull.head_ref,
            "label": f"{fork_owner or owner}:{pull.head_ref}",
            "sha": pull.head_sha,
            "repo": there,
        },
    }


def list_pulls(state: GitHubState, request: Incoming) -> Reply:
    wanted = request.query.get("state", "open")
    found = [pull for pull in state.pulls.values() if wanted in {"all", pull.state}]
    return page(request, [pull_in_brief(state, pull) for pull in found], url=state.url)


def pulls_of_commit(state: GitHubState, request: Incoming, commit: str) -> Reply:
    """Those of forks are not told: their commits are not on a branch of this repository."""
    found = [pull for pull in state.pulls.values() if commit == pull.head_sha and not pull.fork]
    return page(request, [pull_in_brief(state, pull) for pull in found], url=state.url)


def permission(state: GitHubState, _request: Incoming, login: str) -> Reply:
    role = {name.lower(): role for name, role in state.collaborators.items()}.get(login.lower())
    if role is None:
        return refused(404, f"{login} is not a user")
    coarse = {"maintain": "write", "triage": "read"}.get(role, role)
    known = {"admin", "write", "read", "none"}
    granted = coarse if coarse in known else "read"
    return json_reply({"permission": granted, "role_name": role, "user": state.user(login)})


def repository(state: GitHubState, _request: Incoming) -> Reply:
    owner, name = state.repository.split("/")
    brief = {"id": 1, "name": name, "full_name": state.repository, "private": True, "default_branch": "main"}
    return json_reply({**brief, "owner": state.user(owner)})


def files(state: GitHubState, request: Incoming, number: str) -> Reply:
    changes = state.pulls[int(number)].changes[:3_000]
    return page(request, [change.entry(state.api_url) for change in changes], url=state.url)


def contents(state: GitHubState, request: Incoming, path: str) -> Reply:
    files = state.at(request.query.get("ref", ""))
    if files is None or path not in files:
        return refused(404, "Not Found")
    content = as_bytes(files[path])
    if "raw" in request.headers.get("accept", ""):
        return Reply(body=content, headers={"content-type": "application/vnd.github.raw; charset=utf-8"})
    small = len(content) <= CONTENT_LIMIT
    entry = {
        "type": "file",
        "path": path,
        "name": path.rsplit("/", 1)[-1],
        "sha": blob_sha(content),
        "size": len(content),
        "encoding": "base64" if small else "none",
        "content": base64.encodebytes(content).decode() if small else "",
    }
    return json_reply(entry)


def tree(state: GitHubState, request: Incoming, commit: str) -> Reply:
    files = state.at(commit)
    if files is None:
        return refused(404, "Not Found")
    if request.query.get("recursive"):
        return _whole_tree(state, commit, files)
    names = sorted({path.split("/")[0] for path in files})
    tree = [{"path": name, "mode": "100644" if name in files else "040000", "type": "blob"} for name in names]
    return json_reply({"sha": commit, "url": state.api_url, "tree": tree, "truncated": False})


def _whole_tree(state: GitHubState, commit: str, files: Files) -> Reply:
    """With folders as entries of their own, and cut off after so many entries as GitHub's is after 100,000."""
    folders = {path.rsplit("/", depth)[0] for path in files for depth in range(1, path.count("/") + 1)}
    entries: list[dict[str, Any]] = [
        *({"path": path, "mode": "040000", "type": "tree", "sha": blob_sha(path)} for path in folders),
        *(
            {"path": path, "mode": "100644", "type": "blob", "sha": blob_sha(text), "size": len(text)}
            for path, text in files.items()
        ),
    ]
    entries.sort(key=lambda entry: str(entry["path"]))
    shown = entries[:TREE_LIMIT]
    truncated = len(shown) < len(entries)
    return json_reply({"sha": commit, "url": state.api_url, "tree": shown, "truncated": truncated})


def blob(state: GitHubState, _request: Incoming, sha: str) -> Reply:
    for pull in state.pulls.values():
        for files in pull.commits.values():
            for content in files.values():
                if blob_sha(content) == sha:
                    encoded = base64.encodebytes(as_bytes(content)).decode()
                    return json_reply({"sha": sha, "encoding": "base64", "content": encoded})
    return refused(404, "Not Found")


def compare(state: GitHubState, _request: Incoming, base: str, head: str) -> Reply:
    for pull in state.pulls.values():
        if (pull.base_sha, pull.head_sha) == (base, head):
            entries = [change.entry(state.api_url) for change in pull.changes][:300]
            return json_reply({"merge_base_commit": {"sha": pull.merge_base_sha}, "files": entries})
    return refused(404, "Not Found")


def _whole_diff(changes: list[Change]) -> Reply:
    text = "".join(change.git_diff for change in changes)
    if len(changes) > _MOST_DIFF_FILES or text.count("\n") > _MOST_DIFF_LINES:
        too_large = {"resource": "PullRequest", "field": "diff", "code": "too_large"}
        return refused(406, "Sorry, the diff exceeded the maximum number of files or lines.", too_large)
    return Reply(body=text.encode(), headers={"content-type": "application/vnd.github.diff; charset=utf-8"})


READING: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
    ("GET", r"", repository),
    ("GET", r"pulls", list_pulls),
    ("GET", r"commits/([^/]+)/pulls", pulls_of_commit),
    ("GET", r"collaborators/([^/]+)/permission", permission),
    ("GET", r"pulls/(\d+)", pull),
    ("GET", r"pulls/(\d+)/files", files),
    ("GET", r"contents/(.+)", contents),
    ("GET", r"git/trees/([^/]+)", tree),
    ("GET", r"git/blobs/([^/]+)", blob),
    ("GET", r"compare/([^/.]+)\.\.\.([^/.]+)", compare),
)
