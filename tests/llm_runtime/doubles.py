"""An LLM that follows a script and a clock that is set by hand: what the layers are tested over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Completion, Request, StopReason, Usage

Step = Completion | Exception | Callable[[Request], Completion]


class FakeClock:
    def __init__(self, now: datetime = datetime(2026, 11, 21, tzinfo=UTC)) -> None:
        self.seconds = 0.0
        self.date = now
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.date

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        self.date += timedelta(seconds=seconds)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """No time passes in reality: the clock jumps to the end of the wait, unless the event was set before."""
        if not event.is_set():
            self.waits.append(seconds)
            self.advance(seconds)
        return event.is_set()


class ScriptedLLM:
    """Answers with each step in turn, the last one again and again; keeps the requests."""

    def __init__(self, model: ModelSpec, *steps: Step) -> None:
        self._spec = model
        self._steps = steps
        self.requests: list[Request] = []

    @property
    def spec(self) -> ModelSpec:
        return self._spec

    def complete(self, request: Request) -> Completion:
        step = self._steps[min(len(self.requests), len(self._steps) - 1)]
        self.requests.append(request)
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, Completion) else step(request)


def spec(
    name: str = "gpt-6.1-sol",
    provider: str = "openai",
    *,
    window: int = 1_000_000,
    output: int = 10_000,
    schema: bool = True,
    effort: bool = True,
    source: str = "a test",
) -> ModelSpec:
    return ModelSpec(
        provider=provider,
        name=name,
        context_window=window,
        max_output_tokens=output,
        json_schema=schema,
        effort=effort,
        source=source,
    )


def completion(text: str = "fine", *, input_tokens: int = 1_000, output_tokens: int = 100) -> Completion:
    return Completion(
        text=text,
        stop_reason=StopReason.END,
        usage=Usage(input_tokens=input_tokens, output_tokens=output_tokens),
        provider="openai",
        model="gpt-6.1-sol",
    )
