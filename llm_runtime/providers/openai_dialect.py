"""A model and an address come in, what to expect of a server of OpenAI's protocol goes out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Request

BASE_URL = "https://api.openai.com/v1"
_OPTIONAL = ("response_format", "json_schema", "reasoning_effort", "max_completion_tokens", "max_tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a server wants what servers of this protocol do not agree on.

    Attributes:
        schema: Whether it takes ``response_format`` with a JSON schema.
        schema_in_prompt: Whether the model must be told the schema in words.
        effort: Whether it takes ``reasoning_effort``.
        output_limit: The parameter's name: OpenAI's models refuse ``max_tokens``, older servers ignore the new one.
        forgiving: Whether a 400 that names no parameter may be about the schema.
    """

    schema: bool = True
    schema_in_prompt: bool = False
    effort: bool = False
    output_limit: str = "max_completion_tokens"
    forgiving: bool = False

    def plainer(self, parameter: str | None, said: str, request: Request) -> tuple[Dialect, ...]:
        """Dialects to try after a 400, the likeliest first.

        Args:
            parameter: What the answer's ``param`` names.
            said: The body of the answer; where there is no ``param``, our own parameters' names are looked for in it.
            request: What was asked.
        """
        named = [parameter] if parameter else [*(name for name in _OPTIONAL if name in said), None]
        found = (self._without(name, request) for name in named)
        return tuple(dialect for dialect in found if dialect is not None)

    def _without(self, parameter: str | None, request: Request) -> Dialect | None:
        spoken = replace(self, schema=False, schema_in_prompt=True)
        match parameter:
            case str() if parameter.startswith(("response_format", "json_schema")) and self.schema:
                return spoken
            case None if self.forgiving and self.schema and request.schema is not None:
                return spoken
            case "reasoning_effort" if self.effort:
                return replace(self, effort=False)
            case "max_tokens" | "max_completion_tokens" if parameter == self.output_limit:
                other = "max_completion_tokens" if parameter == "max_tokens" else "max_tokens"
                return replace(self, output_limit=other)
            case _:
                return None


def dialect(spec: ModelSpec, base_url: str) -> Dialect:
    """What to expect of a server before anything was asked.

    A model that the catalogue describes is OpenAI's own, wherever it is served (a proxy, a gateway). One that nobody
    described, at another address, is a local server: some of them ignore a schema without a word, so the model is
    told in the prompt as well.
    """
    foreign = base_url.rstrip("/") != BASE_URL and not spec.source
    return Dialect(
        schema=spec.json_schema,
        schema_in_prompt=foreign or not spec.json_schema,
        effort=spec.effort,
        output_limit="max_tokens" if foreign else "max_completion_tokens",
        forgiving=foreign,
    )
