"""The workers' parent as a process, on jobs of the tests'; told by arguments, heard by its lines on standard error."""

from __future__ import annotations

import sys

from app import worker
from app.cli.worker import say
from app.settings import read_settings

if __name__ == "__main__":
    _, prefix, processes = sys.argv
    worker.run(read_settings(), processes=int(processes), say=say, prefix=prefix, jobs="tests.app.queue_jobs")
