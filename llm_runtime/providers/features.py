"""A refusal comes in, a plainer way to ask goes out: what a server does not know of a vendor's protocol is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What a vendor's protocol calls its optional parameters; in whatever words a refusal is, it names them so."""

    schema: re.Pattern[str]
    effort: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Which optional parameters are sent.

    Attributes:
        schema: The JSON schema; without it the model is told the schema in words.
        effort: How long to reason.
    """

    schema: bool
    effort: bool

    def plainer(self, said: str, names: Names, request: Request) -> tuple[Features, ...]:
        """What to send after a 400 that says this; nothing where sending less would not help."""
        plainer = replace(
            self,
            schema=self.schema and names.schema.search(said) is None,
            effort=self.effort and names.effort.search(said) is None,
        )
        return () if plainer.sent_with(request) == self.sent_with(request) else (plainer,)

    def sent_with(self, request: Request) -> tuple[bool, bool]:
        """Which of the two a request really carries."""
        return self.schema and request.schema is not None, self.effort and request.effort is not None


def features(spec: ModelSpec) -> Features:
    """What to send before anything was asked: all that the model has."""
    return Features(schema=spec.json_schema, effort=spec.effort)
