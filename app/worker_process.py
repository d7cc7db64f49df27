"""One worker: the program that ``app.worker`` starts, once for each process that was asked for."""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from app.errors import AppError
from app.job_names import Lane, queue_name
from app.readiness import tell
from app.settings import read_settings
from app.stopping import listen

if TYPE_CHECKING:
    import redis


def main(arguments: Sequence[str] | None = None) -> None:
    """Work until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", required=True)
    parser.add_argument("--lanes", required=True)
    parser.add_argument("--prefix", required=True)
    parser.add_argument("--jobs", required=True)
    parser.add_argument("--hears", type=int, required=True)
    parser.add_argument("--tells", type=int, required=True)
    options = parser.parse_args(arguments)
    settings = read_settings()
    listen(options.hears)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    # A line for each delivery and each review; what libraries say of their insides is not for this log.
    logging.getLogger("quartet").setLevel(logging.INFO)
    importlib.import_module(options.jobs).warm_up(settings)
    assert settings.redis_url  # noqa: S101 - app.worker has seen to it
    url = settings.redis_url.get_secret_value().strip()
    from app.redis_client import connect  # noqa: PLC0415 - after the SDKs, whose loading rests the garbage collector

    with closing(connect(url, text=False)) as client:
        queues = [queue_name(options.prefix, Lane(lane)) for lane in options.lanes.split(",")]
        work(client, queues, ready=lambda: tell(options.tells, options.name))


def work(client: redis.Redis, queues: Sequence[str], *, ready: Callable[[], None]) -> None:
    """Do the jobs of some queues, the first one's first; ``ready`` is called once they can be taken."""
    from app.horses import HEARTBEAT_SECONDS, WORKER_TTL_SECONDS, QuartetWorker  # noqa: PLC0415 - RQ is loaded last

    worker = QuartetWorker(
        list(queues),
        connection=client,
        serializer="json",
        worker_ttl=WORKER_TTL_SECONDS,
        job_monitoring_interval=HEARTBEAT_SECONDS,
        log_job_description=False,
    )
    ready()
    # A cold stop of RQ's is an exit with a work horse that was killed; nothing is to be said of it.
    with suppress(SystemExit):
        worker.work(logging_level="WARNING")


if __name__ == "__main__":
    try:
        main()
    except AppError as error:
        sys.stderr.write(f"quartet: {error}\n")
        sys.exit(error.exit_status)
