"""What a review from the command line leaves in the database: every call, whose it was, and what it brought."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from app.cli.main import main
from app.store.versions import FAULTS
from llm_runtime.analytics.tables import (
    agent_task_results,
    llm_events,
    llm_generations,
    llm_traces,
    prompt_executions,
    prompt_variants,
)
from llm_runtime.database.database import Database
from tests.app.cli.conftest import QUERY, Models, by_reviewer, findings, remark
from tests.fakes.models import Answer, Asked, Garbled, Hangs, QuotaExhausted, says
from tests.repositories import Repository

REVIEW = ["review", "--reviewers", "security,bugs", "--model", "openai/gpt-6.1-sol,openai/gpt-6.1-terra"]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUARTET_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    return tmp_path / "state" / "quartet.db"


def rows(file: Path, table: Table) -> list[Mapping[str, Any]]:
    opened = Database(f"sqlite:///{file}", FAULTS)
    with opened.reading() as connection:
        found: list[Mapping[str, Any]] = [dict(row._mapping) for row in connection.execute(select(table))]
    opened.close()
    return found


def test_every_call_is_booked_on_whoever_asked_with_what_it_cost_and_brought(
    shop: Repository, models: Models, database: Path
) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.model == "gpt-6.1-sol":
            return QuotaExhausted()
        return by_reviewer(security=findings(remark()))(asked)

    models.openai(answer)
    assert main(REVIEW) == 0

    (trace,) = rows(database, llm_traces)
    assert (trace["name"], trace["source"], trace["repository"], trace["status"]) == ("review", "cli", "shop", "done")
    calls = rows(database, llm_generations)
    assert {call["trace"] for call in calls} == {trace["id"]}
    answered = [call for call in calls if call["error"] is None]
    assert {(call["model"], call["role"]) for call in answered} == {("gpt-6.1-terra", "fallback")}
    assert {call["error"] for call in calls} == {None, "QuotaExhausted"}
    assert {"security", "bugs"} <= {call["asker"] for call in answered}
    assert all(call["input_tokens"] > 0 and call["cost_pico"] > 0 for call in answered)
    assert all(
        call["cost_pico"]
        == sum(call[f"{kind}_cost_pico"] for kind in ("input", "cached_input", "cache_write", "output"))
        for call in answered
    )
    results = {(row["reviewer"], row["model"]): row for row in rows(database, agent_task_results)}
    mine = results["security", "gpt-6.1-terra"]
    assert (mine["findings"], mine["calls"], mine["fallback_calls"]) == (1, 1, 1)
    assert sum(row["cost_pico"] for row in results.values()) == sum(call["cost_pico"] for call in answered)
    assert {event["kind"] for event in rows(database, llm_events)} >= {"fallback", "breaker"}


@pytest.mark.parametrize("unread", [False, True])
def test_the_report_and_the_books_agree_on_what_it_cost_or_that_nobody_knows(
    shop: Repository, models: Models, database: Path, capsys: pytest.CaptureFixture[str], *, unread: bool
) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.model == "gpt-6.1-sol" and "Your speciality now: Bug hunter" in asked.prompt:
            return Garbled() if unread else QuotaExhausted()
        if asked.model == "gpt-6.1-sol" and not asked.rounds:
            return says("not json", input=3_001, output=17)
        return by_reviewer()(asked)

    models.openai(answer)
    assert main([*REVIEW, "--format", "json"]) == 0

    used = json.loads(capsys.readouterr().out)["usage"]
    results = rows(database, agent_task_results)
    assert used["calls"] == sum(row["calls"] for row in results) == len(rows(database, llm_generations))
    assert sum(row["unpriced_calls"] for row in results) == int(unread)
    assert used["cost_usd"] == (None if unread else float(sum(row["cost_pico"] for row in results)))


def test_wordings_and_how_questions_in_them_ended_are_told(shop: Repository, models: Models, database: Path) -> None:
    models.openai(by_reviewer(security=findings(remark())))
    assert main(REVIEW) == 0

    executions = {row["asker"]: row for row in rows(database, prompt_executions)}
    assert (executions["security"]["outcome"], executions["security"]["findings"]) == ("answered", 1)
    assert (executions["bugs"]["outcome"], executions["bugs"]["findings"]) == ("answered", 0)
    variants = {row["id"]: row["name"] for row in rows(database, prompt_variants)}
    assert variants[executions["security"]["variant"]] == "security"
    asked = {row["question"] for row in rows(database, llm_generations)}
    assert {row["question"] for row in executions.values()} <= asked


def test_the_same_words_are_the_same_wording_in_every_run(shop: Repository, models: Models, database: Path) -> None:
    models.openai(by_reviewer())
    assert main(REVIEW) == 0
    before = {row["id"] for row in rows(database, prompt_variants)}

    assert main(REVIEW) == 0

    assert {row["id"] for row in rows(database, prompt_variants)} == before
    assert len(rows(database, llm_traces)) == 2


def test_no_code_prompt_or_answer_is_kept_unless_that_is_wanted(
    shop: Repository, models: Models, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai(by_reviewer(security=findings(remark())))
    assert main(REVIEW) == 0
    assert {(call["prompt"], call["answer"]) for call in rows(database, llm_generations)} == {(None, None)}
    kept = b"".join(file.read_bytes() for file in database.parent.glob("quartet.db*"))
    assert QUERY.strip().encode() not in kept
    assert b"A quote in the name ends the string" not in kept

    monkeypatch.setenv("QUARTET_KEEP_CONTENT", "1")
    assert main(REVIEW) == 0

    full = [call for call in rows(database, llm_generations) if call["prompt"] is not None]
    assert any(QUERY.strip() in call["prompt"] for call in full)
    assert all(len(call["prompt"]) == call["prompt_characters"] for call in full)


def test_books_that_are_switched_off_are_not_begun(
    shop: Repository, models: Models, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai(by_reviewer())
    monkeypatch.setenv("QUARTET_ANALYTICS", "0")

    assert main(REVIEW) == 0

    assert not database.exists()


def test_without_a_call_there_is_nothing_to_book(shop: Repository, database: Path) -> None:
    assert main(["review", "--no-llm"]) == 0

    assert not database.exists()


def test_books_that_cannot_be_kept_take_no_review_away(
    shop: Repository, models: Models, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models.openai(by_reviewer(security=findings(remark())))
    database.mkdir(parents=True)

    assert main(REVIEW) == 0

    told = capsys.readouterr()
    assert "A customer's name reaches the query" in told.out
    assert "records for analytics could not be put away; see quartet doctor" in told.err


def test_in_a_workflow_the_trace_says_so(
    shop: Repository, models: Models, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models.openai(by_reviewer())
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    assert main(REVIEW) == 0

    (trace,) = rows(database, llm_traces)
    assert trace["source"] == "action"


def test_a_call_that_nobody_counted_is_of_unknown_cost(shop: Repository, models: Models, database: Path) -> None:
    models.openai(by_reviewer())
    assert main([*REVIEW[:3], "--model", "openai/a-model-of-our-own"]) == 0

    assert {call["cost_pico"] for call in rows(database, llm_generations)} == {None}
    assert {(row["unpriced_calls"] > 0, row["cost_pico"]) for row in rows(database, agent_task_results)} >= {
        (True, Decimal(0))
    }


def test_a_review_that_was_stopped_is_booked_as_cancelled_with_calls_of_unknown_cost(
    shop: Repository, models: Models, database: Path
) -> None:
    def answer(asked: Asked) -> Answer:
        # Once: a call that is tried again while the servers end would stop the tests themselves.
        if len(models.asked) == 1:
            os.kill(os.getpid(), signal.SIGINT)
        return Hangs()

    models.openai(answer)

    assert main([*REVIEW[:2], "bugs", "--model", "openai/gpt-6.1-sol"]) == 3

    (trace,) = rows(database, llm_traces)
    assert (trace["status"], trace["posted_at"]) == ("cancelled", None)
    assert {(call["asker"], call["error"], call["cost_pico"]) for call in rows(database, llm_generations)} == {
        ("bugs", "Interrupted", None)
    }
