"""When everything that was started can be used: each child tells its parent through a pipe."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress


class ReadyPipe:
    """The parent's side.

    Attributes:
        writing_end: To be given to children (``pass_fds``); each writes a line of its own there when it is ready.
    """

    def __init__(self) -> None:
        self._reading_end, self.writing_end = os.pipe()
        self._thread: threading.Thread | None = None

    def when(self, children: int, ready: Callable[[], None]) -> None:
        """Call ``ready`` once, from a thread, when so many different children have told."""
        self._thread = threading.Thread(target=self._listen, args=(children, ready), name="readiness", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no more; the children have ended by then."""
        os.close(self.writing_end)
        if self._thread is None:
            os.close(self._reading_end)
        else:
            self._thread.join(timeout=_PATIENCE_SECONDS)

    def _listen(self, children: int, ready: Callable[[], None]) -> None:
        told: set[bytes] = set()
        all_told = False
        with open(self._reading_end, "rb") as lines:  # noqa: PTH123 - a file descriptor
            for line in lines:
                told.add(line)
                # One that died and was started again tells once more.
                if not all_told and len(told) == children:
                    all_told = True
                    ready()


_PATIENCE_SECONDS = 5.0


def tell(writing_end: int, name: str) -> None:
    """In a child: the part of this name can be used from now on."""
    # A parent that has died has other signs.
    with suppress(BrokenPipeError), open(writing_end, "wb", buffering=0) as pipe:
        pipe.write(f"{name}\n".encode())
