"""Text or a request comes in, the number of tokens that a model will count goes out, without asking anybody."""

from __future__ import annotations

import json

from llm_runtime.messages import Request

_ASCII_PER_TOKEN = 2.6
_OVERHEAD_OF_MESSAGE = 8


class CharacterBasedEstimator:
    """Counts characters instead of tokens.

    Example:
        >>> CharacterBasedEstimator().count("def add(a, b):")
        6
    """

    def count(self, text: str) -> int:
        """Tokens in ``text``, rather too many than too few."""
        ascii_characters = len(text.encode("ascii", "ignore"))
        return -int(-ascii_characters // _ASCII_PER_TOKEN) + len(text) - ascii_characters


def estimate_request(request: Request) -> int:
    """Tokens that a request will be counted as on its way in, its schema included, its answer not."""
    estimator = CharacterBasedEstimator()
    texts = [request.system, *request.context, request.question]
    for exchange in request.exchanges:
        texts += [exchange.answer, exchange.reply]
    if request.schema is not None:
        texts.append(json.dumps(request.schema))
    return sum(estimator.count(text) + _OVERHEAD_OF_MESSAGE for text in texts)
