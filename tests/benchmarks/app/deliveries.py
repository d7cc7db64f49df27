"""Deliveries per second, and how long the acknowledgement takes, over a real gunicorn and a real Redis.

    python -m tests.benchmarks.app.deliveries [--seconds 10] [--rate 200]

For 1 and 4 processes of ``quartet web``: first as many deliveries as sixteen connections can send one after another,
then a fixed number each second, whatever the answers take (an answer that is late does not make the next delivery late,
so the waiting in between is counted, too). Each delivery is another one, of 12 KB, as GitHub's are, and is enqueued.
Server, Redis (which writes its append-only file) and the client that measures share the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import queue as queues
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from tests.app.web.processes import WebProcesses, web_processes
from tests.app.web.signing import OPENED, signature
from tests.fakes.redis_server import own_redis

CONNECTIONS = 16
PROCESSES = (1, 4)
_BODY = json.dumps({**OPENED, "filler": "x" * 12_000}).encode()
_HEAD = (
    b"POST /webhooks/github HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"X-GitHub-Event: pull_request\r\n"
    + f"Content-Length: {len(_BODY)}\r\nX-Hub-Signature-256: {signature(_BODY)}\r\n".encode()
    + b"Connection: %b\r\nX-GitHub-Delivery: %b\r\n\r\n"
)


class _Sender:
    """One connection, kept open or made anew for each delivery; it does as little as it can."""

    def __init__(self, url: str, *, keep: bool) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 80)
        self._keep = keep
        self._socket: socket.socket | None = None

    def deliver(self, guid: str) -> None:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(_HEAD % (b"keep-alive" if self._keep else b"close", guid.encode()) + _BODY)
        answer = self._socket.recv(65_536)
        while b'"job"' not in answer:
            more = self._socket.recv(65_536)
            if not more:
                break
            answer += more
        if not answer.startswith(b"HTTP/1.1 202 "):
            raise SystemExit(f"a delivery was answered with {answer[:40]!r}")
        if not self._keep:
            self.close()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _flood(url: str, seconds: float, *, keep: bool) -> tuple[float, list[float]]:
    """Deliveries a second, and seconds of each."""
    latencies: list[float] = []
    end = time.perf_counter() + seconds

    def send(sender_number: int) -> None:
        sender, number = _Sender(url, keep=keep), 0
        own: list[float] = []
        while time.perf_counter() < end:
            begun = time.perf_counter()
            sender.deliver(f"flood-{keep:d}-{sender_number}-{number}")
            own.append(time.perf_counter() - begun)
            number += 1
        sender.close()
        latencies.extend(own)

    _in_threads(send)
    return len(latencies) / seconds, latencies


def _steady(url: str, seconds: float, rate: float, *, keep: bool) -> list[float]:
    """Seconds from the moment at which a delivery was due to its acknowledgement."""
    latencies: list[float] = []
    due: queues.SimpleQueue[float | None] = queues.SimpleQueue()

    def send(sender_number: int) -> None:
        sender, number = _Sender(url, keep=keep), 0
        while (moment := due.get()) is not None:
            sender.deliver(f"steady-{keep:d}-{sender_number}-{number}")
            latencies.append(time.perf_counter() - moment)
            number += 1
        sender.close()

    clock = threading.Thread(target=_tick, args=(due, seconds, rate))
    clock.start()
    _in_threads(send)
    clock.join()
    return latencies


def _tick(due: queues.SimpleQueue[float | None], seconds: float, rate: float) -> None:
    begun = time.perf_counter()
    for number in range(round(seconds * rate)):
        moment = begun + number / rate
        time.sleep(max(0.0, moment - time.perf_counter()))
        due.put(moment)
    for _ in range(CONNECTIONS):
        due.put(None)


def _in_threads(work: Callable[[int], None]) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _ms(latencies: list[float], share: float) -> float:
    ranked = sorted(latencies)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] * 1_000


def _resident_mb(process: WebProcesses) -> float:
    """Memory of the group, with what the processes share counted once."""
    parent = process.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    total = 0
    for pid in (str(parent), *children):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1_024


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one line for each number of processes and way of connecting."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rate", type=float, default=200.0)
    options = parser.parse_args(arguments)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; {len(_BODY):,} bytes a delivery")
    print("processes | connections | deliveries/s | p50 ms | p99 ms | at /s | p50 ms | p99 ms | MB (shared once)")
    for processes in PROCESSES:
        for keep in (True, False):
            with TemporaryDirectory() as folder, own_redis("--appendonly", "yes") as redis:
                environment = {"REDIS_URL": redis.url, "QUARTET_STATE_DIR": folder}
                with web_processes("--workers", str(processes), **environment) as web:
                    url = web.url
                    _flood(url, 1.0, keep=not keep)
                    rate, flooded = _flood(url, options.seconds, keep=keep)
                    steady = _steady(url, options.seconds, options.rate, keep=keep)
                    size = _resident_mb(web)
            print(
                f"{processes} | {'kept' if keep else 'new each time'} | {rate:.0f} | {_ms(flooded, 0.5):.1f} | "
                f"{_ms(flooded, 0.99):.1f} | {options.rate:.0f} | {_ms(steady, 0.5):.1f} | {_ms(steady, 0.99):.1f} | "
                f"{size:.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
