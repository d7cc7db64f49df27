from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm_runtime.errors import LLMError, QuotaExhausted, RateLimited
from llm_runtime.feedback import Allowance, RateLimitFeedback
from llm_runtime.messages import Request
from llm_runtime.providers import PROVIDERS
from llm_runtime.providers.limit_headers import LimitHeaders, duration, feedback, retry_after, seconds_until
from tests.fakes import models
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.models import says
from tests.fakes.openai import FakeOpenAI
from tests.fakes.server import FakeServer, Incoming, Reply, json_reply
from tests.fakes.vendor import FakeVendor
from tests.llm_runtime.doubles import spec

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
QUESTION = Request(system="", question="Why?")
NAMES = LimitHeaders(requests=("{}-r",), input_tokens=("{}-t",), until=duration)

ANTHROPIC = {
    "date": "Sat, 21 Nov 2026 12:00:00 GMT",
    "anthropic-ratelimit-requests-limit": "1000",
    "anthropic-ratelimit-requests-remaining": "990",
    "anthropic-ratelimit-requests-reset": "2026-11-21T12:00:01Z",
    "anthropic-ratelimit-input-tokens-limit": "2000000",
    "anthropic-ratelimit-input-tokens-remaining": "1500000",
    "anthropic-ratelimit-input-tokens-reset": "2026-11-21T12:00:15Z",
    "anthropic-ratelimit-output-tokens-limit": "400000",
    "anthropic-ratelimit-output-tokens-remaining": "399000",
    "anthropic-ratelimit-output-tokens-reset": "2026-11-21T11:59:59Z",
    "anthropic-ratelimit-tokens-limit": "2400000",
    "anthropic-ratelimit-tokens-remaining": "1899000",
    "anthropic-ratelimit-tokens-reset": "2026-11-21T12:00:15Z",
}
TOLD_BY_ANTHROPIC = RateLimitFeedback(
    requests=Allowance(limit=1_000, remaining=990, reset_seconds=1.0),
    input_tokens=Allowance(limit=2_000_000, remaining=1_500_000, reset_seconds=15.0),
    output_tokens=Allowance(limit=400_000, remaining=399_000, reset_seconds=0.0),
)
OPENAI = {
    "x-ratelimit-limit-requests": "500",
    "x-ratelimit-remaining-requests": "499",
    "x-ratelimit-reset-requests": "120ms",
    "x-ratelimit-limit-tokens": "30000",
    "x-ratelimit-remaining-tokens": "12000",
    "x-ratelimit-reset-tokens": "36s",
}
TOLD_BY_OPENAI = RateLimitFeedback(
    requests=Allowance(limit=500, remaining=499, reset_seconds=0.12),
    input_tokens=Allowance(limit=30_000, remaining=12_000, reset_seconds=36.0),
)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({}, None, id="nothing said"),
        pytest.param({"Retry-After": "7"}, 7.0, id="seconds"),
        pytest.param({"retry-after": "0.5"}, 0.5, id="a fraction"),
        pytest.param({"retry-after-ms": "1500", "retry-after": "9"}, 1.5, id="milliseconds first"),
        pytest.param({"retry-after": "Sat, 21 Nov 2026 12:01:30 GMT"}, 90.0, id="a date"),
        pytest.param({"retry-after": "Sat, 21 Nov 2026 12:01:30 -0000"}, 90.0, id="a date without a zone"),
        pytest.param({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT"}, 0.0, id="a date in the past"),
        pytest.param({"retry-after": "soon"}, None, id="words"),
        pytest.param({"retry-after": "-3"}, None, id="less than nothing"),
        pytest.param({"retry-after": "inf"}, None, id="for ever"),
        pytest.param({"retry-after": "nan"}, None, id="no number"),
    ],
)
def test_the_wait_is_read_from_the_headers(headers: dict[str, str], expected: float | None) -> None:
    assert retry_after(headers, now=NOW) == expected


