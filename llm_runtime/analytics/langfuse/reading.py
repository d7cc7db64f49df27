"""What Langfuse knows of a time comes out, page by page, through its own SDK; waits are the injected clock's."""

from __future__ import annotations

import email.utils
import functools
import importlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from llm_runtime.analytics.langfuse.asking import Asking
from llm_runtime.analytics.langfuse.errors import KeysRefused, ReadingFailed
from llm_runtime.analytics.langfuse.names import Key
from llm_runtime.analytics.langfuse.pages import Page, Project, Score
from llm_runtime.clock import Clock, SystemClock

if TYPE_CHECKING:
    from langfuse.api.commons.types.observation_v2 import ObservationV2

CLOUD = "https://cloud.langfuse.com"
PAGE = 500
"""Observations at once: Langfuse gives 1,000, but no answer of more than 5 MB (langfuse.com/faq/all/api-limits)."""

_SCORES_AT_ONCE = 100
# Without ``io``: texts stay where they are.
_FIELDS = "core,basic,time,metadata,model,usage,prompt,metrics,trace_context"


class LangfuseReader:
    """Reads one project; a ``with`` block closes its connection. What fails for a while is tried again."""

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
        # They take most of a second to load.
        httpx, api = importlib.import_module("httpx"), importlib.import_module("langfuse.api.client")
        self._connection = httpx.Client(timeout=timeout_seconds)
        self._clock = clock or SystemClock()
        self._place = base_url or CLOUD
        self._api = api.LangfuseAPI(
            base_url=self._place,
            username=public_key,
            password=secret_key,
            x_langfuse_public_key=public_key,
            httpx_client=self._connection,
        )
        self._asking = Asking(self._place, self._clock, stop or threading.Event(), notify)

    def project(self) -> Project:
        """Which project the keys are of, and what time it is there.

        Raises:
            LangfuseError: It cannot be asked.
        """
        answer = self._asking.ask(lambda options: self._api.projects.with_raw_response.get(request_options=options))
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
            answer = self._asking.ask(functools.partial(read, cursor))
            yield Page(rows=tuple(answer.data), last=not answer.meta.cursor)
            if not answer.meta.cursor:
                return
            if answer.meta.cursor == cursor:
                msg = f"Langfuse at {self._place} gives the same page again and again; try again later"
                raise ReadingFailed(msg)
            cursor = answer.meta.cursor


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
