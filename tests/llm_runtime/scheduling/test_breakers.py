from __future__ import annotations

from dataclasses import replace

import pytest

from llm_runtime.errors import AuthenticationFailed
from llm_runtime.scheduling.breakers import Breakers
from llm_runtime.scheduling.limits import LimitKey

KEY = LimitKey(provider="openai", credential="c0ffee", model="gpt")
WRONG, FORBIDDEN = AuthenticationFailed("x", status=401), AuthenticationFailed("x", status=403)


def test_a_refused_key_is_news_once() -> None:
    breakers = Breakers()

    assert [breakers.refuse(KEY, "sol", WRONG) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("error", "key", "model", "refused"),
    [
        pytest.param(WRONG, KEY, "terra", True, id="wrong for all models"),
        pytest.param(FORBIDDEN, KEY, "sol", True, id="forbidden for this model"),
        pytest.param(FORBIDDEN, KEY, "terra", False, id="forbidden for another one"),
        pytest.param(WRONG, replace(KEY, credential="decaf"), "sol", False, id="another key"),
        pytest.param(WRONG, replace(KEY, provider="anthropic"), "sol", False, id="another provider"),
        pytest.param(WRONG, replace(KEY, model="pool"), "sol", True, id="the same key for another pool"),
    ],
)
def test_what_a_refusal_says_of_other_calls(
    error: AuthenticationFailed, key: LimitKey, model: str, refused: bool
) -> None:
    breakers = Breakers()

    breakers.refuse(KEY, "sol", error)

    assert breakers.refused(key, model) is refused


def test_a_breaker_is_open_until_its_time_and_for_its_key_alone() -> None:
    breakers = Breakers()
    breakers.open(KEY, 10.0)

    assert breakers.is_open(KEY, 9.9)
    assert not breakers.is_open(KEY, 10.0)
    assert not breakers.is_open(replace(KEY, model="other"), 9.9)


def test_one_that_is_open_longer_stays_so() -> None:
    breakers = Breakers()
    breakers.open(KEY, 100.0)

    breakers.open(KEY, 50.0)

    assert breakers.is_open(KEY, 60.0)
