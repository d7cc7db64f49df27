"""Which changes a push brings: what real git gives a real hook on the way to a real remote."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from app.errors import Misconfigured
from app.git import GitRepository
from app.hooks.changes import Ends
from app.hooks.pushes import between, parse_updates, pushed
from tests.repositories import Repository

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with a remote that has its first commit, and a hook that notes what git says of a push."""
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "remote")], check=True)
    made = Repository.create(tmp_path / "shop")
    made.commit({"a.py": "one = 1\n"})
    made.git("remote", "add", "origin", str(tmp_path / "remote"))
    made.git("push", "--quiet", "origin", "main")
    hook = made.root / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\ncat > .git/pushed\nprintf %s "$1" > .git/remote\n')
    hook.chmod(0o755)
    return made


def test_a_branch_is_compared_with_what_stands_on_the_remote(repository: Repository) -> None:
    there = repository.git("rev-parse", "HEAD")
    repository.commit({"a.py": "one = 2\n"}, "Two")
    head = repository.commit({"a.py": "one = 3\n"}, "Three")

    (ends,) = _pushed(repository, "main")

    assert (ends.base, ends.head, ends.name, ends.messages) == (there, head, "main → main", ("Three", "Two"))


def test_a_new_branch_is_compared_with_the_newest_commit_that_the_remote_has(repository: Repository) -> None:
    there = repository.git("rev-parse", "HEAD")
    repository.git("checkout", "--quiet", "-b", "feature")
    repository.commit({"a.py": "one = 2\n"})
    head = repository.commit({"a.py": "one = 3\n"})

    (ends,) = _pushed(repository, "feature")

    assert (ends.base, ends.head) == (there, head)


def test_a_new_branch_at_a_commit_that_is_there_brings_nothing(repository: Repository) -> None:
    assert _pushed(repository, "main:copy") == ()


def test_a_deleted_branch_brings_nothing(repository: Repository) -> None:
    repository.git("push", "--quiet", "origin", "main:old")

    assert _pushed(repository, ":old") == ()


def test_the_first_push_of_a_repository_is_all_new(repository: Repository, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "fresh")], check=True)
    fresh = Repository.create(tmp_path / "other")
    head = fresh.commit({"a.py": "one = 1\n"})
    fresh.git("remote", "add", "origin", str(tmp_path / "fresh"))
    (fresh.root / ".git" / "hooks").mkdir(exist_ok=True)
    (fresh.root / ".git" / "hooks" / "pre-push").write_bytes(
        (repository.root / ".git" / "hooks" / "pre-push").read_bytes()
    )
    (fresh.root / ".git" / "hooks" / "pre-push").chmod(0o755)

    (ends,) = _pushed(fresh, "main")

    assert (ends.base, ends.head) == (EMPTY_TREE, head)


def test_a_forced_push_is_compared_with_where_the_two_parted(repository: Repository) -> None:
    parted = repository.git("rev-parse", "HEAD")
    repository.commit({"a.py": "one = 2\n"})
    repository.git("push", "--quiet", "origin", "main")
    repository.git("reset", "--quiet", "--hard", parted)
    head = repository.commit({"a.py": "one = 9\n"})

    (ends,) = _pushed(repository, "--force", "main")

    assert (ends.base, ends.head) == (parted, head)


def test_a_commit_of_the_remote_that_is_not_known_here_is_no_obstacle(repository: Repository, tmp_path: Path) -> None:
    there = repository.git("rev-parse", "HEAD")
    subprocess.run(["git", "clone", "--quiet", str(tmp_path / "remote"), str(tmp_path / "theirs")], check=True)
    theirs = Repository(tmp_path / "theirs")
    theirs.git("checkout", "--quiet", "main")
    theirs.commit({"b.py": "theirs = 1\n"})
    theirs.git("push", "--quiet", "origin", "main")
    head = repository.commit({"a.py": "one = 2\n"})

    (ends,) = _pushed(repository, "--force", "main")

    assert (ends.base, ends.head) == (there, head)


