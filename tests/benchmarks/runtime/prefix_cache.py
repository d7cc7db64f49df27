"""A vendor's prompt cache: a request's body and a moment come in, what was read from and written to the cache goes out.

The rules are Anthropic's, read in copies of its pages of October 2026, not tried on its servers.

https://platform.claude.com/docs/en/build-with-claude/prompt-caching: a prefix ends at a block with ``cache_control``;
before it stand the system and the messages; an entry is found at the mark or up to 20 positions back, the mark
included; "a cache entry only becomes available after the first response begins"; it lives for five minutes, "measured
from the start of the request that writes or reads the cache entry"; a prefix shorter than the model's least length is
not cached and nothing says so; another effort is another prefix.

https://platform.claude.com/docs/en/build-with-claude/structured-outputs: "Changing the ``output_config.format``
parameter will invalidate any prompt cache for that conversation thread", because the form is put into the system
prompt. The same was measured with Claude on Bedrock (https://exploration.grjus.eu/posts/
prompt-caching-structured-output-bedrock/).
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
"""For models that are not named below: the largest of the least lengths that are documented (Haiku 4.5)."""

_LEAST_TOKENS = {"claude-opus-5-5": 512, "claude-sonnet-5-5": 512, "claude-haiku-5-5": 512}

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

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def ask(self, body: dict[str, Any], now: float, *, seconds_to_answer: float) -> Read:
        """Serve a request that arrives at that moment (seconds), and whose answer begins so many seconds later."""
        prefixes = list(_prefixes(body))
        total = prefixes[-1].tokens
        least = _LEAST_TOKENS.get(body["model"], LEAST_TOKENS)
        marks = [number for number, prefix in enumerate(prefixes) if prefix.marked and prefix.tokens >= least]
        cached = max((self._found(prefixes, mark, now) for mark in marks), default=0)
        for mark in marks:
            self._write(prefixes[mark].key, now, now + seconds_to_answer)
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

    def _write(self, key: str, now: float, readable_from: float) -> None:
        """Who writes the same as somebody before prolongs it, and delays nothing."""
        entry = self._entries.get(key)
        if entry is not None and now < entry.until:
            readable_from = min(readable_from, entry.readable_from)
        self._entries[key] = _Entry(readable_from=readable_from, until=now + LIFETIME_SECONDS)


@dataclass(frozen=True, slots=True)
class _Prefix:
    key: str
    tokens: int
    marked: bool


def _prefixes(body: dict[str, Any]) -> Iterator[_Prefix]:
    """Every beginning of a request that ends with a block."""
    output = body.get("output_config") or {}
    form = json.dumps(output.get("format"), sort_keys=True)
    digest = hashlib.sha256(f"{body['model']}\n{form}\n{output.get('effort')}".encode())
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
