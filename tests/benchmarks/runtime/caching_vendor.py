"""The tests' fake of Anthropic with a prompt cache that really caches; its clock is set by hand."""

from __future__ import annotations

import json

from tests.benchmarks.runtime.prefix_cache import PrefixCache
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.models import Answer, Says, Spent, says
from tests.fakes.server import Incoming, Reply, json_reply


class CachingAnthropic(FakeAnthropic):
    """Answers every question with the same text, and reports what the cache did for it.

    Attributes:
        now: The moment at which the next request arrives, in seconds.
        seconds_to_answer: From then to the first word of its answer.
    """

    def __init__(self, *, output_tokens: int) -> None:
        super().__init__(_nothing_found(output_tokens))
        self.now = 0.0
        self.seconds_to_answer = 0.0
        self._cache = PrefixCache()

    def answer(self, request: Incoming) -> Reply:
        reply = super().answer(request)
        if reply.status != 200:
            return reply
        read = self._cache.ask(request.json, self.now, seconds_to_answer=self.seconds_to_answer)
        answered = json.loads(reply.body)
        answered["usage"] |= {
            "input_tokens": read.plain,
            "cache_read_input_tokens": read.cached,
            "cache_creation_input_tokens": read.written,
        }
        return json_reply(answered, headers={"request-id": "req_1"})


def _nothing_found(output_tokens: int) -> Answer:
    answer = says({"findings": [], "dropped_evidence": []})
    assert isinstance(answer, Says)
    return Says(answer.text, Spent(output=output_tokens))
