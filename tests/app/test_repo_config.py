from __future__ import annotations

from decimal import Decimal

import pytest

from app.errors import Misconfigured
from app.repo_config import MAX_CONFIG_CHARACTERS, RepoConfig, parse_config

FULL = """\
reviewers: [security, bugs]
models:
  default: openai/gpt-6.1-sol
  security: anthropic/claude-opus-5-5
paths:
  include: ["src/**"]
  ignore: ["*.snap"]
max_findings: 5
max_cost: 0.50
fail_on: high
"""


def test_every_key_is_read() -> None:
    config = parse_config(FULL)

    assert config.reviewers == ("security", "bugs")
    assert config.models["security"] == "anthropic/claude-opus-5-5"
    assert (config.paths.include, config.paths.ignore) == (("src/**",), ("*.snap",))
    assert (config.max_findings, config.max_cost, config.fail_on) == (5, Decimal("0.5"), "high")


@pytest.mark.parametrize("text", [None, "", "# nothing yet\n"])
def test_nothing_means_the_defaults(text: str | None) -> None:
    assert parse_config(text) == RepoConfig()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("reviwers: [bugs]\n", "line 1: unknown key 'reviwers'; did you mean 'reviewers'?", id="near miss"),
        pytest.param("\npaths:\n  ignor: [a]\n", "line 3: unknown key 'ignor'; did you mean 'ignore'?", id="nested"),
        pytest.param("zzzzz: 1\n", "line 1: unknown key 'zzzzz'; known are reviewers, models", id="no likeness"),
        pytest.param("1: 2\n", "line 1: 1: Keys should be strings", id="a key that is no text"),
        pytest.param("reviewers: [bugs, docs]\n", "line 1: reviewers: no reviewer is called 'docs'", id="reviewer"),
        pytest.param("models:\n  dogs: a/b\n", "line 1: models: 'dogs' is neither", id="model of nobody"),
        pytest.param("fail_on: worst\n", "line 1: fail_on: Input should be 'critical'", id="severity"),
        pytest.param("max_findings: 99\n", "line 1: max_findings: ", id="too many"),
        pytest.param("max_cost: -1\n", "line 1: max_cost: ", id="negative"),
        pytest.param("paths:\n  ignore:\n    - a\n    - [b]\n", "line 4: paths.ignore.1: ", id="an item of a list"),
        pytest.param("paths:\n  ignore: ['!']\n", "line 2: paths.ignore: ", id="no pattern"),
        pytest.param("a: [1\n", "line 2: not valid YAML", id="broken"),
        pytest.param("- a\n", "line 1: expected keys and values", id="a list"),
        pytest.param("a: !!python/object:os.system x\n", "line 1: not valid YAML", id="a foreign tag"),
        pytest.param("[" * 5_000, "not valid YAML", id="nested beyond reason"),
        pytest.param("#" * (MAX_CONFIG_CHARACTERS + 1), "is larger than", id="too large"),
        pytest.param("\x00", "not valid YAML", id="control characters"),
    ],
)
def test_a_fault_is_one_line_that_names_place_and_cure(text: str, message: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        parse_config(text)

    assert message in str(caught.value)
    assert str(caught.value).startswith(".quartet.yml")
    assert "\n" not in str(caught.value)
