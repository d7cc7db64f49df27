"""Running a plan: tasks go to their reviewers' models at once or almost, and each ends in an answer or a gap."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from llm_runtime.clock import Clock, SystemClock
from llm_runtime.errors import LLMError, MalformedOutput
from llm_runtime.messages import Call
from reviewers.adjudication import Answered
from reviewers.answers import parse_answer
from reviewers.errors import MalformedAnswer
from reviewers.findings import Gap
from reviewers.prompts import repair_request
from reviewers.sharing import HeadStarts, Start

if TYPE_CHECKING:
    from llm_runtime.llm import LLM
    from llm_runtime.messages import Completion, Request
    from reviewers.plan import Task

MAX_THREADS = 32
"""Tasks under way at once; a model's own limits are kept by the layers around it."""

STOPPED = "stopped before it was answered"
"""Reason of the gaps that an interruption leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a task ended: with an answer or with a gap, and what was exchanged for it.

    Attributes:
        task: What was asked.
        answered: The answer, if there is one.
        gap: Else what people are told of it.
        error: What the call for it ended with; None also where the answers kept breaking their form.
        calls: Every exchange with a model.
    """

    task: Task
    answered: Answered | None = None
    gap: Gap | None = None
    error: LLMError | None = None
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelResult:
    """How all tasks ended, in the order of the plan.

    Attributes:
        outcomes: One for each task.
        interrupted: Whether somebody stopped it before all tasks had ended.
    """

    outcomes: tuple[Outcome, ...]
    interrupted: bool = False

    @property
    def answers(self) -> tuple[Answered, ...]:
        """What was answered."""
        return tuple(outcome.answered for outcome in self.outcomes if outcome.answered)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What was not."""
        return tuple(outcome.gap for outcome in self.outcomes if outcome.gap)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every exchange with a model."""
        return tuple(call for outcome in self.outcomes for call in outcome.calls)


class MultiModelCodeReviewer:
    """Runs a plan over an LLM per reviewer.

    Args:
        llms: For each reviewer's name the LLM that answers it; several threads use it at once.
        clock: Tells when a head start is over; the machine's, where there is none.
    """

    def __init__(self, llms: Mapping[str, LLM], clock: Clock | None = None) -> None:
        self._llms = llms
        self._clock = clock or SystemClock()

    def run(self, tasks: Sequence[Task], on_end: Callable[[Outcome], None] = lambda _: None) -> PanelResult:
        """Ask all tasks and wait for every one to end.

        They start at once, but for those that let another one fill a cache for them (``reviewers.sharing``).

        A ``KeyboardInterrupt`` stops it: what is under way is given up, what has not ended becomes a gap.

        Args:
            tasks: What is to be asked.
            on_end: Called in the caller's thread as each task ends.
        """
        outcomes: dict[int, Outcome] = {}
        begun: dict[int, float] = {}
        interrupted = False
        try:
            for index, outcome in self._run_in_threads(tasks, begun):
                outcomes[index] = outcome
                on_end(outcome)
        except KeyboardInterrupt:
            interrupted = True
        return PanelResult(
            outcomes=tuple(
                outcomes.get(index) or _stopped(task, begun=index in begun) for index, task in enumerate(tasks)
            ),
            interrupted=interrupted,
        )

    def _run_in_threads(self, tasks: Sequence[Task], begun: dict[int, float]) -> Iterator[tuple[int, Outcome]]:
        """The one place with threads. They are daemons, so that an interrupted program ends without their calls.

        ``begun`` gathers the tasks that a thread has taken up, and when.
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
                    future.set_result(self._ask(task, replace(task.request, shared=start.shared)))
                except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
                    future.set_exception(error)
                ended.put((start.number, future))
                news.set()

        _put(waiting, starts.at_once())
        for _ in range(threads):
            threading.Thread(target=work, daemon=True).start()
        left = len(tasks)
        try:
            while left:
                self._clock.wait(news, starts.seconds_left(begun, self._clock.monotonic()))
                news.clear()
                while not ended.empty():
                    index, future = ended.get()
                    outcome = future.result()
                    _put(waiting, starts.after(index, outcome.calls))
                    left -= 1
                    yield index, outcome
                _put(waiting, starts.due(begun, self._clock.monotonic()))
        finally:
            _drain(waiting, threads)

    def _ask(self, task: Task, asked: Request) -> Outcome:
        calls: tuple[Call, ...] = ()
        request = asked
        for last in (False, True):
            try:
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


def _stopped(task: Task, *, begun: bool) -> Outcome:
    """A task that nobody waited for: if it was under way, it may be billed, and nobody will learn how much."""
    call = Call(provider=task.model.provider, model=task.model.name, error="Interrupted", detail=STOPPED)
    return Outcome(task=task, gap=_gap(task, STOPPED), calls=(call,) if begun else ())


def _repair(request: Request, text: str, fault: str) -> Request:
    return repair_request(request, text, fault) if text.strip() else request


def _text(completion: Completion | None) -> str:
    return completion.text if completion else ""


def _gap(task: Task, reason: str) -> Gap:
    return Gap(reviewer=task.reviewer.name, path=", ".join(task.chunk.paths), reason=reason)


def _put(waiting: queue.SimpleQueue[Start | None], starts: Iterable[Start]) -> None:
    for start in starts:
        waiting.put(start)


def _drain(waiting: queue.SimpleQueue[Start | None], threads: int) -> None:
    """Take back what no thread has begun, so that each thread's next look at the queue ends it."""
    try:
        while True:
            waiting.get_nowait()
    except queue.Empty:
        for _ in range(threads):
            waiting.put(None)
