"""How lanes, jobs and deliveries are called in Redis."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

_JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


class Lane(StrEnum):
    """What is done first, and what can wait."""

    INTERACTIVE = "interactive"
    BACKGROUND = "background"


def queue_name(prefix: str, lane: Lane) -> str:
    """The name that RQ knows a lane by."""
    return f"{prefix}:{lane}"


def jobs_key(prefix: str) -> str:
    """Where the ids of all jobs that are not finished are kept, by the moment from which on they are due."""
    return f"{prefix}:jobs"


def delivery_job_id(delivery: str) -> str:
    """The job of a delivery; RQ takes letters, digits, ``_`` and ``-`` alone.

    >>> delivery_job_id("72d3162e-cc78-11e3-81ab-4c9367dc0958")
    'delivery-72d3162e-cc78-11e3-81ab-4c9367dc0958'
    """
    named = delivery if _JOB_ID.fullmatch(delivery) else hashlib.sha256(delivery.encode(errors="replace")).hexdigest()
    return f"delivery-{named}"


def about(data: Mapping[str, Any]) -> str:
    """Which pull request a job is about, for people; never what is said there."""
    place = data.get("repository") or data
    name = f"{place.get('owner', '')}/{place.get('repo', '')}".strip("/") or str(data.get("account", ""))
    return f"{name}#{data['number']}" if data.get("number") else name
