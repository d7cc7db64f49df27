from __future__ import annotations

import pytest

from app.repo_config import (
    all_reviewers,
    chosen_reviewers,
    house_rules,
    named_models,
    parse_config,
    reviewers_of,
)
from reviewers.errors import UnknownReviewer
from reviewers.findings import Severity
from reviewers.perspectives import by_name

OWN = """\
own_reviewers:
  - name: wording
    instructions: Look at texts.
    rules:
      - {name: blaming-message, summary: A message blames the user., help: Say what happened.}
      - {name: telling-message, summary: A message tells too much., cwe: CWE-209}
    paths: ["src/ui/**"]
    skips: ["*.gen.ts"]
    models: [openai/a, openai/b]
"""


def _names(text: str) -> str:
    return " ".join(reviewer.name for reviewer in reviewers_of(parse_config(text)))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("", "security bugs performance architecture", id="by default the four"),
        pytest.param("reviewers: []", "security bugs performance architecture", id="an empty list names nobody"),
        pytest.param("reviewers: [bugs, security]", "security bugs", id="in the order of the registry"),
        pytest.param("reviewers: {bugs: false}", "security performance architecture", id="one less"),
        pytest.param(OWN, "security bugs performance architecture wording", id="own ones come last"),
        pytest.param(OWN + "reviewers: [wording]", "wording", id="an own one alone"),
        pytest.param(OWN + "reviewers: {wording: false}", "security bugs performance architecture", id="switched off"),
    ],
)
def test_who_looks(text: str, names: str) -> None:
    assert _names(text) == names


def test_an_own_reviewer_is_a_reviewer_as_the_four_are() -> None:
    wording = all_reviewers(parse_config(OWN))[-1]

    assert wording.own
    assert (wording.title, wording.instructions) == ("Wording", "Look at texts.")
    assert (wording.only, wording.skips) == (("src/ui/**",), ("*.gen.ts",))
    assert wording.rule("telling-message").cwe == "CWE-209"
    assert all(rule.help for rule in wording.rules)
    assert (wording.vendors, wording.models) == (by_name("bugs").vendors, by_name("bugs").models)


def test_who_is_named_looks_although_switched_off() -> None:
    config = parse_config(OWN + "reviewers: {wording: false, bugs: false}")

    assert [reviewer.name for reviewer in chosen_reviewers(config, ["Wording ", "bugs"])] == ["bugs", "wording"]
    assert chosen_reviewers(config, []) == reviewers_of(config)


def test_a_name_that_nobody_has_is_answered_with_the_likeliest() -> None:
    with pytest.raises(UnknownReviewer, match=r"did you mean 'wording'.*architecture, wording"):
        chosen_reviewers(parse_config(OWN), ["wordings"])


def test_models_that_are_named_go_before_those_of_the_reviewer_itself() -> None:
    assert named_models(parse_config(OWN)) == {"wording": ("openai/a", "openai/b")}
    assert named_models(parse_config(OWN + "models: {wording: openai/c, default: openai/d}")) == {
        "wording": ("openai/c",),
        "default": ("openai/d",),
    }


def test_house_rules_are_those_of_the_file() -> None:
    rules = house_rules(
        parse_config("language: German\nrules: [{paths: [a/], instructions: Mind.}, {paths: [b/], floor: high}]")
    )

    assert rules.language == "German"
    assert [rule.instructions for rule in rules.instructions_for(["a/x", "b/y"])] == ["Mind."]
    assert (rules.floor_of("b/y"), rules.floor_of("a/x")) == (Severity.HIGH, None)


@pytest.mark.parametrize("language", ["English", "en", "EN-us"])
def test_english_needs_no_words(language: str) -> None:
    assert house_rules(parse_config(f"language: {language}")).language == ""
