"""Paths at commits in; the texts that stand there out: many in one GraphQL query, one by one where that is refused."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from app.errors import GitHubError, GitHubRateLimited, GraphQLRefused, NotVisible, WrongToken
from app.github.addresses import PullRequestId
from app.github.client import GitHubClient

BATCH = 50
_MOST_BYTES = 2_000_000
_MOST_TRUNCATED = 5


@dataclass(frozen=True, slots=True)
class Version:
    """A file at a commit."""

    commit: str
    path: str


def texts(
    client: GitHubClient, pull: PullRequestId, versions: Sequence[Version], *, most_by_rest: int
) -> dict[Version, str]:
    """The texts of these versions; what is absent, binary, no file or larger than 2 MB is left out.

    Args:
        client: Whose token may read the repository; commits of its forks are reachable too.
        pull: Names the repository.
        versions: In the order of their importance.
        most_by_rest: How many are read where GraphQL is refused, at one request each.

    Raises:
        WrongToken: The token is not accepted.
        GitHubRateLimited: GitHub asks to wait too long.
    """
    found: dict[Version, str] = {}
    for start in range(0, len(versions), BATCH):
        try:
            found |= batch(client, pull, versions[start : start + BATCH])
        except GraphQLRefused:
            return found | one_by_one(client, pull, versions[start : start + most_by_rest])
    return found


def text(client: GitHubClient, pull: PullRequestId, version: Version) -> str | None:
    """The text of one version by REST, or None where it is absent, binary, no file or larger than 2 MB.

    Raises:
        GitHubError: GitHub failed to say.
    """
    if not _addressable(version.path):
        return None
    path = f"{pull.repository_path}/contents/{quote(version.path, safe='/')}"
    try:
        entry = client.get(path, about=f"{version.path} of {pull}", parameters={"ref": version.commit})
    except NotVisible:
        return None
    if not isinstance(entry, dict) or entry.get("type", "file") != "file" or entry.get("size", 0) > _MOST_BYTES:
        return None
    if entry.get("encoding") == "none" and entry.get("sha"):  # above 1 MB the content comes as a blob only
        entry = client.get(f"{pull.repository_path}/git/blobs/{entry['sha']}", about=f"{version.path} of {pull}")
    return decoded(entry)


def batch(client: GitHubClient, pull: PullRequestId, versions: Sequence[Version]) -> dict[Version, str]:
    """The texts of at most ``BATCH`` versions in one GraphQL query.

    Paths travel as variables, so that none of them can become part of the query.

    Raises:
        GraphQLRefused: Read them by REST.
    """
    asked = asking_for(versions)
    query = (
        f"query Contents($owner: String!, $repo: String!{asked.declared}) "
        f"{{ repository(owner: $owner, name: $repo) {{{asked.fields} }} }} {BLOB}"
    )
    variables = {"owner": pull.owner, "repo": pull.repo, **asked.variables}
    repository = client.graphql(query, variables, about=f"files of {pull}").get("repository")
    if not isinstance(repository, dict) or not {f"f{number}" for number in range(len(versions))} <= repository.keys():
        client.distrust_graphql()
        raise GraphQLRefused(f"GraphQL does not know the repository of {pull}")
    blobs = {version: repository.get(f"f{number}") for number, version in enumerate(versions)}
    cut_off = [version for version, blob in blobs.items() if _cut_off(blob)]
    return texts_in(repository, versions) | one_by_one(client, pull, cut_off[:_MOST_TRUNCATED])


@dataclass(frozen=True, slots=True)
class Asking:
    """The parts of a query for texts.

    Attributes:
        declared: Of its variables, to follow others.
        fields: Of ``repository``.
        variables: Their values.
    """

    declared: str
    fields: str
    variables: Mapping[str, str]


BLOB = "fragment content on Blob { text isBinary isTruncated byteSize }"
"""What the fields of a query for texts are made of."""


def asking_for(versions: Sequence[Version]) -> Asking:
    """The parts of a query for these versions; paths travel as variables."""
    variables = {f"e{number}": f"{version.commit}:{version.path}" for number, version in enumerate(versions)}
    return Asking(
        declared="".join(f", ${name}: String!" for name in variables),
        fields="".join(f" f{name[1:]}: object(expression: ${name}) {{ ...content }}" for name in variables),
        variables=variables,
    )


def texts_in(repository: Mapping[str, Any], versions: Sequence[Version]) -> dict[Version, str]:
    """The whole texts in the answer to such a query."""
    blobs = {version: repository.get(f"f{number}") for number, version in enumerate(versions)}
    return {version: blob["text"] for version, blob in blobs.items() if blob is not None and _whole(blob)}


def one_by_one(client: GitHubClient, pull: PullRequestId, versions: Iterable[Version]) -> dict[Version, str]:
    """The texts of these versions at one request each; one that cannot be read is left out."""
    found: dict[Version, str] = {}
    for version in versions:
        try:
            content = text(client, pull, version)
        except (WrongToken, GitHubRateLimited):
            raise
        except GitHubError:
            continue  # whole texts are a help; a file without one is reviewed by its hunks
        if content is not None:
            found[version] = content
    return found


def _whole(blob: Any) -> bool:
    return isinstance(blob, dict) and isinstance(blob.get("text"), str) and not blob.get("isTruncated")


def _cut_off(blob: Any) -> bool:
    return (
        isinstance(blob, dict)
        and not blob.get("isBinary")
        and (bool(blob.get("isTruncated")) or (blob.get("text") is None and "byteSize" in blob))
        and blob.get("byteSize", 0) <= _MOST_BYTES
    )


def _addressable(path: str) -> bool:
    """Whether a path means the same in an address: git knows no empty or dotted parts, an address folds them."""
    return all(part not in {"", ".", ".."} for part in path.split("/"))


def decoded(entry: Mapping[str, Any]) -> str | None:
    """The text of a file or blob as the API gives it, or None where it is binary."""
    try:
        content = base64.b64decode(entry.get("content") or "")
    except binascii.Error:
        return None
    # A NUL byte makes it binary, as git has it.
    return (
        None if b"\0" in content or entry.get("encoding", "base64") != "base64" else content.decode("utf-8", "replace")
    )
