"""One worker's turn at a pull request: a lease that a thread keeps, and the reasons to stop before the work is done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Literal, Self, get_args

from app.errors import QueueDown, TurnLost
from app.wishes import Wish
from llm_runtime.scheduling.cancellation import Cancellation

ReasonToStop = Literal["", "superseded", "cancelled", "lost", "stopping"]
"""Nothing; something newer is wanted; somebody said /cancel; another worker may have it; this process is to end."""

LEAVE_SECONDS = 2.0
"""How long a process that is to end waits for models before the turn is left to another one."""

_SHARE = 0.8
"""Of the lease that is trusted while Redis is away: its clock may run a little faster than ours."""


class Turn:
    """A turn that was taken; as a context manager, it is kept by a thread and given up at the end of the block.

    Where the block ends without ``done`` or ``hand_back``, by an error for example, it is handed back: still wanted,
    and counted as tried.

    Attributes:
        wish: What is wanted.
        number_wanted: Number of the newest wish that it answers.
        fence: Greater than that of all turns at this pull request before.
        attempt: How often this was begun by now, 1 at first; wishes and turns that are handed back do not count.
        cancellation: Set as soon as there is a reason to stop; to be given to whatever asks models.
    """

    def __init__(
        self,
        act: Callable[..., str],
        *,
        name: str,
        wish: Wish,
        number_wanted: int,
        fence: int,
        attempt: int,
        taken_at: float,
        lease_seconds: float,
        look_seconds: float,
        clock: Callable[[], float],
        stop: Callable[[], bool],
    ) -> None:
        self.wish = wish
        self.number_wanted = number_wanted
        self.fence = fence
        self.attempt = attempt
        self.cancellation = Cancellation()
        self._act = act
        self._name = name
        self._lease_seconds = lease_seconds
        self._look_seconds = look_seconds
        self._clock = clock
        self._stop = stop
        self._sure_until = taken_at + lease_seconds * _SHARE
        self._reason: ReasonToStop = ""
        self._given_up = False
        self._over = threading.Event()
        self._deciding = threading.Lock()
        self._leaving = threading.Lock()
        self._left: Callable[[], object] | None = None
        self._stop_at = float("inf")
        self._keeper = threading.Thread(target=self._keep, name=f"turn at {name}", daemon=True)

    @property
    def reason_to_stop(self) -> ReasonToStop:
        """Why the work is to end before it is done, or nothing."""
        return self._reason

    def check(self) -> None:
        """Do nothing, if this turn may still write; it may for about the length of a lease from now on.

        While Redis is away, the lease that it has confirmed last counts.

        Raises:
            TurnLost: Another worker has it, or may have it.
        """
        if self._given_up:
            raise TurnLost(f"the turn at {self._name} was given up")
        self._look("whole")
        if self._reason == "lost":
            raise self._lost()

    def done(self) -> bool:
        """The wish is fulfilled; whether more is wanted by now.

        Raises:
            TurnLost: Another worker has it.
            QueueDown: Redis does not answer; it counts as not fulfilled and will be begun again.
        """
        return self._give_up("done")

    def hand_back(self, *, not_before: float = 0.0, tried: bool = False) -> bool:
        """The wish is not fulfilled: still wanted, together with what came since; whether anything is.

        Args:
            not_before: Seconds since 1970 before which it is not to be begun again. Where something newer is wanted,
                that one's moment counts instead.
            tried: Whether it counts as an attempt, as after a fault.

        Raises:
            TurnLost: Another worker has it.
            QueueDown: Redis does not answer; it will be free when the lease is over.
        """
        return self._give_up("hand_back", not_before, "tried" if tried else "untried")

    @contextmanager
    def leavable(self, left: Callable[[], object]) -> Iterator[None]:
        """While models are asked, which may take longer than this process has left.

        When it is to end and the block does not within ``LEAVE_SECONDS``, the turn is handed back as it is. Nothing may
        be written in the block that is not to be written twice.

        Args:
            left: Called then, in the thread that keeps the turn: whoever goes on with it may begin.
        """
        with self._leaving:
            self._left = left
        try:
            yield
        finally:
            with self._leaving:
                self._left = None

    def __enter__(self) -> Self:
        self._keeper.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not self._given_up and self._reason != "lost":
                self.hand_back(tried=True)
        except (TurnLost, QueueDown):
            # Whoever has it now, or finds it when the lease is over, goes on with it.
            pass
        finally:
            self._over.set()
            self._keeper.join()

    def _give_up(self, act: str, *arguments: str | float) -> bool:
        answer = self._act(act, *arguments)
        self._given_up = True
        self._over.set()
        if answer == "lost":
            self._tell("lost")
            raise self._lost()
        return answer == "more"

    def _keep(self) -> None:
        while not self._over.wait(self._look_seconds):
            if self._stop():
                self._tell("stopping")
                self._stop_at = min(self._stop_at, self._clock())
            self._look("rest")
            if self._reason == "lost":
                return
            if self._clock() >= self._stop_at + LEAVE_SECONDS:
                self._leave()

    def _leave(self) -> None:
        with self._leaving:
            if self._left is None or self._given_up:
                return
            try:
                self.hand_back()
                self._left()
            except (TurnLost, QueueDown):
                # As at the end of the block.
                return

    def _look(self, how: str) -> None:
        asked_at = self._clock()
        try:
            answer = self._act("keep", self._lease_seconds, how)
        except QueueDown:
            if self._clock() > self._sure_until:
                self._tell("lost")
            return
        if answer != "lost" and how == "whole":
            self._sure_until = asked_at + self._lease_seconds * _SHARE
        elif answer != "lost":
            # Redis renews a lease when a third of it is gone, so two thirds are there in any case.
            self._sure_until = max(self._sure_until, asked_at + self._lease_seconds * _SHARE * 2 / 3)
        self._tell(get_args(ReasonToStop)[get_args(ReasonToStop).index(answer)])

    def _tell(self, reason: ReasonToStop) -> None:
        with self._deciding:
            if not reason or self._given_up or (self._reason and reason != "lost"):
                return
            self._reason = reason
        self.cancellation.cancel()

    def _lost(self) -> TurnLost:
        return TurnLost(f"another worker has taken over {self._name}; nothing more is posted from here")
