"""The page about what is stored names every table, and for each the time after which it is really deleted."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect

from app.analytics.retention import parse_retention
from app.analytics.retention_rules import RULES
from app.store.tables import METADATA as PRODUCT
from app.store.versions import FAULTS
from llm_runtime.analytics.tables import METADATA as ANALYTICS
from llm_runtime.cost.ledgers.opening import open_accounts
from llm_runtime.database.database import Database

PAGE = Path(__file__).parents[3] / "docs" / "privacy.md"


def listed() -> dict[str, str]:
    """For each table that the page lists how long it is kept."""
    section = PAGE.read_text().split("## Tables")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([a-z_]+)` \|.*\| ([^|]+) \|$", section, flags=re.MULTILINE)
    return dict(rows)


def test_every_table_is_listed_and_no_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'limits.db'}"
    with closing(open_accounts(url)) as accounts:
        accounts.balance("anybody")
    with closing(Database(url, FAULTS)) as database, database.reading() as connection:
        of_the_ledgers = set(inspect(connection).get_table_names()) - {"sqlite_sequence"}

    assert of_the_ledgers
    assert set(listed()) == {*PRODUCT.tables, *ANALYTICS.tables, *of_the_ledgers}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_time_that_is_told_is_the_one_that_counts(rule: object) -> None:
    name, days = getattr(rule, "name", ""), getattr(rule, "days", None)

    told = listed()["llm_generations" if name == "content" else name]

    if days is None:
        assert told == "as long as the App is installed"
    else:
        assert f"{days} days" in told


def test_every_table_that_grows_with_reviews_has_an_end() -> None:
    ruled = {rule.name for rule in RULES}
    with_another = {
        "quartet_repositories": "as long as the App is installed",
        "quartet_findings": "with `quartet_reviews`",
        "quartet_answered_hunks": "with `quartet_answers`",
        "quartet_pauses": "until `/resume`, or with `quartet_reviews`",
        "rate_limit_counters": "a day after the last call",
        "scheduled_requests": "a day",
    }

    assert {*PRODUCT.tables, *ANALYTICS.tables} - ruled == with_another.keys()
    assert {name: listed()[name] for name in with_another} == with_another


def test_the_example_of_the_setting_can_be_set() -> None:

    (example,) = re.findall(r"QUARTET_RETENTION='([^']+)'", PAGE.read_text())

    assert parse_retention(example)["quartet_reviews"] is None
