"""What ``quartet init`` finds out about a repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import Misconfigured
from app.initial.repository import Remote, remote_of, surroundings_of
from tests.repositories import Repository


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://github.com/octo/app.git", Remote("github.com", "octo", "app"), id="https"),
        pytest.param(
            "https://github.com/octo/app.name", Remote("github.com", "octo", "app.name"), id="a dot in a name"
        ),
        pytest.param("https://ada:ghp_secret@github.com/octo/app/", Remote("github.com", "octo", "app"), id="a token"),
        pytest.param("git@github.com:octo/app.git", Remote("github.com", "octo", "app"), id="like scp"),
        pytest.param("github.com:octo/app", Remote("github.com", "octo", "app"), id="like scp, without a user"),
        pytest.param(
            "ssh://git@ssh.github.com:443/octo/app.git", Remote("github.com", "octo", "app"), id="ssh over 443"
        ),
        pytest.param(
            "ssh://git@GIT.example.com:7999/octo/app.git", Remote("git.example.com", "octo", "app"), id="Enterprise"
        ),
        pytest.param("git@octo.ghe.com:octo/app.git", Remote("octo.ghe.com", "octo", "app"), id="ghe.com"),
        pytest.param("https://gitlab.com/group/part/app.git", None, id="three parts"),
        pytest.param("/srv/git/app.git", None, id="a folder"),
        pytest.param("../app.git", None, id="a folder beside"),
        pytest.param("file:///srv/octo/app.git", None, id="a file's address"),
        pytest.param("https://[half/octo/app", None, id="half an address"),
    ],
)
def test_a_remotes_address_names_a_repository(url: str, expected: Remote | None) -> None:
    assert remote_of(url) == expected


def test_the_remote_called_origin_goes_first(tmp_path: Path) -> None:
    repository = Repository.create(tmp_path / "a repository")
    repository.git("remote", "add", "fork", "https://github.com/ada/app.git")
    repository.git("remote", "add", "origin", "https://github.com/octo/app.git")

    assert surroundings_of(repository.root).remote == Remote("github.com", "octo", "app")


def test_a_remote_that_is_a_folder_is_passed_over(tmp_path: Path) -> None:
    repository = Repository.create(tmp_path)
    repository.git("remote", "add", "origin", str(tmp_path / "bare.git"))
    repository.git("remote", "add", "hub", "git@github.com:octo/app.git")

    assert surroundings_of(repository.root).remote == Remote("github.com", "octo", "app")


def test_what_the_remote_calls_its_branch_is_the_default_branch(tmp_path: Path) -> None:
    repository = Repository.create(tmp_path, "trunk")
    commit = repository.commit({"a.py": "a = 1\n"})
    repository.git("update-ref", "refs/remotes/origin/develop", commit)
    repository.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/develop")

    assert surroundings_of(tmp_path).default_branch == "develop"


def test_before_the_first_commit_its_branch_to_be_is_the_default_branch(tmp_path: Path) -> None:
    Repository.create(tmp_path, "trunk")

    assert surroundings_of(tmp_path).default_branch == "trunk"


def test_a_linked_work_tree_is_its_own_place(tmp_path: Path) -> None:
    repository = Repository.create(tmp_path / "main")
    repository.commit({"a.py": "a = 1\n"})
    repository.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "-b", "feature")
    (tmp_path / "linked" / "sub").mkdir()

    assert surroundings_of(tmp_path / "linked" / "sub").root == tmp_path / "linked"


def test_a_submodule_is_its_own_place(tmp_path: Path) -> None:
    inner = Repository.create(tmp_path / "inner")
    inner.commit({"a.py": "a = 1\n"})
    outer = Repository.create(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.root), "part")

    assert surroundings_of(outer.root / "part").root == outer.root / "part"


def test_outside_of_a_repository_the_cure_is_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"is not in a git repository; go into one, or make one .* git init"):
        surroundings_of(tmp_path)


def test_a_bare_repository_is_no_place_for_files(tmp_path: Path) -> None:
    Repository.create(tmp_path / "bare").git("init", "--quiet", "--bare", str(tmp_path / "x.git"))

    with pytest.raises(Misconfigured, match="is not in a git repository"):
        surroundings_of(tmp_path / "x.git")
