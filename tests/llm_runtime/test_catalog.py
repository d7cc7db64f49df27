from __future__ import annotations

import pytest
from genai_prices.data_snapshot import get_snapshot

from llm_runtime.catalog import MODELS, find
from llm_runtime.errors import UnknownModel
from llm_runtime.llm import ModelSpec
from llm_runtime.providers import PROVIDERS

SELLERS = {"openai": "openai", "anthropic": "anthropic", "gemini": "google"}


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.id)
def test_an_entry_is_complete_and_agrees_with_the_price_list(spec: ModelSpec) -> None:
    _, sold = get_snapshot().find_provider_model(spec.name, None, SELLERS[spec.provider], None)

    assert spec.provider in PROVIDERS
    assert "2026-" in spec.source
    assert spec.max_output_tokens < spec.context_window
    assert sold.context_window is None or spec.context_window <= sold.context_window


def test_names_are_unique_across_providers() -> None:
    names = [spec.name for spec in MODELS]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["gpt-6.1-sol", "openai/gpt-6.1-sol", " gpt-6.1-sol "])
def test_a_known_model_is_found_with_and_without_its_provider(name: str) -> None:
    assert find(name).id == "openai/gpt-6.1-sol"


@pytest.mark.parametrize("name", ["claude-haiku-4-5-20251001", "anthropic/claude-haiku-4-5-20251001"])
def test_a_dated_version_has_the_limits_of_its_model_and_keeps_its_name(name: str) -> None:
    spec = find(name)

    assert (spec.id, spec.context_window) == ("anthropic/claude-haiku-4-5-20251001", 200_000)


@pytest.mark.parametrize(
    ("name", "provider", "model"),
    [
        pytest.param("openai/qwen3-coder:30b", "openai", "qwen3-coder:30b", id="a local model"),
        pytest.param("openai/meta-llama/Llama-4", "openai", "meta-llama/Llama-4", id="a name with a slash"),
        pytest.param("gemini/gemini-9", "gemini", "gemini-9", id="a vendor's next model"),
        pytest.param("anthropic/claude-9-20301231", "anthropic", "claude-9-20301231", id="a dated one"),
    ],
)
def test_behind_a_provider_any_name_goes_with_cautious_limits(name: str, provider: str, model: str) -> None:
    spec = find(name)

    assert (spec.provider, spec.name, spec.source) == (provider, model, "")
    assert spec.json_schema
    assert spec.context_window <= 200_000


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        pytest.param("claude-sonet-5-5", "did you mean anthropic/claude-sonnet-5-5?", id="a slip"),
        pytest.param("google/gemini-4-argon", "did you mean gemini/gemini-4-argon?", id="the vendor's own name"),
        pytest.param("mistral/large", "write openai/mistral/large", id="another provider"),
        pytest.param("qwerty", "write it as provider/model", id="nothing like it"),
        pytest.param("", "write it as provider/model", id="nothing"),
        pytest.param("gemini/", "did you mean", id="a provider alone"),
    ],
)
def test_an_unknown_name_is_refused_with_a_cure(name: str, cure: str) -> None:
    with pytest.raises(UnknownModel, match=cure.replace("?", r"\?")):
        find(name)
