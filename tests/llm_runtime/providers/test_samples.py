"""Answers as the vendors document them, read by each provider."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llm_runtime.messages import StopReason, Usage
from llm_runtime.providers import anthropic, gemini, openai
from tests.llm_runtime.doubles import spec

SAMPLES = Path(__file__).parent.parent.parent / "samples"
READERS = {"openai": openai.from_wire, "anthropic": anthropic.from_wire, "gemini": gemini.from_wire}
REASONED = Usage(
    input_tokens=6_210, cached_input_tokens=5_632, cache_write_tokens=0, output_tokens=911, reasoning_tokens=832
)


@pytest.mark.parametrize(
    ("sample", "text", "stop", "usage"),
    [
        pytest.param(
            "openai/answered",
            '{"findings": []}',
            StopReason.END,
            Usage(
                input_tokens=6_210,
                cached_input_tokens=5_632,
                cache_write_tokens=128,
                output_tokens=911,
                reasoning_tokens=832,
            ),
            id="openai: cached and reasoning tokens are parts",
        ),
        pytest.param(
            "openai/refused",
            "I'm sorry, but I can't help with that.",
            StopReason.REFUSED,
            Usage(input_tokens=81, output_tokens=11),
            id="openai: a refusal has a field of its own",
        ),
        pytest.param(
            "openai/cut_by_filter",
            '{"findings": [',
            StopReason.REFUSED,
            Usage(input_tokens=81, output_tokens=4),
            id="openai: a filter in the middle",
        ),
        pytest.param(
            "anthropic/answered",
            '{"findings": []}',
            StopReason.END,
            Usage(input_tokens=6_210, cached_input_tokens=5_898, output_tokens=911, reasoning_tokens=832),
            id="anthropic: what the cache served is added",
        ),
        pytest.param(
            "anthropic/refused",
            "",
            StopReason.REFUSED,
            Usage(input_tokens=6_210, output_tokens=3),
            id="anthropic: a refusal is a stop reason",
        ),
        pytest.param(
            "anthropic/window_full",
            '{"findings": [',
            StopReason.LENGTH,
            Usage(input_tokens=199_900, cache_write_tokens=900, output_tokens=100),
            id="anthropic: the window is full",
        ),
        pytest.param("gemini/answered", '{"findings": []}', StopReason.END, REASONED, id="gemini: thoughts are added"),
        pytest.param(
            "gemini/blocked", "", StopReason.REFUSED, Usage(input_tokens=6_210), id="gemini: the prompt is blocked"
        ),
        pytest.param(
            "gemini/stopped_by_safety",
            '{"findings": [',
            StopReason.REFUSED,
            Usage(input_tokens=6_210, output_tokens=4),
            id="gemini: the answer is blocked",
        ),
        pytest.param(
            "gemini/thought_only",
            "",
            StopReason.LENGTH,
            Usage(input_tokens=6_210, output_tokens=8_192, reasoning_tokens=8_192),
            id="gemini: all output went into thoughts",
        ),
    ],
)
def test_a_sample_is_read(sample: str, text: str, stop: StopReason, usage: Usage) -> None:
    provider = sample.partition("/")[0]
    answer = json.loads((SAMPLES / f"{sample}.json").read_text(encoding="utf-8"))

    completion = READERS[provider](answer, spec("asked", provider))

    assert (completion.text, completion.stop_reason, completion.usage) == (text, stop, usage)
    assert (completion.provider, completion.model) == (
        provider,
        answer["model" if "model" in answer else "modelVersion"],
    )


@pytest.mark.parametrize(
    ("provider", "answer", "stop"),
    [
        *(
            pytest.param("openai", {"choices": [{"finish_reason": reason}]}, stop, id=f"openai {reason}")
            for reason, stop in (
                ("stop", StopReason.END),
                ("length", StopReason.LENGTH),
                ("content_filter", StopReason.REFUSED),
                ("tool_calls", StopReason.TOOL),
                ("function_call", StopReason.TOOL),
                (None, StopReason.END),
                ("eos_token", StopReason.END),
            )
        ),
        pytest.param("openai", {"choices": []}, StopReason.END, id="openai without a choice"),
        *(
            pytest.param("anthropic", {"content": [], "stop_reason": reason}, stop, id=f"anthropic {reason}")
            for reason, stop in (
                ("end_turn", StopReason.END),
                ("stop_sequence", StopReason.END),
                ("max_tokens", StopReason.LENGTH),
                ("model_context_window_exceeded", StopReason.LENGTH),
                ("refusal", StopReason.REFUSED),
                ("tool_use", StopReason.TOOL),
                ("pause_turn", StopReason.TOOL),
                (None, StopReason.END),
            )
        ),
        *(
            pytest.param("gemini", {"candidates": [{"finishReason": reason}]}, stop, id=f"gemini {reason}")
            for reason, stop in (
                ("STOP", StopReason.END),
                ("MAX_TOKENS", StopReason.LENGTH),
                ("SAFETY", StopReason.REFUSED),
                ("RECITATION", StopReason.REFUSED),
                ("MODEL_ARMOR", StopReason.REFUSED),
                ("OTHER", StopReason.REFUSED),
                ("UNEXPECTED_TOOL_CALL", StopReason.TOOL),
                ("MALFORMED_RESPONSE", StopReason.TOOL),
                ("SOMETHING_NEW", StopReason.END),
            )
        ),
        pytest.param("gemini", {"usageMetadata": {}}, StopReason.END, id="gemini without a candidate"),
    ],
)
def test_every_stop_reason_is_read(provider: str, answer: dict[str, object], stop: StopReason) -> None:
    assert READERS[provider](answer, spec("asked", provider)).stop_reason is stop
