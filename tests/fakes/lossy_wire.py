"""A wire to a real server that loses answers: what was asked has been done, and nobody hears of it."""

from __future__ import annotations

import select
import socket
import threading
from types import TracebackType
from typing import Self


class LossyWire:
    """Passes bytes on in both directions between clients and a port of loopback.

    Attributes:
        port: Where it listens.
        lost: Answers that were lost.
    """

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.lost = 0
        self._loses = threading.Event()
        self._threads = [threading.Thread(target=self._accept)]

    def lose_next_answer(self) -> None:
        """Cut the connection on which the next answer comes, after it has come."""
        self._loses.set()

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._pass_on, args=(client,))
            self._threads.append(thread)
            thread.start()

    def _pass_on(self, client: socket.socket) -> None:
        """Until one side closes."""
        with client, socket.create_connection(("127.0.0.1", self._to_port)) as server:
            while True:
                ready, _, _ = select.select([client, server], [], [])
                for one in ready:
                    data = one.recv(65_536)
                    if not data:
                        return
                    if one is server and self._loses.is_set():
                        self._loses.clear()
                        self.lost += 1
                        return
                    (client if one is server else server).sendall(data)
