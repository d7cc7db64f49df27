"""What passes between the harness, the server and the workers: plain values that survive JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """A value that is sent as one JSON object."""

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings(_Sent):
    """How a server behaves.

    Attributes:
        shape: Name of one of the ``SHAPES``; empty for a server without limits.
        minute: Seconds that its minute lasts.
        retry_after: Whether a 429 says how long to wait.
        headers: Whether answers carry ``x-ratelimit-*``.
        fastest: Seconds of the quickest answer.
        slowest: Seconds of the slowest answer.
        seed: What latencies are drawn from.
    """

    shape: str
    minute: float
    retry_after: bool = True
    headers: bool = False
    fastest: float = 0.05
    slowest: float = 0.3
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats(_Sent):
    """What a server saw, in seconds of the machine's monotonic clock.

    Attributes:
        admitted: When each answered call came, in order.
        rejected: When each 429 was given, in order.
        tokens: What each answered call weighed, in the same order as ``admitted``.
    """

    admitted: list[float]
    rejected: list[float]
    tokens: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings(_Sent):
    """What a client is told.

    Attributes:
        base_url: Address of the server, up to and including ``/v1``.
        rpm: Requests per minute that it may believe in, or None.
        tpm: Tokens per minute that it may believe in, or None.
        minute: Seconds that a minute lasts.
        burst: Calls that the vendor takes at once, where that is known; None leaves it to the client.
        processes: How many processes share the limit.
        calls: Calls of the whole run.
        ledger: Where the processes keep their account: ``memory``, ``redis``, ``sqlite``, ``postgres``, or empty.
        ledger_url: Its address: a URL, or the path of a file.
    """

    base_url: str
    rpm: int | None = None
    tpm: int | None = None
    minute: float = 60.0
    burst: int | None = None
    processes: int = 1
    calls: int = 300
    ledger: str = ""
    ledger_url: str = ""

    @property
    def scale(self) -> float:
        """What a real second lasts here: backoffs that are meant for a real minute are multiplied by it."""
        return self.minute / 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings(_Sent):
    """What a worker process is told.

    Attributes:
        client: Module that has the ``Client``.
        settings: Fields of the ``ClientSettings``.
        threads: Calls under way at once.
        tickets: Descriptor of the pipe that hands out the numbers of the calls.
        prompts: File with all questions, a JSON list of text and tokens.
    """

    client: str
    settings: Mapping[str, Any]
    threads: int
    tickets: int
    prompts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """One call as its caller saw it: its number, when it began and ended (monotonic), and the error, if it was lost."""

    number: int
    started: float
    ended: float
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerResult(_Sent):
    """What a worker process hands back.

    Attributes:
        calls: Fields of a ``Called`` for each call.
        cpu_seconds: Processor time of the process while it called.
    """

    calls: list[dict[str, Any]] = field(default_factory=list)
    cpu_seconds: float = 0.0
