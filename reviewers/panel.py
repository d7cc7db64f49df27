"""Running a plan: tasks go to their reviewers' models at once or almost, and each ends in an answer or a gap."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from llm_runtime.clock import Clock, SystemClock
from llm_runtime.errors import Cancelled, LLMError, MalformedOutput
from llm_runtime.messages import Call
from llm_runtime.scheduling.cancellation import Cancellation
from reviewers.adjudication import Answered
from reviewers.answers import parse_answer
from reviewers.errors import MalformedAnswer
from reviewers.findings import Gap
from reviewers.outcomes import Outcome, PanelResult
from reviewers.prompts import repair_request
from reviewers.sharing import HeadStarts, Start

if TYPE_CHECKING:
    from llm_runtime.llm import LLM
    from llm_runtime.messages import Completion, Request
    from reviewers.plan import Task

__all__ = ["MAX_THREADS", "STOPPED", "MultiModelCodeReviewer", "Outcome", "PanelResult"]

MAX_THREADS = 32
"""Tasks under way at once; a model's own limits are kept by the layers around it."""

STOPPED = "stopped before it was answered"
"""Reason of the gaps that an interruption leaves."""


class MultiModelCodeReviewer:
    """Runs a plan over an LLM per reviewer.

    Args:
        llms: For each reviewer's name the LLM that answers it; several threads use it at once.
        clock: Tells when a head start is over; the machine's, where there is none.
    """

    def __init__(self, llms: Mapping[str, LLM], clock: Clock | None = None) -> None:
        self._llms = llms
        self._clock = clock or SystemClock()

    def run(
        self,
        tasks: Sequence[Task],
        on_end: Callable[[Outcome], None] = lambda _: None,
        *,
        cancellation: Cancellation | None = None,
        stopped: Callable[[], str] = lambda: STOPPED,
    ) -> PanelResult:
        """Ask all tasks and wait for every one to end.

        They start at once, but for those that let another one fill a cache for them (``reviewers.sharing``).

        A ``KeyboardInterrupt`` stops it: what is under way is given up, what has not ended becomes a gap. So does a
        cancellation, but what is with a vendor by then is waited for, as it is paid for.

        Args:
            tasks: What is to be asked.
            on_end: Called in the caller's thread as each task ends.
            cancellation: Set by whoever does not want the answers any more; nothing is begun afterwards.
            stopped: Why it was cancelled, for the gaps: ``superseded``.
        """
        outcomes: dict[int, Outcome] = {}
        begun: dict[int, float] = {}
        interrupted = False
        reason = STOPPED
        try:
            for index, outcome in self._run_in_threads(tasks, begun, cancellation or Cancellation()):
                outcomes[index] = outcome
                on_end(outcome)
        except KeyboardInterrupt:
            interrupted = True
        except Cancelled:
            # All that had begun has ended by now.
            reason = stopped()
            begun.clear()
        ended = tuple(
            _told(outcomes[index], reason) if index in outcomes else _stopped(task, reason, begun=index in begun)
            for index, task in enumerate(tasks)
        )
        cancelled = any(isinstance(outcome.error, Cancelled) for outcome in ended)
        return PanelResult(outcomes=ended, interrupted=interrupted or cancelled or len(outcomes) < len(tasks))

    def _run_in_threads(
        self, tasks: Sequence[Task], begun: dict[int, float], cancellation: Cancellation
    ) -> Iterator[tuple[int, Outcome]]:
        """The one place with threads. They are daemons, so that an interrupted program ends without their calls.

        ``begun`` gathers the tasks that a thread has taken up, and when. A cancellation is raised when what had begun
        has ended.
        """
        waiting: queue.SimpleQueue[Start | None] = queue.SimpleQueue()
        ended: queue.SimpleQueue[tuple[int, Future[Outcome]]] = queue.SimpleQueue()
        news = threading.Event()
        starts = HeadStarts(tasks)
        threads = min(len(tasks), MAX_THREADS)

        def work() -> None:
            while (start := waiting.get()) is not None:
                begun[start.number] = self._clock.monotonic()
                news.set()
                task = tasks[start.number]
                future: Future[Outcome] = Future()
                try:
                    future.set_result(self._ask(task, replace(task.request, shared=start.shared), cancellation))
                except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
                    future.set_exception(error)
                ended.put((start.number, future))
                news.set()

        under_way, left = 0, len(tasks)
        for _ in range(threads):
            threading.Thread(target=work, daemon=True).start()
        try:
            with cancellation.waking(news):
                under_way += _put(waiting, starts.at_once())
                while left:
                    self._clock.wait(news, starts.seconds_left(begun, self._clock.monotonic()))
                    news.clear()
                    cancellation.check()
                    while not ended.empty():
                        index, future = ended.get()
                        outcome = future.result()
                        under_way += _put(waiting, starts.after(index, outcome.calls)) - 1
                        left -= 1
                        yield index, outcome
                    under_way += _put(waiting, starts.due(begun, self._clock.monotonic()))
        except Cancelled:
            for _ in range(under_way - _take_back(waiting)):
                index, future = ended.get()
                yield index, future.result()
            raise
        finally:
            _take_back(waiting)
            for _ in range(threads):
                waiting.put(None)

    def _ask(self, task: Task, asked: Request, cancellation: Cancellation) -> Outcome:
        calls: tuple[Call, ...] = ()
        request = asked
        for last in (False, True):
            try:
                cancellation.check()
                completion = self._llms[task.reviewer.name].complete(request)
            except MalformedOutput as error:
                calls += error.calls
                text, fault = _text(error.completion), str(error)
            except LLMError as error:
                return Outcome(task=task, gap=_gap(task, str(error)), error=error, calls=calls + error.calls)
            else:
                calls += completion.calls
                text = completion.text
                try:
                    answer = parse_answer(text, task.reviewer)
                except MalformedAnswer as error:
                    fault = str(error)
                else:
                    model = f"{completion.provider}/{completion.model}"
                    return Outcome(task=task, answered=Answered(task=task, answer=answer, model=model), calls=calls)
            if last:
                break
            request = _repair(asked, text, fault)
        return Outcome(task=task, gap=_gap(task, f"the answer kept breaking its form: {fault}"), calls=calls)


def _told(outcome: Outcome, reason: str) -> Outcome:
    """The outcome with the reason for which it was cancelled, if it was."""
    return replace(outcome, gap=_gap(outcome.task, reason)) if isinstance(outcome.error, Cancelled) else outcome


def _stopped(task: Task, reason: str, *, begun: bool) -> Outcome:
    """A task that nobody waited for: if it was under way, it may be billed, and nobody will learn how much."""
    call = Call(provider=task.model.provider, model=task.model.name, error="Interrupted", detail=reason)
    return Outcome(task=task, gap=_gap(task, reason), calls=(call,) if begun else ())


def _repair(request: Request, text: str, fault: str) -> Request:
    return repair_request(request, text, fault) if text.strip() else request


def _text(completion: Completion | None) -> str:
    return completion.text if completion else ""


def _gap(task: Task, reason: str) -> Gap:
    return Gap(reviewer=task.reviewer.name, path=", ".join(task.chunk.paths), reason=reason)


def _put(waiting: queue.SimpleQueue[Start | None], starts: Iterable[Start]) -> int:
    """Hand these to the threads; how many they are."""
    count = 0
    for start in starts:
        waiting.put(start)
        count += 1
    return count


def _take_back(waiting: queue.SimpleQueue[Start | None]) -> int:
    """Take back what no thread has begun; how many tasks that were."""
    count = 0
    try:
        while True:
            waiting.get_nowait()
            count += 1
    except queue.Empty:
        return count
