"""The words for what an answer can be divided by; nothing heavy is loaded to read them."""

from __future__ import annotations

from enum import StrEnum


class By(StrEnum):
    """By what an answer can be divided."""

    MODEL = "model"
    PROVIDER = "provider"
    REVIEWER = "reviewer"
    REPOSITORY = "repository"
    PULL_REQUEST = "pull-request"
    DAY = "day"
    PROMPT = "prompt"
