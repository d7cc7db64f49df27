"""A process that ends when its parent does, however that happens; run as a program, it becomes another program so.

``python -m app.leash PARENT SIGNAL PROGRAM ARGUMENT …``

Linux alone can do this (prctl(2), PR_SET_PDEATHSIG). Elsewhere the pipe of ``app.stopping`` is all that a child hears.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int, how: signal.Signals) -> None:
    """From now on this process gets a signal when its parent dies; it exits at once where that is dead already.

    The setting survives ``exec``, and is not handed on by ``fork``.

    Args:
        parent: The parent's process id, as it knows it itself.
        how: The signal.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


if __name__ == "__main__":
    end_with_parent(int(sys.argv[1]), signal.Signals[sys.argv[2]])
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606 - the program that our own supervisor names, without a shell
