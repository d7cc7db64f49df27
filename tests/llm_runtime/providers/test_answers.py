from __future__ import annotations

import json
from pathlib import Path

import pytest

from llm_runtime.providers.answers import json_text

OBJECT = {"type": "object"}
DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"a": 1}', '{"a": 1}', id="nothing but JSON"),
        pytest.param('\n {"a": 1} \n', '{"a": 1}', id="blanks around it"),
        pytest.param('```json\n{"a": 1}\n```', '{"a": 1}', id="in a fence"),
        pytest.param('```\n{"a": 1}\n```\n', '{"a": 1}', id="in a fence without a language"),
        pytest.param('Sure!\n```json\n{"a": 1}\n```\nDone.', '{"a": 1}', id="in a fence between prose"),
        pytest.param('{"a": "```\\nx\\n```"}', '{"a": "```\\nx\\n```"}', id="a fence inside the JSON"),
        pytest.param('Sure: {"a": {"b": []}} as asked.', '{"a": {"b": []}}', id="between prose"),
        pytest.param('For {x} in [1]: {"a": 1}', '{"a": 1}', id="behind braces that are no JSON"),
        pytest.param('{"a": 1} or rather {"a": 1, "b": 2}', '{"a": 1, "b": 2}', id="the longest of several"),
        pytest.param('<think>{"no": 1, "really": 2}</think>{"a": 1}', '{"a": 1}', id="behind thoughts"),
        pytest.param('<think>\nhm\n</think>\n\n```json\n{"a": 1}\n```', '{"a": 1}', id="thoughts, then a fence"),
        pytest.param("[1, 2]", None, id="a list where an object is asked for"),
        pytest.param('"text"', None, id="a string where an object is asked for"),
        pytest.param('{"a": NaN}', None, id="a number that JSON does not have"),
        pytest.param('{"a": [1, 2', None, id="cut"),
        pytest.param("no JSON at all", None, id="prose"),
        pytest.param("", None, id="nothing"),
        pytest.param(DEEP, None, id="nested beyond what a parser takes"),
        pytest.param("{" * 10_000, None, id="braces only"),
    ],
)
def test_the_json_of_an_answer_is_found(text: str, expected: str | None) -> None:
    assert json_text(text, OBJECT) == expected


def test_a_schema_without_a_type_takes_any_json() -> None:
    assert json_text("Well: [1, 2]", {"anyOf": []}) == "[1, 2]"


def test_the_answer_of_a_local_model_is_found_behind_its_thoughts() -> None:
    sample = Path(__file__).parent.parent.parent / "samples/openai/ollama.json"
    content = json.loads(sample.read_text(encoding="utf-8"))["choices"][0]["message"]["content"]

    assert json_text(content, OBJECT) == '{"findings": []}'
