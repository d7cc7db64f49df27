"""Who may do what in a repository, asked of GitHub at this moment; when in doubt, nobody may.

``author_association`` in payloads is no answer: private members of an organisation show as contributors. The coarse
``permission`` knows every role: ``maintain`` counts as write, ``triage`` as read, roles of an organisation as what they
stand on (docs.github.com/en/rest/collaborators/collaborators).
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Any
from urllib.parse import quote

from app.errors import GitHubError, GitHubFailed, GitHubRateLimited, GitHubUnreachable
from app.github.addresses import Named, repository_path
from app.github.client import GitHubClient

_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,98}")


class Permission(IntEnum):
    """What somebody may do, in the order of weight."""

    NONE = 0
    READ = 1
    WRITE = 2
    ADMIN = 3


def permission_of(client: GitHubClient, repository: Named, login: str) -> Permission:
    """What a person may do.

    Whatever GitHub answers but a clear yes is a no: an unknown account, another account than was asked for, a word that
    we do not know, a refusal.

    Raises:
        GitHubRateLimited: GitHub did not get to answer; ask later.
        GitHubUnreachable: The same.
        GitHubFailed: The same.
    """
    if _LOGIN.fullmatch(login) is None:
        return Permission.NONE
    path = f"{repository_path(repository)}/collaborators/{quote(login, safe='')}/permission"
    try:
        answer = client.get(path, about=f"the permission of {login} on {repository.owner}/{repository.repo}")
    except (GitHubRateLimited, GitHubUnreachable, GitHubFailed):
        raise
    except GitHubError:
        return Permission.NONE
    return _granted(answer, login)


def may_write(client: GitHubClient, repository: Named, login: str) -> bool:
    """Whether a person may push to a repository. It raises what ``permission_of`` does."""
    return permission_of(client, repository, login) >= Permission.WRITE


def may_read(client: GitHubClient, repository: Named, login: str) -> bool:
    """Whether a person may read a repository; of a public one everybody. It raises what ``permission_of`` does."""
    return permission_of(client, repository, login) >= Permission.READ


def _granted(answer: Any, login: str) -> Permission:
    user = answer.get("user") if isinstance(answer, dict) else None
    if not isinstance(user, dict) or str(user.get("login")).lower() != login.lower():
        return Permission.NONE
    word = str(answer.get("permission")).upper()
    return Permission[word] if word in Permission.__members__ else Permission.NONE
