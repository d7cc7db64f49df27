"""Figures of the calls that jobs make, in the files that the web server shows to Prometheus."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from prometheus_client import values

from llm_runtime.metrics.prometheus import PrometheusMetrics

if TYPE_CHECKING:
    from llm_runtime.events import Observer


def job_metrics() -> tuple[Observer, ...]:
    """What counts the calls of this process; nothing, where no other process could see it.

    Each job runs in a fork of its own, and a file for each of them would fill the folder. One fork at a time is a
    worker's, so they all write the worker's file, as the client's page on other servers than gunicorn has it
    (https://prometheus.github.io/client_python/multiprocess/).
    """
    if not values.ValueClass._multiprocess:  # noqa: SLF001 - decided at import, and told by nothing public
        return ()
    values.ValueClass = values.MultiProcessValue(process_identifier=os.getppid)  # type: ignore[no-untyped-call]
    return (PrometheusMetrics(),)
