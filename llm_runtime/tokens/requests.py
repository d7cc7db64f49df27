"""A request comes in, the tokens of its input go out, without asking anybody."""

from __future__ import annotations

import json
from typing import Protocol

from llm_runtime.messages import Request
from llm_runtime.tokens.characters import CharacterBasedEstimator

_OVERHEAD_OF_MESSAGE = 8
_CHARACTERS = CharacterBasedEstimator()


class TokenEstimator(Protocol):
    """Anything that counts the tokens of a text, exactly or nearly; safe to share between threads."""

    def count(self, text: str) -> int:
        """Tokens in ``text``."""
        ...


def estimate_request(request: Request, estimator: TokenEstimator = _CHARACTERS) -> int:
    """Tokens that a request will be counted as on its way in, its schema included, its answer not.

    Args:
        request: What is asked.
        estimator: Counts the tokens of its texts; by default by their characters, rather too many than too few.
    """
    texts = [request.system, *request.context, request.question]
    for exchange in request.exchanges:
        texts += [exchange.answer, exchange.reply]
    if request.schema is not None:
        texts.append(json.dumps(request.schema))
    return sum(estimator.count(text) + _OVERHEAD_OF_MESSAGE for text in texts)
