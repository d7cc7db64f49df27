"""What the command sends to models, and what it makes of suggestions, with the real tools."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.app.cli.conftest import AFTER, QUERY, Ended, Models, by_reviewer, findings, remark
from tests.repositories import Repository

Quartet = Callable[..., Ended]
PASSWORD = "tr0ub4dor" + "&3x9"


def _told(ended: Ended) -> dict[str, object]:
    (told,) = [each for each in ended.json["findings"] if each["rule"] == "injection" and each["models"]]
    return dict(told)


@pytest.mark.parametrize(
    ("suggestion", "kept"),
    [
        pytest.param('return db.execute("select * from orders where name = ?", [name])', True, id="a cure"),
        pytest.param('return db.execute("select * from orders where name = ?", [eval(name)])', False, id="a new fault"),
        pytest.param('return db.execute("select * from orders where name = ?", [name', False, id="a broken file"),
    ],
)
def test_a_suggestion_is_offered_where_it_parses_and_brings_no_fault(
    shop: Repository, models: Models, quartet: Quartet, suggestion: str, kept: bool
) -> None:
    models.openai(by_reviewer(security=findings(remark(suggestion=suggestion))))

    told = _told(quartet("review", "--base", "main", "--format", "json", "--reviewers", "security"))

    assert told["suggestion"] == (f"    {suggestion}" if kept else None)
    assert ("For example:" in str(told["message"])) is not kept


def test_a_password_that_a_tool_finds_is_shown_to_no_model(shop: Repository, models: Models, quartet: Quartet) -> None:
    shop.commit({"orders.py": f'{AFTER}\n\nDB_PASSWORD = "{PASSWORD}"\n'})
    models.openai(findings())

    quartet("review", "--base", "main", "--reviewers", "security,bugs")

    assert len(models.asked) == 2
    for asked in models.asked:
        assert PASSWORD not in asked.prompt
        assert f'DB_PASSWORD = "…[masked {len(PASSWORD)}]"' in asked.prompt


def test_a_finding_on_a_masked_line_stands_on_that_line(shop: Repository, models: Models, quartet: Quartet) -> None:
    shop.commit({"orders.py": f'{AFTER}\n\nDB_PASSWORD = "{PASSWORD}"\n'})
    said = remark(
        quote=f'DB_PASSWORD = "…[masked {len(PASSWORD)}]"', line=None, rule="information-exposure", title="A password"
    )
    models.openai(by_reviewer(security=findings(said)))

    ended = quartet("review", "--base", "main", "--format", "json", "--reviewers", "security")

    lines = (AFTER + f'\n\nDB_PASSWORD = "{PASSWORD}"\n').split("\n")
    assert {each["start_line"] for each in ended.json["findings"] if each["models"]} == {
        1 + next(index for index, line in enumerate(lines) if PASSWORD in line)
    }
    assert QUERY in lines
