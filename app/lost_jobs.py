"""Jobs that are on no list of RQ's any more: a worker took them off a queue and died before it had noted that."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import cast

import redis
from rq import Queue
from rq.job import Job
from rq.utils import as_text

from app.job_names import Lane, jobs_key, queue_name

SETTLED_SECONDS = 10.0
"""A job is looked for only when it has been due for so long."""


def bring_back(
    client: redis.Redis, prefix: str, suspects: frozenset[str], say: Callable[[str], None]
) -> frozenset[str]:
    """Queue again what was on no list the last time and still is on none.

    Args:
        client: The server, answering in bytes.
        prefix: Beginning of the names of queues and keys.
        suspects: What was on no list the last time.
        say: Takes one line for people.

    Returns:
        What is on no list this time, to be looked at again the next.
    """
    index = jobs_key(prefix)
    ids = _texts(cast("list[bytes]", client.zrangebyscore(index, "-inf", time.time() - SETTLED_SECONDS)))
    if not ids:
        return frozenset()
    queues = {
        name: Queue(name, connection=client, serializer="json") for name in (queue_name(prefix, lane) for lane in Lane)
    }
    listed = {job for queue in queues.values() for job in _listed(client, queue)}
    missing = [job for job in ids if job not in listed]
    with client.pipeline(transaction=False) as pipeline:
        for job in missing:
            pipeline.hmget(Job.key_for(job), "status", "origin")
        found = dict(zip(missing, pipeline.execute(), strict=True))
    # Done, or failed for good and kept elsewhere.
    ended = [
        job for job, (status, _) in found.items() if status is None or status in (b"failed", b"finished", b"stopped")
    ]
    if ended:
        client.zrem(index, *ended)
    lost = frozenset(found).difference(ended)
    for job in lost & suspects:
        queue = queues.get(as_text(found[job][1] or b""))
        if queue is not None:
            with client.pipeline() as pipeline:
                pipeline.lrem(queue.intermediate_queue_key, 0, job)
                queue.push_job_id(job, pipeline=pipeline)
                pipeline.execute()
            say(f"job {job} was lost by a worker that died; it is in the queue again")
    return lost - suspects


def _listed(client: redis.Redis, queue: Queue) -> Iterable[str]:
    yield from queue.get_job_ids()
    for registry in (queue.scheduled_job_registry, queue.deferred_job_registry):
        yield from _texts(cast("list[bytes]", client.zrange(registry.key, 0, -1)))
    for entry in _texts(cast("list[bytes]", client.zrange(queue.started_job_registry.key, 0, -1))):
        yield queue.started_job_registry.parse_job_id(entry)


def _texts(values: Iterable[bytes]) -> list[str]:
    return [as_text(value) for value in values]
