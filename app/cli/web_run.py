"""Runs the server: settings in, a listening gunicorn until it is told to stop."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from app.errors import Misconfigured
from app.settings import Settings, read_settings

if TYPE_CHECKING:
    from flask import Flask

    from app.web.dashboard.mounting import Dashboard

_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def run(host: str, port: int, *, processes: int) -> int:
    """Answer deliveries until the process is told to stop.

    Raises:
        Misconfigured: Something that it needs is not set, or cannot be listened at.
    """
    settings = read_settings()
    with _figures_of_all_processes():
        # After the folder of figures is named, and before the fork, so that the processes share the memory.
        from app.web.server import address_of, listening, serve  # noqa: PLC0415

        _check(settings)
        with listening(host, port) as listener:
            address = address_of(listener)
            said = f"listening at {address}; GitHub's deliveries go to {_public(settings, address)}/webhooks/github"
            return serve(partial(_build, settings), listener, processes=processes, ready=partial(_say, said))


def set_up(host: str, port: int) -> int:
    """Show the pages that register the App until the process is told to stop.

    Raises:
        Misconfigured: The App is set up already, or the address cannot be listened at.
    """
    settings = read_settings()
    if settings.github_webhook_secret or settings.github_app_id:
        msg = "the App is set up: GITHUB_APP_ID or GITHUB_WEBHOOK_SECRET is set; start quartet web without --setup"
        raise Misconfigured(msg)
    from app.web.server import address_of, listening, serve  # noqa: PLC0415 - flask and gunicorn are needed here alone
    from app.web.setup.application import SetUp, create_setup_app  # noqa: PLC0415 - the same

    token = secrets.token_urlsafe(24)
    with listening(host, port) as listener:
        address = address_of(listener)
        setting = SetUp(token=token, api_url=settings.github_api_url, public_url=settings.quartet_public_url or "")
        said = f"register the App at {_public(settings, address)}/setup?token={token} (this address is for you alone)"
        # One process: what was used once is remembered there.
        return serve(partial(create_setup_app, setting), listener, processes=1, ready=partial(_say, said))


def _check(settings: Settings) -> None:
    from app.web.application import UNSIGNED  # noqa: PLC0415 - flask

    if not _secret(settings):
        raise Misconfigured(UNSIGNED)
    if settings.redis_url is None or not settings.redis_url.get_secret_value().strip():
        msg = "REDIS_URL is not set: it names the queue that workers take from; quartet up brings a Redis of its own"
        raise Misconfigured(msg)
    import app.store.store  # noqa: F401, PLC0415 - so that the processes share its memory
    from app.queue import JobQueue  # noqa: PLC0415 - for the server alone
    from app.web.dashboard.setting import dashboard_setting  # noqa: PLC0415 - the same

    # Nothing is connected by this, but an address that cannot be read is told once, and not by each process.
    JobQueue(settings.redis_url.get_secret_value().strip()).close()
    if dashboard_setting(settings) is not None:
        # What draws is loaded when somebody looks for the first time.
        from app.web.dashboard import figures, mounting  # noqa: F401, PLC0415 - so that they share its memory, too


def _build(settings: Settings) -> Flask:
    from app.queue import JobQueue  # noqa: PLC0415 - for the server alone
    from app.store.address import store_url  # noqa: PLC0415 - the same
    from app.store.store import open_store  # noqa: PLC0415 - the same
    from app.web.application import create_app  # noqa: PLC0415 - the same
    from app.web.ports import Ports  # noqa: PLC0415 - the same

    def ping_store() -> None:
        # Opened anew each time: a store belongs to one thread.
        with open_store(store_url(settings)) as store:
            store.ping()

    token = settings.quartet_metrics_token
    assert settings.redis_url is not None  # noqa: S101 - checked before anything was started
    return create_app(
        Ports(
            secret=_secret(settings),
            queue=JobQueue(settings.redis_url.get_secret_value().strip()),
            ping_store=ping_store,
            metrics_token=token.get_secret_value().strip() if token else "",
            dashboard=_dashboard(settings),
            records_lost=partial(_records_lost, settings) if _has_langfuse(settings) else None,
        )
    )


def _dashboard(settings: Settings) -> Dashboard | None:
    from app.web.dashboard.setting import dashboard_setting  # noqa: PLC0415 - for the server alone

    setting = dashboard_setting(settings)
    if setting is None:
        return None
    from app.web.dashboard.figures import held_by_others, make_page  # noqa: PLC0415 - the pages of a dashboard that is there
    from app.web.dashboard.mounting import Dashboard  # noqa: PLC0415 - the same

    assert settings.redis_url is not None  # noqa: S101 - checked before anything was started
    return Dashboard(
        setting=setting,
        redis_url=settings.redis_url.get_secret_value().strip(),
        make_page=partial(make_page, settings),
        held_by_others=partial(held_by_others, settings),
    )


def _has_langfuse(settings: Settings) -> bool:
    return bool(settings.langfuse_public_key and settings.langfuse_secret_key)


def _records_lost(settings: Settings) -> int:
    from app.analytics.reading import reading  # noqa: PLC0415 - where Langfuse is in use
    from llm_runtime.analytics.dropped import dropped_since  # noqa: PLC0415 - the same

    with reading(settings) as connection:
        return 0 if connection is None else dropped_since(connection, datetime.now(UTC) - timedelta(days=1))


def _secret(settings: Settings) -> str:
    return settings.github_webhook_secret.get_secret_value().strip() if settings.github_webhook_secret else ""


def _public(settings: Settings, address: str) -> str:
    return (settings.quartet_public_url or address).rstrip("/")


def _say(text: str) -> None:
    sys.stderr.write(f"quartet web: {text}\n")
    sys.stderr.flush()


@contextmanager
def _figures_of_all_processes() -> Iterator[None]:
    """A folder for the figures of the processes, unless somebody has named one for more than this server."""
    if os.environ.get(_METRICS_FOLDER):
        yield
        return
    folder, owner = tempfile.mkdtemp(prefix="quartet-figures-"), os.getpid()
    os.environ[_METRICS_FOLDER] = folder
    try:
        yield
    finally:
        # The processes of the server end here, too, and the others still write there.
        if os.getpid() == owner:
            del os.environ[_METRICS_FOLDER]
            shutil.rmtree(folder, ignore_errors=True)
