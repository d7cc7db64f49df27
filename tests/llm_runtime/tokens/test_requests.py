from __future__ import annotations

from llm_runtime.messages import Exchange, Request
from llm_runtime.tokens import estimate_request


class Lengths:
    def count(self, text: str) -> int:
        return len(text)


FULL = Request(
    system="Be brief.",
    context=("The diff.",),
    question="Why?",
    schema={"type": "object"},
    exchanges=(Exchange("So.", "And?"),),
)


def test_all_that_is_sent_is_counted() -> None:
    bare = Request(system="", question="Why?")

    assert estimate_request(FULL) >= estimate_request(bare) + 4 * 8 + 10


def test_whoever_has_a_better_estimator_counts_with_it() -> None:
    texts = ("Be brief.", "The diff.", "Why?", '{"type": "object"}', "So.", "And?")

    assert estimate_request(FULL, Lengths()) == sum(len(text) + 8 for text in texts)
