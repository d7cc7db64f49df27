"""Running a plan: questions go to their models at once or almost, and each ends in an answer or a reason why not."""

from __future__ import annotations

import functools
import queue
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from llm_runtime.clock import Clock, SystemClock
from llm_runtime.errors import Cancelled, LLMError, MalformedOutput
from llm_runtime.messages import Call, Origin
from llm_runtime.scheduling.cancellation import Cancellation
from reviewers.adjudication import Answered
from reviewers.answers import parse_answer
from reviewers.errors import MalformedAnswer
from reviewers.outcomes import Outcome, PanelResult
from reviewers.prompts import repair_request
from reviewers.questions import A, Question, Replies, Reply
from reviewers.report.visibility import cut
from reviewers.review import Gap
from reviewers.sharing import HeadStarts, Start

if TYPE_CHECKING:
    from llm_runtime.analytics.recorder import Recorder
    from llm_runtime.llm import LLM
    from llm_runtime.messages import Completion, Request
    from reviewers.answers import Answer
    from reviewers.plan import Task

__all__ = ["MAX_THREADS", "STOPPED", "MultiModelCodeReviewer", "Outcome", "PanelResult"]

MAX_THREADS = 32
"""Tasks under way at once; a model's own limits are kept by the layers around it."""

STOPPED = "stopped before it was answered"
_FAULT_SHOWN = 160
"""Reason of the gaps that an interruption leaves."""


class MultiModelCodeReviewer:
    """Runs a plan over an LLM per reviewer.

    Args:
        llms: For each reviewer's name the LLM that answers it; several threads use it at once.
        clock: Tells when a head start is over; the machine's, where there is none.
        recorder: Keeps books of how each question ended.
    """

    def __init__(
        self, llms: Mapping[str, LLM], clock: Clock | None = None, *, recorder: Recorder | None = None
    ) -> None:
        self._llms = llms
        self._clock = clock or SystemClock()
        self._recorder = recorder

    def run(
        self,
        tasks: Sequence[Task],
        on_end: Callable[[Outcome], None] = lambda _: None,
        *,
        cancellation: Cancellation | None = None,
        stopped: Callable[[], str] = lambda: STOPPED,
    ) -> PanelResult:
        """Ask all tasks and wait for every one to end, as ``ask`` does; what was not answered becomes a gap.

        Args:
            tasks: What is to be asked.
            on_end: Called in the caller's thread as each task ends.
            cancellation: As of ``ask``.
            stopped: As of ``ask``.
        """
        questions = [_question(task) for task in tasks]
        replies = self.ask(
            questions,
            lambda number, reply: on_end(_outcome(tasks[number], reply)),
            cancellation=cancellation,
            stopped=stopped,
        )
        ended = tuple(_outcome(task, reply) for task, reply in zip(tasks, replies.all, strict=True))
        return PanelResult(outcomes=ended, interrupted=replies.interrupted)

    def ask(
        self,
        questions: Sequence[Question[A]],
        on_end: Callable[[int, Reply[A]], None] = lambda *_: None,
        *,
        cancellation: Cancellation | None = None,
        stopped: Callable[[], str] = lambda: STOPPED,
    ) -> Replies[A]:
        """Ask all questions and wait for every one to end.

        They start at once, but for those that let another one fill a cache for them (``reviewers.sharing``).

        A ``KeyboardInterrupt`` stops it: what is under way is given up, what has not ended has no answer. So does a
        cancellation, but what is with a vendor by then is waited for, as it is paid for.

        Args:
            questions: What is to be asked.
            on_end: Called in the caller's thread as each ends, with its place among the questions.
            cancellation: Set by whoever does not want the answers any more; nothing is begun afterwards.
            stopped: Why it was cancelled, for people: ``superseded``.
        """
        replies: dict[int, Reply[A]] = {}
        begun: dict[int, float] = {}
        interrupted = False
        reason = STOPPED
        try:
            for index, reply in self._run_in_threads(questions, begun, cancellation or Cancellation()):
                replies[index] = reply
                self._tell(questions[index], reply)
                on_end(index, reply)
        except KeyboardInterrupt:
            interrupted = True
        except Cancelled:
            # All that had begun has ended by now.
            reason = stopped()
            begun.clear()
        ended = tuple(
            _told(replies[index], reason) if index in replies else _stopped(question, reason, begun=index in begun)
            for index, question in enumerate(questions)
        )
        if self._recorder is not None:
            for number in begun.keys() - replies.keys():
                self._recorder.interrupted(_origin(questions[number]), ended[number].calls)
        cancelled = any(isinstance(reply.error, Cancelled) for reply in ended)
        stop = interrupted or cancelled or len(replies) < len(questions)
        return Replies(all=ended, interrupted=stop, reason=reason if stop else "")

    def _run_in_threads(
        self, questions: Sequence[Question[A]], begun: dict[int, float], cancellation: Cancellation
    ) -> Iterator[tuple[int, Reply[A]]]:
        """The one place with threads. They are daemons, so that an interrupted program ends without their calls.

        ``begun`` gathers the questions that a thread has taken up, and when. A cancellation is raised when what had
        begun has ended.
        """
        waiting: queue.SimpleQueue[Start | None] = queue.SimpleQueue()
        ended: queue.SimpleQueue[tuple[int, Future[Reply[A]]]] = queue.SimpleQueue()
        news = threading.Event()
        starts = HeadStarts(questions)
        threads = min(len(questions), MAX_THREADS)

        def work() -> None:
            while (start := waiting.get()) is not None:
                begun[start.number] = self._clock.monotonic()
                news.set()
                future: Future[Reply[A]] = Future()
                try:
                    future.set_result(self._ask(questions[start.number], cancellation, shared=start.shared))
                except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
                    future.set_exception(error)
                ended.put((start.number, future))
                news.set()

        under_way, left = 0, len(questions)
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
                        reply = future.result()
                        under_way += _put(waiting, starts.after(index, reply.calls)) - 1
                        left -= 1
                        yield index, reply
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

    def _tell(self, question: Question[A], reply: Reply[A]) -> None:
        if self._recorder is None or reply.origin is None:
            return
        if reply.answer is not None:
            outcome = "repaired" if reply.repaired else "answered"
            self._recorder.ended(reply.origin, outcome, findings=question.remarks(reply.answer))
        else:
            self._recorder.ended(reply.origin, "malformed" if reply.error is None else "failed")

    def _ask(self, question: Question[A], cancellation: Cancellation, *, shared: bool) -> Reply[A]:
        calls: tuple[Call, ...] = ()
        origin = replace(_origin(question), question=uuid.uuid4().hex)
        asked = replace(question.request, shared=shared, origin=origin)
        request = asked
        for last in (False, True) if question.again else (True,):
            try:
                cancellation.check()
                completion = self._llms[question.llm].complete(request)
            except MalformedOutput as error:
                calls += error.calls
                text, fault = _text(error.completion), str(error)
            except LLMError as error:
                return Reply(fault=str(error), error=error, calls=calls + error.calls, origin=origin)
            else:
                calls += completion.calls
                text = completion.text
                try:
                    answer = question.read(text)
                except MalformedAnswer as error:
                    fault = str(error)
                else:
                    model = f"{completion.provider}/{completion.model}"
                    return Reply(answer=answer, model=model, calls=calls, origin=origin, repaired=request is not asked)
            if last:
                break
            request = _repair(asked, text, fault)
        kept = "kept breaking" if question.again else "broke"
        return Reply(fault=f"the answer {kept} its form: {cut(fault, _FAULT_SHOWN)}", calls=calls, origin=origin)


