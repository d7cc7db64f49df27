"""The REST requests that read a pull request and its repository."""

from __future__ import annotations

import base64
from collections.abc import Callable

from tests.fakes.github_replies import page, refused
from tests.fakes.github_repository import Change, as_bytes, blob_sha
from tests.fakes.github_state import GitHubState
from tests.fakes.server import Incoming, Reply, json_reply

CONTENT_LIMIT = 1_000_000
_MOST_DIFF_FILES, _MOST_DIFF_LINES = 300, 20_000


def pull(state: GitHubState, request: Incoming, number: str) -> Reply:
    pull = state.pulls.get(int(number))
    if pull is None:
        return refused(404, "Not Found")
    if "diff" in request.headers.get("accept", ""):
        return _whole_diff(pull.changes)
    entries = [change.entry(state.api_url) for change in pull.changes]
    repository = {"id": 1, "full_name": state.repository, "name": state.repository.split("/")[1]}
    return json_reply(
        {
            "id": 1,
            "number": pull.number,
            "state": pull.state,
            "draft": pull.draft,
            "merged": pull.merged,
            "locked": pull.locked,
            "title": pull.title,
            "body": pull.body,
            "user": state.user(pull.author),
            "html_url": f"{state.url}/{state.repository}/pull/{pull.number}",
            "url": f"{state.api_url}/repos/{state.repository}/pulls/{pull.number}",
            "base": {"ref": "main", "sha": pull.base_sha, "repo": repository},
            "head": {"ref": "change", "sha": pull.head_sha, "repo": None if pull.fork_deleted else repository},
            "changed_files": len(entries) + pull.unlisted,
            "additions": sum(entry["additions"] for entry in entries) + 10 * pull.unlisted,
            "deletions": sum(entry["deletions"] for entry in entries),
        }
    )


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


def tree(state: GitHubState, _request: Incoming, commit: str) -> Reply:
    files = state.at(commit)
    if files is None:
        return refused(404, "Not Found")
    names = sorted({path.split("/")[0] for path in files})
    tree = [{"path": name, "mode": "100644" if name in files else "040000", "type": "blob"} for name in names]
    return json_reply({"sha": commit, "url": state.api_url, "tree": tree, "truncated": False})


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
    ("GET", r"pulls/(\d+)", pull),
    ("GET", r"pulls/(\d+)/files", files),
    ("GET", r"contents/(.+)", contents),
    ("GET", r"git/trees/([^/]+)", tree),
    ("GET", r"git/blobs/([^/]+)", blob),
    ("GET", r"compare/([^/.]+)\.\.\.([^/.]+)", compare),
)
