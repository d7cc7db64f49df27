from __future__ import annotations

import pytest

from app.errors import Misconfigured
from app.model_choice import choose_models, default_models, parse_models
from llm_runtime.catalog import find
from llm_runtime.providers import PROVIDERS
from reviewers.perspectives import REVIEWERS, by_name

BUGS = (by_name("bugs"),)


def test_with_every_key_each_reviewer_gets_its_vendor_and_all_vendors_are_used() -> None:
    chosen = default_models(REVIEWERS)

    assert {name: specs[0].provider for name, specs in chosen.items()} == {
        reviewer.name: reviewer.vendors[0] for reviewer in REVIEWERS
    }
    assert {specs[0].provider for specs in chosen.values()} == set(PROVIDERS)


@pytest.mark.parametrize("vendor", PROVIDERS)
def test_with_one_key_all_reviewers_run_on_that_vendor_with_a_stand_in(vendor: str) -> None:
    chosen = choose_models(REVIEWERS, named={}, available=lambda name: name == vendor)

    assert len(chosen) == len(REVIEWERS)
    assert {spec.provider for specs in chosen.values() for spec in specs} == {vendor}
    assert all(len(specs) > 1 for specs in chosen.values())


def test_without_a_key_there_is_no_model() -> None:
    assert choose_models(REVIEWERS, named={}, available=lambda _: False) == {}


def test_stand_ins_are_of_other_vendors_first() -> None:
    primary, *others = default_models(BUGS)["bugs"]

    assert primary.provider not in {spec.provider for spec in others[:2]}


def test_a_named_model_is_asked_with_its_named_stand_ins_and_no_others() -> None:
    named = parse_models(["bugs=openai/gpt-6.1-sol, anthropic/claude-haiku-5-5"])

    chosen = choose_models(BUGS, named=named, available=lambda _: True)

    assert chosen == {"bugs": (find("openai/gpt-6.1-sol"), find("anthropic/claude-haiku-5-5"))}


def test_a_default_counts_for_whoever_is_not_named() -> None:
    named = parse_models(["openai/gpt-6-luna", "security=anthropic/claude-haiku-5-5"])

    chosen = choose_models(REVIEWERS, named=named, available=lambda _: True)

    assert {name: specs[0].name for name, specs in chosen.items()} == {
        "security": "claude-haiku-5-5",
        "bugs": "gpt-6-luna",
        "performance": "gpt-6-luna",
        "architecture": "gpt-6-luna",
    }


@pytest.mark.parametrize(
    ("named", "available", "message"),
    [
        pytest.param(["openai/gpt-6.1-sol"], [], "there is no key for openai; set OPENAI_API_KEY", id="no key"),
        pytest.param(["gpt-6.1-soll"], ["openai"], "gpt-6.1-sol", id="unknown model"),
        pytest.param(["mistral/large"], ["openai"], "mistral", id="unknown provider"),
    ],
)
def test_what_cannot_be_asked_is_refused(named: list[str], available: list[str], message: str) -> None:
    with pytest.raises(Misconfigured, match=message):
        choose_models(REVIEWERS, named=parse_models(named), available=lambda name: name in available)


@pytest.mark.parametrize("entries", [[], [""], [" , "]])
def test_empty_entries_name_nothing(entries: list[str]) -> None:
    assert parse_models(entries) == {}


@pytest.mark.parametrize("entry", ["bugs=", "=", " bugs = , "])
def test_a_reviewer_without_a_model_is_refused(entry: str) -> None:
    with pytest.raises(Misconfigured, match="names no model; write REVIEWER=PROVIDER/MODEL, or leave it out"):
        parse_models([entry])
