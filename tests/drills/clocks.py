"""Virtual time for several threads: it passes only while all of them wait, so it is nobody's fault but the waits'."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from tests.llm_runtime.doubles import FakeClock

_REAL_SECONDS = 50.0


@dataclass(slots=True, eq=False)
class _Sleeper:
    due: float
    event: threading.Event
    awake: bool = field(default=False)


class SharedClock(FakeClock):
    """Jumps to the end of the shortest wait as soon as every thread that it runs waits; talking to a server is no wait.

    A sleeper whose event was set wakes at the moment at which it was set.
    """

    def __init__(self) -> None:
        super().__init__()
        self._turn = threading.Condition()
        self._running = 0
        self._sleepers: list[_Sleeper] = []

    def wait(self, event: threading.Event, seconds: float) -> bool:
        with self._turn:
            if event.is_set():
                return True
            self.waits.append(seconds)
            sleeper = _Sleeper(self.seconds + max(0.0, seconds), event)
            self._sleepers.append(sleeper)
            self._running -= 1
            self._pass_on()
            assert self._turn.wait_for(lambda: sleeper.awake, _REAL_SECONDS), "some thread neither waits nor ends"
        return event.is_set()

    def run(self, acts: Iterable[Callable[[], object]]) -> None:
        """Run all of them at once, each in a thread, until all have ended; what one of them dies of is raised."""
        died_of: list[BaseException] = []

        def live(act: Callable[[], object]) -> None:
            try:
                act()
            except BaseException as error:  # noqa: BLE001 - it is raised below
                died_of.append(error)
            finally:
                with self._turn:
                    self._running -= 1
                    self._pass_on()

        threads = [threading.Thread(target=live, args=(act,), daemon=True) for act in acts]
        self._running += len(threads)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(_REAL_SECONDS)
            assert not thread.is_alive()
        if died_of:
            raise died_of[0]

    def _pass_on(self) -> None:
        if self._running > 0 or not self._sleepers:
            return
        woken = [sleeper for sleeper in self._sleepers if sleeper.event.is_set()]
        if not woken:
            due = min(sleeper.due for sleeper in self._sleepers)
            self.date += timedelta(seconds=max(0.0, due - self.seconds))
            self.seconds = max(due, self.seconds)
            woken = [sleeper for sleeper in self._sleepers if sleeper.due <= self.seconds]
        for sleeper in woken:
            sleeper.awake = True
            self._sleepers.remove(sleeper)
        self._running += len(woken)
        self._turn.notify_all()
