"""The runner's word that a job is cancelled: signals in, something to wait for and to cancel with out.

A runner sends SIGINT, SIGTERM 7.5 s later, and kills 2.5 s after that (docs.github.com, canceling a workflow).
"""

from __future__ import annotations

import select
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from app.stopping import StopPipe
from llm_runtime.scheduling.cancellation import Cancellation

PATIENCE_SECONDS = 4.0
"""How long a step that is to end waits for what is with a vendor."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Whether, and until when, the step may go on.

    Args:
        pipe: Told when a signal comes.

    Attributes:
        cancellation: Set soon after a signal came; to be given to whatever asks models.
    """

    def __init__(self, pipe: StopPipe) -> None:
        self._pipe = pipe
        self._happened = False
        self.cancellation = Cancellation()

    def happened(self) -> bool:
        """Whether the step is to end now."""
        return self._happened

    def tell(self) -> None:
        """The step is to end now; a handler of signals may call it, so it takes no lock."""
        self._happened = True
        self._pipe.tell()

    def wait(self, seconds: float) -> bool:
        """Rest for so many seconds at most; whether the rest was interrupted."""
        if seconds > 0:
            select.select([self._pipe.reading_end], [], [], seconds)
        return self._happened

    @contextmanager
    def leaving(self, leave: Callable[[], None], *, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
        """A block that is left behind where it goes on for too long after a signal: for an answer that nobody awaits.

        Args:
            leave: Ends the process; called in another thread.
            patience: Seconds that the block may go on.
        """
        with closing(StopPipe()) as over:
            keeper = threading.Thread(
                target=self._keep, args=(over.reading_end, leave, patience), name="waits for a signal", daemon=True
            )
            keeper.start()
            try:
                yield
            finally:
                over.tell()
                keeper.join()

    def _keep(self, over: int, leave: Callable[[], None], patience: float) -> None:
        select.select([self._pipe.reading_end, over], [], [])
        if self._happened:
            self.cancellation.cancel()
            if not select.select([over], [], [], patience)[0]:
                leave()


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """A block that hears of SIGINT and SIGTERM instead of being ended by them; for the main thread."""
    with closing(StopPipe()) as pipe:
        interruption = Interruption(pipe)
        before = {what: signal.signal(what, lambda *_: interruption.tell()) for what in _SIGNALS}
        try:
            yield interruption
        finally:
            for what, handler in before.items():
                signal.signal(what, handler)
