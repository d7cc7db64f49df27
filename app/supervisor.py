"""Processes that belong together: started in order, started again when they die, and stopped in the opposite order.

Nothing here is done in the background: ``Supervisor.run`` is the main thread of its process, waiting for the death of a
child, a signal, or a moment. Children die with their parent, so that nothing is left behind after a ``kill -9``.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.errors import AppError, Misconfigured

Say = Callable[[str], None]

HEALTHY_SECONDS = 60.0
"""A part that ran for so long begins anew with short pauses."""

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_STOPPING = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A process that is to run all the time.

    Attributes:
        name: For people.
        command: Program and arguments; the program with its whole path.
        environment: Variables beside those of this process.
        inherits: File descriptors that it gets.
        grace_seconds: How long it may take to end after SIGTERM.
        warn_seconds: How long before the end of that ``warned`` is called.
        warned: Called once, when it has not ended by then.
        ready: Called after each start, before the next part is started; it waits until the part can be used, and raises
            an ``AppError`` where that never comes true; it is given what tells whether the process is alive.
        orphaned: What it gets when this process dies.
        hopeless: Exit statuses after which it is of no use to start it again.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    inherits: tuple[int, ...] = ()
    grace_seconds: float = 10.0
    warn_seconds: float = 0.0
    warned: Callable[[], None] | None = None
    ready: Callable[[Callable[[], bool]], None] | None = None
    orphaned: signal.Signals = signal.SIGTERM
    hopeless: tuple[int, ...] = ()


@dataclass(slots=True)
class _Running:
    part: Part
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = _FIRST_PAUSE_SECONDS

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Keeps parts running until it is told to stop.

    Args:
        stages: Parts that are started and stopped together, in the order of starting.
        say: Takes one line for people.
        clock: Seconds that only grow.
    """

    def __init__(
        self, stages: Sequence[Sequence[Part]], *, say: Say, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stages = [[_Running(part) for part in parts] for parts in stages]
        self._say = say
        self._clock = clock
        self._told = 0

    def run(self, begun: Callable[[], None] = lambda: None) -> None:
        """Start everything, keep it running, and stop it when SIGTERM or SIGINT comes; the second one kills at once.

        Args:
            begun: Called when everything was started.

        Raises:
            Misconfigured: A part has ended for a reason that it has said, and that does not go away.
            AppError: A part could not be made ready at the beginning. In both cases what runs is stopped.
        """
        with self._signals() as woken:
            try:
                for running in self._all():
                    if not self._told:
                        self._start(running)
                if not self._told:
                    begun()
                while not self._told:
                    self._wait(woken, self._revive())
            finally:
                for stage in reversed(self._stages):
                    self._stop(stage, woken)

    def _all(self) -> Iterator[_Running]:
        for stage in self._stages:
            yield from stage

    def _start(self, running: _Running) -> None:
        part = running.part
        # -P: a package of the same name in the current folder is not ours.
        leash = (sys.executable, "-P", "-m", "app.leash", str(os.getpid()), part.orphaned.name)
        running.process = subprocess.Popen(  # noqa: S603 - our own parts, without a shell
            (*leash, *part.command),
            env={**os.environ, **part.environment},
            pass_fds=part.inherits,
            stdin=subprocess.DEVNULL,
            # Ctrl-C on a terminal is for this process, which knows the order in which the others end.
            process_group=0,
        )
        running.started_at = self._clock()
        if part.ready:
            part.ready(lambda: running.alive)

    def _revive(self) -> float | None:
        """Start again what has died and rested; the seconds until the next one has rested."""
        rests = []
        for running in self._all():
            if running.alive:
                continue
            now = self._clock()
            if running.process is not None:
                if running.process.returncode in running.part.hopeless:
                    raise Misconfigured(f"{running.part.name} cannot run, for the reason above; everything is stopped")
                if now - running.started_at > HEALTHY_SECONDS:
                    running.pause = _FIRST_PAUSE_SECONDS
                running.start_at = now + running.pause
                self._say(f"{running.part.name} {_end(running.process)}; it is started again in {running.pause:g} s")
                running.process = None
                running.pause = min(running.pause * 2, _LONGEST_PAUSE_SECONDS)
            if running.start_at <= now:
                try:
                    self._start(running)
                except AppError as error:
                    self._say(str(error))
            else:
                rests.append(running.start_at - now)
        return min(rests, default=None)

    def _stop(self, stage: Sequence[_Running], woken: socket.socket) -> None:
        living = [running for running in stage if running.alive]
        begun, warned = self._clock(), False
        for running in living:
            _signal(running, signal.SIGTERM)
        grace = max((running.part.grace_seconds for running in living), default=0.0)
        warning = grace - max((running.part.warn_seconds for running in living), default=0.0)
        while any(running.alive for running in living):
            spent = self._clock() - begun
            if self._told > 1 or spent >= grace:
                break
            if not warned and spent >= warning:
                warned = True
                for warn in {running.part.warned for running in living if running.part.warned}:
                    warn()
            self._wait(woken, (grace if warned else warning) - spent)
        for running in stage:
            if running.process is not None:
                # What a part has started and left behind is in its process group.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(running.process.pid, signal.SIGKILL)
                running.process.wait()

    def _wait(self, woken: socket.socket, seconds: float | None) -> None:
        """Until a signal has come, a child has died, or the time is over."""
        if select.select([woken], [], [], None if seconds is None else max(0.0, seconds))[0]:
            with contextlib.suppress(BlockingIOError):
                for number in woken.recv(4096):
                    self._told += number in _STOPPING

    @contextlib.contextmanager
    def _signals(self) -> Iterator[socket.socket]:
        woken, waking = socket.socketpair()
        woken.setblocking(False)
        waking.setblocking(False)
        before = {what: signal.signal(what, lambda *_: None) for what in (*_STOPPING, signal.SIGCHLD)}
        previous = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
        try:
            yield woken
        finally:
            signal.set_wakeup_fd(previous)
            for what, handler in before.items():
                signal.signal(what, handler)
            woken.close()
            waking.close()


def _signal(running: _Running, what: signal.Signals) -> None:
    if running.process is not None:
        running.process.send_signal(what)


def _end(process: subprocess.Popen[bytes]) -> str:
    status = process.returncode
    if status < 0:
        return f"was killed ({signal.Signals(-status).name})"
    return f"has ended with status {status}"
