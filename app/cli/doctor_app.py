"""What ``quartet doctor`` reports of the GitHub App: its key, its permissions, its database, its queue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING

from app.cli import doctor_dashboard
from app.cli.doctor_line import Line
from app.errors import AppError

if TYPE_CHECKING:
    from app.github.installations import AppIdentity, Installation
    from app.queue import JobQueue
    from app.settings import Settings

_MOST_SHOWN = 5
_LEVELS = ("", "read", "write", "admin")
_OPTIONAL = frozenset({"merge_queues"})
"""Without it a merge queue that requires the check waits for ever; nobody else misses it."""

_OPTIONAL_EVENTS = frozenset({"merge_group", "pull_request_review", "repository"})
"""The first goes with that permission; without the second a repository that is renamed loses its memory."""


def is_wanted(settings: Settings) -> bool:
    """Whether anything of an App is set."""
    return any(
        (
            settings.github_app_id,
            settings.github_app_private_key,
            settings.github_app_private_key_path,
            settings.github_webhook_secret,
            settings.github_app_client_id,
            settings.quartet_dashboard_token,
        )
    )


def report(settings: Settings, *, offline: bool) -> Iterator[Line]:
    """The App's part, below a heading of its own."""
    yield Line("")
    yield Line("the GitHub App")
    yield from _secret(settings)
    yield from _database(settings)
    yield from _queue(settings)
    if not offline:
        yield from _github(settings)
    yield from doctor_dashboard.report(settings, offline=offline)


def _secret(settings: Settings) -> Iterator[Line]:
    if settings.github_webhook_secret and settings.github_webhook_secret.get_secret_value().strip():
        yield Line("✓ deliveries must be signed with GITHUB_WEBHOOK_SECRET")
    else:
        yield Line("✗ GITHUB_WEBHOOK_SECRET is not set, so no delivery is taken; set it to the App's", fault=True)


def _database(settings: Settings) -> Iterator[Line]:
    from app.store.address import store_url  # noqa: PLC0415 - SQLAlchemy is loaded for Apps only
    from app.store.versions import FAULTS, SCHEMA  # noqa: PLC0415 - as above
    from llm_runtime.database.database import Database  # noqa: PLC0415 - as above

    try:
        with closing(Database(store_url(settings), FAULTS)) as database:
            found = SCHEMA.version(database)
            yield Line(
                f"✓ {database.name}: tables of version {found}" if found else f"! {database.name}: no tables yet"
            )
    except AppError as error:
        yield Line(f"✗ {error}", fault=True)


def _queue(settings: Settings) -> Iterator[Line]:
    from app.queue import JobQueue  # noqa: PLC0415 - RQ is loaded for Apps only
    from app.worker import redis_url  # noqa: PLC0415 - as above

    if settings.redis_url is None:
        yield Line("! REDIS_URL is not set: quartet up brings a Redis of its own, quartet web and worker need one")
        return
    try:
        with closing(JobQueue(redis_url(settings))) as queue:
            yield from _jobs(queue)
    except AppError as error:
        yield Line(f"✗ {error}", fault=True)


def _jobs(queue: JobQueue) -> Iterator[Line]:
    queue.ping()
    depths = ", ".join(f"{count} {state}" for state, count in queue.depths().items() if count)
    yield Line(f"✓ the queue answers: {depths or 'nothing waits'}")
    letters = queue.dead_letters()
    if letters:
        yield Line(f"✗ {len(letters)} failed for good; have them sent again when the cause is mended", fault=True)
    for letter in letters[-_MOST_SHOWN:]:
        when = f"{letter.failed_at:%Y-%m-%d %H:%M} " if letter.failed_at else ""
        yield Line(f"    {when}{letter.what}: {letter.error}")


def _github(settings: Settings) -> Iterator[Line]:
    from app.github.addresses import api_address  # noqa: PLC0415 - PyGithub is loaded where GitHub is asked
    from app.github.app_api import AppApi  # noqa: PLC0415 - as above
    from app.github_access import key_of  # noqa: PLC0415 - as above
    from app.web.setup.manifest import EVENTS, PERMISSIONS  # noqa: PLC0415 - as above

    try:
        address = api_address(settings.github_api_url, settings.github_graphql_url)
        with closing(AppApi(key_of(settings), address)) as api:
            identity = api.app()
            yield Line(f"✓ GitHub knows the App as {identity.login}")
            yield from _permissions(identity, PERMISSIONS)
            if "repository" not in identity.events:
                yield Line("! the App does not get the event repository; one that is renamed loses its memory")
            if missing := sorted(set(EVENTS) - set(identity.events) - _OPTIONAL_EVENTS):
                yield Line(
                    f"✗ the App does not get the events {', '.join(missing)}; tick them in its settings", fault=True
                )
            yield from _installations(api.installations(), PERMISSIONS)
    except AppError as error:
        yield Line(f"✗ {error}", fault=True)


def _permissions(identity: AppIdentity, needed: Mapping[str, str]) -> Iterator[Line]:
    for name in _lacking(identity.permissions, needed):
        if name in _OPTIONAL:
            yield Line(f"! the App asks for no {name}: {needed[name]}; merge queues are not answered")
        else:
            yield Line(f"✗ the App does not ask for {name}: {needed[name]}; give it that in its settings", fault=True)


def _installations(installations: tuple[Installation, ...], needed: Mapping[str, str]) -> Iterator[Line]:
    if not installations:
        yield Line("! it is installed nowhere yet; install it from its page on GitHub")
    for one in installations:
        lacking = [name for name in _lacking(one.permissions, needed) if name not in _OPTIONAL]
        if one.suspended:
            yield Line(f"! installed on {one.account}, and suspended there")
        elif lacking:
            yield Line(f"✗ installed on {one.account}, which has not granted {', '.join(lacking)} yet", fault=True)
        else:
            yield Line(f"✓ installed on {one.account}")


def _lacking(granted: Mapping[str, str], needed: Mapping[str, str]) -> list[str]:
    return [
        name
        for name, level in needed.items()
        if _LEVELS.index(level) > (_LEVELS.index(granted[name]) if granted.get(name) in _LEVELS else 0)
    ]
