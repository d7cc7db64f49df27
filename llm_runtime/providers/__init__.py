"""Who can be asked: each provider's name, variables and the way to build its LLM, without importing its SDK."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from llm_runtime.llm import LLM, ModelSpec
from llm_runtime.providers.anthropic import AnthropicLLM
from llm_runtime.providers.gemini import GeminiLLM
from llm_runtime.providers.openai import OpenAILLM

DEFAULT_TIMEOUT = 120.0


class ProviderLLM(LLM, Protocol):
    """An LLM that holds connections."""

    def verify(self) -> None:
        """Ask the vendor whether it takes the key and has the model, within ten seconds; it costs nothing.

        Silence means that nothing speaks against asking: a server that describes no models, or a key that may not
        look at them, leaves the question open.

        Raises:
            ModelNotFound: It does not have the model, or no more, or not for this kind of question.
            LLMError: Whatever ``complete`` raises where no answer comes: a refused key, no connection, no answer in
                time, a server that fails or is no model's.
        """
        ...

    def close(self) -> None:
        """Close them; no request may follow."""
        ...


class Build(Protocol):
    """How an LLM of a provider is built; this is when its SDK is imported."""

    def __call__(self, spec: ModelSpec, *, api_key: str, base_url: str | None, timeout: float) -> ProviderLLM:
        """An LLM that asks ``spec`` at ``base_url`` (None: the vendor's own), giving up after ``timeout`` seconds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A vendor, or a protocol that many servers speak.

    Attributes:
        name: As in ``provider/model``.
        title: For people.
        key_variables: Where its key may be found, the first one that is set counts.
        base_url_variable: Where another address may be found.
        build: Makes an LLM.
    """

    name: str
    title: str
    key_variables: tuple[str, ...]
    base_url_variable: str
    build: Build


PROVIDERS: Mapping[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider(
            name="openai",
            title="OpenAI",
            key_variables=("OPENAI_API_KEY",),
            base_url_variable="OPENAI_BASE_URL",
            build=OpenAILLM,
        ),
        Provider(
            name="anthropic",
            title="Anthropic",
            key_variables=("ANTHROPIC_API_KEY",),
            base_url_variable="ANTHROPIC_BASE_URL",
            build=AnthropicLLM,
        ),
        Provider(
            name="gemini",
            title="Google Gemini",
            key_variables=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
            base_url_variable="GOOGLE_GEMINI_BASE_URL",
            build=GeminiLLM,
        ),
    )
}