def test_a_date_counts_from_the_servers_own_clock() -> None:
    headers = {"date": "Sat, 21 Nov 2020 12:00:00 GMT", "retry-after": "Sat, 21 Nov 2020 12:00:05 GMT"}

    assert retry_after(headers) == 5.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("1s", 1.0, id="seconds"),
        pytest.param("6m0s", 360.0, id="minutes and seconds"),
        pytest.param("120ms", 0.12, id="milliseconds"),
        pytest.param("1h2m", 3_720.0, id="hours and minutes"),
        pytest.param("2m59.56s", 179.56, id="a fraction"),
        pytest.param("12", 12.0, id="a bare number"),
        pytest.param("", None, id="nothing"),
        pytest.param("-1s", None, id="less than nothing"),
        pytest.param("1s!", None, id="something behind it"),
        pytest.param("in 1s", None, id="something before it"),
        pytest.param("soon", None, id="words"),
        pytest.param("NaN", None, id="no number"),
    ],
)
def test_a_duration_is_read_in_seconds(text: str, expected: float | None) -> None:
    assert duration(text) == expected


@pytest.mark.parametrize(
    ("text", "now", "expected"),
    [
        pytest.param("2026-11-21T12:00:30Z", NOW, 30.0, id="after the answer"),
        pytest.param("2026-11-21T13:00:00.5+01:00", NOW, 0.5, id="in another zone"),
        pytest.param("2026-11-21T11:59:00Z", NOW, 0.0, id="already over"),
        pytest.param("2026-11-21T12:00:30Z", None, None, id="from a server that does not tell its time"),
        pytest.param("2026-11-21T12:00:30", NOW, None, id="without a zone"),
        pytest.param("soon", NOW, None, id="words"),
    ],
)
def test_a_moment_counts_from_the_servers_own_clock(text: str, now: datetime | None, expected: float | None) -> None:
    assert seconds_until(text, now) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"limit-r": "-1"}, None, id="a negative limit"),
        pytest.param({"limit-r": "nan", "remaining-r": "inf"}, None, id="no numbers"),
        pytest.param({"limit-r": "0", "remaining-r": "0"}, None, id="a limit of nothing, which some say for none"),
        pytest.param({"limit-r": "1e300"}, None, id="a limit beyond counting"),
        pytest.param({"limit-r": "many", "limit-t": "9"}, Allowance(limit=9), id="one that can be read"),
        pytest.param(
            {"limit-t": "100", "remaining-t": "170"}, Allowance(limit=100, remaining=100), id="more left than there is"
        ),
        pytest.param({"LIMIT-T": "9", "remaining-t": "4"}, Allowance(limit=9, remaining=4), id="names in capitals"),
    ],
)
def test_nonsense_is_nothing_said(headers: dict[str, str], expected: Allowance | None) -> None:
    told = feedback(headers, NAMES)

    assert told == (None if expected is None else RateLimitFeedback(input_tokens=expected))


@pytest.mark.parametrize(
    ("limit", "remaining", "reset", "daily"),
    [
        pytest.param("10000", "9999", "8.64s", True, id="openai's first request of the day"),
        pytest.param("10000", "9500", "1h11m57s", True, id="openai, later"),
        pytest.param("14400", "14370", "2m59.56s", True, id="groq"),
        pytest.param("500", "499", "120ms", False, id="a minute's, first request"),
        pytest.param("500", "0", "60s", False, id="a minute's, used up"),
        pytest.param("100", "60", "30s", False, id="a window that is forgotten at once"),
        pytest.param("100", "100", "0s", False, id="nothing used"),
    ],
)
def test_the_requests_of_a_day_are_not_taken_for_those_of_a_minute(
    limit: str, remaining: str, reset: str, daily: bool
) -> None:
    told = feedback({"limit-r": limit, "remaining-r": remaining, "reset-r": reset}, NAMES)

    assert (told is None) is daily


@given(st.dictionaries(st.sampled_from(sorted({*ANTHROPIC, *OPENAI, "retry-after", "retry-after-ms"})), st.text()))
def test_no_header_is_too_odd(headers: dict[str, str]) -> None:
    for until in (duration, seconds_until):
        names = LimitHeaders(
            requests=("x-ratelimit-{}-requests",), input_tokens=("anthropic-ratelimit-tokens-{}",), until=until
        )
        told = feedback(headers, names) or RateLimitFeedback()
        for allowance in (told.requests, told.input_tokens, told.output_tokens):
            assert all(value is None or value >= 0 for value in (allowance.limit, allowance.remaining))

    assert (retry_after(headers, now=NOW) or 0.0) >= 0


