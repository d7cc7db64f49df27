"""A process that uses the embedded Redis, as the parts of ``quartet up`` do, and says in JSON what came of it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from typing import Any

from app.events import PullRequestChanged, RepositoryId
from app.queue import JobQueue
from app.redis_client import connect

OPENED = PullRequestChanged(
    repository=RepositoryId(installation=5, owner="Acme", repo="shop"), number=7, action="opened", head="a" * 40
)


def ask(url: str, what: str) -> Any:
    """What a client process learns; None where the server does not answer."""
    client = subprocess.run(
        (sys.executable, "-m", "tests.app.embedded_client", url, what), stdout=subprocess.PIPE, check=False
    )
    return json.loads(client.stdout) if client.returncode == 0 else None


def main(url: str, what: str) -> None:
    answer: Any
    with closing(JobQueue(url)) as queue, closing(connect(url, text=True)) as client:
        match what:
            case "accept":
                answer = queue.accept("d-1", OPENED).new
            case "waiting":
                answer = queue.depths()["interactive"]
            case "server":
                answer = {**client.info("server"), **client.config_get("port")}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
