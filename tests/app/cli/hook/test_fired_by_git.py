"""Hooks as git fires them: installed by the command, in real repositories."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.cli.conftest import AFTER, Models, findings
from tests.app.cli.hook.conftest import Quartet
from tests.repositories import Repository

# However busy the machine is, these are ready in time.
INSTALL = ("hook", "install", "--budget-seconds", "60")


def test_installing_says_what_was_done_and_how_to_skip_it(shop: Repository, quartet: Quartet) -> None:
    ended = quartet("hook", "install", "--pre-commit", "--strict", "--budget-seconds", "5", "--model", "openai/gpt-4o")

    hook = shop.root / ".git" / "hooks" / "pre-commit"
    assert ended.status == 0
    assert ended.out == f"{hook} is installed\ngit commit --no-verify and git push --no-verify skip it\n"
    assert '\' hook run pre-commit --budget-seconds 5 --strict --model openai/gpt-4o -- "$@"' in hook.read_text()
    assert f"python={sys.executable}\n" in hook.read_text()
    assert not (shop.root / ".git" / "hooks" / "pre-push").exists()


def test_uninstalling_nothing_says_where_nothing_is(shop: Repository, quartet: Quartet) -> None:
    ended = quartet("hook", "uninstall")

    assert (ended.status, ended.out) == (0, f"no hook of Quartet's is in {shop.root / '.git' / 'hooks'}\n")


def test_where_another_program_manages_the_hooks_the_command_says_what_to_do(
    shop: Repository, quartet: Quartet
) -> None:
    shop.git("config", "core.hooksPath", ".husky/_")

    ended = quartet(*INSTALL)

    assert ended.status == 2
    assert "husky manages the hooks of this repository; add the line `quartet hook run pre-commit" in ended.err


def test_a_commit_fires_the_hook_and_no_verify_does_not(
    faulty: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(faulty.root)
    quartet(*INSTALL)

    blocked = _git(faulty, "commit", "--message", "Faulty", PATH=os.defpath)
    before = faulty.git("rev-list", "--count", "HEAD")
    passed = _git(faulty, "commit", "--no-verify", "--message", "Faulty")

    assert (blocked.returncode, before) == (1, "1")
    assert "orders.py:5: high security/injection" in blocked.stderr
    assert passed.returncode == 0


def test_a_push_fires_the_hook_behind_the_one_that_was_there(
    shop: Repository, quartet: Quartet, tmp_path: Path
) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "remote")], check=True)
    shop.git("remote", "add", "origin", str(tmp_path / "remote"))
    hook = shop.root / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ncat > .git/before\n")
    hook.chmod(0o755)
    shop.git("push", "--quiet", "origin", "main")
    quartet(*INSTALL, "--pre-push")

    blocked = _git(shop, "push", "origin", "feature")

    assert blocked.returncode == 1
    assert "in feature → feature" in blocked.stderr
    assert (shop.root / ".git" / "before").read_text().startswith("refs/heads/feature ")
    assert shop.git("ls-remote", "--heads", "origin", "feature") == ""


def test_ten_picks_of_a_rebase_cost_no_review(shop: Repository, models: Models, quartet: Quartet) -> None:
    vendor = models.openai(findings())
    shop.git("checkout", "--quiet", "-b", "long", "main")
    for number in range(10):
        shop.commit({f"m{number}.py": f"x = {number}\n"})
    quartet(*INSTALL)

    done = _git(shop, "rebase", "--quiet", "feature")

    assert done.returncode == 0
    assert vendor.asked == []


def test_a_commit_of_all_in_a_folder_of_a_worktree_fires_the_hook_of_the_repository(
    shop: Repository, quartet: Quartet, tmp_path: Path
) -> None:
    quartet(*INSTALL, "--pre-commit")
    shop.git("worktree", "add", "--quiet", str(tmp_path / "tree"), "main")
    tree = Repository(tmp_path / "tree")
    tree.write({"orders.py": AFTER, "folder/empty.txt": ""})

    blocked = _git(Repository(tree.root / "folder"), "commit", "--all", "--message", "Faulty")

    assert blocked.returncode == 1
    assert "orders.py:5: high security/injection" in blocked.stderr


def test_a_submodule_is_reviewed_by_its_own_hook(
    shop: Repository, quartet: Quartet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outer = Repository.create(tmp_path / "outer")
    shop.git("checkout", "--quiet", "main")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(shop.root), "shop")
    inner = Repository(outer.root / "shop")
    monkeypatch.chdir(inner.root)
    quartet(*INSTALL, "--pre-commit")
    inner.write({"orders.py": AFTER})
    inner.git("add", "--all")

    blocked = _git(inner, "commit", "--message", "Faulty")

    assert blocked.returncode == 1
    assert "orders.py:5: high security/injection" in blocked.stderr


def _git(repository: Repository, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *arguments],
        cwd=repository.root,
        env={**os.environ, **changes},
        capture_output=True,
        text=True,
        check=False,
    )
