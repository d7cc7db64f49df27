"""A vendor of OpenAI's protocol in a process of its own that keeps one limit strictly over a scaled minute.

It is asyncio without a framework, because it must not be the bottleneck: a call costs it about 50 µs. Time is the
machine's monotonic clock, which all processes share.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
import sys
import time
from collections.abc import Callable

from tests.benchmarks.runtime.prompts import count_tokens
from tests.benchmarks.runtime.protocol import ServerSettings, Stats
from tests.benchmarks.runtime.rules import Rule, Verdict
from tests.benchmarks.runtime.shapes import ANSWER, SHAPES

_ROUNDING = 1e-6
_REASONS = {200: "OK", 404: "Not Found", 429: "Too Many Requests"}


class LimitedVendor:
    """Decides what each request is answered, and remembers it; the clock is injected."""

    def __init__(self, settings: ServerSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._rule: Rule | None = SHAPES[settings.shape].rule(settings.minute) if settings.shape else None
        self._draw = random.Random(settings.seed)
        self._admitted: list[float] = []
        self._rejected: list[float] = []
        self._tokens: list[int] = []

    def answer(self, path: str, body: bytes) -> tuple[int, dict[str, str], bytes, float]:
        """Status, headers, body, and the seconds after which it is sent."""
        if path == "/stats":
            stats = Stats(admitted=self._admitted, rejected=self._rejected, tokens=self._tokens)
            return 200, {}, stats.to_json().encode(), 0.0
        if path != "/v1/chat/completions":
            return 404, {}, b'{"error": {"message": "Not found"}}', 0.0
        return self._complete(json.loads(body))

    def _complete(self, asked: dict[str, object]) -> tuple[int, dict[str, str], bytes, float]:
        messages = asked["messages"]
        assert isinstance(messages, list)
        read = sum(count_tokens(_text(message["content"])) for message in messages)
        weight = max(read, _reserved(asked))
        now = self._clock()
        verdict = self._rule.ask(now, weight) if self._rule else Verdict(admitted=True)
        headers = self._limit_headers(verdict) if self._settings.headers and self._rule else {}
        if not verdict.admitted:
            assert self._rule is not None
            self._rejected.append(now)
            return 429, headers | self._retry_after(verdict), self._refusal(self._rule, weight), 0.0
        self._admitted.append(now)
        self._tokens.append(weight)
        delay = self._draw.uniform(self._settings.fastest, self._settings.slowest)
        return 200, headers, _completion(str(asked["model"]), read), delay

    def _retry_after(self, verdict: Verdict) -> dict[str, str]:
        """The wait as the vendor words it: whole seconds of its minute, rounded up, and milliseconds beside them."""
        if not self._settings.retry_after or verdict.wait is None:
            return {}
        second = self._settings.minute / 60.0
        wait = math.ceil(math.ceil(verdict.wait / second) * second * 1000 - _ROUNDING)
        return {"retry-after": f"{wait / 1000:.3f}", "retry-after-ms": str(wait)}

    def _limit_headers(self, verdict: Verdict) -> dict[str, str]:
        assert self._rule is not None
        kind = self._rule.kind
        return {
            f"x-ratelimit-limit-{kind}": str(self._rule.limit),
            f"x-ratelimit-remaining-{kind}": str(verdict.remaining),
            f"x-ratelimit-reset-{kind}": f"{math.ceil(verdict.reset * 1000)}ms",
        }

    def _refusal(self, rule: Rule, weight: int) -> bytes:
        counted = "requests per min (RPM)" if rule.kind == "requests" else "tokens per min (TPM)"
        asked = 1 if rule.kind == "requests" else weight
        message = (
            f"Rate limit reached for gpt-4o-mini in organization org-bench on {counted}: Limit {rule.limit}, "
            f"Requested {asked}. Visit https://platform.openai.com/account/rate-limits to learn more."
        )
        error = {"message": message, "type": rule.kind, "param": None, "code": "rate_limit_exceeded"}
        return json.dumps({"error": error}).encode()


class Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, one request at a time on a connection, as the SDKs send them."""

    def __init__(self, vendor: LimitedVendor) -> None:
        self._vendor = vendor
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._received[:end].decode("latin-1")
        length = next(
            (int(line[15:]) for line in head.split("\r\n") if line[:15].lower() == "content-length:"),
            0,
        )
        if len(self._received) < end + 4 + length:
            return
        body = bytes(self._received[end + 4 : end + 4 + length])
        del self._received[: end + 4 + length]
        status, headers, answer, delay = self._vendor.answer(head.split(" ", 2)[1], body)
        lines = [f"HTTP/1.1 {status} {_REASONS[status]}", "content-type: application/json"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"content-length: {len(answer)}", "", ""]
        message = "\r\n".join(lines).encode("latin-1") + answer
        if delay:
            asyncio.get_running_loop().call_later(delay, self._send, message)
        else:
            self._send(message)

    def _send(self, message: bytes) -> None:
        """Answer, unless the client has gone in the meantime."""
        if self._transport is not None:
            self._transport.write(message)


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    assert isinstance(content, list)
    return "\n".join(str(part["text"]) for part in content)


def _reserved(asked: dict[str, object]) -> int:
    """Tokens of the answer as the vendor counts them beforehand: as many as it may have."""
    limit = asked.get("max_completion_tokens") or asked.get("max_tokens") or ANSWER
    assert isinstance(limit, int)
    return limit


def _completion(model: str, read: int) -> bytes:
    message = {"role": "assistant", "content": "Nothing to report.", "refusal": None}
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_790_000_000,
            "model": model,
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": read, "completion_tokens": ANSWER, "total_tokens": read + ANSWER},
        }
    ).encode()


async def serve(settings: ServerSettings) -> None:
    """Print the port that was found, then serve until the process is ended."""
    vendor = LimitedVendor(settings)
    server = await asyncio.get_running_loop().create_server(lambda: Connection(vendor), "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(ServerSettings.from_json(sys.argv[1])))
