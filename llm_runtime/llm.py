"""The port that everything which answers a request keeps, and the facts known about a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from llm_runtime.messages import Completion, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """A model's limits and capabilities, as its vendor publishes them.

    Attributes:
        provider: Key of the provider in ``llm_runtime.providers.PROVIDERS``.
        name: The model's name on the wire.
        context_window: Tokens that input and output share at most.
        max_output_tokens: Tokens of output at most, reasoning included.
        json_schema: Whether the provider holds the answer to a JSON schema.
        effort: Whether the model takes a reasoning effort.
        least_cached_tokens: Tokens that a beginning shared by several requests must have to be cached, where the vendor
            caches what a request marks and nothing else; None where it caches unasked, or nobody knows.
        source: Where these facts were read, and when; empty for a model nobody has described.
    """

    provider: str
    name: str
    context_window: int
    max_output_tokens: int
    json_schema: bool = True
    effort: bool = False
    least_cached_tokens: int | None = None
    source: str = ""

    @property
    def id(self) -> str:
        """Provider and model in one word, as it is written in configuration: ``openai/gpt-6.1-sol``."""
        return f"{self.provider}/{self.name}"


class LLM(Protocol):
    """Anything that answers a request: a provider, or a layer that holds another LLM and adds one thing."""

    @property
    def spec(self) -> ModelSpec:
        """The model that a request goes to first."""
        ...

    def complete(self, request: Request) -> Completion:
        """Answer a request.

        Returns:
            A usable answer: complete, not refused, and JSON text when the request has a schema.

        Raises:
            LLMError: One of its subclasses, saying what happened.
        """
        ...


@runtime_checkable
class Scheduled(LLM, Protocol):
    """An LLM that keeps its limits and retries by itself: what may be a primary or a fallback."""

    def complete(self, request: Request, *, fallback_ready: Callable[[], bool] | None = None) -> Completion:
        """Answer a request, as every LLM does.

        Args:
            request: What is asked.
            fallback_ready: Whether another healthy model would be asked if this one gave up now. It is a question, not
                an answer, so that it is put only when it matters (before a long wait) and is true at that moment;
                None says that there is no other model.
        """
        ...

    def available(self) -> bool:
        """Whether its circuit breaker is closed, as far as this process knows, without asking anybody."""
        ...


@runtime_checkable
class Funded(LLM, Protocol):
    """An LLM whose calls are paid for: money may have to be waited for, and is waited for before anything else."""

    def funded(self, request: Request) -> AbstractContextManager[Callable[[Request], Completion]]:
        """Set aside what one call may cost.

        Args:
            request: What will be asked; its timeout bounds the wait for money.

        Returns:
            Within the block a function that makes the call, at most once; the request may have less time by then.
            Nothing is paid where it was not called.

        Raises:
            LLMError: There is no money for it, or nobody wants the answer any more; nothing was sent.
        """
        ...
