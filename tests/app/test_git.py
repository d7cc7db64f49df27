"""Repositories in every state that people leave them in."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from app.errors import Misconfigured
from app.git import GitRepository
from app.local_changes import change_in_repository
from reviewers.diff import FileStatus
from tests.repositories import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository.create(tmp_path / "shop")
    made.commit({"a.py": "one\ntwo\n", "b.py": "x = 1\n"})
    return made


def _seen(repository: Repository, base: str | None = None) -> dict[str, FileStatus]:
    change = change_in_repository(GitRepository.around(repository.root), base=base, head=None)
    return {file.path: file.status for file in change.snapshot.diff.files}


def _stored(repository: Repository) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted((repository.root / ".git").rglob("*")) if path.is_file()}


def test_a_file_outside_a_sparse_checkout_is_seen(repository: Repository) -> None:
    repository.commit({"here/x.py": "x\n", "elsewhere/y.py": "y\n"})
    repository.git("sparse-checkout", "set", "here")
    repository.write({"elsewhere/new.py": "new\n", "a.py": "changed\n"})

    assert _seen(repository) == {"a.py": FileStatus.MODIFIED, "elsewhere/new.py": FileStatus.ADDED}


def test_files_in_conflict_are_seen_as_they_lie_there(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "theirs")
    repository.commit({"b.py": "x = 2\n"})
    repository.git("checkout", "--quiet", "main")
    repository.commit({"b.py": "x = 3\n"})
    repository.git("checkout", "--quiet", "-b", "feature")
    with suppress(subprocess.CalledProcessError):  # the merge stops, as it should
        repository.git("merge", "--quiet", "theirs")
    conflict = (repository.root / "b.py").read_text()

    change = change_in_repository(GitRepository.around(repository.root), base="main", head=None)

    assert "<<<<<<<" in conflict
    assert change.snapshot.contents == {"b.py": conflict}
    assert change.snapshot.diff.changed_lines == 4


def test_a_repository_in_a_folder_is_no_part_of_the_change(repository: Repository) -> None:
    Repository.create(repository.root / "without-commits")
    Repository.create(repository.root / "with-one").commit({"c.py": "c\n"})
    repository.write({"new.py": "new\n"})

    assert _seen(repository) == {"new.py": FileStatus.ADDED}


def test_a_file_that_became_a_folder_is_both(repository: Repository) -> None:
    (repository.root / "a.py").unlink()
    repository.write({"a.py/inner.py": "inner\n"})

    assert _seen(repository) == {"a.py": FileStatus.DELETED, "a.py/inner.py": FileStatus.ADDED}


def test_an_untracked_file_that_was_moved_is_a_rename(repository: Repository) -> None:
    repository.commit({"long.py": "".join(f"x = {number}\n" for number in range(40))})
    (repository.root / "long.py").rename(repository.root / "moved.py")

    assert _seen(repository) == {"moved.py": FileStatus.RENAMED}


def test_an_edit_in_the_second_of_the_commit_is_seen(repository: Repository) -> None:
    repository.write({"b.py": "x = 2\n"})

    assert _seen(repository) == {"b.py": FileStatus.MODIFIED}


def test_work_in_a_submodule_is_no_change_until_it_points_elsewhere(repository: Repository, tmp_path: Path) -> None:
    other = Repository.create(tmp_path / "other")
    other.commit({"c.py": "c\n"})
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other.root), "sub")
    repository.git("commit", "--quiet", "--message", "Add a submodule")
    inner = Repository(repository.root / "sub")
    inner.write({"c.py": "changed\n", "new.py": "new\n"})

    dirty = _seen(repository)
    inner.commit({})

    assert (dirty, _seen(repository)) == ({}, {"sub": FileStatus.MODIFIED})


@pytest.mark.parametrize("split", [False, True], ids=["a plain index", "a split index"])
def test_no_hook_runs_and_nothing_is_left_in_the_repository(repository: Repository, split: bool) -> None:
    hook = repository.root / ".git" / "hooks" / "post-index-change"
    hook.write_text(f"#!/bin/sh\ntouch {repository.root}/ran\n")
    hook.chmod(0o755)
    if split:
        repository.git("config", "core.splitIndex", "true")
        repository.git("-c", f"core.hooksPath={os.devnull}", "update-index", "--split-index")
    repository.write({"a.py": "changed\n", "new.py": "new\n"})
    before = _stored(repository)

    seen = _seen(repository)

    assert set(seen) == {"a.py", "new.py"}
    assert _stored(repository) == before
    assert not (repository.root / "ran").exists()


def test_messages_are_read_whatever_encoding_the_user_likes_best(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "feature")
    repository.git("config", "i18n.logOutputEncoding", "latin1")
    repository.git("config", "log.showSignature", "true")
    repository.commit({"a.py": "changed\n"}, "Größer")

    change = change_in_repository(GitRepository.around(repository.root), base="main", head=None)

    assert change.snapshot.title == "Größer"


def test_context_is_three_lines_whatever_the_environment_says(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIFF_OPTS", "-u0")
    repository.write({"a.py": "one\nchanged\n"})

    (file,) = change_in_repository(GitRepository.around(repository.root), base=None, head=None).snapshot.diff.files

    assert [line.text for line in file.lines] == ["one", "two", "changed"]


def test_another_users_repository_is_refused_with_the_command_that_trusts_it(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    with pytest.raises(Misconfigured, match=f"git config --global --add safe.directory '?{repository.root}"):
        GitRepository.around(repository.root)


def test_a_folder_of_a_repository_without_files_is_refused(repository: Repository) -> None:
    with pytest.raises(Misconfigured, match=r"is not in a work tree, but in a bare repository or a .git folder; go"):
        GitRepository.around(repository.root / ".git")


def test_a_variable_that_points_to_no_repository_is_named(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")

    with pytest.raises(Misconfigured, match=r"can be read \(not a git repository: '/nowhere'\)"):
        GitRepository.around(repository.root)


def test_a_machine_without_git_is_told_to_install_it(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(Misconfigured, match=r"git cannot be run \(No such file or directory\); install it"):
        GitRepository.around(repository.root)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="is not a folder; go into one"):
        GitRepository.around(tmp_path / "gone")


def test_what_git_cannot_do_is_said_in_its_words(repository: Repository) -> None:
    repository.git("config", "filter.broken.clean", "false")
    repository.git("config", "filter.broken.required", "true")
    repository.write({".gitattributes": "*.py filter=broken\n", "a.py": "changed\n"})

    with pytest.raises(
        Misconfigured, match=r"git [a-z-]+ failed in .*filter.* failed.*; git status there may tell more"
    ):
        _seen(repository)


def test_a_broken_index_is_one_line(repository: Repository) -> None:
    (repository.root / ".git" / "index").write_bytes(b"garbage")

    with pytest.raises(Misconfigured, match=r"git ls-files failed in .*index file"):
        _seen(repository)


def test_a_repository_whose_index_is_gone_is_read_all_the_same(repository: Repository) -> None:
    (repository.root / ".git" / "index").unlink()
    repository.write({"new.py": "new\n"})

    assert _seen(repository)["new.py"] is FileStatus.ADDED


def test_no_room_for_a_copy_is_one_line(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nowhere = tmp_path / "nowhere"
    monkeypatch.setattr("tempfile.tempdir", str(nowhere))

    with pytest.raises(Misconfigured, match=r"no copy of git's index could be made \(No such file or directory\)"):
        _seen(repository)


def test_a_file_that_is_too_large_is_not_even_read(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository.root / "film.bin").write_bytes(b"\0" * 3_000_000)
    repository.commit({"c.py": "z = 1\n"})
    run, printed = subprocess.run, []

    def noted(*arguments: Any, **options: Any) -> subprocess.CompletedProcess[bytes]:
        done = run(*arguments, **options)
        printed.append(len(done.stdout))
        return done

    monkeypatch.setattr(subprocess, "run", noted)

    found = GitRepository(repository.root).files_at("HEAD", ["film.bin", "c.py", "gone.py", ""], max_bytes=1_000_000)

    assert found == {"c.py": b"z = 1\n"}
    assert max(printed) < 1_000
