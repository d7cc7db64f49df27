"""A layer over several LLMs: the first that gives a usable answer, and the account of all that were tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus

from llm_runtime.errors import (
    AllModelsExhausted,
    Attempt,
    AuthenticationFailed,
    BadRequest,
    BudgetExceeded,
    LLMError,
    MalformedOutput,
)
from llm_runtime.llm import LLM, ModelSpec
from llm_runtime.messages import Call, Completion, Request


class AutoPickerLLM:
    """Asks the primary, then each fallback in its order, until one answers."""

    def __init__(self, primary: LLM, fallbacks: Sequence[LLM] = ()) -> None:
        self._primary = primary
        self._fallbacks = tuple(fallbacks)

    @property
    def spec(self) -> ModelSpec:
        """The model that is asked first."""
        return self._primary.spec

    def complete(self, request: Request) -> Completion:
        """The first usable answer, with the calls of every attempt.

        Each model gets a request that fits it: no more output than it gives, an effort only where it takes one. Once a
        provider has refused the key, its other models are not asked; a key that may not use one model (403) may
        well use another.

        Raises:
            BadRequest: The request is at fault; no other model is asked.
            BudgetExceeded: There is no money left; no other model is asked.
            MalformedOutput: The model did answer, in the wrong form; whoever asked can tell it what is wrong, which
                costs less than the same question to another model. An empty answer goes to the next model.
            AllModelsExhausted: None answered. With no fallbacks, the primary's own error is raised instead: one
                line about one model is clearer.
        """
        calls: tuple[Call, ...] = ()
        causes: list[LLMError] = []
        refused: set[str] = set()
        for llm in (self._primary, *self._fallbacks):
            if llm.spec.provider in refused:
                continue
            try:
                completion = llm.complete(_fitted(request, llm.spec))
            except LLMError as error:
                calls = error.calls = (*calls, *error.calls)
                causes.append(error)
                if isinstance(error, AuthenticationFailed) and error.status != HTTPStatus.FORBIDDEN:
                    refused.add(llm.spec.provider)
                if isinstance(error, (BadRequest, BudgetExceeded)) or not self._fallbacks or _repairable(error):
                    raise
            else:
                return replace(completion, calls=(*calls, *completion.calls))
        exhausted = AllModelsExhausted("; ".join(str(cause) for cause in causes), attempts=tuple(map(_attempt, causes)))
        exhausted.calls = calls
        raise exhausted from causes[-1]


def _repairable(error: LLMError) -> bool:
    return isinstance(error, MalformedOutput) and error.completion is not None and bool(error.completion.text.strip())


def _attempt(error: LLMError) -> Attempt:
    costs = [call.cost_usd for call in error.calls]
    known = [cost for cost in costs if cost is not None]
    return Attempt(
        model=f"{error.provider}/{error.model}",
        error=error,
        seconds=sum(call.seconds for call in error.calls),
        cost_usd=sum(known, Decimal(0)) if len(known) == len(costs) else None,
    )


def _fitted(request: Request, spec: ModelSpec) -> Request:
    return replace(
        request,
        max_output_tokens=min(request.max_output_tokens, spec.max_output_tokens),
        effort=request.effort if spec.effort else None,
    )
