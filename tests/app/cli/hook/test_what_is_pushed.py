"""What a hook says of what is pushed."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import pytest

from tests.app.cli.conftest import Ended
from tests.app.cli.hook.conftest import Quartet
from tests.repositories import Repository

if TYPE_CHECKING:
    pass


def test_a_push_of_a_fault_is_blocked(shop: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch) -> None:
    _is_told(monkeypatch, f"refs/heads/feature {shop.git('rev-parse', 'feature')} refs/heads/feature {'0' * 40}\n")
    shop.git("update-ref", "refs/remotes/origin/main", "main")

    ended = quartet("hook", "run", "pre-push", "--budget-seconds", "60", "--", "origin", "/there")

    assert ended.status == 1
    assert "1 high" in ended.err
    assert "in feature → feature" in ended.err
    assert "git push --no-verify goes on all the same" in ended.err


def test_a_push_that_only_deletes_says_nothing(
    shop: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    _is_told(monkeypatch, f"(delete) {'0' * 40} refs/heads/old {shop.git('rev-parse', 'main')}\n")

    assert quartet("hook", "run", "pre-push", "--budget-seconds", "60", "--", "origin", "/there") == Ended(0, "", "")


def test_a_push_hook_that_a_person_runs_says_what_it_expects(
    shop: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader, terminal = os.openpty()
    with open(leader, "rb"), open(terminal, encoding="utf-8") as stdin:  # noqa: PTH123 - descriptors
        monkeypatch.setattr("sys.stdin", stdin)

        ended = quartet("hook", "run", "pre-push", "--budget-seconds", "60")

    assert ended.status == 0
    assert "what is pushed is expected on standard input, as git gives it to the hook; run git push" in ended.err


def test_a_first_push_by_the_pre_commit_framework_is_looked_at_as_a_whole(
    shop: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Pre-commit 4 names no refs where the first commit is among what is pushed.
    monkeypatch.setenv("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/feature")
    monkeypatch.setenv("PRE_COMMIT_REMOTE_BRANCH", "refs/heads/feature")
    monkeypatch.setenv("PRE_COMMIT_REMOTE_NAME", "origin")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))

    ended = quartet("hook", "run", "pre-push", "--budget-seconds", "60")

    assert ended.status == 1
    assert "in feature → feature" in ended.err


def test_the_pre_commit_framework_tells_what_is_pushed_in_the_environment(
    shop: Repository, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "main")
    monkeypatch.setenv("PRE_COMMIT_TO_REF", "feature")

    ended = quartet("hook", "run", "pre-push", "--budget-seconds", "60")

    assert ended.status == 1
    assert "in what is pushed" in ended.err


def _is_told(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
