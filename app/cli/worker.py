"""``quartet worker``: its options, before anything heavy is loaded."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from app.job_names import Lane

if TYPE_CHECKING:
    from app.settings import Settings

MAX_PROCESSES = 64


def command(
    *,
    processes: Annotated[
        int, typer.Option(min=1, max=MAX_PROCESSES, help="How many jobs are done at a time, each in a process.")
    ] = 2,
    lanes: Annotated[
        str, typer.Option(help="What is done here: interactive (commands, new pushes), background (reviews), or both.")
    ] = "interactive,background",
) -> int:
    """Do the App's work: take jobs from the queue in REDIS_URL until told to stop.

    SIGTERM or Ctrl-C: what runs may end, and is handed back to another worker when the grace time
    (QUARTET_GRACE_SECONDS) is over. A second one ends everything at once.

    Exit status: 0 stopped, 2 something in the environment cannot be used, 3 Redis does not answer.
    """
    chosen = _lanes(lanes)
    from app import worker  # noqa: PLC0415 - RQ is loaded where it is needed
    from app.settings import read_settings  # noqa: PLC0415 - as above

    settings = read_settings()
    resend = functools.partial(_resend_failed, settings) if settings.github_app_id else None
    worker.run(settings, processes=processes, lanes=chosen, say=say, resend=resend)
    return 0


def _resend_failed(settings: Settings) -> int:
    """Have GitHub send again what it could not deliver; opened anew each time, every ten minutes."""
    from app.github_access import GitHubAccess  # noqa: PLC0415 - PyGithub is loaded where it is needed
    from app.worker import redis_url  # noqa: PLC0415 - as above

    with GitHubAccess(settings, redis_url(settings), say=say) as access:
        return access.resend_failed()


def say(line: str) -> None:
    """One line for whoever reads the log, at once."""
    sys.stderr.write(f"quartet: {line}\n")
    sys.stderr.flush()


def _lanes(text: str) -> tuple[Lane, ...]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in list(Lane)]
    if unknown or not names:
        msg = f"{', '.join(unknown) or 'nothing'!r} is no lane; there are {', '.join(Lane)}"
        raise typer.BadParameter(msg, param_hint="--lanes")
    return tuple(Lane(name) for name in names)
