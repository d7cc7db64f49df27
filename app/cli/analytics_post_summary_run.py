"""What ``quartet analytics post-summary`` does once its options are known: ask the database, and write the issue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from app import wiring
from app.analytics.monthly import read_month, summarise
from app.analytics.reading import reading
from app.cli import screen
from app.cli.exit_status import OK
from app.cli.progress import say
from app.errors import Misconfigured
from app.events import RepositoryId
from app.github.addresses import api_address
from app.github.app_api import AppApi
from app.github.client import GitHubClient
from app.github.issues import write_issue
from app.github.tokens import InstallationTokens
from app.github_access import key_of
from app.settings import Settings, read_settings
from app.store.tables import repositories

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,98}/[A-Za-z0-9._-]{1,100}")


def run(repository: str, *, month: str, dry_run: bool) -> int:
    """Write the issue, or print its text.

    Raises:
        AppError: What kept it from being done, in one line.
    """
    now, name = datetime.now(UTC), repository.strip()
    if not _NAME.fullmatch(name):
        raise Misconfigured(f"--repository {name[:100]!r} is no repository; write OWNER/REPO")
    chosen, settings = read_month(month.strip(), now), read_settings()
    with reading(settings) as connection:
        summary = None if connection is None else summarise(connection, name, chosen)
        installation = None if connection is None else _installation(connection, name)
    if summary is None:
        say(f"nothing was reviewed in {name} in {chosen.name}, so nothing is posted")
        return OK
    if dry_run:
        screen.write(f"# {summary.title}\n\n{summary.body}\n")
        return OK
    owner, _, repo = name.partition("/")
    target = RepositoryId(installation=installation or 0, owner=owner, repo=repo)
    with _client(settings, target) as client:
        written = write_issue(
            client,
            target,
            title=summary.title,
            body=summary.body,
            marker=chosen.marker,
            since=chosen.period.since,
        )
    say(f"{'posted' if written.is_new else 'edited'}: {written.url}")
    return OK


def _installation(connection: Connection, name: str) -> int | None:
    row = repositories.c
    found: int | None = connection.execute(select(row.installation).where(row.name == name.lower())).scalar()
    return found


@contextmanager
def _client(settings: Settings, repository: RepositoryId) -> Iterator[GitHubClient]:
    """Writes under ``GITHUB_TOKEN``, else as the App."""
    if settings.github_token is not None:
        with wiring.github(settings, notify=say) as client:
            yield client
        return
    if not repository.installation:
        msg = (
            f"the App is not known to be installed on {repository.full_name}; set GITHUB_TOKEN to a token that may "
            "write its issues"
        )
        raise Misconfigured(msg)
    address = api_address(settings.github_api_url, settings.github_graphql_url)
    key = key_of(settings)
    with closing(AppApi(key, address, notify=say)) as api:
        tokens = InstallationTokens(api)
        client = GitHubClient(
            lambda: tokens.get(repository),
            address,
            notify=say,
            renew=lambda: tokens.renew(repository),
            login=lambda: api.app().login,
            secret=key.secret("seal"),
        )
        with closing(client):
            yield client
