"""A pull request that was read in; the same with what its context is found in, for at most two requests more.

The listing of the base's tree tells which files could matter; one GraphQL query brings them, the guidance of folders,
the issues that the pull request closes, and what people said in its threads. Nothing of it is needed: what GitHub does
not give is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from app.errors import GitHubError, GitHubRateLimited, GraphQLRefused, WrongToken
from app.github.contents import BATCH, BLOB, Version, asking_for, texts_in
from reviewers.base_texts import with_base_texts
from reviewers.context.searching import (
    MAX_FILE_CHARACTERS,
    MAX_FILES,
    guidance_candidates,
    has_code,
    likely_paths,
)
from reviewers.diff import FileStatus
from reviewers.snapshot import Guidance, LinkedIssue, Said

if TYPE_CHECKING:
    from app.github.addresses import PullRequestId
    from app.github.client import GitHubClient
    from app.github.snapshot import Fetched
    from reviewers.snapshot import PullRequestSnapshot

_PULL = """
  pullRequest(number: $number) {
    closingIssuesReferences(first: 5) { nodes { number title body } }
    reviewThreads(first: 50) {
      nodes { path line isResolved comments(first: 5) { nodes { body viewerDidAuthor author { login } } } }
    }
  }
"""
_FILE_MODES = frozenset({"100644", "100755"})


def with_surroundings(client: GitHubClient, fetched: Fetched) -> Fetched:
    """The same with neighbours, folder guidance, issues and threads, as far as GitHub gives them.

    A change without code, and a server without GraphQL, cost no request.

    Raises:
        WrongToken: The token is not accepted.
        GitHubRateLimited: GitHub asks to wait too long.
    """
    snapshot = fetched.snapshot
    if client.without_graphql or not has_code(snapshot):
        return fetched
    paths = _paths_at(client, fetched.pull, snapshot)
    guidance = [Version(snapshot.target.base, path) for path in guidance_candidates(snapshot) if path in paths]
    neighbours = [
        Version(snapshot.target.head, path) for path in likely_paths(with_base_texts(snapshot), paths)[:MAX_FILES]
    ]
    versions = (*guidance[: BATCH - MAX_FILES], *neighbours)
    try:
        repository = _asked(client, fetched.pull, versions)
    except GraphQLRefused:
        return fetched
    found = texts_in(repository, versions)
    pull = repository.get("pullRequest") or {}
    folders = tuple(Guidance(each.path, found[each]) for each in guidance if found.get(each, "").strip())
    known = {each.path: found[each] for each in neighbours if len(found.get(each, "")) <= MAX_FILE_CHARACTERS}
    return replace(
        fetched,
        snapshot=replace(
            snapshot,
            neighbours={path: text for path, text in known.items() if text},
            folder_guidance=folders,
            issues=tuple(_issues(pull)),
            threads=tuple(_said(pull)),
        ),
    )


def _paths_at(client: GitHubClient, pull: PullRequestId, snapshot: PullRequestSnapshot) -> Sequence[str]:
    """Paths of the head's tree as far as they are known: the base's, without what the change deletes.

    The base's listing is the same for every push, so that GitHub answers the next time that nothing has changed.
    """
    try:
        tree = client.get(
            f"{pull.repository_path}/git/trees/{snapshot.target.base}",
            about=f"the files of {pull}",
            parameters={"recursive": "1"},
        )
    except (WrongToken, GitHubRateLimited):
        raise
    except GitHubError:
        return ()
    gone = {file.path for file in snapshot.diff.files if file.status is FileStatus.DELETED}
    entries = tree.get("tree") if isinstance(tree, dict) else None
    return [
        entry["path"]
        for entry in entries or ()
        if isinstance(entry, dict) and entry.get("mode") in _FILE_MODES and entry.get("path") not in gone
    ]


def _asked(client: GitHubClient, pull: PullRequestId, versions: Sequence[Version]) -> Mapping[str, Any]:
    asked = asking_for(versions)
    query = (
        f"query Surroundings($owner: String!, $repo: String!, $number: Int!{asked.declared}) "
        f"{{ repository(owner: $owner, name: $repo) {{{_PULL}{asked.fields} }} }} {BLOB if versions else ''}"
    )
    variables = {"owner": pull.owner, "repo": pull.repo, "number": pull.number, **asked.variables}
    data = client.graphql_in_part(query, variables, about=f"what surrounds {pull}")
    repository = data.get("repository")
    if not isinstance(repository, dict):
        raise GraphQLRefused(f"GraphQL does not know the repository of {pull}")
    return repository


def _issues(pull: Mapping[str, Any]) -> Iterator[LinkedIssue]:
    for node in _nodes(pull, "closingIssuesReferences"):
        yield LinkedIssue(number=node["number"], title=node.get("title") or "", body=node.get("body") or "")


def _said(pull: Mapping[str, Any]) -> Iterator[Said]:
    """What people said, with the remark of our own that they answer; a remark that nobody answered is no news to us."""
    for thread in _nodes(pull, "reviewThreads"):
        comments = list(_nodes(thread, "comments"))
        if all(comment.get("viewerDidAuthor") for comment in comments):
            continue
        for comment in comments:
            yield Said(
                path=thread.get("path") or "",
                line=thread.get("line"),
                author=(comment.get("author") or {}).get("login") or "somebody",
                body=comment.get("body") or "",
                resolved=bool(thread.get("isResolved")),
            )


def _nodes(holder: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    nodes = (holder.get(name) or {}).get("nodes") or ()
    return (node for node in nodes if isinstance(node, dict))
