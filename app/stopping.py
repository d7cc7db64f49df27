"""Whether this process is to come to an end soon: told by its parent through a pipe that ends.

The parent holds the writing end and gives the reading end to its children. It closes its end when what runs is to be
handed back; and when it dies, however that happens, its end closes too. Forks inherit the reading end.
"""

from __future__ import annotations

import os
import select

_heard: int | None = None


def listen(reading_end: int) -> None:
    """From now on this process and its forks hear of the end through a file descriptor."""
    global _heard  # noqa: PLW0603 - a process has one parent; a fork must inherit it
    _heard = reading_end


def stopping() -> bool:
    """Whether what runs in this process is to be handed back now."""
    if _heard is None:
        return False
    poll = select.poll()
    poll.register(_heard, select.POLLIN | select.POLLHUP)
    return bool(poll.poll(0))


class StopPipe:
    """The parent's side.

    Attributes:
        reading_end: To be given to children (``pass_fds``).
    """

    def __init__(self) -> None:
        self.reading_end, self._writing_end = os.pipe()
        self._told = False

    def tell(self) -> None:
        """Everything that listens is to come to an end."""
        if not self._told:
            self._told = True
            os.close(self._writing_end)

    def close(self) -> None:
        """Tell, and let go of both ends."""
        self.tell()
        os.close(self.reading_end)
