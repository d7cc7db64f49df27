"""A built chain of models: what a builder hands out, to be asked like one LLM and closed at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from llm_runtime.chain import Chain
from llm_runtime.credentials import Credential
from llm_runtime.fallback.auto_picker import AutoPickerLLM
from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Completion, Request
from llm_runtime.runtime import Runtime


class SmartLLM:
    """A chain of models that keeps limits, falls back, stays under its caps and accounts for every call.

    It is a context manager; closing it closes the runtime it was built on, with the connections of all its chains.
    """

    def __init__(self, picker: AutoPickerLLM, chain: Chain, runtime: Runtime) -> None:
        self.picker = picker
        self._runtime = runtime
        self.chain = chain

    @classmethod
    def for_tier(
        cls, tier: str, *, primary: str, fallbacks: Sequence[str] = (), credentials: Mapping[str, Credential]
    ) -> SmartLLM:
        """A chain with the limits of a tier, accounted for in this process.

        Raises:
            Misbuilt: It could not work; every fault with its cure.
        """
        from llm_runtime.builder import LLMBuilder  # noqa: PLC0415 - it makes what is defined here

        builder = LLMBuilder(runtime=Runtime(credentials)).with_tier(tier)
        return builder.with_primary(primary).with_fallback(*fallbacks).build()

    @property
    def spec(self) -> ModelSpec:
        """The model that is asked first."""
        return self.picker.spec

    def complete(self, request: Request) -> Completion:
        """The first usable answer, with the calls of every attempt.

        Raises:
            LLMError: As ``AutoPickerLLM.complete`` says.
        """
        return self.picker.complete(request)

    def close(self) -> None:
        """Close the connections; nothing may be asked afterwards."""
        self._runtime.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