def test_tags_bring_the_commits_that_are_new_and_each_change_counts_once(repository: Repository) -> None:
    there = repository.git("rev-parse", "HEAD")
    repository.git("tag", "old")
    head = repository.commit({"a.py": "one = 2\n"})
    repository.git("tag", "--annotate", "--message", "One", "v1")
    repository.git("tag", "tree", "HEAD^{tree}")

    found = _pushed(repository, "main", "old", "v1", "tree")

    assert [(ends.base, ends.head) for ends in found] == [(there, head)]


def test_several_branches_bring_several_changes(repository: Repository) -> None:
    for name in ("one", "two"):
        repository.git("checkout", "--quiet", "-b", name, "main")
        repository.commit({f"{name}.py": "x = 1\n"})

    found = _pushed(repository, "one", "two")

    assert [ends.name for ends in found] == ["one → one", "two → two"]


def test_a_push_to_an_address_knows_what_other_remotes_have(repository: Repository, tmp_path: Path) -> None:
    there = repository.git("rev-parse", "HEAD")
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "second")], check=True)
    head = repository.commit({"a.py": "one = 2\n"})

    (ends,) = _pushed(repository, "main", to=str(tmp_path / "second"))

    assert (ends.base, ends.head) == (there, head)


def test_two_histories_without_a_common_commit_are_compared_as_they_stand(repository: Repository) -> None:
    there = repository.git("rev-parse", "HEAD")
    repository.git("checkout", "--quiet", "--orphan", "new")
    head = repository.commit({"b.py": "x = 1\n"})

    (ends,) = _pushed(repository, "--force", "new:main")

    assert (ends.base, ends.head) == (there, head)


@pytest.mark.parametrize("pushed_before", [True, False])
def test_what_was_merged_in_from_the_remote_is_not_taken_for_the_branchs_own(
    repository: Repository, pushed_before: bool
) -> None:
    repository.git("checkout", "--quiet", "-b", "feature")
    repository.commit({"b.py": "mine = 1\n"})
    if pushed_before:
        repository.git("push", "--quiet", "origin", "feature")
    repository.git("checkout", "--quiet", "main")
    repository.commit({"theirs.py": "theirs = 1\n"}, "Theirs")
    repository.git("push", "--quiet", "origin", "main")
    repository.git("checkout", "--quiet", "feature")
    repository.git("merge", "--quiet", "--no-edit", "main")
    repository.commit({"c.py": "mine = 2\n"})

    (ends,) = _pushed(repository, "feature")

    changed = repository.git("diff", "--name-only", ends.base, ends.head).split()
    assert changed == (["c.py"] if pushed_before else ["b.py", "c.py"])
    assert "Theirs" not in ends.messages


def test_what_was_merged_in_twice_is_not_taken_for_the_branchs_own_either(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "feature")
    repository.commit({"b.py": "mine = 1\n"})
    repository.git("push", "--quiet", "origin", "feature")
    for name in ("theirs.py", "more.py"):
        repository.git("checkout", "--quiet", "main")
        repository.commit({name: "theirs = 1\n"})
        repository.git("push", "--quiet", "origin", "main")
        repository.git("checkout", "--quiet", "feature")
        repository.git("merge", "--quiet", "--no-edit", "main")
    repository.commit({"c.py": "mine = 2\n"})

    (ends,) = _pushed(repository, "feature")

    assert repository.git("diff", "--name-only", ends.base, ends.head).split() == ["c.py"]


def test_what_git_says_of_the_remote_counts_where_nobody_has_fetched(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "feature")
    there = repository.commit({"b.py": "mine = 1\n"})
    repository.git("push", "--quiet", "origin", "feature")
    repository.git("update-ref", "-d", "refs/remotes/origin/feature")
    repository.commit({"c.py": "mine = 2\n"})

    (ends,) = _pushed(repository, "feature")

    assert ends.base == there


