"""The page about analytics: what it says of the tables is so, and its queries can be pasted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Connection

from llm_runtime.analytics.performance_analyzer import analyze
from llm_runtime.analytics.tables import METADATA
from tests.llm_runtime.analytics.metrics.past import TWO_DAYS

PAGE = (Path(__file__).parents[4] / "docs" / "analytics.md").read_text(encoding="utf-8")
BOTH = re.findall(r"```sql\n(.*?)```", PAGE, flags=re.DOTALL)
POSTGRES = re.findall(r"```postgresql\n(.*?)```", PAGE, flags=re.DOTALL)


def test_every_table_is_told_with_all_its_columns() -> None:
    told = {
        name: re.findall(r"`(\w+)`", columns)
        for name, columns in re.findall(r"^\| `(\w+)` \| .* \| (`.*`) \|$", PAGE, flags=re.MULTILINE)
    }

    assert told == {name: [column.name for column in table.columns] for name, table in METADATA.tables.items()}


def test_every_answer_is_told(past: Connection) -> None:
    told = set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, flags=re.MULTILINE))

    assert {answer.key for answer in analyze(past, TWO_DAYS).answers} <= told


@pytest.mark.parametrize("query", [pytest.param(query, id=query[:60]) for query in BOTH])
def test_a_query_of_the_page_has_an_answer_on_either_engine(past: Connection, query: str) -> None:
    assert past.exec_driver_sql(query).all()


@pytest.mark.parametrize("query", [pytest.param(query, id=query[:60]) for query in POSTGRES])
def test_a_query_for_postgresql_can_be_asked_there(past: Connection, query: str) -> None:
    if past.dialect.name == "postgresql":
        assert past.exec_driver_sql(query).keys()


def test_the_page_has_queries() -> None:
    assert len(BOTH) == 5
    assert len(POSTGRES) == 1
