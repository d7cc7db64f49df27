"""Facts come in, values that travel well go out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from llm_runtime.analytics.langfuse.names import LONGEST, Key


def said(facts: Mapping[Key, Any]) -> dict[str, Any]:
    """What there is to say, so that JSON holds it: what is unknown or empty is left out."""
    return {str(key): _plain(value) for key, value in facts.items() if value is not None and value != ""}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return sound(value)[:LONGEST] if isinstance(value, str) else value


def sound(text: str) -> str:
    """A text without halves of surrogates, which protobuf does not take."""
    return text.encode("utf-8", "replace").decode()


def ascii_only(text: str) -> str:
    """Names and such, in letters that Langfuse takes as a trace's."""
    return text.encode("ascii", "backslashreplace").decode()[:LONGEST]
