"""A decision on the command line, and what the next review makes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.learnings import parse_learnings
from reviewers.calibration import Tally
from reviewers.memory.learnings import LEARNINGS_PATH
from reviewers.memory.record import record_of
from tests.app.cli.conftest import Ended, Models, by_reviewer, findings, remark
from tests.repositories import Repository

Quartet = Callable[..., Ended]
JSON = ("review", "--format", "json")


@pytest.fixture
def said(shop: Repository, models: Models, quartet: Quartet) -> str:
    """The id of the one finding of a review."""
    models.openai(by_reviewer(security=findings(remark())))
    (found,) = [each for each in quartet(*JSON).json["findings"] if each["rule"] == "injection"]
    return str(found["id"])


def _injections(ended: Ended) -> list[str]:
    return [each["id"] for each in ended.json["findings"] if each["rule"] == "injection"]


def test_what_was_dismissed_is_not_told_again_and_not_lost(said: str, quartet: Quartet) -> None:
    quartet("dismiss", said, "the caller checks it")

    ended = quartet(*JSON)

    assert _injections(ended) == []
    assert "silenced: 1 finding by .quartet/learnings.yml" in ended.json["note"]
    assert "the caller checks it" in (Path.cwd() / LEARNINGS_PATH).read_text()


def test_a_rule_is_dismissed_in_some_paths_alone(said: str, quartet: Quartet) -> None:
    quartet("dismiss", "security/injection", "no database here", "--path", "docs/**")

    assert _injections(quartet(*JSON)) == [said]


def test_a_committed_learning_of_the_change_itself_does_not_count(
    said: str, shop: Repository, quartet: Quartet
) -> None:
    quartet("dismiss", said, "trust me")
    shop.commit({LEARNINGS_PATH: (shop.root / LEARNINGS_PATH).read_text()})

    assert _injections(quartet(*JSON)) == [said]


def test_a_learning_of_the_base_counts(said: str, shop: Repository, quartet: Quartet) -> None:
    quartet("dismiss", said, "known")
    text = (shop.root / LEARNINGS_PATH).read_text()
    (shop.root / LEARNINGS_PATH).unlink()
    shop.git("checkout", "--quiet", "main")
    shop.commit({LEARNINGS_PATH: text})
    shop.git("checkout", "--quiet", "feature")
    shop.git("rebase", "--quiet", "main")

    assert _injections(quartet(*JSON)) == []


def test_a_faulty_file_is_told_and_the_review_goes_on(said: str, shop: Repository, quartet: Quartet) -> None:
    path = shop.root / LEARNINGS_PATH
    path.parent.mkdir()
    path.write_text("learnings:\n  - reason: x\n")

    ended = quartet(*JSON)

    assert ".quartet/learnings.yml line 2: entry: name either" in ended.err
    assert _injections(ended) == [said]


def test_what_a_finding_was_is_noted_from_its_report(said: str, shop: Repository, quartet: Quartet) -> None:
    report = shop.root / "report.json"
    report.write_text(quartet(*JSON).out)

    quartet("dismiss", said, "known", "--report", str(report))

    ((learning,), faults) = parse_learnings((shop.root / LEARNINGS_PATH).read_text())
    assert (learning.about, learning.model.partition("/")[0], faults) == ("security/injection", "openai", ())
    assert record_of(learnings=[learning]).tallies == {
        ("security", "injection", learning.model): Tally(dismissed=1),
    }


@pytest.mark.parametrize(
    ("arguments", "cure"),
    [
        pytest.param(("0f1e", "x"), "neither a finding's id (16 hex digits) nor REVIEWER/RULE", id="no id"),
        pytest.param(("bugs/nothing", "x"), "bugs has no rule 'nothing'; its rules are", id="no rule"),
        pytest.param(("0" * 16, "x", "--report", "orders.py"), "--report orders.py cannot be used", id="no report"),
        pytest.param(("0" * 16, "x", "--report", "gone.json"), "No such file", id="a report that is gone"),
        pytest.param(("bugs/logic-error", " "), "a decision needs a reason", id="no reason"),
        pytest.param(("bugs/logic-error", "x", "--expires", "soon"), "write 2027-06-30, or 90d", id="no date"),
        pytest.param(("bugs/logic-error", "x", "--expires", "2020-01-01"), "has passed", id="a day that has passed"),
        pytest.param(
            ("bugs/logic-error", "x", "--path", "a" * 300),
            "that cannot be written: paths.0",
            id="a pattern that is none",
        ),
    ],
)
def test_a_mistake_is_one_line_and_writes_nothing(
    shop: Repository, quartet: Quartet, arguments: tuple[str, ...], cure: str
) -> None:
    ended = quartet("dismiss", *arguments)

    assert ended.status == 2
    assert cure in ended.err
    assert ended.err.count("\n") == 1
    assert not (shop.root / LEARNINGS_PATH).exists()
