"""The embedded Redis under a supervisor, as a process that says where it is."""

from __future__ import annotations

import sys
from pathlib import Path

from app.cli.worker import say
from app.embedded import embedded
from app.errors import AppError
from app.supervisor import Supervisor

if __name__ == "__main__":
    try:
        with embedded(Path(sys.argv[1])) as redis:
            Supervisor([[redis.part]], say=say).run(lambda: say(f"ready at {redis.url}"))
    except AppError as error:
        say(str(error))
        sys.exit(error.exit_status)
