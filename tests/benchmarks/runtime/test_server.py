from __future__ import annotations

import json
import urllib.request

import openai
import pytest

from tests.benchmarks.runtime.harness import server
from tests.benchmarks.runtime.protocol import ServerSettings, Stats
from tests.benchmarks.runtime.server import LimitedVendor
from tests.benchmarks.runtime.shapes import RPM, SHAPES

ASKED = {"model": "m", "max_completion_tokens": 16, "messages": [{"role": "user", "content": "find the order"}]}
PATH = "/v1/chat/completions"


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def statuses(vendor: LimitedVendor, calls: int) -> list[int]:
    return [vendor.answer(PATH, json.dumps(ASKED).encode())[0] for _ in range(calls)]


@pytest.mark.parametrize("shape", ["sliding", "rejected", "refill", "lower"])
def test_a_vendor_admits_its_burst_at_once_and_answers_429_to_the_rest(shape: str) -> None:
    vendor = LimitedVendor(ServerSettings(shape=shape, minute=6.0), Hand())
    first = SHAPES[shape].burst or SHAPES[shape].limit

    assert statuses(vendor, first + 3) == [200] * first + [429] * 3


def test_the_larger_of_the_question_and_the_answer_that_is_allowed_counts() -> None:
    vendor = LimitedVendor(ServerSettings(shape="tokens", minute=6.0), Hand())
    limit = SHAPES["tokens"].limit
    whole = ASKED | {"max_completion_tokens": limit}

    first = vendor.answer(PATH, json.dumps(whole).encode())
    second = vendor.answer(PATH, json.dumps(ASKED | {"max_completion_tokens": 1}).encode())

    assert (first[0], second[0]) == (200, 429)
    assert json.loads(second[2])["error"]["type"] == "tokens"
    assert json.loads(first[2])["usage"]["prompt_tokens"] == 3


def test_a_429_says_in_seconds_of_the_scaled_minute_when_to_come_again() -> None:
    clock = Hand()
    vendor = LimitedVendor(ServerSettings(shape="sliding", minute=6.0), clock)
    statuses(vendor, RPM)
    clock.now += 1.23

    status, headers, body, _ = vendor.answer(PATH, json.dumps(ASKED).encode())
    clock.now += float(headers["retry-after"])

    assert (status, headers["retry-after"], headers["retry-after-ms"]) == (429, "4.800", "4800")
    assert json.loads(body)["error"]["code"] == "rate_limit_exceeded"
    assert statuses(vendor, 1) == [200]


def test_a_429_says_nothing_of_the_wait_where_it_is_told_not_to() -> None:
    vendor = LimitedVendor(ServerSettings(shape="refill", minute=6.0, retry_after=False), Hand())
    statuses(vendor, 6)

    assert vendor.answer(PATH, json.dumps(ASKED).encode())[:2] == (429, {})


def test_headers_tell_limit_and_rest_where_they_are_switched_on() -> None:
    vendor = LimitedVendor(ServerSettings(shape="sliding", minute=6.0, headers=True), Hand())

    _, headers, _, _ = vendor.answer(PATH, json.dumps(ASKED).encode())

    assert headers == {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "59",
        "x-ratelimit-reset-requests": "6000ms",
    }


def test_the_sdk_is_answered_on_the_wire_and_the_server_remembers_it() -> None:
    settings = ServerSettings(shape="lower", minute=60.0, fastest=0.0, slowest=0.0)
    with server(settings) as url:
        with openai.OpenAI(base_url=f"{url}/v1", api_key="k", max_retries=0) as client:
            answers = [
                client.chat.completions.create(
                    model="m", max_completion_tokens=16, messages=[{"role": "user", "content": "find the order"}]
                )
                for _ in range(40)
            ]
            with pytest.raises(openai.RateLimitError) as refused:
                client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}])
        with urllib.request.urlopen(f"{url}/stats") as reply:
            stats = Stats.from_json(reply.read())

    assert {answer.usage.total_tokens for answer in answers if answer.usage} == {19}
    assert (refused.value.code, refused.value.type) == ("rate_limit_exceeded", "requests")
    assert (len(stats.admitted), len(stats.rejected), stats.tokens) == (40, 1, [16] * 40)
