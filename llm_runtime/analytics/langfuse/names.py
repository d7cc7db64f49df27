"""The names under which Langfuse has what records say."""

from __future__ import annotations

from enum import StrEnum

LONGEST = 200
"""Characters of a value: longer ones Langfuse cuts when they are read, and does not take as a trace's at all."""

ROOT = "trace"
"""Whose span all others are in."""

EXECUTION = "execution"
"""What the event is called that tells how a question ended."""


class Key(StrEnum):
    """Names of metadata."""

    # Of the trace, on each of its observations.
    TRACE_NAME = "trace_name"
    SOURCE = "source"
    REPOSITORY = "repository"
    NUMBER = "number"
    HEAD = "head"
    JOB = "job"
    INSTALLATION = "installation"
    STARTED_AT = "started_at"
    OPENED_AT = "opened_at"
    # Of its root.
    STATUS = "status"
    POSTED_AT = "posted_at"
    # Of everything.
    ASKER = "asker"
    PROVIDER = "provider"
    MODEL = "model"
    AT = "at"
    # Of a generation.
    QUESTION = "question"
    ROUND = "round"
    SERVED = "served"
    TIER = "tier"
    ROLE = "role"
    PRICED = "priced"
    COST = "cost"
    SAVED = "saved"
    LATENCY_MS = "latency_ms"
    FIRST_TOKEN_MS = "first_token_ms"  # noqa: S105 - of a text, not of a credential
    WAIT_MS = "wait_ms"
    PROMPT_DIGEST = "prompt_digest"
    PROMPT_CHARACTERS = "prompt_characters"
    ANSWER_DIGEST = "answer_digest"
    ANSWER_CHARACTERS = "answer_characters"
    VARIANT = "variant"
    VARIANT_VERSION = "variant_version"
    # Of an event.
    KIND = "kind"
    SECONDS = "seconds"
    DATA = "data"
    # Of the end of a question.
    OUTCOME = "outcome"
    FINDINGS = "findings"
    ENDED_AT = "ended_at"
    # Of a score.
    REVIEWER = "reviewer"


class ScoreName(StrEnum):
    """Names of scores on a reviewer's span."""

    FINDINGS = "findings"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    GAPS = "gaps"
    PRECISION = "precision"


class UsageKey(StrEnum):
    """Kinds of tokens, and of what they cost; no token is of two kinds."""

    INPUT = "input"
    CACHED_INPUT = "input_cached_tokens"
    CACHE_WRITE = "input_cache_creation"
    OUTPUT = "output"
    REASONING = "output_reasoning_tokens"
    TOTAL = "total"
