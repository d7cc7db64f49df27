"""``quartet doctor`` in a repository that has a configuration: the models that a review there would ask."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.cli.conftest import Ended, Models, findings
from tests.repositories import Repository

Quartet = Callable[..., Ended]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, so that no configuration around the tests counts."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_models_and_reviewers_that_the_repository_names_are_shown(
    quartet: Quartet, models: Models, shop: Repository
) -> None:
    models.openai(findings())
    shop.write(
        {".quartet.yml": "reviewers: [security, bugs]\nmodels:\n  security: openai/gpt-6.1-terra, openai/gpt-6.1-sol\n"}
    )

    ended = quartet("doctor")

    assert ended.status == 0, ended.out
    assert "✓ .quartet.yml is in force\n" in ended.out
    assert "✓ security     openai/gpt-6.1-terra → openai/gpt-6.1-sol\n" in ended.out
    assert "✓ bugs         openai/gpt-6.1-sol → openai/gpt-6.1-terra\n" in ended.out
    assert "performance" not in ended.out


def test_models_of_the_environment_go_before_those_of_the_repository(
    quartet: Quartet, models: Models, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai(findings())
    (folder / ".quartet.yml").write_text("models:\n  bugs: openai/gpt-5.5\n  security: openai/gpt-5.5\n")
    monkeypatch.setenv("QUARTET_MODELS", "bugs=openai/gpt-6-luna")

    ended = quartet("doctor", "--offline")

    assert "✓ bugs         openai/gpt-6-luna\n" in ended.out
    assert "✓ security     openai/gpt-5.5\n" in ended.out


def test_a_configuration_that_a_branch_changes_is_mentioned_and_not_in_force(
    quartet: Quartet, models: Models, shop: Repository
) -> None:
    models.openai(findings())
    shop.commit({".quartet.yml": "models:\n  default: openai/gpt-5.5\n"})

    ended = quartet("doctor", "--offline")

    assert "! .quartet.yml is changed here; until that is merged, the one of the base branch is in force" in ended.out
    assert "gpt-5.5" not in ended.out
    assert ended.status == 0


@pytest.mark.parametrize("committed", [True, False])
def test_a_configuration_that_cannot_be_used_is_one_to_mend(
    quartet: Quartet, models: Models, shop: Repository, committed: bool
) -> None:
    models.openai(findings())
    (shop.commit if committed else shop.write)({".quartet.yml": "paths:\n  ignored: []\n"})

    ended = quartet("doctor", "--offline")

    assert ended.status == 3
    assert "line 2: unknown key 'ignored'; did you mean 'ignore'?" in ended.out
    assert "✓ bugs         openai/gpt-6.1-sol → " in ended.out


def test_what_a_review_may_cost_is_shown_and_a_model_without_a_price_cannot_keep_it(
    quartet: Quartet, models: Models, folder: Path
) -> None:
    models.openai(findings())
    (folder / ".quartet.yml").write_text("models:\n  default: openai/qwen3-coder:30b\n")
    uncapped = quartet("doctor", "--offline")
    (folder / ".quartet.yml").write_text("models:\n  default: openai/qwen3-coder:30b\nmax_cost: 0.50\n")

    capped = quartet("doctor", "--offline")

    assert (uncapped.status, capped.status) == (0, 3)
    assert "! nothing caps the cost of a review\n" in uncapped.out
    assert "! openai/qwen3-coder:30b: no price is known, so its cost is unknown" in uncapped.out
    assert "; price unknown\n    no limits\n" in uncapped.out
    assert "✓ a review may cost $0.50\n" in capped.out
    assert "✗ openai/qwen3-coder:30b: no price is known, so a cap on the cost cannot be kept" in capped.out


def test_switches_own_reviewers_and_caps_of_the_repository_are_shown(
    quartet: Quartet, models: Models, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai(findings())
    monkeypatch.setenv("QUARTET_MAX_COST_PER_DAY", "9")
    (folder / ".quartet.yml").write_text(
        "reviewers: {performance: false}\n"
        "own_reviewers:\n"
        "  - {name: wording, instructions: Read., rules: [{name: rude, summary: Rude.}], models: openai/gpt-5.5}\n"
        "caps: {cost_per_day: 2, cost_per_month: 30}\n"
    )

    ended = quartet("doctor", "--offline")

    assert "✓ wording      openai/gpt-5.5\n" in ended.out
    assert "performance" not in ended.out
    assert "✓ a repository's reviews of a day may cost $2" in ended.out
    assert "✓ this repository's reviews of a month may cost $30" in ended.out
