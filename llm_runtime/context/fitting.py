"""A request that was made for any model comes in, the same request as one model can answer it goes out."""

from __future__ import annotations

from dataclasses import replace

from llm_runtime.llm import ModelSpec
from llm_runtime.messages import Effort, Request

_LEAST_OUTPUT = 1_024
_REASONING = {Effort.HIGH: 16_384, Effort.MEDIUM: 4_096, Effort.LOW: 0}
"""Tokens that a model may well spend on reasoning, the highest effort first; the lowest is always possible."""


def least_output(request: Request, model: ModelSpec) -> int:
    """Tokens of output that must remain possible: what is asked for, but no more than a short answer takes."""
    return min(request.max_output_tokens, model.max_output_tokens, _LEAST_OUTPUT)


def fitted(request: Request, spec: ModelSpec, estimated_input: int | None = None) -> Request:
    """The request with output cap and effort as this model takes them.

    The cap is never raised: whoever made the request may have paid for no more. It is lowered to what the model gives
    and to what its window leaves beside the input. Reasoning is part of the output, so an effort that would use up
    all of it is lowered, too; a model that does not reason gets none.

    Args:
        request: As its caller made it, for whichever model.
        spec: The model it goes to.
        estimated_input: Tokens of its input; None leaves the window out of account.
    """
    output = min(request.max_output_tokens, spec.max_output_tokens)
    if estimated_input is not None:
        output = min(output, max(least_output(request, spec), spec.context_window - estimated_input))
    effort = _affordable(request.effort, output) if spec.effort and request.effort is not None else None
    if effort is request.effort and output == request.max_output_tokens:
        return request
    return replace(request, effort=effort, max_output_tokens=output)


def _affordable(wanted: Effort, output: int) -> Effort:
    """The highest effort, up to what is wanted, that leaves room for an answer."""
    efforts = list(_REASONING)
    lower = efforts[efforts.index(wanted) :]
    return next(effort for effort in lower if effort is Effort.LOW or _REASONING[effort] + _LEAST_OUTPUT <= output)