def test_a_merge_with_nothing_of_its_own_brings_no_change(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "feature")
    repository.commit({"b.py": "mine = 1\n"})
    repository.git("push", "--quiet", "origin", "feature")
    repository.git("checkout", "--quiet", "main")
    repository.commit({"theirs.py": "theirs = 1\n"})
    repository.git("push", "--quiet", "origin", "main")
    repository.git("checkout", "--quiet", "feature")
    repository.git("merge", "--quiet", "--no-edit", "main")

    assert _pushed(repository, "feature") == ()


def test_how_a_conflict_was_settled_is_new(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "feature")
    repository.commit({"a.py": "one = 2\n"})
    repository.git("push", "--quiet", "origin", "feature")
    repository.git("checkout", "--quiet", "main")
    repository.commit({"a.py": "one = 3\n", "theirs.py": "theirs = 1\n"})
    repository.git("push", "--quiet", "origin", "main")
    repository.git("checkout", "--quiet", "feature")
    repository.git("merge", "--quiet", "--no-commit", "--strategy=ours", "main")
    repository.write({"theirs.py": "theirs = 1\n"})
    repository.commit({"a.py": "one = 5\n"}, "Settled")

    (ends,) = _pushed(repository, "feature")

    assert repository.git("diff", "--name-only", ends.base, ends.head).split() == ["a.py"]
    assert "<<<<<<<" in repository.git("show", f"{ends.base}:a.py")


def test_a_branch_that_was_rebased_brings_its_own_commits_and_not_what_it_was_rebased_onto(
    repository: Repository,
) -> None:
    repository.git("checkout", "--quiet", "-b", "feature")
    repository.commit({"b.py": "mine = 1\n"})
    repository.git("push", "--quiet", "origin", "feature")
    repository.git("checkout", "--quiet", "main")
    onto = repository.commit({"theirs.py": "theirs = 1\n"})
    repository.git("push", "--quiet", "origin", "main")
    repository.git("checkout", "--quiet", "feature")
    repository.git("rebase", "--quiet", "main")

    (ends,) = _pushed(repository, "--force", "feature")

    assert ends.base == onto


def test_a_thousand_refs_to_one_commit_cost_no_more_than_one(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = repository.commit({"a.py": "one = 2\n"})
    told = "".join(f"refs/heads/{number} {head} refs/heads/{number} {'0' * 40}\n" for number in range(1_000))
    run, called = subprocess.run, []

    def counted(*arguments: Any, **options: Any) -> subprocess.CompletedProcess[bytes]:
        called.append(arguments)
        return run(*arguments, **options)

    monkeypatch.setattr(subprocess, "run", counted)

    (ends,) = pushed(GitRepository(repository.root), parse_updates(told), "origin")

    assert (ends.head, ends.name) == (head, "0 → 0")
    assert len(called) < 20


def test_two_refs_make_a_change_from_where_they_parted(repository: Repository) -> None:
    there = repository.git("rev-parse", "HEAD")
    head = repository.commit({"a.py": "one = 2\n"}, "Two")

    ends = between(GitRepository(repository.root), "HEAD~1", "HEAD", "what is pushed")

    assert ends == Ends(base=there, head=head, name="what is pushed", messages=("Two",))


@pytest.mark.parametrize("text", ["refs/heads/main 12\n", "hello\n", "a b c d e\n"])
def test_what_git_did_not_write_is_refused(text: str) -> None:
    with pytest.raises(Misconfigured, match="expected on standard input"):
        parse_updates(text)


def _pushed(repository: Repository, *arguments: str, to: str = "origin") -> tuple[Ends, ...]:
    """What the hook makes of a push that is not carried out."""
    options = [word for word in arguments if word.startswith("--")]
    refs = [word for word in arguments if not word.startswith("--")]
    repository.git("push", "--quiet", "--dry-run", *options, to, *refs)
    told = (repository.root / ".git" / "pushed").read_text()
    assert told
    remote = (repository.root / ".git" / "remote").read_text()
    return pushed(GitRepository(repository.root), parse_updates(told), remote)
