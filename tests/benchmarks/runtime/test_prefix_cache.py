from __future__ import annotations

from typing import Any

import pytest

from tests.benchmarks.runtime.prefix_cache import LEAST_TOKENS, PrefixCache, Read

LONG = "word " * LEAST_TOKENS
MARK = {"cache_control": {"type": "ephemeral"}}


def body(context: str = LONG, question: str = "why", *, form: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "model": "m",
        "system": [{"type": "text", "text": "be kind"}],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": context} | MARK, {"type": "text", "text": question}]}
        ],
        "output_config": {"format": form},
    }


class Account:
    """Whose answers begin after five seconds."""

    def __init__(self) -> None:
        self._cache = PrefixCache()

    def ask(self, body: dict[str, Any], now: float) -> Read:
        return self._cache.ask(body, now, seconds_to_answer=5.0)


def cache() -> Account:
    return Account()


def test_the_first_request_writes_its_prefix_and_the_next_one_reads_it() -> None:
    account = cache()

    first = account.ask(body(question="why"), 0.0)
    second = account.ask(body(question="what for"), 5.0)

    prefix = LEAST_TOKENS + 2 + 1
    assert first == Read(cached=0, written=prefix, plain=1)
    assert second == Read(cached=prefix, written=0, plain=2)


def test_nothing_is_read_before_the_first_answer_has_begun() -> None:
    account = cache()
    account.ask(body(), 0.0)

    assert account.ask(body(), 4.9).cached == 0


def test_a_second_writer_does_not_delay_the_first_entry() -> None:
    account = cache()
    account.ask(body(), 0.0)
    account.ask(body(), 4.9)

    assert account.ask(body(), 5.0).cached > 0


def test_each_use_prolongs_an_entry_and_five_minutes_without_one_end_it() -> None:
    account = cache()
    account.ask(body(), 0.0)

    assert account.ask(body(), 299.0).cached > 0
    assert account.ask(body(), 598.0).cached > 0
    assert account.ask(body(), 898.0).cached == 0


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(body(LONG + "."), id="another context"),
        pytest.param(body(form={"type": "json_schema", "schema": {}}), id="another form of the answer"),
        pytest.param(body() | {"model": "n"}, id="another model"),
        pytest.param(body() | {"output_config": {"format": None, "effort": "low"}}, id="another effort"),
        pytest.param(body() | {"system": "be strict"}, id="another system"),
    ],
)
def test_a_prefix_that_differs_anywhere_is_not_read(other: dict[str, Any]) -> None:
    account = cache()
    account.ask(body(), 0.0)

    assert account.ask(other, 10.0).cached == 0


def test_a_prefix_that_is_too_short_is_neither_written_nor_read() -> None:
    account = cache()

    assert account.ask(body("short"), 0.0).written == 0
    assert account.ask(body("short"), 10.0).cached == 0


def test_how_short_is_too_short_depends_on_the_model() -> None:
    account = cache()
    context = "word " * 600

    assert account.ask(body(context), 0.0).written == 0
    assert account.ask(body(context) | {"model": "claude-sonnet-5-5"}, 0.0).written > 600


def test_without_a_mark_nothing_is_cached() -> None:
    unmarked = body()
    del unmarked["messages"][0]["content"][0]["cache_control"]
    account = cache()
    account.ask(body(), 0.0)

    assert account.ask(unmarked, 10.0).cached == 0


def test_a_longer_conversation_reads_what_a_shorter_one_wrote() -> None:
    account = cache()
    account.ask(body(), 0.0)
    longer = body()
    longer["messages"][0]["content"][1] |= MARK

    read = account.ask(longer, 10.0)

    assert (read.written, read.plain) == (1, 0)
    assert read.cached == LEAST_TOKENS + 3


def test_an_entry_more_than_twenty_blocks_before_the_mark_is_not_found() -> None:
    account = cache()
    account.ask(body(), 0.0)
    far = body()
    content = far["messages"][0]["content"]
    del content[0]["cache_control"]
    content += [{"type": "text", "text": "more"} for _ in range(19)]
    content[-1] |= MARK

    assert account.ask(far, 10.0).cached == 0
