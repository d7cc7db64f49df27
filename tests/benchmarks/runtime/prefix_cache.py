"""A vendor's prompt cache: a request's body and a moment come in, what was read from and written to the cache goes out.

The rules are Anthropic's (https://platform.claude.com/docs/en/build-with-claude/prompt-caching): a prefix ends at a
block with ``cache_control``; before it stand, in this order, the answer's form, the system and the messages; an entry
is found at the mark or up to 20 blocks before it; it can be read once the request that writes it has begun to answer;
it lives for five minutes from its last use; a prefix shorter than the model's least length is not cached.

That the answer's form is part of the prefix is documented by OpenAI (https://platform.openai.com/docs/guides/
prompt-caching: "the schema serves as a prefix to the system message") and was measured with Claude on Bedrock
(https://exploration.grjus.eu/posts/prompt-caching-structured-output-bedrock/).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.runtime.prompts import count_tokens

LIFETIME_SECONDS = 300.0
LEAST_TOKENS = 4_096
"""The largest of the least lengths that are documented (Opus 4.5, Haiku 4.5); 1,024 or 2,048 for other models."""

_LOOK_BACK = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Tokens of one request: served by the cache, written to it, and neither."""

    cached: int
    written: int
    plain: int


@dataclass(slots=True)
class _Entry:
    readable_from: float
    until: float


class PrefixCache:
    """What one account has cached; moments never go back."""

    def __init__(self, *, seconds_to_answer: float) -> None:
        """``seconds_to_answer`` pass between a request's arrival and the first word of its answer."""
        self._seconds_to_answer = seconds_to_answer
        self._entries: dict[str, _Entry] = {}

    def ask(self, body: dict[str, Any], now: float) -> Read:
        """Serve a request that arrives at that moment (seconds)."""
        prefixes = list(_prefixes(body))
        total = prefixes[-1].tokens
        marks = [number for number, prefix in enumerate(prefixes) if prefix.marked and prefix.tokens >= LEAST_TOKENS]
        cached = max((self._found(prefixes, mark, now) for mark in marks), default=0)
        for mark in marks:
            self._write(prefixes[mark].key, now)
        end = prefixes[marks[-1]].tokens if marks else 0
        return Read(cached=cached, written=end - cached, plain=total - end)

    def _found(self, prefixes: list[_Prefix], mark: int, now: float) -> int:
        """Tokens of the longest prefix that is cached, seen from a mark."""
        for prefix in reversed(prefixes[max(0, mark - _LOOK_BACK + 1) : mark + 1]):
            entry = self._entries.get(prefix.key)
            if entry is not None and entry.readable_from <= now < entry.until:
                entry.until = now + LIFETIME_SECONDS
                return prefix.tokens
        return 0

    def _write(self, key: str, now: float) -> None:
        """What is there already stays as it is; somebody who writes the same a little later does not delay it."""
        entry = self._entries.get(key)
        if entry is None or entry.until <= now:
            answering = now + self._seconds_to_answer
            self._entries[key] = _Entry(readable_from=answering, until=answering + LIFETIME_SECONDS)


@dataclass(frozen=True, slots=True)
class _Prefix:
    key: str
    tokens: int
    marked: bool


def _prefixes(body: dict[str, Any]) -> Iterator[_Prefix]:
    """Every beginning of a request that ends with a block."""
    form = json.dumps((body.get("output_config") or {}).get("format"), sort_keys=True)
    digest = hashlib.sha256(f"{body['model']}\n{form}".encode())
    tokens = count_tokens(form)
    for part, block in _blocks(body):
        text = block["text"]
        digest.update(f"{part}\n{len(text)}\n{text}".encode())
        tokens += count_tokens(text)
        yield _Prefix(digest.hexdigest(), tokens, "cache_control" in block)


def _blocks(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    parts = [("system", body.get("system") or [])]
    parts += [(message["role"], message["content"]) for message in body["messages"]]
    for name, content in parts:
        for block in [{"type": "text", "text": content}] if isinstance(content, str) else content:
            yield name, block
