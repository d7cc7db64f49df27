"""A Datadog agent that only listens: a UDP socket on loopback, and the grammar of DogStatsD 1.3.

https://docs.datadoghq.com/developers/dogstatsd/datagram_shell/
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

_DATAGRAM = re.compile(
    r"(?P<name>[A-Za-z][A-Za-z0-9_.]{0,199}):(?P<value>-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?)\|(?P<type>c|g|ms|h|d|s)"
    r"(\|@(0(\.[0-9]+)?|1))?(\|#(?P<tags>[^|#\n]+))?(\|c:[^|\n]+)?(\|e:[^|\n]+)?(\|T[0-9]+)?"
)
_TAG = re.compile(r"(?P<key>[A-Za-z][\w./-]*):(?P<value>[^,|#\s]+)")


@dataclass(frozen=True, slots=True)
class Metric:
    name: str
    type: str
    value: float
    tags: Mapping[str, str]


class ListeningAgent:
    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def datagrams(self) -> list[str]:
        """All that came since the last time: on loopback a datagram is there when sending it has returned."""
        came = []
        while True:
            try:
                came.append(self._socket.recv(65_536).decode())
            except BlockingIOError:
                return came

    def metrics(self) -> list[Metric]:
        """The same, read by the grammar."""
        return [_read(line) for datagram in self.datagrams() for line in datagram.removesuffix("\n").split("\n")]


def _read(line: str) -> Metric:
    matched = _DATAGRAM.fullmatch(line)
    assert matched, f"no DogStatsD: {line!r}"
    tags = {}
    for written in (matched["tags"] or "").split(",") if matched["tags"] else []:
        tag = _TAG.fullmatch(written)
        assert tag, f"no tag: {written!r}"
        assert len(written) <= 200
        assert tag["key"] not in tags, f"twice: {written!r}"
        tags[tag["key"]] = tag["value"]
    return Metric(matched["name"], matched["type"], float(matched["value"]), tags)
