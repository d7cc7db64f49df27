"""An LLM that is built when it is first asked: a stand-in that is never needed loads no SDK and opens no client."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llm_runtime.llm import LLM, ModelSpec
    from llm_runtime.messages import Completion, Request


class DeferredLLM:
    """Stands for an LLM until somebody asks it; safe to share between threads.

    Args:
        spec: The model, which is known without building anything.
        build: Makes the LLM; called once.
    """

    def __init__(self, spec: ModelSpec, build: Callable[[], LLM]) -> None:
        self._spec = spec
        self._build = build
        self._building = threading.Lock()
        self._built: LLM | None = None

    @property
    def spec(self) -> ModelSpec:
        """The model that will be asked."""
        return self._spec

    def complete(self, request: Request) -> Completion:
        """Build the LLM if this is the first request, and ask it.

        Raises:
            LLMError: What the LLM raises.
        """
        with self._building:
            if self._built is None:
                self._built = self._build()
        return self._built.complete(request)
