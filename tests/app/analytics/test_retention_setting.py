"""How ``QUARTET_RETENTION`` is read, and what it can name."""

from __future__ import annotations

import pytest

from app.analytics.retention import parse_retention
from app.analytics.retention_rules import RULES
from app.errors import Misconfigured
from app.store.tables import METADATA as PRODUCT
from llm_runtime.analytics.tables import METADATA as ANALYTICS


def test_every_rule_is_about_something_of_its_own() -> None:
    names = [rule.name for rule in RULES]

    assert len(names) == len(set(names))
    assert set(names) - {"content"} <= (PRODUCT.tables | ANALYTICS.tables).keys()


def test_a_setting_changes_what_it_names_alone() -> None:
    usual = parse_retention("")

    said = parse_retention(" content = 7d ,quartet_reviews=forever,, quartet_dispositions=900d")

    changed = {"content": 7, "quartet_reviews": None, "quartet_dispositions": 900}
    assert said == {**usual, **changed}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("llm_generation=30d", "'llm_generation'; what it can name is agent_task_results, content"),
        ("content=30", "content is kept for '30'; write 30d, or forever"),
        ("content=0d", "'0d'"),
        ("content=-1d", "'-1d'"),
        ("content", "''"),
        ("content=30d\n=", "'30d\\n='"),
        ("content=٣d", "write 30d"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_in_one_line(text: str, told: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        parse_retention(text)

    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
