"""The books of a run, as the settings have them kept: how it ended is there, and nothing of whoever was forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from app.accounts import Account
from app.recording import books, recording
from app.settings import Settings
from app.store.address import store_url
from app.store.store import open_store
from llm_runtime.analytics.records import Source
from llm_runtime.analytics.tables import agent_task_results, llm_generations, llm_traces
from llm_runtime.events import CallEnded
from llm_runtime.messages import Call
from tests.app.store.conftest import begin

ACCOUNT = Account(repository="octo/app", review="octo/app#7", installation="3", number=7, head="a1", job="job")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(quartet_state_dir=tmp_path / "state")


def work(settings: Settings, *, fails: bool = False) -> None:
    with recording(settings, ACCOUNT, source=Source.APP, notify=lambda _: None) as recorder:
        recorder.record(CallEnded(call=Call(provider="openai", model="gpt-6.1-sol")))
        if fails:
            raise RuntimeError


def rows(settings: Settings, table: Table) -> list[Mapping[str, Any]]:
    with books(settings) as opened, opened.database.reading() as connection:
        return [dict(row._mapping) for row in connection.execute(select(table))]


def test_work_that_came_to_its_end_is_done(settings: Settings) -> None:
    work(settings)

    assert [trace["status"] for trace in rows(settings, llm_traces)] == ["done"]


def test_work_that_ended_in_an_error_has_failed_and_its_calls_are_there(settings: Settings) -> None:
    with pytest.raises(RuntimeError):
        work(settings, fails=True)

    assert [trace["status"] for trace in rows(settings, llm_traces)] == ["failed"]
    assert len(rows(settings, llm_generations)) == 1


def test_work_that_was_under_way_when_its_installation_was_forgotten_leaves_nothing(settings: Settings) -> None:
    with open_store(store_url(settings)) as store:
        begin(store)
        store.forget_installation(3)

    work(settings)

    assert [rows(settings, table) for table in (llm_traces, llm_generations, agent_task_results)] == [[], [], []]
