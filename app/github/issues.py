"""An issue of ours that is written once and edited in place from then on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.errors import NotGitHub
from app.github.addresses import Named, repository_path
from app.github.client import GitHubClient
from app.github.conversation import written_by_us
from app.github.transport import PAGE_SIZE
from app.publishing.markers import Marker, markers_of

_MOST_PAGES = 30


@dataclass(frozen=True, slots=True)
class Written:
    """An issue that was written.

    Attributes:
        number: GitHub's number.
        url: Where people see it.
        is_new: Whether it was not there before.
    """

    number: int
    url: str
    is_new: bool


def write_issue(
    client: GitHubClient, repository: Named, *, title: str, body: str, marker: Marker, since: datetime
) -> Written:
    """Write the issue that carries a marker, or edit the one that is there; it stays closed, if somebody closed it.

    Only what our own account wrote is edited.

    Args:
        client: Writes under its token.
        repository: Where.
        title: Its title.
        body: Its text, with the marker on its last line.
        marker: By which it is known again.
        since: Before which it cannot have been written.

    Raises:
        NotPermitted: The token may not write issues, or issues are switched off.
        GitHubError: Another of its subclasses. After ``GitHubFailed`` it may have been written all the same; doing it
            again finds it.
    """
    path, about = f"{repository_path(repository)}/issues", f"the issues of {repository.owner}/{repository.repo}"
    text = {"title": title, "body": body}
    known = _find(client, path, about, marker, since)
    try:
        if known is None:
            made = client.write("POST", path, text, about=about)
            return Written(int(made["number"]), str(made["html_url"]), is_new=True)
        client.write("PATCH", f"{path}/{int(known['number'])}", text, about=about, repeatable=True)
        return Written(int(known["number"]), str(known["html_url"]), is_new=False)
    except (KeyError, TypeError, ValueError) as error:
        raise NotGitHub("what answers for issues is not GitHub's API; check GITHUB_API_URL") from error


def _find(client: GitHubClient, path: str, about: str, marker: Marker, since: datetime) -> Mapping[str, Any] | None:
    """The issue of ours with that marker; of several the oldest, which the others were written beside by mistake."""
    begin = f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    # One that was written since then has been changed since then, too; GitHub can select by that alone.
    asked = {"state": "all", "since": begin, "sort": "created", "direction": "desc", "per_page": PAGE_SIZE}
    marked: list[Mapping[str, Any]] = []
    for page in range(1, _MOST_PAGES + 1):
        entries = client.get(path, about=about, parameters=asked | {"page": page})
        if not isinstance(entries, list):
            raise NotGitHub(f"{about} are no list at {client.address.rest}; check GITHUB_API_URL")
        marked += [
            entry for entry in entries if "pull_request" not in entry and marker in markers_of(entry.get("body") or "")
        ]
        if len(entries) < PAGE_SIZE or str(entries[-1].get("created_at", "")) < begin:
            break
    by_us = written_by_us(client) if marked else None
    return next((entry for entry in reversed(marked) if by_us and by_us(entry)), None)