def _question(task: Task) -> Question[Answer]:
    read = functools.partial(parse_answer, reviewer=task.reviewer)
    return Question(
        llm=task.reviewer.name,
        model=task.model,
        request=task.request,
        read=read,
        remarks=lambda answer: len(answer.findings),
    )


def _outcome(task: Task, reply: Reply[Answer]) -> Outcome:
    if reply.answer is None:
        gap = Gap(reviewer=task.reviewer.name, path=", ".join(task.chunk.paths), reason=reply.fault)
        return Outcome(task=task, gap=gap, error=reply.error, calls=reply.calls)
    answered = Answered(task=task, answer=reply.answer, model=reply.model)
    return Outcome(task=task, answered=answered, calls=reply.calls)


def _origin(question: Question[A]) -> Origin:
    return question.request.origin or Origin(asker=question.llm)


def _told(reply: Reply[A], reason: str) -> Reply[A]:
    """The reply with the reason for which it was cancelled, if it was."""
    return replace(reply, fault=reason) if isinstance(reply.error, Cancelled) else reply


def _stopped(question: Question[A], reason: str, *, begun: bool) -> Reply[A]:
    """A question that nobody waited for: if it was under way, it may be billed, and nobody will learn how much."""
    model = question.model
    call = Call(provider=model.provider, model=model.name, error="Interrupted", detail=reason)
    return Reply(fault=reason, calls=(call,) if begun else ())


def _repair(request: Request, text: str, fault: str) -> Request:
    return repair_request(request, text, fault) if text.strip() else request


def _text(completion: Completion | None) -> str:
    return completion.text if completion else ""


def _put(waiting: queue.SimpleQueue[Start | None], starts: Iterable[Start]) -> int:
    """Hand these to the threads; how many they are."""
    count = 0
    for start in starts:
        waiting.put(start)
        count += 1
    return count


def _take_back(waiting: queue.SimpleQueue[Start | None]) -> int:
    """Take back what no thread has begun; how many questions that were."""
    count = 0
    try:
        while True:
            waiting.get_nowait()
            count += 1
    except queue.Empty:
        return count
