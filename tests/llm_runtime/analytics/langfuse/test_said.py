from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from llm_runtime.analytics.langfuse.amounts_back import usage_of
from llm_runtime.analytics.langfuse.said import Said, dollars, key_of, words
from llm_runtime.messages import Usage


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (7, 7),
        ("7", 7),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775809", 2**63 - 1),
        (1e300, 2**63 - 1),
        (-3, 0),
        (True, None),
        ("seven", None),
        (float("nan"), None),
        ("inf", None),
        ("9" * 5_000, None),
        ([7], None),
        (None, None),
    ],
)
def test_a_whole_number_is_understood_as_it_was_sent_or_as_text_within_what_a_column_holds(
    value: Any, meant: int | None
) -> None:
    assert Said({"number": value}).whole("number") == meant


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (True, True),
        ("true", True),
        ("True", True),
        (False, False),
        ("false", False),
        (1, None),
        ("", None),
        (None, None),
    ],
)
def test_whether_something_is_so_is_never_guessed(value: Any, meant: bool | None) -> None:
    assert Said({"priced": value}).truth("priced") is meant


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("2026-11-21T10:00:00.000001+01:00", datetime(2026, 11, 21, 9, 0, 0, 1, tzinfo=UTC)),
        ("2026-11-21T09:00:00Z", datetime(2026, 11, 21, 9, tzinfo=UTC)),
        ("2026-11-21T09:00:00", None),
        ("yesterday", None),
        (20261121, None),
    ],
)
def test_a_moment_has_its_time_zone_or_is_none(value: Any, meant: datetime | None) -> None:
    assert Said({"at": value}).moment("at") == meant


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("0.0123456789012345", "0.012345678901"),
        (0.1, "0.1"),
        (0, "0"),
        ("-2.5", "-2.5"),
        (1e-13, "0"),
        ("NaN", None),
        ("Infinity", None),
        (1e300, None),
        (True, None),
        ("a dollar", None),
        (None, None),
    ],
)
def test_dollars_are_as_exact_as_a_row_keeps_them(value: Any, meant: str | None) -> None:
    assert dollars(value) == (None if meant is None else Decimal(meant))


@pytest.mark.parametrize(
    ("value", "meant"),
    [({"a": [1]}, {"a": [1]}), ('{"a": [1]}', {"a": [1]}), ("[1]", {}), ("{", {}), ("[" * 100_000, {}), (None, {})],
)
def test_data_is_an_object_or_nothing(value: Any, meant: dict[str, Any]) -> None:
    assert Said({"data": value}).data("data") == meant


def test_a_name_of_digits_may_come_back_as_a_number() -> None:
    assert Said({"job": 12345678901234567890}).text("job") == "12345678901234567890"


def test_words_are_those_that_a_row_will_have() -> None:
    assert words("a\0b\ud800") == "a\ufffdb\ufffd"
    assert len(words("x" * 500)) == 140


@pytest.mark.parametrize("odd", ["x" * 65, "line\nfeed", "ünïcode", "nul\0"])
def test_an_id_that_a_column_may_not_hold_is_its_digest(odd: str) -> None:
    known = {key_of(odd), key_of(odd + "x")}

    assert len(known) == 2
    assert all(len(key) <= 64 and key.isascii() and key.isprintable() for key in known)


@pytest.mark.parametrize(
    ("details", "meant"),
    [
        pytest.param({}, None, id="nothing"),
        pytest.param({"total": 10}, None, id="a sum alone"),
        pytest.param(
            {"prompt_tokens": 5, "completion_tokens": 2}, Usage(input_tokens=5, output_tokens=2), id="old names"
        ),
        pytest.param(
            {"input": 1, "cache_creation_input_tokens": 20, "cache_read_input_tokens": 300, "output": 4},
            Usage(input_tokens=321, cached_input_tokens=300, cache_write_tokens=20, output_tokens=4),
            id="as Anthropic names them",
        ),
        pytest.param(
            {"input": 1, "input_cached_tokens": 2, "output": 3, "output_reasoning_tokens": 4, "total": 10},
            Usage(input_tokens=3, cached_input_tokens=2, output_tokens=7, reasoning_tokens=4),
            id="as OpenAI names them",
        ),
        pytest.param({"input": -5, "output": 2}, Usage(input_tokens=0, output_tokens=2), id="less than none"),
    ],
)
def test_tokens_are_counted_by_what_their_kinds_are_called(details: dict[str, int], meant: Usage | None) -> None:
    assert usage_of(details) == meant
