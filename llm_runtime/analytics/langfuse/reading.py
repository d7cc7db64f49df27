"""What Langfuse knows of a time comes out, page by page, through its own SDK; waits are the injected clock's."""

from __future__ import annotations

import email.utils
import functools
import importlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from llm_runtime.analytics.langfuse.errors import KeysRefused, ReadingFailed, ReadingRefused, Stopped
from llm_runtime.analytics.langfuse.names import Key
from llm_runtime.clock import Clock, SystemClock

if TYPE_CHECKING:
    from langfuse.api.commons.types.observation_v2 import ObservationV2

CLOUD = "https://cloud.langfuse.com"
PAGE = 500
"""Observations at once: Langfuse gives 1,000, but no answer of more than 5 MB (langfuse.com/faq/all/api-limits)."""

Row = TypeVar("Row")

_SCORES_AT_ONCE = 100
# Neither ``io``: texts stay where they are.
_FIELDS = "core,basic,time,metadata,model,usage,prompt,metrics,trace_context"
_TRIES = 6
_PATIENCE_SECONDS = 300.0
_FIRST_PAUSE_SECONDS = 1.0
_UNAUTHORIZED, _FORBIDDEN, _OK = 401, 403, 200
_PASSING = frozenset({408, 409, 425, 429})
_SERVER_FAILED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """Whose observations are read.

    Attributes:
        id: Langfuse's name for it.
        now: What time it is there, by the server's own clock; ours where it does not say.
    """

    id: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A number that somebody gave to an observation.

    Attributes:
        trace: Id of its trace.
        observation: Its id.
        name: What is counted.
        value: How much.
        metadata: More about it.
    """

    trace: str
    observation: str
    name: str
    value: float
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """What one request brought.

    Attributes:
        rows: What it brought.
        last: Whether nothing follows.
    """

    rows: tuple[Row, ...]
    last: bool


class LangfuseReader:
    """Reads one project; a ``with`` block closes its connection.

    A request that fails for a while (429, 5xx, no connection, half an answer) is made again after as long as the server
    asks for, else after one second, two, four …; at most six times, and for five minutes of waiting in all.
    """

    def __init__(
        self,
        *,
        public_key: str,
        secret_key: str,
        base_url: str | None = None,
        timeout_seconds: float = 30.0,
        clock: Clock | None = None,
        stop: threading.Event | None = None,
        notify: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Prepare a connection; nothing is sent yet.

        Args:
            public_key: Langfuse's ``pk-lf-…``.
            secret_key: Langfuse's ``sk-lf-…``.
            base_url: Address of a Langfuse of one's own; None is its cloud.
            timeout_seconds: How long one request may take.
            clock: Waits; by default the machine's.
            stop: Set by whoever wants the export to end: waits end at once, and nothing more is asked.
            notify: Takes one line for people, before every longer wait.

        Raises:
            ModuleNotFoundError: The extra is not installed.
        """
        self._httpx = importlib.import_module("httpx")
        api = importlib.import_module("langfuse.api.client")
        self._api_error: type[Exception] = importlib.import_module("langfuse.api.core.api_error").ApiError
        self._not_understood: type[Exception] = importlib.import_module("pydantic").ValidationError
        self._connection = self._httpx.Client(timeout=timeout_seconds)
        self._place = base_url or CLOUD
        self._api = api.LangfuseAPI(
            base_url=self._place,
            username=public_key,
            password=secret_key,
            x_langfuse_public_key=public_key,
            httpx_client=self._connection,
        )
        self._clock = clock or SystemClock()
        self._stop = stop or threading.Event()
        self._notify = notify

    def project(self) -> Project:
        """Which project the keys are of, and what time it is there.

        Raises:
            LangfuseError: It cannot be asked.
        """
        answer = self._ask(lambda options: self._api.projects.with_raw_response.get(request_options=options))
        if not answer.data.data:
            msg = "these keys of Langfuse belong to no project; take those of a project's settings"
            raise KeysRefused(msg)
        told = answer.headers.get("date")
        now = email.utils.parsedate_to_datetime(told) if told else self._clock.now()
        return Project(id=answer.data.data[0].id, now=now.astimezone(UTC))

    def observations(self, start: datetime, end: datetime) -> Iterator[Page[ObservationV2]]:
        """Pages of what began from ``start`` up to, but without, ``end``; in any order, until there are no more.

        Raises:
            LangfuseError: A page cannot be had.
        """
        return self._pages(
            lambda cursor, options: self._api.observations.get_many(
                fields=_FIELDS,
                expand_metadata=Key.DATA.value,
                limit=PAGE,
                cursor=cursor,
                from_start_time=start,
                to_start_time=end,
                request_options=options,
            )
        )

    def scores(self, names: Sequence[str], start: datetime, end: datetime) -> Iterator[Page[Score]]:
        """Pages of the numbers of these names that observations got from ``start`` up to, but without, ``end``.

        Raises:
            LangfuseError: A page cannot be had.
        """
        pages = self._pages(
            lambda cursor, options: self._api.scores.get_many(
                fields="details,subject",
                limit=_SCORES_AT_ONCE,
                cursor=cursor,
                name=",".join(names),
                data_type="NUMERIC",
                from_timestamp=start,
                to_timestamp=end,
                request_options=options,
            )
        )
        for page in pages:
            yield Page(rows=tuple(_score(each) for each in page.rows if _of_observation(each)), last=page.last)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _pages(self, read: Callable[[str | None, Mapping[str, Any]], Any]) -> Iterator[Page[Any]]:
        cursor: str | None = None
        while True:
            answer = self._ask(functools.partial(read, cursor))
            yield Page(rows=tuple(answer.data), last=not answer.meta.cursor)
            if not answer.meta.cursor:
                return
            if answer.meta.cursor == cursor:
                msg = f"Langfuse at {self._place} gives the same page again and again; try again later"
                raise ReadingFailed(msg)
            cursor = answer.meta.cursor

    def _ask(self, request: Callable[[Mapping[str, Any]], Any]) -> Any:
        """What a request brings; the SDK's own retries are off, because it sleeps by the machine's clock."""
        left = _PATIENCE_SECONDS
        for attempt in range(_TRIES):
            if self._stop.is_set():
                raise Stopped
            try:
                return request({"max_retries": 0})
            except self._api_error as error:
                reason, pause = self._answered(error)
            except self._not_understood as error:
                msg = f"Langfuse at {self._place} answers in a form that is not known here; is this package current?"
                raise ReadingRefused(msg) from error
            except self._httpx.TransportError as error:
                reason, pause = f"cannot be reached ({type(error).__name__})", None
            wait = _FIRST_PAUSE_SECONDS * 2**attempt if pause is None else pause
            if wait > left or attempt == _TRIES - 1:
                break
            left -= wait
            self._notify(f"Langfuse at {self._place} {reason}; trying again in {wait:.0f} s")
            if self._clock.wait(self._stop, wait):
                raise Stopped
        msg = f"Langfuse at {self._place} {reason}; what has been read is kept, export again later"
        raise ReadingFailed(msg)

    def _answered(self, error: Any) -> tuple[str, float | None]:
        """What it said, and how long it wants us to wait, where that may help."""
        status = error.status_code
        if status in (_UNAUTHORIZED, _FORBIDDEN):
            msg = (
                f"Langfuse at {self._place} refuses the keys ({status}); set LANGFUSE_PUBLIC_KEY and "
                "LANGFUSE_SECRET_KEY to those of the project, and LANGFUSE_BASE_URL to its region"
            )
            raise KeysRefused(msg) from None
        # A success that cannot be read was cut off, or comes from a proxy that has its own pages.
        if status not in _PASSING and status != _OK and status < _SERVER_FAILED:
            msg = (
                f"{self._place} does not answer as a Langfuse of version 4 does ({status}); "
                "check LANGFUSE_BASE_URL, or bring that Langfuse up to date"
            )
            raise ReadingRefused(msg) from None
        reason = "sends half an answer" if status == _OK else f"does not take the request ({status})"
        return reason, _retry_after(error.headers or {}, self._clock.now())


def _of_observation(score: Any) -> bool:
    return score.subject is not None and score.subject.kind == "observation" and bool(score.subject.trace_id)


def _score(score: Any) -> Score:
    return Score(
        trace=score.subject.trace_id,
        observation=score.subject.id,
        name=score.name,
        value=score.value,
        metadata=score.metadata or {},
    )


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds, from a header in seconds or as a date (RFC 9110, 10.2.3); None where there is no such thing."""
    told = {name.lower(): value for name, value in headers.items()}.get("retry-after", "").strip()
    try:
        return max(0.0, float(told))
    except ValueError:
        pass
    try:
        moment = email.utils.parsedate_to_datetime(told)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(timedelta(0), moment - now).total_seconds()
