"""Limits, stand-ins and caps as they are set in the environment, in reviews from the outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.cli.conftest import Ended, Models, findings
from tests.fakes.models import Fails, says
from tests.repositories import Repository

Quartet = Callable[..., Ended]


def test_two_runs_share_the_limits_of_a_key(
    shop: Repository, models: Models, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account outlives a run: with one request a minute, the second run finds no room."""
    models.openai(findings())
    monkeypatch.setenv("QUARTET_LIMITS", "openai: rpm=1")
    monkeypatch.setenv("QUARTET_MAX_WAIT_SECONDS", "0")
    alone = ("review", "--reviewers", "bugs", "--model", "openai/gpt-6.1-sol")
    assert quartet(*alone).status == 0

    ended = quartet(*alone)

    assert ended.status == 3
    assert "its rate limit has no room for another" in ended.out + ended.err


def test_a_stand_in_answers_for_a_model_without_room(
    shop: Repository, models: Models, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai(findings())
    models.anthropic(findings())
    monkeypatch.setenv("QUARTET_LIMITS", "openai: rpm=1")
    monkeypatch.setenv("QUARTET_MAX_WAIT_SECONDS", "0")

    runs = [quartet("review", "--reviewers", "bugs", "--format", "json") for _ in range(2)]

    assert [run.status for run in runs] == [0, 0]
    assert "openai/gpt-6.1-sol failed (WouldWaitTooLong), so anthropic/claude-sonnet-5-5 is asked" in runs[1].err
    assert [entry["model"] for entry in runs[1].json["usage"]["by_model"]] == ["claude-sonnet-5-5"]


def test_a_days_cap_of_a_repository_outlives_a_run(
    shop: Repository, models: Models, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai(says({"findings": [], "dropped_evidence": []}, input=10_000, output=15_000))
    shop.write({".quartet.yml": "verification: {enabled: false}\n"})
    monkeypatch.setenv("QUARTET_MAX_COST_PER_DAY", "0.40")
    alone = ("review", "--reviewers", "bugs", "--model", "openai/gpt-6.1-sol")
    first = quartet(*alone)
    assert first.status == 0, first.err

    second = quartet(*alone)

    assert second.status == 3
    assert "of the cap of $0.40 (repository shop a day) only $0.2300 is left" in second.out + second.err
    assert len(models.asked) == 1


def test_a_folder_that_cannot_be_written_costs_no_review(
    shop: Repository, models: Models, quartet: Quartet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    models.openai(findings())
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("QUARTET_STATE_DIR", str(tmp_path / "file" / "state"))

    ended = quartet("review", "--reviewers", "bugs")

    assert ended.status == 0
    assert "cannot be used (not a directory), so limits are kept by this run alone; set QUARTET_STATE_DIR" in ended.err


def test_a_ledger_that_is_gone_costs_no_review_and_is_told_once(
    shop: Repository, models: Models, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai(findings())
    monkeypatch.setenv("REDIS_URL", "redis://:a-secret-password@127.0.0.1:1/0")

    ended = quartet("review")

    assert ended.status == 0
    assert ended.err.count("the shared ledger is lost") == 1
    assert "a-secret-password" not in ended.out + ended.err


def test_caps_fail_closed_without_their_ledger(
    shop: Repository, models: Models, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai(findings())
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("QUARTET_MAX_COST_PER_DAY", "5")

    ended = quartet("review", "--reviewers", "bugs")

    assert ended.status == 3
    assert models.asked == []


def test_the_smart_order_asks_another_vendor_first(
    shop: Repository, models: Models, quartet: Quartet, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai([Fails(status=503)])
    models.anthropic(findings())
    monkeypatch.setenv("QUARTET_FALLBACK", "smart")

    ended = quartet(
        *("review", "--reviewers", "bugs", "--format", "json"),
        *("--model", "openai/gpt-6.1-sol,openai/gpt-6.1-terra,anthropic/claude-opus-5-5"),
    )

    assert ended.status == 0
    assert {entry["model"] for entry in ended.json["usage"]["by_model"]} == {"gpt-6.1-sol", "claude-opus-5-5"}
