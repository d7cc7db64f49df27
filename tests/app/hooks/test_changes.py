"""What is staged, in real repositories."""

import os
import subprocess
from pathlib import Path

import pytest

from app.git import GitRepository
from app.hooks.changes import MAX_FILES, Ends, change_between, staged, too_large
from app.hooks.moments import under_way
from app.local_changes import Change
from tests.repositories import IDENTITY, Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository.create(tmp_path / "shop")
    made.commit({"a.py": "one = 1\n", "b.py": "two = 2\n"})
    return made


def test_what_is_staged_counts_and_not_what_lies_in_the_work_tree(repository: Repository) -> None:
    repository.write({"a.py": "one = 11\n"})
    repository.git("add", "a.py")
    repository.write({"a.py": "one = 111\n", "b.py": "two = 22\n", "new.py": "three = 3\n"})

    change = _staged(repository)

    assert [file.path for file in change.snapshot.diff.files] == ["a.py"]
    assert change.snapshot.contents == {"a.py": "one = 11\n"}
    assert change.snapshot.target.name == "what is staged on main"


def test_the_first_commit_is_all_new(tmp_path: Path) -> None:
    fresh = Repository.create(tmp_path / "fresh")
    fresh.write({"a.py": "one = 1\n"})
    fresh.git("add", "a.py")

    change = _staged(fresh)

    assert change.snapshot.target.name == "the first commit"
    assert [file.path for file in change.snapshot.diff.files] == ["a.py"]


def test_nothing_staged_is_no_change(repository: Repository) -> None:
    repository.write({"a.py": "one = 11\n"})

    assert staged(GitRepository(repository.root)) is None


def test_what_is_only_meant_to_be_added_is_not_staged(repository: Repository) -> None:
    repository.write({"new.py": "three = 3\n"})
    repository.git("add", "--intent-to-add", "new.py")

    assert staged(GitRepository(repository.root)) is None


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        pytest.param(["--all"], ["a.py", "b.py"], id="commit --all"),
        pytest.param(["--only", "b.py"], ["b.py"], id="commit with a path"),
        pytest.param(["--amend"], ["c.py"], id="commit --amend"),
    ],
)
def test_the_index_that_git_names_to_the_hook_counts(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, arguments: list[str], paths: list[str]
) -> None:
    seen = _environment_of_a_hook(repository, arguments)
    monkeypatch.setenv("GIT_INDEX_FILE", str(repository.root / ".git" / "kept-index"))

    change = _staged(repository)

    assert Path(seen["GIT_INDEX_FILE"]).name
    assert [file.path for file in change.snapshot.diff.files] == paths


def test_the_configuration_in_force_is_that_of_the_base_unless_the_users_own_lies_there(repository: Repository) -> None:
    repository.commit({".quartet.yml": "language: Klingon\n"})
    repository.write({"a.py": "one = 11\n"})
    repository.git("add", "a.py")
    committed = _staged(repository).config
    repository.write({".quartet.yml": "language: Dutch\n"})

    own = _staged(repository).config

    assert (committed, own) == ("language: Klingon\n", "language: Dutch\n")


def test_a_push_that_changes_the_configuration_is_reviewed_by_the_one_before(repository: Repository) -> None:
    base = repository.commit({".quartet.yml": "reviewers: [security]\n"})
    head = repository.commit({".quartet.yml": "reviewers: []\n"})

    change = change_between(GitRepository(repository.root), Ends(base=base, head=head, name="pushed"))

    assert change.config == "reviewers: [security]\n"


def test_a_change_of_many_files_or_lines_is_too_large(repository: Repository) -> None:
    repository.write({f"m{number}.py": "x = 1\n" for number in range(MAX_FILES + 1)})
    repository.git("add", "--all")
    ends = staged(GitRepository(repository.root))

    assert ends is not None
    assert too_large(GitRepository(repository.root), ends) == "201 files and 201 lines"


def test_a_small_change_is_not_too_large(repository: Repository) -> None:
    repository.write({"a.py": "one = 11\n"})
    repository.git("add", "--all")
    ends = staged(GitRepository(repository.root))

    assert ends is not None
    assert too_large(GitRepository(repository.root), ends) == ""


def test_between_commits_nothing_is_under_way(repository: Repository) -> None:
    assert under_way(GitRepository(repository.root)) == ""


@pytest.mark.parametrize(
    ("start", "what"),
    [
        pytest.param(["rebase", "other"], "a rebase", id="rebase"),
        pytest.param(["rebase", "--apply", "other"], "a rebase", id="rebase by mail"),
        pytest.param(["merge", "other"], "a merge", id="merge"),
        pytest.param(["cherry-pick", "other"], "a cherry-pick", id="cherry-pick"),
        pytest.param(["revert", "--no-edit", "HEAD~1"], "a revert", id="revert"),
    ],
)
@pytest.mark.parametrize("worktree", [False, True], ids=["in the repository", "in a worktree"])
def test_a_conflict_in_the_middle_of_something_is_known(
    repository: Repository, tmp_path: Path, start: list[str], what: str, *, worktree: bool
) -> None:
    repository.git("checkout", "--quiet", "-b", "other")
    repository.commit({"a.py": "one = 10\n"})
    repository.git("checkout", "--quiet", "-b", "mine", "main")
    repository.commit({"a.py": "one = 12\n"})
    repository.commit({"a.py": "one = 13\n"})
    if worktree:
        repository.git("checkout", "--quiet", "main")
        repository.git("worktree", "add", "--quiet", str(tmp_path / "tree"), "mine")
        repository = Repository(tmp_path / "tree")

    with pytest.raises(subprocess.CalledProcessError):
        repository.git(*start)

    assert under_way(GitRepository(repository.root)) == what


def _staged(repository: Repository) -> Change:
    ends = staged(GitRepository(repository.root))
    assert ends is not None
    return change_between(GitRepository(repository.root), ends)


def _environment_of_a_hook(repository: Repository, arguments: list[str]) -> dict[str, str]:
    """What git tells a hook on the way to a commit, and a copy of the index that it names; the commit is not made."""
    hook = repository.root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\nenv > .git/seen\ncp "$GIT_INDEX_FILE" .git/kept-index\nexit 1\n')
    hook.chmod(0o755)
    repository.write({"a.py": "one = 11\n", "b.py": "two = 22\n", "c.py": "three = 3\n"})
    if "--amend" in arguments:
        repository.git("add", "c.py")
    subprocess.run(
        ["git", "commit", "--message", "x", *arguments],
        cwd=repository.root,
        env={**os.environ, **IDENTITY},
        capture_output=True,
        check=False,
    )
    lines = (repository.root / ".git" / "seen").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)
