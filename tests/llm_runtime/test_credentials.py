from __future__ import annotations

import pytest

from llm_runtime.chain import Role, Wanted, inspect
from llm_runtime.cost.calculator import CostCalculator
from llm_runtime.credentials import Credential
from llm_runtime.errors import LLMError
from llm_runtime.messages import Request
from llm_runtime.providers import PROVIDERS
from llm_runtime.runtime import Runtime

MODELS = {"openai": "openai/gpt-6.1-sol", "anthropic": "anthropic/claude-opus-5-5", "gemini": "gemini/gemini-4-argon"}


def test_neither_key_nor_password_is_shown() -> None:
    credential = Credential(api_key="sk-4711", base_url="https://bot:hunter2@gateway.local:8443/v1?key=4711")

    assert repr(credential) == "Credential(base_url='https://gateway.local:8443/…')"
    assert f"{credential} {[credential]}" == f"{credential!r} [{credential!r}]"


def test_that_there_is_no_other_address_is_shown() -> None:
    assert repr(Credential(api_key="sk-4711")) == "Credential(base_url=None)"


def test_the_fingerprint_is_of_all_of_it() -> None:
    one = Credential(api_key="sk-4711", base_url="https://one@gateway.local")
    other = Credential(api_key="sk-4711", base_url="https://other@gateway.local")

    assert repr(one) == repr(other)
    assert one != other
    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_error_of_a_provider_repeats_the_password_in_its_address(provider: str) -> None:
    """Nothing listens on port 9, so the connection is refused."""
    credential = Credential(api_key="sk-4711", base_url="http://bot:hunter2@127.0.0.1:9/v1")
    wanted = Wanted(
        models=[(Role.PRIMARY, MODELS[provider])],
        credentials={provider: credential},
        tiers={},
        overrides={},
        capped=False,
    )
    (link,) = inspect(wanted, CostCalculator()).links
    runtime = Runtime({provider: credential})

    with pytest.raises(LLMError) as raised:
        runtime.provider(link.spec).complete(Request(system="", question="Why?"))

    runtime.close()
    assert "hunter2" not in f"{raised.value!r} {link!r}"
