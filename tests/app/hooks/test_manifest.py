"""What the pre-commit framework is offered; the framework itself is not run here, as it installs from an index."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from app.cli.main import main
from app.hooks.script import Hook
from tests.repositories import Repository

MANIFEST: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[3] / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
)
every_offer = pytest.mark.parametrize("offer", [pytest.param(offer, id=offer["id"]) for offer in MANIFEST])


def test_each_hook_is_offered_for_its_own_moment() -> None:
    assert {offer["id"]: offer["stages"] for offer in MANIFEST} == {
        "quartet": [Hook.PRE_COMMIT.value],
        "quartet-push": [Hook.PRE_PUSH.value],
    }


@every_offer
def test_an_offer_is_run_once_without_names_and_shown_when_it_lets_pass(offer: dict[str, Any]) -> None:
    wanted = {"language": "python", "pass_filenames": False, "require_serial": True, "verbose": True}

    assert {name: offer[name] for name in wanted} == wanted


@every_offer
def test_what_is_run_is_a_command_to_which_options_can_be_added(
    offer: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Repository.create(tmp_path / "shop")
    commit = repository.commit({"a.py": "x = 1\n"})
    monkeypatch.chdir(repository.root)
    # As the framework does before a push; what is pushed is there already.
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", commit)
    monkeypatch.setenv("PRE_COMMIT_TO_REF", commit)
    monkeypatch.setattr("app.hooks.budget.started_ago", lambda: 0.0)

    name, *words = offer["entry"].split()

    assert name == "quartet"
    assert main([*words, "--fail-on", "critical", "--strict"]) == 0
