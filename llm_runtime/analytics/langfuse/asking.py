"""A request to Langfuse comes in, what it brings goes out, perhaps at a later try; waits are the injected clock's."""

from __future__ import annotations

import email.utils
import importlib
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from llm_runtime.analytics.langfuse.errors import KeysRefused, ReadingFailed, ReadingRefused, Stopped
from llm_runtime.clock import Clock

_TRIES = 6
_PATIENCE_SECONDS = 300.0
_FIRST_PAUSE_SECONDS = 1.0
_UNAUTHORIZED, _FORBIDDEN, _OK = 401, 403, 200
_PASSING = frozenset({408, 409, 425, 429})
_SERVER_FAILED = 500


class Asking:
    """How often and how long one place is asked.

    A request that fails for a while (429, 5xx, no connection, half an answer) is made again after as long as the server
    asks for, else after one second, two, four …; at most six times, and for five minutes of waiting in all.

    Args:
        place: Who is asked, for people.
        clock: Waits.
        stop: Set by whoever wants it to end: waits end at once, and nothing more is asked.
        notify: Takes one line for people, before every wait.
    """

    def __init__(self, place: str, clock: Clock, stop: threading.Event, notify: Callable[[str], None]) -> None:
        self._httpx = importlib.import_module("httpx")
        self._api_error: type[Exception] = importlib.import_module("langfuse.api.core.api_error").ApiError
        # JSON without bottom, too, is no form that anybody knows.
        self._not_understood = (importlib.import_module("pydantic").ValidationError, RecursionError)
        self._place, self._clock, self._stop, self._notify = place, clock, stop, notify

    def ask(self, request: Callable[[Mapping[str, Any]], Any]) -> Any:
        """What a request brings.

        Args:
            request: Makes it with the SDK, whose own retries are off, because it sleeps by the machine's clock.

        Raises:
            LangfuseError: It brings nothing.
        """
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
