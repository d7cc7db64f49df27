"""Ids that are the same in SQL and in Langfuse, wherever and however often they are made."""

from __future__ import annotations

import hashlib
import secrets


def trace_id(*parts: str | int) -> str:
    """The id of a review: 32 hex digits of what names it (repository, pull request, head, job).

    It is what Langfuse's ``create_trace_id`` makes of the parts, joined by line feeds, as seed.

    >>> trace_id("octo/app", 7, "a1b2", "job-1") == trace_id("octo/app", 7, "a1b2", "job-1")
    True
    >>> len(trace_id("octo/app"))
    32
    """
    return _digest(*parts)[:32]


def span_id(trace: str, name: str) -> str:
    """The id of a part of a trace, such as a reviewer's: 16 hex digits, as OpenTelemetry has them.

    >>> span_id("0af7651916cd43dd8448eb211c80319c", "security") == span_id("0af7651916cd43dd8448eb211c80319c", "bugs")
    False
    """
    return _digest(trace, name)[:16]


def new_id() -> str:
    """An id for something that has no name of its own, such as an exchange with a model: 16 hex digits by chance.

    Within one trace no two are the same; all keys are made of a trace's id and this.
    """
    # OpenTelemetry takes no zero.
    return secrets.token_hex(8).replace("0" * 16, "0" * 15 + "1")


def variant_id(name: str, text: str) -> str:
    """The id of a prompt's wording: 64 hex digits of its name and its text."""
    return _digest(name, text)


def _digest(*parts: str | int) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()
