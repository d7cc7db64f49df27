"""Jobs that failed for good, for people: what it was, and the last line of what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rq.registry import FailedJobRegistry

if TYPE_CHECKING:
    from rq import Queue
    from rq.job import Job

_ERROR_LENGTH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A job that failed for good.

    Attributes:
        job: Its id.
        what: What it was about, such as ``handle: pull_request owner/repo#7``.
        error: The last line of what went wrong.
        failed_at: When.
    """

    job: str
    what: str
    error: str
    failed_at: datetime | None


def failed_jobs(queue: Queue) -> FailedJobRegistry:
    """The registry in which a lane keeps what failed for good."""
    return FailedJobRegistry(queue=queue)


def last_line(text: str) -> str:
    """What a traceback ends with, short and printable."""
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    told = lines[-1] if lines else ""
    return "".join(character if character.isprintable() else "�" for character in told)[:_ERROR_LENGTH]


def dead_letter(job: Job) -> DeadLetter:
    """What people are shown of a job that failed for good."""
    result = job.latest_result()
    return DeadLetter(
        job=str(job.id),
        what=job.description or "",
        error=last_line((result.exc_string if result else "") or ""),
        failed_at=result.created_at if result else job.ended_at,
    )
