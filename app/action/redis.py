"""A Redis of this step's own, for the turns that it takes: started in a folder of the job, and ended with the step."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.embedded import embedded, executable
from app.errors import Misconfigured

_END_SECONDS = 5.0


@contextmanager
def own_redis(folder: Path) -> Iterator[str]:
    """The server's address, as long as the block lasts; it ends with this process, however that happens.

    Args:
        folder: Where its files go; nothing of them is needed afterwards.

    Raises:
        Misconfigured: There is no server for this system, or the folder cannot be used.
        QueueDown: It did not start.
    """
    try:
        executable()
    except Misconfigured as error:
        # Where the App would take REDIS_URL, a step cannot: its turns are nobody else's.
        msg = "a step needs a Redis of its own, and there is none here; use runs-on: ubuntu-latest, or get redis-server"
        raise Misconfigured(msg) from error
    with embedded(folder) as redis:
        part = redis.part
        leash = (sys.executable, "-P", "-m", "app.leash", str(os.getpid()), part.orphaned.name)
        process = subprocess.Popen(  # noqa: S603 - our own part, without a shell
            (*leash, *part.command),
            pass_fds=part.inherits,
            stdin=subprocess.DEVNULL,
            # What cancels the step is for this process, which needs the server to end in order.
            process_group=0,
        )
        try:
            if part.ready:
                part.ready(lambda: process.poll() is None)
            yield redis.url
        finally:
            process.terminate()
            try:
                process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
