"""Workers on one machine: a parent that starts them, keeps them running, looks after the queue and stops them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from app.errors import Misconfigured
from app.job_names import Lane
from app.maintenance import Maintenance
from app.readiness import ReadyPipe
from app.stopping import StopPipe
from app.supervisor import Part, Supervisor

if TYPE_CHECKING:
    from app.settings import Settings

JOBS = "app.jobs"
"""The module whose functions ``handle``, ``review`` and ``prune`` do the work, after ``warm_up`` was called once."""

HAND_BACK_SECONDS = 5.0
"""How long before the end of the grace time what runs is told to hand back."""


def run(
    settings: Settings,
    *,
    processes: int,
    lanes: Sequence[Lane] = tuple(Lane),
    say: Callable[[str], None],
    resend: Callable[[], int] | None = None,
    prefix: str = "quartet",
    jobs: str = JOBS,
) -> None:
    """Work until SIGTERM or SIGINT; then what runs may end or is handed back within the grace time.

    Args:
        settings: The environment, which the workers read again.
        processes: How many workers.
        lanes: What they do, the first one first.
        say: Takes one line for people.
        resend: Has GitHub send failed deliveries again; how many it were. None where there is no App.
        prefix: Beginning of the names of queues and keys.
        jobs: The module whose functions do the work; see ``JOBS``.

    Raises:
        Misconfigured: There is no Redis to work for.
        QueueDown: It does not answer.
    """
    url = redis_url(settings)
    grace = settings.quartet_grace_seconds
    with closing(StopPipe()) as pipe, closing(ReadyPipe()) as readiness:
        maintenance = Maintenance(
            url,
            prefix=prefix,
            review=f"{jobs}.review",
            review_deadline_seconds=settings.quartet_review_deadline_seconds,
            resend=resend,
            prune=f"{jobs}.prune",
            say=say,
        )
        maintenance.check()
        parts = [
            Part(
                name=f"worker {number}",
                command=(
                    *(sys.executable, "-P", "-m", "app.worker_process"),
                    *("--name", str(number), "--lanes", ",".join(of), "--prefix", prefix, "--jobs", jobs),
                    *("--hears", str(pipe.reading_end), "--tells", str(readiness.writing_end)),
                ),
                inherits=(pipe.reading_end, readiness.writing_end),
                hopeless=(Misconfigured.exit_status,),
                grace_seconds=grace,
                warn_seconds=HAND_BACK_SECONDS,
                warned=pipe.tell,
            )
            for number, of in enumerate(lanes_of_each(processes, lanes), start=1)
        ]
        thread = threading.Thread(target=maintenance.run, name="maintenance", daemon=True)
        readiness.when(
            processes, lambda: say(f"{processes} worker{'s' * (processes > 1)} ready for {', '.join(lanes)}")
        )
        thread.start()
        try:
            Supervisor([parts], say=say).run()
        finally:
            maintenance.stop()
            thread.join(timeout=HAND_BACK_SECONDS)


def lanes_of_each(processes: int, lanes: Sequence[Lane]) -> tuple[tuple[Lane, ...], ...]:
    """What each worker does: where there are several, one is always free for people who wait.

    >>> lanes_of_each(2, (Lane.INTERACTIVE, Lane.BACKGROUND))
    ((<Lane.INTERACTIVE: 'interactive'>,), (<Lane.INTERACTIVE: 'interactive'>, <Lane.BACKGROUND: 'background'>))
    """
    everything = tuple(lane for lane in Lane if lane in lanes)
    reserved = ((Lane.INTERACTIVE,),) if processes > 1 and len(everything) > 1 else ()
    return (*reserved, *((everything,) * (processes - len(reserved))))


def redis_url(settings: Settings) -> str:
    """The Redis that workers and web share.

    Raises:
        Misconfigured: There is none.
    """
    url = settings.redis_url.get_secret_value().strip() if settings.redis_url else ""
    if not url:
        msg = "REDIS_URL is not set; workers need a Redis that the web server shares (quartet up brings its own)"
        raise Misconfigured(msg)
    return url
