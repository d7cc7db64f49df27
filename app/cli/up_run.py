"""Runs the whole App on one machine: settings in, a supervised group of processes until it is told to stop."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

from app import wiring
from app.cli.worker import say
from app.embedded import embedded
from app.errors import Misconfigured
from app.model_choice import choose_models, parse_models
from app.settings import read_settings
from app.supervisor import Part, Supervisor
from reviewers.perspectives import REVIEWERS

if TYPE_CHECKING:
    from app.settings import Settings

QUARTET = (sys.executable, "-P", "-c", "from app.cli.main import entry_point; entry_point()")
"""This program, whatever folder it is started in."""

_WEB_WORKERS = 2
_MORE_SECONDS = 5.0
"""What the workers' parent gets beyond the grace time that it gives its workers."""


def run(host: str, port: int, *, workers: int) -> int:
    """Run everything until SIGTERM or SIGINT.

    Raises:
        Misconfigured: Something that it needs is half set up, or the state directory is in use.
        AppError: A part could not be started.
    """
    settings = read_settings()
    place = ("--host", host, "--port", str(port))
    try:
        settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{settings.state_dir} cannot be made; set QUARTET_STATE_DIR to a folder that can be written"
        raise Misconfigured(msg) from error
    if not is_set_up(settings):
        say("there is no GitHub App yet; register one at the address below, set what it shows, and start again")
        Supervisor([[_part("web", "web", "--setup", *place)]], say=say).run()
        return 0
    for line in introduction(settings):
        say(line)
    with ExitStack() as stack:
        stages: list[list[Part]] = []
        environment = {"QUARTET_STATE_DIR": str(settings.state_dir.absolute())}
        if not _has_redis(settings):
            redis = stack.enter_context(embedded(settings.state_dir))
            stages.append([redis.part])
            environment["REDIS_URL"] = redis.url
        grace = settings.quartet_grace_seconds + _MORE_SECONDS
        stages += [
            [_part("workers", "worker", "--processes", str(workers), environment=environment, grace_seconds=grace)],
            [_part("web", "web", "--workers", str(_WEB_WORKERS), *place, environment=environment)],
        ]
        Supervisor(stages, say=say).run()
    say("stopped")
    return 0


def is_set_up(settings: Settings) -> bool:
    """Whether there is an App, False where nothing of it is set.

    Raises:
        Misconfigured: Some of it is missing.
    """
    parts = {
        "GITHUB_APP_ID": settings.github_app_id,
        "GITHUB_APP_PRIVATE_KEY": settings.github_app_private_key or settings.github_app_private_key_path,
        "GITHUB_WEBHOOK_SECRET": settings.github_webhook_secret,
    }
    missing = [name for name, value in parts.items() if not value]
    if missing and len(missing) < len(parts):
        msg = f"the GitHub App is half set up: {' and '.join(missing)} must be set, too (docs/app.md)"
        raise Misconfigured(msg)
    return not missing


def introduction(settings: Settings) -> Iterator[str]:
    """What will run where.

    Raises:
        Misconfigured: A model is named that there is not.
    """
    database = "the database in DATABASE_URL" if settings.database_url else "SQLite"
    queue = "the Redis in REDIS_URL" if _has_redis(settings) else "a Redis of its own"
    yield f"App {settings.github_app_id} with {queue} and {database}; state in {settings.state_dir}"
    models = choose_models(
        REVIEWERS,
        named=parse_models(settings.quartet_models.split(";")),
        available=lambda provider: wiring.available(settings, provider),
    )
    if models:
        yield f"models: {', '.join(f'{name} {specs[0].id}' for name, specs in models.items())}"
    else:
        yield "no model has a key, so reviews will hold what the program itself finds; set OPENAI_API_KEY, for example"


def _has_redis(settings: Settings) -> bool:
    return bool(settings.redis_url and settings.redis_url.get_secret_value().strip())


def _part(name: str, *command: str, environment: dict[str, str] | None = None, grace_seconds: float = 15.0) -> Part:
    return Part(
        name=name,
        command=(*QUARTET, *command),
        environment=environment or {},
        grace_seconds=grace_seconds,
        hopeless=(2,),
    )
