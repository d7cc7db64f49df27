from __future__ import annotations

from collections.abc import Sequence

import pytest

from llm_runtime.llm import ModelSpec
from reviewers.verification.choice import choose
from reviewers.verification.families import family_of, same_model
from tests.llm_runtime.doubles import spec

SOL, TERRA = spec("gpt-6.1-sol"), spec("gpt-6.1-terra")
OPUS, SONNET = spec("claude-opus-5-5", "anthropic"), spec("claude-sonnet-5-5", "anthropic")
ARGON = spec("gemini-4-argon", "gemini")


@pytest.mark.parametrize(
    ("authors", "at_hand", "chosen", "independence"),
    [
        pytest.param([SOL.id], [SOL, TERRA, SONNET, ARGON], SONNET, 2, id="another family, the first of them"),
        pytest.param([SOL.id, SONNET.id], [SOL, SONNET, ARGON], ARGON, 2, id="one that has not voted yet"),
        pytest.param([SOL.id, SONNET.id], [SOL, SONNET], SONNET, 2, id="all have voted: another than the author's"),
        pytest.param([SONNET.id], [SONNET, OPUS], OPUS, 1, id="one vendor: another model of it"),
        pytest.param([f"{SOL.id}-2026-10-01"], [SOL, TERRA], TERRA, 1, id="the author under a dated name"),
        pytest.param([SOL.id], [SOL], SOL, 0, id="one model: itself"),
        pytest.param([], [SOL, SONNET], SOL, 2, id="tools alone: anybody"),
        pytest.param(
            ["openai/llama-4-70b"], [spec("llama-4-8b"), spec("qwen-4")], spec("qwen-4"), 2, id="families of one server"
        ),
    ],
)
def test_the_model_furthest_from_the_author_looks(
    authors: Sequence[str], at_hand: Sequence[ModelSpec], chosen: ModelSpec, independence: int
) -> None:
    verifier = choose(authors, at_hand)

    assert verifier is not None
    assert (verifier.model, verifier.independence) == (chosen, independence)


def test_without_a_model_nobody_looks() -> None:
    assert choose([SOL.id], []) is None


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("openai/gpt-6.1-sol", "openai"),
        ("openai/o5-mini", "openai"),
        ("openai/gpt-oss-120b", "openai"),
        ("openai/anthropic/claude-opus-5.5", "anthropic"),
        ("anthropic/claude-opus-5-5", "anthropic"),
        ("gemini/gemini-4-argon", "google"),
        ("openai/google/gemma-4-27b", "google"),
        ("openai/qwen3-coder:30b", "alibaba"),
        ("openai/deepseek-r2", "deepseek"),
        ("openai/deepseek-r2-distill-llama-70b", "meta"),
        ("openai/Mixtral-8x22B", "mistral"),
        ("openai/house-model-1", "house"),
        ("openai/42", "42"),
    ],
)
def test_a_name_tells_the_family(model: str, family: str) -> None:
    assert family_of(model) == family


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("openai/gpt-6", "openai/gpt-6", True),
        ("openai/gpt-6", "openai/gpt-6-2026-10-01", True),
        ("anthropic/claude-opus-5-5-20261001", "anthropic/claude-opus-5-5", True),
        ("gemini/gemini-4-argon-latest", "gemini/gemini-4-argon", True),
        ("openai/gpt-6", "openai/gpt-6-mini", False),
        ("openai/gpt-6", "anthropic/gpt-6", False),
    ],
)
def test_a_dated_name_is_the_same_model(one: str, other: str, same: bool) -> None:
    assert same_model(one, other) is same
