"""``quartet init`` as its user sees it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.cli.conftest import Ended
from tests.repositories import Repository

Quartet = Callable[..., Ended]
PATHS = (".quartet.yml", ".github/workflows/quartet.yml")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    repository = Repository.create(tmp_path / "a place")
    repository.git("remote", "add", "origin", "git@github.com:octo/app.git")
    monkeypatch.chdir(repository.root)
    return repository


def test_it_says_what_it_wrote_and_the_two_steps_that_are_left(place: Repository, quartet: Quartet) -> None:
    ended = quartet("init")

    assert ended.status == 0
    assert all((place.root / path).is_file() and f"written        {path} " in ended.out for path in PATHS)
    assert "  1. Give the repository the key of a model" in ended.out
    assert "https://github.com/octo/app/settings/secrets/actions/new" in ended.out
    assert "  2. Commit the files, and bring them to main" in ended.out
    assert "OWNER in the files stands for" in ended.out


def test_from_a_folder_within_it_writes_at_the_top(
    place: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place.root / "src").mkdir()
    monkeypatch.chdir(place.root / "src")

    assert quartet("init").out.startswith(f"In {place.root}:\n")
    assert (place.root / ".quartet.yml").is_file()


def test_a_second_time_changes_nothing(place: Repository, quartet: Quartet) -> None:
    quartet("init")

    assert quartet("init").out.count("there already") == 2


def test_a_file_with_other_contents_is_left_alone(place: Repository, quartet: Quartet) -> None:
    place.write({".quartet.yml": "language: German\n"})

    ended = quartet("init")

    assert (ended.status, ended.out) == (2, "")
    assert ended.err == (
        "quartet: .quartet.yml is there already, and nothing was written; "
        "--dry-run shows what would be, --force replaces\n"
    )
    assert (place.root / ".quartet.yml").read_text() == "language: German\n"


def test_a_dry_run_shows_the_files_and_writes_none(place: Repository, quartet: Quartet) -> None:
    place.write({".quartet.yml": "language: German\n"})

    ended = quartet("init", "--dry-run", "--fork-safe")

    assert "workflow_run:" in ended.out
    assert "name: Quartet collect" in ended.out
    assert place.git("status", "--short") == "?? .quartet.yml"


def test_forks_take_two_workflows(place: Repository, quartet: Quartet) -> None:
    ended = quartet("init", "--fork-safe", "--action", "octo/quartet@v1")

    assert (place.root / ".github/workflows/quartet-collect.yml").is_file()
    assert "the ones after it are reviewed" in ended.out
    assert "OWNER" not in ended.out


@pytest.mark.parametrize("options", [(), ("--fork-safe",), ("--action", "acme/quartet@" + "1" * 40)])
def test_the_pull_request_that_brings_the_files_has_no_finding_in_them(
    place: Repository, quartet: Quartet, options: tuple[str, ...]
) -> None:
    quartet("init", *options)

    ended = quartet("review", "--no-llm", "--base", "HEAD", "--format", "json")

    assert ended.status == 0, ended.err
    assert [finding["title"] for finding in json.loads(ended.out)["findings"]] == []


@pytest.mark.parametrize(
    ("remote", "word"),
    [
        ("https://git.example.com/octo/app", "git.example.com is taken for a GitHub Enterprise Server"),
        ("https://gitlab.com/octo/app", "The remote is on gitlab.com, where no workflow of GitHub's runs"),
        ("/srv/app.git", "No remote of this repository is on GitHub yet"),
    ],
)
def test_a_remote_that_is_not_github_com_is_spoken_of(
    place: Repository, quartet: Quartet, remote: str, word: str
) -> None:
    place.git("remote", "set-url", "origin", remote)

    assert word in quartet("init").out


def test_outside_of_a_repository_it_says_so(tmp_path: Path, quartet: Quartet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    ended = quartet("init")

    assert ended.status == 2
    assert "is not in a git repository; go into one" in ended.err


def test_a_file_in_the_place_of_a_folder_is_one_line(place: Repository, quartet: Quartet) -> None:
    place.write({".github": "no folder\n"})

    ended = quartet("init")

    assert ended.status == 3
    assert ended.err.count("\n") == 1