@pytest.mark.parametrize(
    ("fake", "provider", "headers", "expected"),
    [
        pytest.param(FakeAnthropic, "anthropic", ANTHROPIC, TOLD_BY_ANTHROPIC, id="anthropic"),
        pytest.param(
            FakeAnthropic,
            "anthropic",
            {**ANTHROPIC, "anthropic-ratelimit-tokens-limit": "30000", "anthropic-ratelimit-tokens-remaining": "100"},
            RateLimitFeedback(
                requests=TOLD_BY_ANTHROPIC.requests,
                input_tokens=Allowance(limit=30_000, remaining=100, reset_seconds=15.0),
                output_tokens=TOLD_BY_ANTHROPIC.output_tokens,
            ),
            id="anthropic, a workspace's tighter limit",
        ),
        pytest.param(FakeOpenAI, "openai", OPENAI, TOLD_BY_OPENAI, id="openai"),
        pytest.param(FakeOpenAI, "openai", {"x-ratelimit-limit-requests": "-1"}, None, id="openai, nonsense"),
        pytest.param(FakeAnthropic, "anthropic", {}, None, id="anthropic, silent"),
    ],
)
@pytest.mark.parametrize(
    "answer", [says("fine"), says(""), models.Garbled(), models.RateLimited(), models.Fails(529), models.Forbidden()]
)
def test_headers_are_read_on_answers_and_on_errors(
    fake: type[FakeVendor],
    provider: str,
    headers: dict[str, str],
    expected: RateLimitFeedback | None,
    answer: models.Answer,
) -> None:
    with fake(answer, headers=headers) as server:
        llm = server.keep(
            PROVIDERS[provider].build(spec("m", provider), api_key="any", base_url=server.base_url, timeout=5)
        )
        try:
            told = llm.complete(QUESTION).feedback
        except LLMError as error:
            told = error.feedback

    assert told == expected


class Replies(FakeServer):
    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self._reply = reply

    def answer(self, request: Incoming) -> Reply:
        return self._reply


@pytest.mark.parametrize(
    ("violations", "kind", "expected"),
    [
        pytest.param(
            [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel", "quotaValue": "10"}],
            RateLimited,
            RateLimitFeedback(requests=Allowance(limit=10)),
            id="requests",
        ),
        pytest.param(
            [
                {"quotaId": "GenerateContentPaidTierInputTokensPerModelPerMinute", "quotaValue": "1000000"},
                {"quotaId": "GenerateRequestsPerMinutePerProjectPerModel", "quotaValue": 150},
            ],
            RateLimited,
            RateLimitFeedback(requests=Allowance(limit=150), input_tokens=Allowance(limit=1_000_000)),
            id="both",
        ),
        pytest.param(
            [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel", "quotaValue": "250"}],
            QuotaExhausted,
            None,
            id="a day's requests",
        ),
        pytest.param([{"quotaId": "RequestsPerMinute", "quotaValue": "-1"}], RateLimited, None, id="a negative value"),
        pytest.param([{"quotaId": "RequestsPerMinute"}, None, 7], RateLimited, None, id="no value"),
        pytest.param("all of them", RateLimited, None, id="no list"),
    ],
)
def test_gemini_says_in_the_body_which_limit_was_exceeded(
    violations: object, kind: type[LLMError], expected: RateLimitFeedback | None
) -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": violations}]
    body = {"error": {"code": 429, "message": "No.", "status": "RESOURCE_EXHAUSTED", "details": details}}
    with Replies(json_reply(body, status=429)) as server, pytest.raises(kind) as caught:
        server.keep(
            PROVIDERS["gemini"].build(spec("m", "gemini"), api_key="any", base_url=server.url, timeout=5)
        ).complete(QUESTION)

    assert caught.value.feedback == expected
